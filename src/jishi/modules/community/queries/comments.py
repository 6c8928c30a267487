"""Reading comments: a page of threads, two levels, both bounded."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.community.models import Comment, Follow, Post, Reaction
from jishi.modules.community.types import CommentView, Visibility
from jishi.modules.guard.public import in_sight
from jishi.platform.paging import Key

THREADS_MAX = 50
REPLIES_MAX = 20
FOLLOWS_MAX = 2_000


def comments_of(
    post_id: uuid.UUID, *, by: Actor, after: Key | None = None, limit: int = 30
) -> list[CommentView]:
    """Threads of a post that the caller has been let into, oldest first; four queries.

    Shown ones and the actor's own that wait; a reply to what is hidden is hidden with it.
    """
    accepted = Post.objects.filter(id=post_id).values_list("accepted_comment_id", flat=True).first()
    rows = Comment.objects.filter(_visible(by), post_id=post_id, parent__isnull=True)
    if after is not None:
        rows = rows.filter(Q(made_at__gt=after.at) | Q(made_at=after.at, id__gt=after.id))
    threads = list(rows.order_by("made_at", "id")[: min(limit, THREADS_MAX)])
    replies = _replies([row.id for row in threads], by=by)
    own = _own([*threads, *(one for found in replies.values() for one in found)], by=by)
    return [
        _view(
            row,
            own,
            accepted=accepted,
            replies=tuple(_view(one, own, accepted=accepted) for one in replies[row.id]),
        )
        for row in threads
    ]


def comment_post_id(comment_id: uuid.UUID) -> uuid.UUID | None:
    """The post a comment belongs to; one query."""
    return Comment.objects.filter(id=comment_id).values_list("post_id", flat=True).first()


def comment_text(comment_id: uuid.UUID, *, by: Actor) -> CommentView | None:
    """One's own comment, to edit it."""
    row = (
        Comment.objects.filter(id=comment_id, author_id=by.require_member())
        .exclude(state=Visibility.REMOVED.value)
        .first()
    )
    return _view(row, {}, accepted=None) if row else None


def comment_view(comment_id: uuid.UUID, *, by: Actor) -> CommentView:
    """A comment for who may read the post it stands under, which the caller has seen to. Raises NotFound."""
    row = Comment.objects.filter(_visible(by), id=comment_id).first()
    if row is None:
        raise NotFound()
    return _view(row, {}, accepted=None)


def accepted_answer(post_id: uuid.UUID, *, by: Actor) -> CommentView | None:
    """The accepted answer of a question, wherever it stands; two queries."""
    row = Comment.objects.filter(
        in_sight("author_id", by=by, community="community_id"),
        id__in=Post.objects.filter(id=post_id).values("accepted_comment_id"),
        state=Visibility.SHOWN.value,
    ).first()
    return _view(row, _own([row], by=by), accepted=row.id) if row else None


def followed_ids(member_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Whom a member follows, the latest first up to a limit; for the feed. One query."""
    rows = Follow.objects.filter(follower_id=member_id).order_by("-at")
    return frozenset(rows.values_list("followed_id", flat=True)[:FOLLOWS_MAX])


def follows(member_id: uuid.UUID | None, other_id: uuid.UUID) -> bool:
    return (
        member_id is not None and Follow.objects.filter(follower_id=member_id, followed_id=other_id).exists()
    )


def follow_counts(member_id: uuid.UUID) -> tuple[int, int]:
    """(follows, is followed by); two queries."""
    return (
        Follow.objects.filter(follower_id=member_id).count(),
        Follow.objects.filter(followed_id=member_id).count(),
    )


def authors_since(post_id: uuid.UUID, *, since: datetime) -> int:
    """Different people who commented since a moment."""
    rows = Comment.objects.filter(post_id=post_id, made_at__gte=since, state=Visibility.SHOWN.value)
    return rows.values("author_id").distinct().count()


def _visible(by: Actor) -> Q:
    shown = Q(state=Visibility.SHOWN.value) & in_sight("author_id", by=by, community="community_id")
    if not by.is_member or by.id is None:
        return shown
    return shown | Q(state=Visibility.WAITING.value, author_id=by.id)


def _replies(thread_ids: Sequence[uuid.UUID], *, by: Actor) -> dict[uuid.UUID, list[Comment]]:
    found: dict[uuid.UUID, list[Comment]] = defaultdict(list)
    if not thread_ids:
        return found
    rows = Comment.objects.filter(_visible(by), parent_id__in=thread_ids).annotate(
        place=Window(RowNumber(), partition_by=F("parent_id"), order_by=[F("made_at"), F("id")])
    )
    for row in rows.filter(place__lte=REPLIES_MAX).order_by("made_at", "id"):
        if row.parent_id is not None:
            found[row.parent_id].append(row)
    return found


def _own(rows: Sequence[Comment], *, by: Actor) -> dict[uuid.UUID, str]:
    if not by.is_member or by.id is None or not rows:
        return {}
    found = Reaction.objects.filter(comment_id__in=[row.id for row in rows], member_id=by.id)
    return {comment_id: emoji for comment_id, emoji in found.values_list("comment_id", "emoji") if comment_id}


def _view(
    row: Comment,
    own: dict[uuid.UUID, str],
    *,
    accepted: uuid.UUID | None,
    replies: tuple[CommentView, ...] = (),
) -> CommentView:
    return CommentView(
        id=row.id,
        post_id=row.post_id,
        community_id=row.community_id,
        parent_id=row.parent_id,
        author_id=row.author_id,
        text=row.text,
        state=Visibility(row.state),
        reaction_count=row.reaction_count,
        own_reaction=own.get(row.id, ""),
        made_at=row.made_at,
        edited_at=row.edited_at,
        is_accepted=row.id == accepted,
        mentions=row.mentions,
        replies=replies,
    )
