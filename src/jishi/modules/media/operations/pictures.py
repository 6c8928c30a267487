"""Taking pictures in: drawn anew in several widths."""

import io
import uuid

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


def store_picture(content: bytes, *, by: Actor) -> MediaView:
    """A private picture of the actor's. Raises NotAnImage."""
    owner_id = by.require_member()
    image = open_photo(content)
    renditions, colour = draw_sizes(image), colour_of(image)
    return media_view(
        Media.objects.create(
            id=ids.new_id(),
            owner_id=owner_id,
            kind=MediaKind.PICTURE.value,
            state=MediaState.READY.value,
            width=image.width,
            height=image.height,
            colour=colour,
            renditions=renditions,
            created_at=clock.now(),
        )
    )


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


def draw_sizes(image: Image.Image) -> list[list[object]]:
    """Narrow first; every file under its own digest, private."""
    found: list[list[object]] = []
    for width in rules.widths_of(image.width):
        height = max(1, round(image.height * width / image.width))
        sized = image if width == image.width else image.resize((width, height), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        sized.save(out, "WEBP", quality=rules.QUALITY_WEBP, method=3)
        path = keep_file(out.getvalue(), folder=FOLDER, suffix="webp", is_private=True)
        found.append([path, width, height, "webp"])
    return found


def colour_of(image: Image.Image) -> str:
    """One colour that stands for the picture until it has come."""
    red, green, blue = image.convert("RGB").resize((1, 1), Image.Resampling.BOX).tobytes()[:3]
    return f"#{red:02x}{green:02x}{blue:02x}"
