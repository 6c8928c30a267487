"""Files people or jobs bring in: checked by content, stored under their digest."""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage, storages
from PIL import Image, ImageOps, UnidentifiedImageError

from jishi.kernel.errors import Kind, Refusal

IMAGE_BYTES_MAX = 12 * 1024 * 1024
IMAGE_PIXELS_MAX = 40_000_000
EDGE_MAX = 16_383  # of WebP
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


@dataclass(frozen=True, slots=True)
class DrawnPhoto:
    """Drawn anew and not stored yet."""

    path: str
    width: int
    height: int
    content: bytes


def store_image(*, content: bytes, folder: str) -> StoredImage:
    """Check an image by its content, strip what it carries besides pixels, store it in its full size. Raises NotAnImage."""
    image = open_photo(content)
    digest = hashlib.sha256(content).hexdigest()
    path = f"{folder}/{digest[:2]}/{digest[:32]}.webp"
    if not default_storage.exists(path):
        path = default_storage.save(path, ContentFile(_without_metadata(image)))
    return StoredImage(path=path, width=image.width, height=image.height)


def draw_photo(content: bytes, *, folder: str) -> DrawnPhoto:
    """A photo that a person sends: checked by its content, turned upright, made smaller, without anything besides pixels.

    Named by the digest of what will be stored, whatever it was called. Raises NotAnImage.
    """
    upright = open_photo(content)
    upright.thumbnail((PHOTO_EDGE_MAX, PHOTO_EDGE_MAX))
    clean = _without_metadata(upright)
    path = _path_of(clean, folder=folder, suffix="webp")
    return DrawnPhoto(path=path, width=upright.width, height=upright.height, content=clean)


def store_drawn(photos: Iterable[DrawnPhoto], *, is_private: bool = False) -> None:
    """Private ones lie where no address leads."""
    for photo in photos:
        _keep(photo.content, path=photo.path, is_private=is_private)


def store_photo(*, content: bytes, folder: str, is_private: bool = False) -> StoredImage:
    """Draw and store one. Raises NotAnImage."""
    return store_photos([content], folder=folder, is_private=is_private)[0]


def store_photos(contents: Iterable[bytes], *, folder: str, is_private: bool = False) -> list[StoredImage]:
    """All of them or, when one is refused, none. Raises NotAnImage."""
    drawn = [draw_photo(content, folder=folder) for content in contents]
    store_drawn(drawn, is_private=is_private)
    return [StoredImage(one.path, one.width, one.height) for one in drawn]


def open_photo(content: bytes) -> Image.Image:
    """The pixels of a photo, upright, decoded whole; what it carries besides is left behind. Raises NotAnImage.

    Very long ones are made smaller, to what a WebP file can hold.
    """
    if not content or len(content) > IMAGE_BYTES_MAX:
        raise NotAnImage(size=len(content))
    try:
        with Image.open(io.BytesIO(content), formats=list(_FORMATS)) as image:
            if image.size[0] * image.size[1] > IMAGE_PIXELS_MAX:
                raise NotAnImage(size=len(content))
            image.load()
            upright = ImageOps.exif_transpose(image) or image
            if max(upright.size) > EDGE_MAX:
                upright.thumbnail((EDGE_MAX, EDGE_MAX))
            return upright.convert("RGBA" if upright.mode in ("RGBA", "LA", "P") else "RGB")
    except _BAD_PICTURES as error:
        raise NotAnImage(size=len(content)) from error


def keep_file(content: bytes, *, folder: str, suffix: str, is_private: bool) -> str:
    """Store bytes under their own digest, once; returns the path."""
    return _keep(content, path=_path_of(content, folder=folder, suffix=suffix), is_private=is_private)


def address_of(path: str) -> str:
    """Where a browser finds a public file, on this machine or in a bucket."""
    return str(default_storage.url(path))


def path_of(address: str) -> str:
    """The public file that an address of `address_of` leads to; empty for other addresses."""
    before = address_of("x").removesuffix("x")
    return address.removeprefix(before) if address.startswith(before) else ""


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


def _path_of(content: bytes, *, folder: str, suffix: str) -> str:
    digest = hashlib.sha256(content).hexdigest()
    return f"{folder}/{digest[:2]}/{digest[:32]}.{suffix}"


def _keep(content: bytes, *, path: str, is_private: bool) -> str:
    store = storages["private"] if is_private else default_storage
    return path if store.exists(path) else store.save(path, ContentFile(content))


def _without_metadata(image: Image.Image) -> bytes:
    out = io.BytesIO()
    mode = "RGBA" if image.mode in ("RGBA", "LA", "P") else "RGB"
    image.convert(mode).save(out, "WEBP", quality=86, method=2)
    return out.getvalue()
