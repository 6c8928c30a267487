"""Files people or jobs bring in: checked by content, stored under their digest."""

import hashlib
import io
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, UnidentifiedImageError

from jishi.kernel.errors import Kind, Refusal

IMAGE_BYTES_MAX = 12 * 1024 * 1024
IMAGE_PIXELS_MAX = 40_000_000
_FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}


class NotAnImage(Refusal):
    kind = Kind.INVALID
    code = "not_an_image"
    message = "这不是可用的图片（支持 JPEG、PNG、WebP、GIF，不超过 12 MB）。"


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


def _without_metadata(image: Image.Image) -> bytes:
    out = io.BytesIO()
    mode = "RGBA" if image.mode in ("RGBA", "LA", "P") else "RGB"
    image.convert(mode).save(out, "WEBP", quality=86, method=2)
    return out.getvalue()
