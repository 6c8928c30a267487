"""What staff do with notes, and the clock that publishes them."""

import uuid

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import InvalidInput, NotFound
from jishi.modules.media.public import MediaNotReady
from jishi.modules.notes.models import Author, Comment, FeedWeights, Note
from jishi.modules.notes.operations.states import come_out_together, move, show_pictures
from jishi.modules.notes.operations.write import bring_out
from jishi.modules.notes.rules import lifecycle
from jishi.modules.notes.rules.feed import WEIGHT_MAX
from jishi.modules.notes.types import NoteState, Weights
from jishi.platform import history, locks
from jishi.platform.transactions import in_transaction

DUE_BATCH = 250
STALE_BATCH = 500
PICTURES_BATCH = 200


@in_transaction
def approve_note(note_id: uuid.UUID, *, by: Actor) -> NoteState:
    """It comes out, now or at the time its author named. Raises NotFound, IllegalStep, MediaNotReady."""
    by.require("notes.edit")
    note = locks.lock_one(Note, note_id)
    bring_out(note, by=by)
    return NoteState(note.state)


@in_transaction
def return_note(note_id: uuid.UUID, *, by: Actor, reason: str) -> None:
    """Back to its author as a draft, who reads why. Raises InvalidInput without a reason."""
    by.require("notes.edit")
    move(locks.lock_one(Note, note_id), "return", by=by, reason=_reason(reason))


@in_transaction
def hide_note(note_id: uuid.UUID, *, by: Actor, reason: str) -> None:
    """Nobody but its author and staff can reach it or its pictures any more. Raises InvalidInput, IllegalStep."""
    if not by.may("moderation.decide"):
        by.require("notes.edit")
    move(locks.lock_one(Note, note_id), "hide", by=by, reason=_reason(reason))


@in_transaction
def show_note(note_id: uuid.UUID, *, by: Actor) -> None:
    if not by.may("moderation.decide"):
        by.require("notes.edit")
    move(locks.lock_one(Note, note_id), "show", by=by)


@in_transaction
def assign_note(note_id: uuid.UUID, *, by: Actor, assignee_id: uuid.UUID | None) -> None:
    """Who of the staff looks after it."""
    by.require("notes.edit")
    note = locks.lock_one(Note, note_id)
    note.assignee_id = assignee_id
    note.save(update_fields=["assignee_id"])
    history.record_step(subject=("note", note.id), verb="assign", by=by, before=note.state, after=note.state)


@in_transaction
def mark_paid_creator(member_id: uuid.UUID, *, by: Actor, is_paid: bool) -> None:
    """From now on their notes must say what they got."""
    by.require("notes.edit")
    Author.objects.update_or_create(member_id=member_id, defaults={"is_paid_creator": is_paid})
    history.record_step(
        subject=("member", member_id), verb="mark_creator", by=by, after="paid" if is_paid else "free"
    )


@in_transaction
def hide_comment(comment_id: uuid.UUID, *, by: Actor) -> None:
    """By staff, by who said it, or by the note's author; its answers go with it. Hiding it again changes nothing."""
    note, comment = _lock_said(comment_id)
    if not (by.owns(comment.member_id) or by.owns(note.author_id) or by.may("moderation.decide")):
        by.require("notes.edit")
    if comment.is_hidden:
        return
    answers = Comment.objects.filter(parent=comment, is_hidden=False)
    gone = 1 + answers.update(is_hidden=True)
    comment.is_hidden = True
    comment.save(update_fields=["is_hidden"])
    Note.objects.filter(id=note.id).update(comments=max(0, note.comments - gone), is_stale=True)
    history.record_step(subject=("note_comment", comment.id), verb="hide", by=by, after="hidden")


@in_transaction
def show_comment(comment_id: uuid.UUID, *, by: Actor) -> None:
    """By staff: it was hidden by mistake. Its answers stay hidden. Showing it again changes nothing."""
    if not by.may("moderation.decide"):
        by.require("notes.edit")
    note, comment = _lock_said(comment_id)
    if not comment.is_hidden:
        return
    comment.is_hidden = False
    comment.save(update_fields=["is_hidden"])
    Note.objects.filter(id=note.id).update(comments=note.comments + 1, is_stale=True)
    history.record_step(subject=("note_comment", comment.id), verb="show", by=by, after="shown")


