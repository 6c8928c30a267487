"""The one door between talk and stored pictures: what comes in is drawn anew, what goes out is an address."""

from collections.abc import Iterable, Sequence

from jishi.platform.files import DrawnPhoto, address_of, draw_photo

FOLDER = "community"
PICTURES_MAX = 9


def draw_pictures(contents: Sequence[bytes]) -> list[DrawnPhoto]:
    """Checked and drawn; `write_post` stores them with the post, or not at all. Raises NotAnImage."""
    return [draw_photo(content, folder=FOLDER) for content in contents[:PICTURES_MAX]]


def picture_addresses(kept: Iterable[str]) -> tuple[str, ...]:
    """Where a browser finds them."""
    return tuple(address_of(path) for path in kept)
