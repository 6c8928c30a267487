"""Taking pictures in: drawn anew in several widths."""

import io
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image, features

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.modules.media import rules
from jishi.modules.media.models import Media
from jishi.modules.media.queries import media_view
from jishi.modules.media.types import MediaKind, MediaState, MediaView
from jishi.platform.files import keep_file, open_photo, read_private, show_file
from jishi.platform.transactions import in_transaction

FOLDER = "m"


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """A picture in its sizes: (width, height, WebP), narrow first."""

    width: int
    height: int
    colour: str
    sizes: tuple[tuple[int, int, bytes], ...]


def store_picture(content: bytes, *, by: Actor) -> MediaView:
    """A private picture of the actor's. Raises NotAnImage."""
    return store_pictures([content], by=by)[0]


def store_pictures(contents: Iterable[bytes], *, by: Actor) -> list[MediaView]:
    """Private pictures of the actor's: all of them or, when one is refused, none. Raises NotAnImage."""
    owner_id = by.require_member()
    drawn = [draw_sizes(open_photo(content)) for content in contents]
    return [_store(one, owner_id=owner_id) for one in drawn]


@in_transaction
def add_avif(media_id: uuid.UUID) -> int:
    """Smaller files of the same picture for browsers that know AVIF; returns how many. Nothing where the codec is missing."""
    if not features.check("avif"):
        return 0
    row = Media.objects.select_for_update().filter(id=media_id, state=MediaState.READY.value).first()
    if row is None or any(one[3] == "avif" for one in row.renditions):
        return 0
    added = []
    for path, width, height, _format in row.renditions:
        with Image.open(io.BytesIO(read_private(path)), formats=["WEBP"]) as image:
            out = io.BytesIO()
            image.convert("RGB").save(out, "AVIF", quality=rules.QUALITY_AVIF, speed=8)
        kept = keep_file(out.getvalue(), folder=FOLDER, suffix="avif", is_private=True)
        added.append([kept, width, height, "avif"])
        if row.is_public:
            show_file(kept)
    row.renditions = [*row.renditions, *added]
    row.save(update_fields=["renditions"])
    return len(added)


def draw_sizes(image: Image.Image) -> DrawnPicture:
    """Narrow first; nothing is stored yet."""
    found: list[tuple[int, int, bytes]] = []
    for width in rules.widths_of(image.width):
        height = max(1, round(image.height * width / image.width))
        sized = image if width == image.width else image.resize((width, height), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        sized.save(out, "WEBP", quality=rules.QUALITY_WEBP, method=3)
        found.append((width, height, out.getvalue()))
    return DrawnPicture(image.width, image.height, colour_of(image), tuple(found))


def keep_sizes(drawn: DrawnPicture) -> list[list[object]]:
    """Every file under its own digest, private."""
    return [
        [keep_file(content, folder=FOLDER, suffix="webp", is_private=True), width, height, "webp"]
        for width, height, content in drawn.sizes
    ]


def colour_of(image: Image.Image) -> str:
    """One colour that stands for the picture until it has come."""
    red, green, blue = image.convert("RGB").resize((1, 1), Image.Resampling.BOX).tobytes()[:3]
    return f"#{red:02x}{green:02x}{blue:02x}"


def _store(drawn: DrawnPicture, *, owner_id: uuid.UUID) -> MediaView:
    return media_view(
        Media.objects.create(
            id=ids.new_id(),
            owner_id=owner_id,
            kind=MediaKind.PICTURE.value,
            state=MediaState.READY.value,
            width=drawn.width,
            height=drawn.height,
            colour=drawn.colour,
            renditions=keep_sizes(drawn),
            created_at=clock.now(),
        )
    )
