"""Taking media into use, showing it, taking it back, cleaning up."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.media import rules
from jishi.modules.media.errors import MediaInUse, MediaNotReady
from jishi.modules.media.models import Media
from jishi.modules.media.types import MediaKind, MediaState
from jishi.platform import jobs
from jishi.platform.files import drop_file, show_file
from jishi.platform.transactions import in_transaction

AVIF_JOB = "media.add_avif"
CLEAN_BATCH = 200


@in_transaction
def use_media(media_ids: Iterable[uuid.UUID]) -> None:
    """Something shows them: they are no orphans."""
    Media.objects.filter(id__in=list(media_ids)).update(is_used=True)


@in_transaction
def take_media(media_ids: Iterable[uuid.UUID], *, by: Actor) -> None:
    """Media of the actor's that nothing shows yet go into one thing, whoever asks at the same moment. Raises MediaInUse."""
    wanted = list(dict.fromkeys(media_ids))
    rows = Media.objects.filter(id__in=wanted, owner_id=by.require_member(), is_used=False)
    if rows.update(is_used=True) != len(wanted):
        raise MediaInUse()


@in_transaction
def let_go_of_media(media_ids: Iterable[uuid.UUID]) -> None:
    """Nothing shows them any more: they go with the next cleaning."""
    wanted = list(media_ids)
    withdraw_media(wanted)
    Media.objects.filter(id__in=wanted).update(is_used=False, created_at=clock.now())


@in_transaction
def publish_media(media_ids: Iterable[uuid.UUID]) -> None:
    """Everybody can see their files from now on. Raises MediaNotReady for a video that is not."""
    rows = list(Media.objects.select_for_update().filter(id__in=list(media_ids)).order_by("id"))
    if any(row.state != MediaState.READY.value for row in rows):
        raise MediaNotReady()
    hidden = [row for row in rows if not row.is_public]
    for row in hidden:
        for path in _paths(row):
            show_file(path)
    pictures = [row for row in hidden if row.kind == MediaKind.PICTURE.value]
    jobs.defer_many(AVIF_JOB, [{"media_id": str(row.id)} for row in pictures])
    Media.objects.filter(id__in=[row.id for row in rows]).update(is_public=True, is_used=True)


@in_transaction
def withdraw_media(media_ids: Iterable[uuid.UUID]) -> None:
    """Their public copies go; the private ones stay. A file that other public media share stays for them."""
    rows = list(
        Media.objects.select_for_update().filter(id__in=list(media_ids), is_public=True).order_by("id")
    )
    Media.objects.filter(id__in=[row.id for row in rows]).update(is_public=False)
    for row in rows:
        for path in _paths(row):
            if not _is_shared(path, is_public=True):
                drop_file(path, is_private=False)


def clean_orphans(*, limit: int = CLEAN_BATCH) -> int:
    """Files and rows that nothing has used for a day; returns how many."""
    before = clock.now() - timedelta(hours=rules.ORPHAN_HOURS)
    rows = list(Media.objects.filter(is_used=False, created_at__lt=before).order_by("created_at")[:limit])
    cleaned = 0
    for row in rows:
        if not Media.objects.filter(id=row.id, is_used=False).delete()[0]:
            continue  # taken into use meanwhile
        for path in _paths(row):
            if not _is_shared(path, is_public=False):
                drop_file(path, is_private=True)
        cleaned += 1
    return cleaned


def _paths(row: Media) -> list[str]:
    found = [one[0] for one in row.renditions]
    return [path for path in (*found, row.video_path, row.source_path) if path]


def _is_shared(path: str, *, is_public: bool) -> bool:
    """Somebody sent the very same file. Each kind of file is looked up by an index of its own."""
    if path.endswith(".mp4"):
        found = Q(video_path=path)
    else:
        found = Q(source_path=path) if path.endswith(".film") else Q(renditions__contains=[[path]])
    rows = Media.objects.filter(found)
    return (rows.filter(is_public=True) if is_public else rows).exists()
