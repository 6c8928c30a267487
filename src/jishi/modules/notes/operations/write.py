"""Writing a note: drafts that save themselves, versions, and asking for it to be published."""

import uuid
from dataclasses import asdict
from datetime import datetime

from django.db import connection

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import IllegalStep, NotFound
from jishi.modules.catalog.public import cards_by_ids, indexed_words
from jishi.modules.media.public import MediaKind, let_go_of_media, own_media, publish_media, use_media
from jishi.modules.notes.errors import BadTag, ChangedElsewhere, TooManyNotePictures
from jishi.modules.notes.models import Author, Note, NoteTag, NoteVersion
from jishi.modules.notes.operations.states import move, week_of
from jishi.modules.notes.queries.notes import draft_of
from jishi.modules.notes.rules import lifecycle
from jishi.modules.notes.types import NoteDraft, NoteState
from jishi.platform import history, locks
from jishi.platform.transactions import in_transaction

DRAFTS_MAX = 50
_WRITTEN = (
    *(
        "title",
        "text",
        "topics",
        "cooperation",
        "media_ids",
        "is_video",
        "alt_title",
        "alt_cover",
        "has_test",
    ),
    *("tag_count", "first_product_id", "changed_at", "version", "week"),
)


@in_transaction
def start_note(*, by: Actor, draft: NoteDraft | None = None, note_id: uuid.UUID | None = None) -> uuid.UUID:
    """A new draft. Raises TooManyNotePictures and what `save_note` raises."""
    author_id = by.require_member()
    if Note.objects.filter(author_id=author_id, state=NoteState.DRAFT.value).count() >= DRAFTS_MAX:
        oldest = (
            Note.objects.filter(author_id=author_id, state="draft", title="", text="")
            .order_by("changed_at")
            .first()
        )
        if oldest is None:
            raise TooManyNotePictures(limit=DRAFTS_MAX)
        move(locks.lock_one(Note, oldest.id), "remove", by=by)
    now = clock.now()
    note = Note.objects.create(
        id=note_id or ids.new_id(), author_id=author_id, created_at=now, changed_at=now
    )
    history.record_step(subject=("note", note.id), verb="start", by=by, after=note.state)
    if draft is not None:
        save_note(note.id, draft, by=by)
    return note.id


@in_transaction
def save_note(
    note_id: uuid.UUID,
    draft: NoteDraft,
    *,
    by: Actor,
    expected_version: int | None = None,
    is_stopped: bool = False,
) -> int:
    """Keep what was written; returns the version. What others see, or are about to, keeps its history.

    Raises NotFound, ChangedElsewhere, IllegalStep, TitleMissing, TextTooLong, TooManyTopics, BadTag,
    TooManyNotePictures, MediaMissing.
    """
    note = lock_own(note_id, by=by)
    if NoteState(note.state) not in lifecycle.EDITABLE:
        raise IllegalStep(state=note.state, verb="save")
    if expected_version is not None and expected_version != note.version:
        raise ChangedElsewhere()
    clean = lifecycle.clean_draft(draft)
    is_out = note.state != NoteState.DRAFT.value
    if is_out:
        lifecycle.check_complete(clean, is_paid_creator=is_paid_creator(note.author_id))
    if draft_of(note) == clean:
        return note.version
    _take_media(note, clean, by=by)
    _write(note, clean)
    note.version += 1
    note.save(update_fields=_WRITTEN)
    _put_tags(note, clean)
    index_notes({note.id: (clean.title, clean.topics, clean.text)})
    if is_out:
        _keep_version(note, clean, by=by)
        if note.state == NoteState.PUBLISHED.value:
            if is_stopped:
                note.waits_for = lifecycle.STOPPED_WORDS
                move(note, "submit", by=by, reason=lifecycle.STOPPED_WORDS)
            else:
                publish_media(note.media_ids)
    return note.version


@in_transaction
def publish_note(
    note_id: uuid.UUID, *, by: Actor, publish_at: datetime | None = None, is_stopped: bool = False
) -> NoteState:
    """The author asks for it to come out, now or at a time: a known author's comes out, others wait for a look.

    Raises NotFound, TitleMissing, MediaMissing, DisclosureNeeded, ScheduleInvalid, MediaNotReady, IllegalStep.
    """
    note = lock_own(note_id, by=by)
    clean = draft_of(note)
    lifecycle.check_complete(clean, is_paid_creator=is_paid_creator(note.author_id))
    if publish_at is not None:
        lifecycle.check_schedule(publish_at, now=clock.now())
    note.wanted_at = publish_at
    before = Note.objects.filter(author_id=note.author_id, first_published_at__isnull=False)
    known = before.exclude(state__in=[NoteState.HIDDEN.value, NoteState.REMOVED.value]).exclude(id=note.id)
    note.waits_for = lifecycle.waits_for(
        published_before=known.count(), is_stopped=is_stopped, cooperation=clean.cooperation
    )
    _keep_version(note, clean, by=by)
    if note.waits_for:
        move(note, "submit", by=by, reason=note.waits_for)
    else:
        bring_out(note, by=by)
    return NoteState(note.state)


