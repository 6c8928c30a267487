"""Files people or jobs bring in: checked by content, stored under their digest."""

import hashlib
import io
from dataclasses import dataclass

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage, storages
from PIL import Image, ImageOps, UnidentifiedImageError

from jishi.kernel.errors import Kind, Refusal

IMAGE_BYTES_MAX = 12 * 1024 * 1024
IMAGE_PIXELS_MAX = 40_000_000
PHOTO_EDGE_MAX = 1_600  # what people send is for looking at, not for printing
_FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}


class NotAnImage(Refusal):
    kind = Kind.INVALID
    code = "not_an_image"
    message = "这不是可用的图片（支持 JPEG、PNG、WebP、GIF，不超过 12 MB）。"


_BAD_PICTURES = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,  # of a broken PNG
    Image.DecompressionBombError,
)


@dataclass(frozen=True, slots=True)
class StoredImage:
    path: str
    width: int
    height: int


def store_image(*, content: bytes, folder: str) -> StoredImage:
    """Check an image by its content, strip what it carries besides pixels, store it. Raises NotAnImage."""
    if not content or len(content) > IMAGE_BYTES_MAX:
        raise NotAnImage(size=len(content))
    try:
        with Image.open(io.BytesIO(content)) as image:
            kind = _FORMATS.get(image.format or "")
            width, height = image.size
            if kind is None or width * height > IMAGE_PIXELS_MAX:
                raise NotAnImage(size=len(content))
            image.load()
            clean = _without_metadata(image)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise NotAnImage(size=len(content)) from error
    digest = hashlib.sha256(content).hexdigest()
    path = f"{folder}/{digest[:2]}/{digest[:32]}.webp"
    if not default_storage.exists(path):
        path = default_storage.save(path, ContentFile(clean))
    return StoredImage(path=path, width=width, height=height)


def store_photo(*, content: bytes, folder: str, is_private: bool = False) -> StoredImage:
    """A photo that a person sends: checked by its content, turned upright, made smaller, without anything besides pixels.

    Named by the digest of what is stored, whatever it was called. Private ones lie where no address leads. Raises NotAnImage.
    """
    upright = open_photo(content)
    upright.thumbnail((PHOTO_EDGE_MAX, PHOTO_EDGE_MAX))
    width, height = upright.size
    path = keep_file(_without_metadata(upright), folder=folder, suffix="webp", is_private=is_private)
    return StoredImage(path=path, width=width, height=height)


def open_photo(content: bytes) -> Image.Image:
    """The pixels of a photo, upright, decoded whole; what it carries besides is left behind. Raises NotAnImage."""
    if not content or len(content) > IMAGE_BYTES_MAX:
        raise NotAnImage(size=len(content))
    try:
        with Image.open(io.BytesIO(content), formats=list(_FORMATS)) as image:
            if image.size[0] * image.size[1] > IMAGE_PIXELS_MAX:
                raise NotAnImage(size=len(content))
            image.load()
            upright = ImageOps.exif_transpose(image) or image
            return upright.convert("RGBA" if upright.mode in ("RGBA", "LA", "P") else "RGB")
    except _BAD_PICTURES as error:
        raise NotAnImage(size=len(content)) from error


def keep_file(content: bytes, *, folder: str, suffix: str, is_private: bool) -> str:
    """Store bytes under their own digest, once; returns the path."""
    digest = hashlib.sha256(content).hexdigest()
    path = f"{folder}/{digest[:2]}/{digest[:32]}.{suffix}"
    store = storages["private"] if is_private else default_storage
    if not store.exists(path):
        path = store.save(path, ContentFile(content))
    return path


def show_file(path: str) -> None:
    """Copy a private file to where everybody can see it, under the same path."""
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(read_private(path)))


def drop_file(path: str, *, is_private: bool) -> None:
    (storages["private"] if is_private else default_storage).delete(path)


def read_private(path: str) -> bytes:
    """Raises FileNotFoundError."""
    with storages["private"].open(path) as file:
        return bytes(file.read())


def open_private(path: str) -> "File[bytes]":
    """For sending it on. Raises FileNotFoundError."""
    return storages["private"].open(path)


def _without_metadata(image: Image.Image) -> bytes:
    out = io.BytesIO()
    mode = "RGBA" if image.mode in ("RGBA", "LA", "P") else "RGB"
    image.convert(mode).save(out, "WEBP", quality=86, method=2)
    return out.getvalue()
