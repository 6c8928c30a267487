"""The one door between talk and stored pictures: what comes in is re-encoded, what goes out is an address."""

from collections.abc import Iterable, Sequence

from django.conf import settings

from jishi.platform.files import store_image

FOLDER = "community"
PICTURES_MAX = 9


def keep_pictures(contents: Sequence[bytes]) -> tuple[str, ...]:
    """Check and store pictures; returns what a post keeps of them. Raises NotAnImage."""
    return tuple(store_image(content=content, folder=FOLDER).path for content in contents[:PICTURES_MAX])


def picture_addresses(kept: Iterable[str]) -> tuple[str, ...]:
    """Where a browser finds them."""
    return tuple(f"{settings.MEDIA_URL}{path}" for path in kept)
