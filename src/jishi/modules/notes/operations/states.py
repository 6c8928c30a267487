"""Moving a note between its states, with everything that hangs on being seen."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import connection
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.flow import advance
from jishi.modules.guard.public import hidden_authors
from jishi.modules.media.public import publish_media, withdraw_media
from jishi.modules.notes.facts import NotePublished, NoteReturned
from jishi.modules.notes.models import Author, Note, NoteTag
from jishi.modules.notes.rules import lifecycle
from jishi.modules.notes.types import NoteState
from jishi.platform import history
from jishi.platform.facts import record_fact, record_facts

WEEK_SECONDS = 7 * 86_400
_MOVED = (
    *("state", "changed_at", "review_note", "waits_for", "wanted_at", "publish_at", "week"),
    *("first_published_at", "assignee_id"),
)


def move(note: Note, verb: str, *, by: Actor, reason: str = "") -> None:
    """Take a locked note one step on and save it. Raises IllegalStep, MediaNotReady."""
    before = NoteState(note.state)
    after = advance(lifecycle.LIFECYCLE, before, verb)
    note.state = after.value
    note.changed_at = clock.now()
    if verb in ("return", "hide", "remove", "submit"):
        note.review_note = reason[:200]
    if after is NoteState.PUBLISHED:
        _come_out(note, by=by)
    elif before is NoteState.PUBLISHED:
        _go_in(note)
    note.save(update_fields=_MOVED)
    history.record_step(
        subject=("note", note.id), verb=verb, by=by, before=before.value, after=after.value, note=reason
    )
    if verb in ("return", "hide") or (verb == "remove" and not by.owns(note.author_id)):
        record_fact(NoteReturned(note.id, note.author_id, note.title, reason), by=by)


def come_out_together(notes: Sequence[Note]) -> None:
    """Publish locked, scheduled notes that were never out before: few statements, however many. Raises MediaNotReady."""
    now = clock.now()
    show_pictures(notes)
    Note.objects.filter(id__in=[note.id for note in notes]).update(
        state=NoteState.PUBLISHED.value,
        changed_at=now,
        publish_at=now,
        first_published_at=Coalesce(F("first_published_at"), now),
        week=week_of(now),
        review_note="",
        waits_for="",
    )
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_NOTES, [[note.author_id for note in notes]])
    goods: dict[uuid.UUID, dict[uuid.UUID, None]] = {note.id: {} for note in notes}
    for note_id, product_id in NoteTag.objects.filter(note__in=notes).values_list("note_id", "product_id"):
        goods[note_id][product_id] = None
    before, after = NoteState.SCHEDULED.value, NoteState.PUBLISHED.value
    history.record_steps(
        [history.NewStep(("note", note.id), "publish", SYSTEM, before=before, after=after) for note in notes]
    )
    fresh = [note for note in notes if note.first_published_at is None]
    if fresh:
        record_facts(
            [NotePublished(one.id, one.author_id, one.title, tuple(goods[one.id])) for one in fresh],
            by=SYSTEM,
        )


_COUNT_NOTES = """
INSERT INTO notes_author AS a (member_id, followers, following, notes, is_paid_creator)
SELECT author, 0, 0, count(*), false FROM unnest(%s::uuid[]) AS u(author) GROUP BY author ORDER BY author
ON CONFLICT (member_id) DO UPDATE SET notes = a.notes + excluded.notes
"""


def week_of(instant: datetime) -> int:
    return int(instant.astimezone(UTC).timestamp()) // WEEK_SECONDS


def count_notes(author_id: uuid.UUID, *, by_how_many: int) -> None:
    Author.objects.get_or_create(member_id=author_id)
    Author.objects.filter(member_id=author_id).update(notes=Greatest(F("notes") + by_how_many, 0))


def _come_out(note: Note, *, by: Actor) -> None:
    note.review_note = note.waits_for = ""
    now = clock.now()
    show_pictures([note])
    count_notes(note.author_id, by_how_many=1)
    if note.first_published_at is not None:
        return  # shown again: its place in time and the fact are of the first time
    note.first_published_at = now
    note.publish_at = now
    note.week = week_of(now)
    goods = NoteTag.objects.filter(note=note).order_by("picture", "id").values_list("product_id", flat=True)
    record_fact(NotePublished(note.id, note.author_id, note.title, tuple(dict.fromkeys(goods))), by=by)


def show_pictures(notes: Sequence[Note]) -> None:
    """Public as long as the note is, and not while moderation hides its author. Raises MediaNotReady."""
    publish_media(one for note in notes for one in note.media_ids)
    hidden = hidden_authors([note.author_id for note in notes])
    if hidden:
        withdraw_media(one for note in notes if note.author_id in hidden for one in note.media_ids)


def _go_in(note: Note) -> None:
    withdraw_media(note.media_ids)
    count_notes(note.author_id, by_how_many=-1)