@in_transaction
def place_note(note_id: uuid.UUID, *, by: Actor, province: str, city: str) -> None:
    """Where the author lives, who agreed to say so; empty takes it off."""
    note = lock_own(note_id, by=by)
    note.province, note.city = province[:40], city[:40]
    note.save(update_fields=["province", "city"])


def bring_out(note: Note, *, by: Actor) -> None:
    """Publish a locked note, or schedule it when its author named a time that has not come."""
    if note.wanted_at is not None and note.wanted_at > clock.now():
        note.publish_at = note.wanted_at
        move(note, "schedule", by=by)
    else:
        move(note, "publish", by=by)


@in_transaction
def take_back_note(note_id: uuid.UUID, *, by: Actor) -> None:
    """The author wants it as a draft again: what waits for a look or for its time. Raises NotFound, IllegalStep."""
    note = lock_own(note_id, by=by)
    note.wanted_at = None
    move(note, "return", by=by)


@in_transaction
def remove_note(note_id: uuid.UUID, *, by: Actor) -> None:
    """By its author or by staff; its pictures go. Raises NotFound, IllegalStep."""
    note = locks.lock_one(Note, note_id)
    if not (by.owns(note.author_id) or by.may("notes.edit")):
        raise NotFound()
    move(note, "remove", by=by)
    let_go_of_media(note.media_ids)


@in_transaction
def reschedule_note(note_id: uuid.UUID, *, by: Actor, publish_at: datetime) -> None:
    """Another time for a scheduled note. Raises NotFound, ScheduleInvalid, IllegalStep."""
    note = locks.lock_one(Note, note_id)
    if not (by.owns(note.author_id) or by.may("notes.edit")):
        raise NotFound()
    if note.state != NoteState.SCHEDULED.value:
        raise IllegalStep(state=note.state, verb="reschedule")
    lifecycle.check_schedule(publish_at, now=clock.now())
    note.publish_at = note.wanted_at = publish_at
    note.save(update_fields=["publish_at", "wanted_at"])
    history.record_step(
        subject=("note", note.id), verb="reschedule", by=by, before=note.state, after=note.state
    )


def lock_own(note_id: uuid.UUID, *, by: Actor) -> Note:
    note = locks.lock_one(Note, note_id)
    if not by.owns(note.author_id) or note.state == NoteState.REMOVED.value:
        raise NotFound()
    return note


def is_paid_creator(member_id: uuid.UUID) -> bool:
    return Author.objects.filter(member_id=member_id, is_paid_creator=True).exists()


def index_notes(words: dict[uuid.UUID, tuple[str, tuple[str, ...], str]]) -> None:
    """What search finds them by; one statement."""
    if not words:
        return
    rows = [
        (key, indexed_words(title), indexed_words(" ".join(topics)), indexed_words(text))
        for key, (title, topics, text) in words.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INDEX, [list(column) for column in zip(*rows, strict=True)])


_INDEX = """
UPDATE notes_note AS n SET search_vector =
  setweight(to_tsvector('simple', w.title), 'A') || setweight(to_tsvector('simple', w.topics), 'B') ||
  setweight(to_tsvector('simple', w.body), 'C')
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]) AS w(id, title, topics, body)
WHERE n.id = w.id
"""


def _take_media(note: Note, clean: NoteDraft, *, by: Actor) -> None:
    """Pictures, or one video. What is no longer shown goes."""
    added = [one for one in clean.media_ids if one not in note.media_ids]
    found = own_media(clean.media_ids, by=by)
    films = [one for one in found if one.kind is MediaKind.VIDEO]
    if films and len(found) > 1:
        raise TooManyNotePictures(limit=lifecycle.PICTURES_MAX)
    use_media(added)
    let_go_of_media([one for one in note.media_ids if one not in clean.media_ids])
    note.is_video = bool(films)


def _write(note: Note, clean: NoteDraft) -> None:
    note.title, note.text, note.topics = clean.title, clean.text, list(clean.topics)
    note.cooperation = clean.cooperation.value
    note.media_ids = list(clean.media_ids)
    note.alt_title, note.alt_cover = clean.alt_title, clean.alt_cover
    note.has_test = bool(clean.alt_title) or clean.alt_cover not in (None, 0)
    note.tag_count = len(clean.tags)
    note.first_product_id = clean.tags[0].product_id if clean.tags else None
    note.changed_at = clock.now()
    if note.publish_at is not None:
        note.week = week_of(note.publish_at)


def _put_tags(note: Note, clean: NoteDraft) -> None:
    known = cards_by_ids([tag.product_id for tag in clean.tags])
    if any(tag.product_id not in known for tag in clean.tags):
        raise BadTag()
    NoteTag.objects.filter(note=note).delete()
    NoteTag.objects.bulk_create([NoteTag(id=ids.new_id(), note=note, **asdict(tag)) for tag in clean.tags])


def _keep_version(note: Note, clean: NoteDraft, *, by: Actor) -> None:
    NoteVersion.objects.update_or_create(
        note=note,
        number=note.version,
        defaults={
            "by_id": by.id,
            "title": clean.title,
            "text": clean.text,
            "topics": list(clean.topics),
            "media_ids": list(clean.media_ids),
            "tags": [[tag.picture, tag.x_bp, tag.y_bp, str(tag.product_id)] for tag in clean.tags],
            "at": clock.now(),
        },
    )
