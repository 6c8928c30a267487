"""What readers do with a note: like, save, say something, look, tap, follow its author."""

import uuid
from datetime import timedelta

from django.db import connection
from django.db.models import F

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.notes.errors import CommentTooFast, OwnFollow, TooManyFollows
from jishi.modules.notes.facts import NoteCommented, NoteLiked, NoteSaved
from jishi.modules.notes.models import Author, Comment, Follow, Note, Reaction
from jishi.modules.notes.operations.taste import add_points
from jishi.modules.notes.rules import lifecycle
from jishi.modules.notes.types import NoteState, ReactionKind
from jishi.platform import locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

POINTS = {ReactionKind.LIKE: 1, ReactionKind.SAVE: 2}
COMMENT_POINTS, ORDER_POINTS = 2, 4
_COUNTER = {ReactionKind.LIKE: "likes", ReactionKind.SAVE: "saves"}


@in_transaction
def react(note_id: uuid.UUID, *, by: Actor, kind: ReactionKind, is_on: bool = True) -> int:
    """Like or save a published note, or take that back; saying it again changes nothing. Returns the count.

    Raises NotFound.
    """
    member_id = by.require_member()
    note = _lock_shown(note_id)
    counter = _COUNTER[kind]
    count: int = getattr(note, counter)
    rows = Reaction.objects.filter(note=note, member_id=member_id, kind=kind.value)
    if is_on == rows.exists():
        return count
    if is_on:
        Reaction.objects.create(note=note, member_id=member_id, kind=kind.value, at=clock.now())
        if not by.owns(note.author_id):
            add_points(member_id, author_id=note.author_id, topics=note.topics, points=POINTS[kind])
        fact = NoteLiked if kind is ReactionKind.LIKE else NoteSaved
        record_fact(fact(note.id, member_id, note.author_id), by=by)
    else:
        rows.delete()
    count += 1 if is_on else -1
    Note.objects.filter(id=note.id).update(**{counter: count}, is_stale=True)
    return count


@in_transaction
def comment(note_id: uuid.UUID, *, by: Actor, words: str, answers: uuid.UUID | None = None) -> uuid.UUID:
    """Say something below a published note; an answer to an answer stands below the same comment.

    Raises NotFound, BadComment, CommentTooFast.
    """
    member_id = by.require_member()
    text = lifecycle.check_comment(words)
    note = _lock_shown(note_id)
    since = clock.now() - timedelta(minutes=1)
    if Comment.objects.filter(member_id=member_id, at__gt=since).count() >= lifecycle.COMMENTS_A_MINUTE_MAX:
        raise CommentTooFast()
    answered = Comment.objects.filter(id=answers, note=note, is_hidden=False).first() if answers else None
    if answers and answered is None:
        raise NotFound()
    parent_id = (answered.parent_id or answered.id) if answered else None
    said = Comment.objects.create(
        id=ids.new_id(), note=note, member_id=member_id, parent_id=parent_id, words=text, at=clock.now()
    )
    Note.objects.filter(id=note.id).update(comments=F("comments") + 1, is_stale=True)
    if not by.owns(note.author_id):
        add_points(member_id, author_id=note.author_id, topics=note.topics, points=COMMENT_POINTS)
    record_fact(
        NoteCommented(note.id, member_id, said.id, note.author_id, answered.member_id if answered else None),
        by=by,
    )
    return said.id


@in_transaction
def follow_author(author_id: uuid.UUID, *, by: Actor, is_on: bool = True) -> int:
    """Follow somebody or stop; saying it again changes nothing. Returns their followers. Raises OwnFollow, TooManyFollows."""
    member_id = by.require_member()
    if by.owns(author_id):
        raise OwnFollow()
    for one in sorted((author_id, member_id)):
        Author.objects.get_or_create(member_id=one)
    rows = locks.lock_many(Author, [author_id, member_id])
    author, own = rows[author_id], rows[member_id]
    follows = Follow.objects.filter(follower_id=member_id, author_id=author_id)
    if is_on != follows.exists():
        if is_on and own.following >= lifecycle.FOLLOWS_MAX:
            raise TooManyFollows(limit=lifecycle.FOLLOWS_MAX)
        if is_on:
            Follow.objects.create(follower_id=member_id, author_id=author_id, at=clock.now())
        else:
            follows.delete()
        step = 1 if is_on else -1
        author.followers += step
        own.following += step
        author.save(update_fields=["followers"])
        own.save(update_fields=["following"])
    return author.followers


@in_transaction
def note_look(note_id: uuid.UUID, *, viewer_id: uuid.UUID) -> bool:
    """Somebody opened it: counted once a person and day, and as the click of a running test. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, {"note": note_id, "viewer": viewer_id, "day": clock.now().date()})
        return bool(cursor.fetchone()[0])


def note_tap(note_id: uuid.UUID) -> None:
    """Goods on it were tapped."""
    Note.objects.filter(id=note_id, state=NoteState.PUBLISHED.value).update(taps=F("taps") + 1)


def note_share(note_id: uuid.UUID) -> None:
    """Somebody made a link to it."""
    Note.objects.filter(id=note_id, state=NoteState.PUBLISHED.value).update(shares=F("shares") + 1)


@in_transaction
def set_sales(note_id: uuid.UUID, *, orders: int, revenue_minor: int, refunded_minor: int) -> None:
    """What it sold, as sharing has it now; the same figures again change nothing."""
    Note.objects.filter(id=note_id).update(
        orders=orders, revenue_minor=revenue_minor, refunded_minor=refunded_minor, is_stale=True
    )


def _lock_shown(note_id: uuid.UUID) -> Note:
    note = locks.lock_one(Note, note_id)
    if note.state != NoteState.PUBLISHED.value:
        raise NotFound()
    return note


_LOOK = """
WITH seen AS (
  INSERT INTO notes_seen (note_id, viewer_id, day)
  SELECT id, %(viewer)s, %(day)s FROM notes_note WHERE id = %(note)s AND state = 'published'
  ON CONFLICT DO NOTHING RETURNING 1
), clicked AS (
  UPDATE notes_exposure SET is_clicked = true
  WHERE note_id = %(note)s AND viewer_id = %(viewer)s AND NOT is_clicked
), counted AS (
  UPDATE notes_note SET views = views + 1, is_stale = true
  WHERE id = %(note)s AND EXISTS (SELECT 1 FROM seen) RETURNING 1
)
SELECT EXISTS (SELECT 1 FROM counted)
"""
