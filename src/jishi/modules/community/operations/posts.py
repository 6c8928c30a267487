"""Writing posts. The flow has screened the text and proved what a show refers to; here stands who may write where."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.community.errors import AlreadyVoted, BadPost, PollOver, PostChanged, ShownAlready
from jishi.modules.community.facts import PostPublished
from jishi.modules.community.models import Community, Poll, PollOption, Post, PostVersion, Vote
from jishi.modules.community.operations.counts import count_new_post, count_on_post, recount_posts
from jishi.modules.community.operations.gate import post_to_talk_about, require_moderator, require_writer
from jishi.modules.community.operations.words import index_post
from jishi.modules.community.queries.talk import PINNED_MAX
from jishi.modules.community.rules import access, texts
from jishi.modules.community.types import PostForm, PostKind, Visibility
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

PICTURES_MAX = 9
REFS_MAX = 6


@in_transaction
def publish_post(
    form: PostForm, *, by: Actor, state: Visibility = Visibility.SHOWN, post_id: uuid.UUID | None = None
) -> uuid.UUID:
    """Write a post; `post_id` is the idempotency key. Raises BadPost, ShownAlready and what `require_writer` raises."""
    writer = require_writer(form.community_id, by=by, channel_id=form.channel_id)
    wanted = post_id or ids.new_id()
    if Post.objects.filter(id=wanted, author_id=writer.id).exists():
        return wanted
    text, title = _checked(form)
    if form.kind is PostKind.NOTICE and not writer.membership.is_staff:
        raise BadPost(field="kind", reason="公告只能由群主、版主或领队发")
    try:
        with transaction.atomic():
            row = Post.objects.create(
                **_columns(form, text=text, title=title), id=wanted, author_id=writer.id, state=state.value
            )
    except IntegrityError as error:
        if form.order_line_id is None:
            raise
        raise ShownAlready() from error
    index_post(row.id, title=title, text=text)
    if form.poll is not None:
        _write_poll(row, form)
    count_on_post(row.id)
    if state is Visibility.SHOWN:
        announce_new(row, by=by)
    return row.id


def announce_new(row: Post, *, by: Actor) -> None:
    """A post is there for the first time: count it and say so."""
    count_new_post(row.community_id)
    record_fact(
        PostPublished(
            post_id=row.id,
            community_id=row.community_id,
            member_id=row.author_id,
            kind=row.kind,
            is_verified=row.order_line_id is not None,
            mentioned=[uuid.UUID(one) for one in row.mentions.values()],
        ),
        by=by,
    )


@in_transaction
def edit_post(  # noqa: PLR0913  (what may change)
    post_id: uuid.UUID,
    *,
    text: str,
    version: int,
    by: Actor,
    title: str = "",
    state: Visibility | None = None,
    mentions: dict[str, str] | None = None,
) -> int:
    """Change one's own text; what it said stays in the history. `version` is the one that was read.

    `state` WAITING puts it before the moderators again. Raises NotFound, PostChanged, BadPost.
    """
    member_id = by.require_member()
    row = locks.lock_one(Post, post_id)
    if row.author_id != member_id or row.state == Visibility.REMOVED.value:
        raise NotFound()
    require_writer(row.community_id, by=by)
    if row.version != version:
        raise PostChanged()
    is_bare = row.media_ids or row.kind == PostKind.POLL.value
    clean = texts.clean_text(text, may_be_empty=bool(is_bare))
    line = texts.clean_line(title)
    PostVersion.objects.create(post=row, version=row.version, title=row.title, text=row.text, at=clock.now())
    Post.objects.filter(id=post_id).update(
        text=clean,
        title=line,
        topics=list(texts.topics_of(f"{line} {clean}")),
        mentions=mentions if mentions is not None else row.mentions,
        version=version + 1,
        edited_at=clock.now(),
        **({"state": state.value} if state is not None and row.state == Visibility.SHOWN.value else {}),
    )
    index_post(post_id, title=line, text=clean)
    if state is not None and state.value != row.state:
        recount_posts(row.community_id)
    return version + 1


@in_transaction
def remove_post(post_id: uuid.UUID, *, by: Actor) -> tuple[uuid.UUID, ...]:
    """One's own post goes for good; returns the pictures that nothing shows any more. Raises NotFound."""
    member_id = by.require_member()
    row = locks.lock_one(Post, post_id)
    if row.author_id != member_id or row.state == Visibility.REMOVED.value:
        raise NotFound()
    Post.objects.filter(id=post_id).update(state=Visibility.REMOVED.value, pinned_at=None)
    history.record_step(
        subject=("post", post_id), verb="remove", by=by, before=row.state, after=Visibility.REMOVED.value
    )
    recount_posts(row.community_id)
    return tuple(row.media_ids)


