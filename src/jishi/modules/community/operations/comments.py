"""Comments, answers, reactions, bookmarks, follows, check-ins."""

import uuid

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotAllowed, NotFound
from jishi.modules.community.errors import (
    AlreadyDoneToday,
    AnswerAlreadyAccepted,
    BadPost,
    OwnFollow,
)
from jishi.modules.community.facts import AnswerAccepted, CommentMade, PostReacted
from jishi.modules.community.models import Bookmark, Comment, Follow, Post, Reaction, Task, TaskDone
from jishi.modules.community.operations.counts import count_on_post, recount_comments
from jishi.modules.community.operations.gate import own_comment, post_to_talk_about, require_writer
from jishi.modules.community.queries.days import today
from jishi.modules.community.rules import texts
from jishi.modules.community.types import EMOJI, PostKind, Visibility
from jishi.platform import history
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction


@in_transaction
def make_comment(  # noqa: PLR0913  (a row)
    post_id: uuid.UUID,
    *,
    text: str,
    by: Actor,
    reply_to: uuid.UUID | None = None,
    state: Visibility = Visibility.SHOWN,
    mentions: dict[str, str] | None = None,
    comment_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Say something about a post or about a comment on it; `comment_id` is the idempotency key.

    A reply to a reply stands in the same thread. Raises NotFound, BadPost and what `require_writer` raises.
    """
    post, writer = post_to_talk_about(post_id, by=by)
    wanted = comment_id or ids.new_id()
    if Comment.objects.filter(id=wanted, author_id=writer.id).exists():
        return wanted
    clean = texts.clean_text(text, field="评论", limit=texts.COMMENT_MAX)
    answered = _answered(post, reply_to)
    row = Comment.objects.create(
        id=wanted,
        post=post,
        community_id=post.community_id,
        parent_id=(answered.parent_id or answered.id) if answered else None,
        author_id=writer.id,
        text=clean,
        mentions=mentions or {},
        state=state.value,
        made_at=clock.now(),
    )
    if state is Visibility.SHOWN:
        announce_comment(row, post=post, replied_to_id=answered.author_id if answered else None, by=by)
    return row.id


def announce_comment(row: Comment, *, post: Post, replied_to_id: uuid.UUID | None, by: Actor) -> None:
    """A comment is there for the first time: count it and say so."""
    count_on_post(post.id, comments=1)
    record_fact(
        CommentMade(
            comment_id=row.id,
            post_id=post.id,
            community_id=row.community_id,
            member_id=row.author_id,
            post_author_id=post.author_id,
            replied_to_id=replied_to_id,
            mentioned=[uuid.UUID(one) for one in row.mentions.values()],
        ),
        by=by,
    )


@in_transaction
def edit_comment(comment_id: uuid.UUID, *, text: str, by: Actor, state: Visibility | None = None) -> None:
    """Change one's own words. Raises NotFound, BadPost."""
    row = own_comment(comment_id, by=by)
    require_writer(row.community_id, by=by)
    clean = texts.clean_text(text, field="评论", limit=texts.COMMENT_MAX)
    history.record_step(subject=("comment", row.id), verb="edit", by=by, details={"before": row.text[:1000]})
    Comment.objects.filter(id=row.id).update(text=clean, edited_at=clock.now())
    if state is not None and row.state == Visibility.SHOWN.value and state is not Visibility.SHOWN:
        Comment.objects.filter(id=row.id).update(state=state.value)
        recount_comments(row.post_id)


@in_transaction
def remove_comment(comment_id: uuid.UUID, *, by: Actor) -> None:
    """One's own comment goes for good, and what answered it with it. Raises NotFound."""
    row = own_comment(comment_id, by=by)
    Comment.objects.filter(id=row.id).update(state=Visibility.REMOVED.value)
    Post.objects.filter(id=row.post_id, accepted_comment_id=row.id).update(accepted_comment_id=None)
    history.record_step(
        subject=("comment", row.id), verb="remove", by=by, before=row.state, after=Visibility.REMOVED.value
    )
    recount_comments(row.post_id)


@in_transaction
def accept_answer(comment_id: uuid.UUID, *, by: Actor) -> None:
    """The asker says which answer helped, once; a conditional write decides between two at the same moment.

    Raises NotFound, NotAllowed, AnswerAlreadyAccepted.
    """
    member_id = by.require_member()
    comment = Comment.objects.filter(id=comment_id, state=Visibility.SHOWN.value).first()
    if comment is None:
        raise NotFound()
    post, _ = post_to_talk_about(comment.post_id, by=by)
    if post.author_id != member_id:
        raise NotAllowed(permission="asker")
    if post.kind != PostKind.QUESTION.value:
        raise BadPost(field="kind", reason="只有提问可以采纳回答")
    if comment.author_id == member_id:
        raise BadPost(field="comment", reason="不能采纳自己的回答")
    taken = Post.objects.filter(id=post.id, accepted_comment_id__isnull=True).update(
        accepted_comment_id=comment.id
    )
    if not taken:
        raise AnswerAlreadyAccepted()
    record_fact(AnswerAccepted(post.id, comment.id, post.community_id, comment.author_id, member_id), by=by)


@in_transaction
def react(post_id: uuid.UUID, *, emoji: str, by: Actor) -> str:
    """One reaction a member: another one changes it, the same again or none takes it back. Returns what stands."""
    post, writer = post_to_talk_about(post_id, by=by)
    rows = Reaction.objects.filter(post=post, comment__isnull=True, member_id=writer.id)
    stands = _switch_reaction(post, None, author_id=post.author_id, member_id=writer.id, emoji=emoji)
    if stands.is_new:
        record_fact(PostReacted(post.id, post.community_id, writer.id, post.author_id, emoji), by=by)
    count_on_post(post.id, reactions=stands.change)
    return rows.values_list("emoji", flat=True).first() or ""


@in_transaction
def react_to_comment(comment_id: uuid.UUID, *, emoji: str, by: Actor) -> str:
    """The same for a comment."""
    comment = Comment.objects.filter(id=comment_id, state=Visibility.SHOWN.value).first()
    if comment is None:
        raise NotFound()
    post, writer = post_to_talk_about(comment.post_id, by=by)
    stands = _switch_reaction(post, comment, author_id=comment.author_id, member_id=writer.id, emoji=emoji)
    Comment.objects.filter(id=comment.id).update(reaction_count=F("reaction_count") + stands.change)
    rows = Reaction.objects.filter(comment=comment, member_id=writer.id)
    return rows.values_list("emoji", flat=True).first() or ""


@in_transaction
def bookmark(post_id: uuid.UUID, *, is_kept: bool, by: Actor) -> None:
    """Keep a post, or no longer."""
    post, writer = post_to_talk_about(post_id, by=by)
    if not is_kept:
        gone, _ = Bookmark.objects.filter(post=post, member_id=writer.id).delete()
        if gone:
            count_on_post(post.id, bookmarks=-1)
        return
    _, is_new = Bookmark.objects.get_or_create(
        post=post, member_id=writer.id, defaults={"id": ids.new_id(), "at": clock.now()}
    )
    if is_new:
        count_on_post(post.id, bookmarks=1)


@in_transaction
def follow(member_id: uuid.UUID, *, is_followed: bool, by: Actor) -> None:
    """Follow somebody, or no longer. Raises OwnFollow."""
    own = by.require_member()
    if own == member_id:
        raise OwnFollow()
    if is_followed:
        Follow.objects.get_or_create(follower_id=own, followed_id=member_id, defaults={"at": clock.now()})
    else:
        Follow.objects.filter(follower_id=own, followed_id=member_id).delete()


@in_transaction
def check_in(task_id: uuid.UUID, *, by: Actor) -> None:
    """Done for today; the unique key decides. Raises AlreadyDoneToday, NotFound and what `require_writer` raises."""
    task = Task.objects.filter(id=task_id, is_open=True).first()
    if task is None:
        raise NotFound()
    writer = require_writer(task.community_id, by=by)
    try:
        with transaction.atomic():
            TaskDone.objects.create(
                task=task, community_id=task.community_id, member_id=writer.id, day=today(), at=clock.now()
            )
    except IntegrityError as error:
        raise AlreadyDoneToday() from error


def _answered(post: Post, comment_id: uuid.UUID | None) -> Comment | None:
    if comment_id is None:
        return None
    found = Comment.objects.filter(id=comment_id, post=post, state=Visibility.SHOWN.value).first()
    if found is None:
        raise NotFound()
    if found.parent_id is not None:
        top = Comment.objects.filter(id=found.parent_id, state=Visibility.SHOWN.value)
        if not top.exists():
            raise NotFound()
    return found


class _Stands:
    """What a tap changed: how many more reactions there are, and whether there was none before."""

    __slots__ = ("change", "is_new")

    def __init__(self, change: int) -> None:
        self.change, self.is_new = change, change > 0


def _switch_reaction(
    post: Post, comment: Comment | None, *, author_id: uuid.UUID, member_id: uuid.UUID, emoji: str
) -> _Stands:
    if emoji and emoji not in EMOJI:
        raise BadPost(field="emoji", reason="没有这个表情")
    rows = Reaction.objects.filter(post=post, comment=comment, member_id=member_id)
    known = rows.select_for_update().first()
    if known is not None and emoji in ("", known.emoji):
        gone, _ = rows.delete()
        return _Stands(-1 if gone else 0)
    if known is not None:
        rows.update(emoji=emoji)
        return _Stands(0)
    if not emoji:
        return _Stands(0)
    return _Stands(1 if _insert_reaction(post, comment, author_id, member_id, emoji) else 0)


def _insert_reaction(
    post: Post, comment: Comment | None, author_id: uuid.UUID, member_id: uuid.UUID, emoji: str
) -> bool:
    """False when the same member's other tap was faster."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO community_reaction (id, post_id, comment_id, community_id, member_id, author_id, emoji, day)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [
                ids.new_id(),
                post.id,
                comment.id if comment else None,
                post.community_id,
                member_id,
                author_id,
                emoji,
                today(),
            ],
        )
        return bool(cursor.rowcount == 1)