@in_transaction
def set_weights(weights: Weights, *, by: Actor) -> None:
    """Raises InvalidInput beyond 0–200."""
    by.require("notes.edit")
    values = {name: getattr(weights, name) for name in Weights.__slots__}
    if any(not 0 <= value <= WEIGHT_MAX for value in values.values()):
        raise InvalidInput(field="权重", reason="请填 0 到 200")
    FeedWeights.objects.create(by_id=by.id, at=clock.now(), **values)


def publish_due_notes(*, limit: int = DUE_BATCH) -> int:
    """Scheduled notes whose time has come, the oldest first; returns how many came out. Several workers share the work."""
    try:
        return _publish_batch(limit)
    except (
        MediaNotReady
    ):  # a video among them that failed or is not ready: one by one, so that it holds up nobody else
        return sum(_publish_one(note_id) for note_id in _due_ids(limit))


def refresh_quality(*, limit: int = STALE_BATCH) -> int:
    """Work the quality of notes out anew whose counters have moved; returns how many."""
    rows = list(Note.objects.filter(is_stale=True).order_by("id")[:limit])
    for row in rows:
        row.quality_bp = lifecycle.quality_bp(
            views=row.views, likes=row.likes, saves=row.saves, comments=row.comments, orders=row.orders
        )
        row.is_stale = False
    Note.objects.bulk_update(rows, ["quality_bp", "is_stale"])
    return len(rows)


def settle_pictures_of(author_id: uuid.UUID) -> int:
    """Moderation hides an author, or does so no longer: the pictures of what they published follow, batch by batch."""
    done, last = 0, uuid.UUID(int=0)
    while batch := _settle_batch(author_id, after=last):
        done, last = done + len(batch), batch[-1]
    return done


@in_transaction
def _settle_batch(author_id: uuid.UUID, *, after: uuid.UUID) -> list[uuid.UUID]:
    rows = Note.objects.select_for_update().defer("search_vector", "text")
    rows = rows.filter(author_id=author_id, state=NoteState.PUBLISHED.value, id__gt=after)
    found = list(rows.order_by("id")[:PICTURES_BATCH])
    show_pictures(found)
    return [note.id for note in found]


def _due_ids(limit: int) -> list[uuid.UUID]:
    found = Note.objects.filter(state=NoteState.SCHEDULED.value, publish_at__lte=clock.now())
    return list(found.order_by("publish_at", "id").values_list("id", flat=True)[:limit])


@in_transaction
def _publish_batch(limit: int) -> int:
    """All in one transaction and a dozen statements. Raises MediaNotReady, and then nothing happened."""
    due = Note.objects.select_for_update(skip_locked=True).defer("search_vector", "text")
    due = due.filter(state=NoteState.SCHEDULED.value, publish_at__lte=clock.now())
    rows = list(due.order_by("publish_at", "id")[:limit])
    if rows:
        come_out_together(rows)
    return len(rows)


@in_transaction
def _publish_one(note_id: uuid.UUID) -> bool:
    note = Note.objects.select_for_update(skip_locked=True).filter(id=note_id).first()
    if note is None or note.state != NoteState.SCHEDULED.value:
        return False  # another worker was faster, or its author took it back
    try:
        move(note, "publish", by=SYSTEM)
    except MediaNotReady as refusal:  # its author reads why
        note.refresh_from_db()
        move(note, "return", by=SYSTEM, reason=refusal.code)
        return False
    return True


def _lock_said(comment_id: uuid.UUID) -> tuple[Note, Comment]:
    """The note first, as everybody does who speaks below it: a comment and its answer are hidden one after the other."""
    note_id = Comment.objects.filter(id=comment_id).values_list("note_id", flat=True).first()
    if note_id is None:
        raise NotFound()
    return locks.lock_one(Note, note_id), locks.lock_one(Comment, comment_id)


def _reason(text: str) -> str:
    if not text.strip():
        raise InvalidInput(field="原因", reason="请写明原因")
    return text.strip()