@in_transaction
def pin_post(post_id: uuid.UUID, *, is_pinned: bool, by: Actor) -> None:
    """Put a post on top, or let it go; the oldest pin makes room. Raises NotFound."""
    row = locks.lock_one(Post, post_id)
    require_moderator(row.community_id, by=by)
    if row.state != Visibility.SHOWN.value:
        raise NotFound()
    locks.lock_one(Community, row.community_id)
    Post.objects.filter(id=post_id).update(pinned_at=clock.now() if is_pinned else None)
    pins = Post.objects.filter(community_id=row.community_id, pinned_at__isnull=False).order_by("-pinned_at")
    over = list(pins.values_list("id", flat=True)[PINNED_MAX : PINNED_MAX + 10])
    Post.objects.filter(id__in=over).update(pinned_at=None)
    history.record_step(subject=("post", post_id), verb="pin" if is_pinned else "unpin", by=by)


@in_transaction
def mark_announced(post_id: uuid.UUID, *, by: Actor) -> bool:
    """Note that all members are told of a post; False when they were before. Raises NotFound."""
    row = locks.lock_one(Post, post_id)
    require_moderator(row.community_id, by=by)
    if row.state != Visibility.SHOWN.value:
        raise NotFound()
    if row.announced_at is not None:
        return False
    Post.objects.filter(id=post_id).update(announced_at=clock.now())
    history.record_step(subject=("post", post_id), verb="announce", by=by)
    return True


@in_transaction
def cast_vote(post_id: uuid.UUID, option_id: uuid.UUID, *, by: Actor) -> None:
    """One vote a member, for good; the unique key decides. Raises AlreadyVoted, PollOver, NotFound."""
    post, writer = post_to_talk_about(post_id, by=by)
    poll = Poll.objects.filter(post=post).first()
    if poll is None or not PollOption.objects.filter(id=option_id, poll=poll).exists():
        raise NotFound()
    if poll.closes_at <= clock.now():
        raise PollOver()
    try:
        with transaction.atomic():
            Vote.objects.create(poll=poll, option_id=option_id, member_id=writer.id, at=clock.now())
    except IntegrityError as error:
        raise AlreadyVoted() from error


def _checked(form: PostForm) -> tuple[str, str]:
    text = texts.clean_text(form.text, may_be_empty=bool(form.media_ids) or form.poll is not None)
    title = texts.clean_line(form.title, may_be_empty=form.kind is not PostKind.QUESTION)
    checks = (
        ("pictures", len(form.media_ids) <= PICTURES_MAX, f"最多 {PICTURES_MAX} 张图"),
        ("refs", len(form.refs) <= REFS_MAX, f"最多放 {REFS_MAX} 张卡片"),
        ("poll", (form.poll is not None) == (form.kind is PostKind.POLL), "投票要有选项"),
        (
            "order_line_id",
            (form.order_line_id is not None) == (form.kind is PostKind.SHOW),
            "晒单要选一件买过的商品",
        ),
        ("poll", form.poll is None or form.poll.closes_at > clock.now(), "截止时间要在以后"),
    )
    for field, is_right, reason in checks:
        if not is_right:
            raise BadPost(field=field, reason=reason)
    if form.poll is not None:
        access.check_poll(form.poll)
    return text, title


def _columns(form: PostForm, *, text: str, title: str) -> dict[str, Any]:
    return {
        "community_id": form.community_id,
        "channel_id": form.channel_id,
        "kind": form.kind.value,
        "title": title,
        "text": text,
        "media_ids": list(form.media_ids),
        "topics": list(texts.topics_of(f"{title} {text}")),
        "mentions": form.mentions,
        "refs": [{"kind": ref.kind.value, "id": str(ref.id)} for ref in form.refs],
        "order_line_id": form.order_line_id,
        "product_id": form.product_id,
        "published_at": clock.now(),
    }


def _write_poll(row: Post, form: PostForm) -> None:
    assert form.poll is not None
    poll = Poll.objects.create(
        post=row, closes_at=form.poll.closes_at, is_hidden_until_vote=form.poll.is_hidden_until_vote
    )
    for position, text in enumerate(form.poll.options, start=1):
        PollOption.objects.create(id=ids.new_id(), poll=poll, position=position, text=text.strip())
