"""What the moderation queue does with posts and comments: hide, show, remove. Each once, with history."""

import uuid
from collections.abc import Iterable

from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.community.models import Comment, Post
from jishi.modules.community.operations.comments import announce_comment
from jishi.modules.community.operations.counts import recount_comments, recount_posts
from jishi.modules.community.operations.gate import require_moderator
from jishi.modules.community.operations.posts import announce_new
from jishi.modules.community.types import Visibility
from jishi.platform import history, locks
from jishi.platform.transactions import in_transaction


@in_transaction
def hide_post(post_id: uuid.UUID, *, by: Actor, reason: str = "", for_good: bool = False) -> None:
    """No route shows it any more; `for_good` also counts against its author on the ladder. Raises NotFound."""
    row = locks.lock_one(Post, post_id)
    require_moderator(row.community_id, by=by)
    if row.state == Visibility.REMOVED.value:
        raise NotFound()
    state = Visibility.REMOVED if for_good else Visibility.HIDDEN
    Post.objects.filter(id=post_id).update(state=state.value, state_by_staff=True, pinned_at=None)
    _note("post", post_id, verb="hide", before=row.state, after=state, by=by, reason=reason)
    recount_posts(row.community_id)


@in_transaction
def show_post(post_id: uuid.UUID, *, by: Actor, reason: str = "") -> None:
    """Let a post that waited or was hidden be seen; a post that waited is told of as new. Raises NotFound."""
    row = locks.lock_one(Post, post_id)
    require_moderator(row.community_id, by=by)
    if row.state == Visibility.REMOVED.value:
        raise NotFound()
    if row.state == Visibility.SHOWN.value:
        return
    Post.objects.filter(id=post_id).update(state=Visibility.SHOWN.value, state_by_staff=False)
    _note("post", post_id, verb="show", before=row.state, after=Visibility.SHOWN, by=by, reason=reason)
    if row.state == Visibility.WAITING.value and row.version == 1:
        announce_new(row, by=by)
    recount_posts(row.community_id)


@in_transaction
def hide_comment(comment_id: uuid.UUID, *, by: Actor, reason: str = "", for_good: bool = False) -> None:
    """The same for a comment; what answers it goes with it, and it is no accepted answer any more."""
    row = locks.lock_one(Comment, comment_id)
    require_moderator(row.community_id, by=by)
    if row.state == Visibility.REMOVED.value:
        raise NotFound()
    state = Visibility.REMOVED if for_good else Visibility.HIDDEN
    Comment.objects.filter(id=comment_id).update(state=state.value, state_by_staff=True)
    Post.objects.filter(id=row.post_id, accepted_comment_id=comment_id).update(accepted_comment_id=None)
    _note("comment", comment_id, verb="hide", before=row.state, after=state, by=by, reason=reason)
    recount_comments(row.post_id)


@in_transaction
def show_comment(comment_id: uuid.UUID, *, by: Actor, reason: str = "") -> None:
    row = locks.lock_one(Comment, comment_id)
    require_moderator(row.community_id, by=by)
    if row.state == Visibility.REMOVED.value:
        raise NotFound()
    if row.state == Visibility.SHOWN.value:
        return
    Comment.objects.filter(id=comment_id).update(state=Visibility.SHOWN.value, state_by_staff=False)
    _note("comment", comment_id, verb="show", before=row.state, after=Visibility.SHOWN, by=by, reason=reason)
    if row.state == Visibility.WAITING.value and row.edited_at is None:
        answered = Comment.objects.filter(id=row.parent_id).first() if row.parent_id else None
        post = Post.objects.get(id=row.post_id)
        announce_comment(row, post=post, replied_to_id=answered.author_id if answered else None, by=by)
    recount_comments(row.post_id)


def content_of_posts(post_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[uuid.UUID, str, str]]:
    """(author, state, words) of posts for the queue, whatever their state; one query."""
    rows = Post.objects.filter(id__in=list(post_ids)[:200])
    return {row.id: (row.author_id, row.state, f"{row.title}\n{row.text}".strip()) for row in rows}


def content_of_comments(comment_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[uuid.UUID, str, str]]:
    rows = Comment.objects.filter(id__in=list(comment_ids)[:200])
    return {row.id: (row.author_id, row.state, row.text) for row in rows}


def _note(  # noqa: PLR0913  (a step)
    kind: str, key: uuid.UUID, *, verb: str, before: str, after: Visibility, by: Actor, reason: str
) -> None:
    history.record_step(subject=(kind, key), verb=verb, by=by, before=before, after=after.value, note=reason)
