"""Photos that come with a form."""

from django.http import HttpRequest

from jishi.kernel.errors import Refusal
from jishi.platform.files import IMAGE_BYTES_MAX, NotAnImage, StoredImage, store_photos


def photos_of(
    request: HttpRequest, *, limit: int, too_many: type[Refusal], folder: str, is_private: bool = False
) -> list[StoredImage]:
    """The pictures of a form in the order they were chosen, checked and stored, all or none. Raises NotAnImage and `too_many`."""
    files = request.FILES.getlist("photos")
    if len(files) > limit:
        raise too_many(limit=limit)
    for file in files:  # before anything is read or stored
        if (file.size or 0) > IMAGE_BYTES_MAX:
            raise NotAnImage(size=file.size)
    return store_photos((file.read() for file in files), folder=folder, is_private=is_private)
