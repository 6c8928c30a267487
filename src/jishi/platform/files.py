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


def store_image(*, content: bytes, folder: str) -> StoredImage:
    """Check an image by its content, strip what it carries besides pixels, store it in its full size. Raises NotAnImage."""
    image = open_photo(content)
    digest = hashlib.sha256(content).hexdigest()
    path = f"{folder}/{digest[:2]}/{digest[:32]}.webp"
    if not default_storage.exists(path):
        path = default_storage.save(path, ContentFile(_without_metadata(image)))
    return StoredImage(path=path, width=image.width, height=image.height)


def store_photo(*, content: bytes, folder: str, is_private: bool = False) -> StoredImage:
    """One of `store_photos`. Raises NotAnImage."""
    return store_photos([content], folder=folder, is_private=is_private)[0]


def store_photos(contents: Iterable[bytes], *, folder: str, is_private: bool = False) -> list[StoredImage]:
    """Photos that a person sends: checked by their content, turned upright, made smaller, without anything besides pixels.

    All of them are stored or, when one is refused, none; each under the digest of what is stored, whatever it was called.
    Private ones lie where no address leads. Raises NotAnImage.
    """
    drawn = [_draw(content) for content in contents]
    return [
        StoredImage(keep_file(clean, folder=folder, suffix="webp", is_private=is_private), *size)
        for clean, size in drawn
    ]


def _draw(content: bytes) -> tuple[bytes, tuple[int, int]]:
    upright = open_photo(content)
    upright.thumbnail((PHOTO_EDGE_MAX, PHOTO_EDGE_MAX))
    return _without_metadata(upright), upright.size


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
    digest = hashlib.sha256(content).hexdigest()
    path = f"{folder}/{digest[:2]}/{digest[:32]}.{suffix}"
    store = storages["private"] if is_private else default_storage
    return path if store.exists(path) else store.save(path, ContentFile(content))


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


def _without_metadata(image: Image.Image) -> bytes:
    out = io.BytesIO()
    mode = "RGBA" if image.mode in ("RGBA", "LA", "P") else "RGB"
    image.convert(mode).save(out, "WEBP", quality=86, method=2)
    return out.getvalue()
