"""Where pictures are found."""

from urllib.parse import quote

from jishi.modules.catalog.rules.drawing import hue_of, initial_of
from jishi.platform.files import address_of

PLACEHOLDER_PREFIX = "/pictures/placeholder"


def picture_address(*, path: str, title: str, key: str) -> str:
    """The stored file, or the drawn placeholder of this title; `key` chooses its colour."""
    if path:
        return address_of(path)
    return f"{PLACEHOLDER_PREFIX}/{hue_of(key)}/{quote(initial_of(title))}.svg"
