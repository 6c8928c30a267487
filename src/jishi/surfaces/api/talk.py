"""Posts, comments, reactions, votes, follows."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.flows.community import change_post, write_comment, write_post
from jishi.flows.community import delete_post as remove_own_post
from jishi.flows.community_pictures import PICTURES_MAX
from jishi.modules.community.public import (
    CommentView,
    PollForm,
    PostForm,
    PostKind,
    PostView,
    Ref,
    RefKind,
    Visibility,
    accept_answer,
    bookmark,
    cast_vote,
    comments_of,
    door_of,
    find_posts,
    follow,
    heat_of,
    post_view,
    react,
    require_reader,
    stream,
)
from jishi.modules.community.public import Sort as StreamSort
from jishi.modules.media.public import media_by_ids
from jishi.modules.people.public import people_by_ids, person
from jishi.platform.http import actor_of, anyone, next_link, scopes
from jishi.platform.paging import Key, cursor_of, key_of
from jishi.surfaces.api.common import Instant, MadeOut, Page, PageIn, PersonOut
from jishi.surfaces.api.post_pictures import picture_address

router = Router(tags=["talk"])


class RefOut(Schema):
    kind: RefKind
    id: uuid.UUID


class TalkOptionOut(Schema):
    id: uuid.UUID
    text: str
    votes: int | None
    is_mine: bool


class PollOut(Schema):
    """Counts are null until you have voted or it is over, when the poll hides them."""

    options: list[TalkOptionOut]
    closes_at: datetime
    is_over: bool
    has_voted: bool
    total: int | None


class PostOut(Schema):
    """`is_verified`: the author bought and received what the post shows."""

    id: uuid.UUID
    community_id: uuid.UUID
    channel_id: uuid.UUID | None
    author: PersonOut | None
    kind: PostKind
    title: str
    text: str
    pictures: list[str]
    topics: list[str]
    refs: list[RefOut]
    product_id: uuid.UUID | None
    is_verified: bool
    is_pinned: bool
    state: Visibility
    accepted_comment_id: uuid.UUID | None
    comment_count: int
    reaction_count: int
    bookmark_count: int
    reactions: dict[str, int]
    own_reaction: str
    is_bookmarked: bool
    poll: PollOut | None
    version: int
    published_at: datetime
    edited_at: datetime | None


class CommentOut(Schema):
    id: uuid.UUID
    parent_id: uuid.UUID | None
    author: PersonOut | None
    text: str
    reaction_count: int
    is_accepted: bool
    made_at: datetime
    edited_at: datetime | None
    replies: list["CommentOut"]


class PollIn(Schema):
    options: list[str] = Field(min_length=2, max_length=8)
    closes_at: Instant
    is_hidden_until_vote: bool = True


class PostIn(Schema):
    """`post_id` is yours: the same one again writes nothing more. `media_ids`: pictures of yours from `/me/media`."""

    post_id: uuid.UUID | None = None
    kind: PostKind = PostKind.TALK
    title: str = Field("", max_length=60)
    text: str = Field("", max_length=5_000)
    channel_id: uuid.UUID | None = None
    refs: list[RefOut] = Field([], max_length=6)
    media_ids: list[uuid.UUID] = Field([], max_length=PICTURES_MAX)
    poll: PollIn | None = None
    order_line_id: uuid.UUID | None = None


class PostChangeIn(Schema):
    """`version` is the one you read: another one is refused."""

    title: str = Field("", max_length=60)
    text: str = Field("", max_length=5_000)
    version: int = Field(ge=1, le=1_000_000)


class CommentIn(Schema):
    comment_id: uuid.UUID | None = None
    text: str = Field(min_length=1, max_length=1_000)
    reply_to: uuid.UUID | None = None


class ReactionIn(Schema):
    """An empty emoji, or the same again, takes it back."""

    emoji: str = Field(max_length=8)


class SwitchIn(Schema):
    is_on: bool


class VoteIn(Schema):
    option_id: uuid.UUID


class PostSearchIn(PageIn):
    q: str = Field(min_length=1, max_length=40)


class StreamIn(PageIn):
    sort: StreamSort = StreamSort.NEW
    topic: str = Field("", max_length=24)


@router.get(
    "/communities/{handle}/posts",
    response=Page[PostOut],
    summary="The stream of a community",
    openapi_extra=anyone(),
)
def list_posts(request: HttpRequest, handle: str, wanted: Query[StreamIn]) -> Any:
    actor, key = actor_of(request), key_of(wanted.cursor)
    door = door_of(handle, by=actor)
    require_reader(door)
    limit = min(wanted.limit, 50)
    rows = stream(
        door.community.id,
        by=actor,
        sort=wanted.sort,
        after=key,
        heat=heat_of(key.id) if key is not None and wanted.sort is StreamSort.HOT else None,
        topic=wanted.topic,
        limit=limit,
    )
    cursor = cursor_of(Key(rows[-1].published_at, rows[-1].id)) if len(rows) == limit else ""
    return {"items": _posts(rows), "next": next_link(request, cursor)}


@router.get(
    "/posts/search", response=Page[PostOut], summary="Find posts you may read", openapi_extra=anyone()
)
def search_posts(request: HttpRequest, wanted: Query[PostSearchIn]) -> Any:
    """Newest first. What stands in a community that you may not read is not found."""
    limit = min(wanted.limit, 50)
    rows = find_posts(wanted.q, by=actor_of(request), after=key_of(wanted.cursor), limit=limit)
    cursor = cursor_of(Key(rows[-1].published_at, rows[-1].id)) if len(rows) == limit else ""
    return {"items": _posts(rows), "next": next_link(request, cursor)}


@router.post(
    "/communities/{handle}/posts",
    response={201: PostOut},
    summary="Write a post",
    openapi_extra=scopes("shop.write"),
)
def create_post(request: HttpRequest, handle: str, body: PostIn) -> Any:
    actor = actor_of(request)
    actor.require_member()
    door = door_of(handle, by=actor)
    poll = body.poll
    form = PostForm(
        community_id=door.community.id,
        channel_id=body.channel_id,
        kind=body.kind,
        title=body.title,
        text=body.text,
        refs=tuple(Ref(one.kind, one.id) for one in body.refs),
        media_ids=tuple(dict.fromkeys(body.media_ids)),
        poll=PollForm(tuple(poll.options), poll.closes_at, poll.is_hidden_until_vote) if poll else None,
        order_line_id=body.order_line_id,
    )
    post_id = write_post(form, by=actor, post_id=body.post_id)
    return Status(201, _posts([post_view(post_id, by=actor)])[0])


@router.get("/posts/{uuid:post_id}", response=PostOut, summary="One post", openapi_extra=anyone())
def get_post(request: HttpRequest, post_id: uuid.UUID) -> Any:
    return _posts([post_view(post_id, by=actor_of(request))])[0]


@router.patch(
    "/posts/{uuid:post_id}",
    response=PostOut,
    summary="Change your post",
    openapi_extra=scopes("shop.write"),
)
def edit_one_post(request: HttpRequest, post_id: uuid.UUID, body: PostChangeIn) -> Any:
    actor = actor_of(request)
    actor.require_member()
    change_post(post_id, title=body.title, text=body.text, version=body.version, by=actor)
    return _posts([post_view(post_id, by=actor)])[0]


@router.delete(
    "/posts/{uuid:post_id}",
    response={204: None},
    summary="Remove your post",
    openapi_extra=scopes("shop.write"),
)
def delete_post(request: HttpRequest, post_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    actor.require_member()
    remove_own_post(post_id, by=actor)
    return Status(204, None)


@router.get(
    "/posts/{uuid:post_id}/comments",
    response=Page[CommentOut],
    summary="Threads of a post, oldest first",
    openapi_extra=anyone(),
)
def list_comments(request: HttpRequest, post_id: uuid.UUID, wanted: Query[PageIn]) -> Any:
    actor = actor_of(request)
    post_view(post_id, by=actor)
    limit = min(wanted.limit, 50)
    rows = comments_of(post_id, by=actor, after=key_of(wanted.cursor), limit=limit)
    cursor = cursor_of(Key(rows[-1].made_at, rows[-1].id)) if len(rows) == limit else ""
    return {"items": _comments(rows), "next": next_link(request, cursor)}


@router.post(
    "/posts/{uuid:post_id}/comments",
    response={201: MadeOut},
    summary="Comment, answer, reply",
    openapi_extra=scopes("shop.write"),
)
def create_comment(request: HttpRequest, post_id: uuid.UUID, body: CommentIn) -> Any:
    actor = actor_of(request)
    actor.require_member()
    made = write_comment(
        post_id, text=body.text, by=actor, reply_to=body.reply_to, comment_id=body.comment_id
    )
    return Status(201, {"id": made})


@router.post(
    "/comments/{uuid:comment_id}/accept",
    response={204: None},
    summary="The answer that helped you",
    openapi_extra=scopes("shop.write"),
)
def accept_one_answer(request: HttpRequest, comment_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    actor.require_member()
    accept_answer(comment_id, by=actor)
    return Status(204, None)


@router.put(
    "/posts/{uuid:post_id}/reaction",
    response=PostOut,
    summary="React to a post",
    openapi_extra=scopes("shop.write"),
)
def react_to_post(request: HttpRequest, post_id: uuid.UUID, body: ReactionIn) -> Any:
    actor = actor_of(request)
    actor.require_member()
    react(post_id, emoji=body.emoji, by=actor)
    return _posts([post_view(post_id, by=actor)])[0]


@router.put(
    "/posts/{uuid:post_id}/bookmark",
    response={204: None},
    summary="Keep a post, or no longer",
    openapi_extra=scopes("shop.write"),
)
def keep_post(request: HttpRequest, post_id: uuid.UUID, body: SwitchIn) -> Any:
    actor = actor_of(request)
    actor.require_member()
    bookmark(post_id, is_kept=body.is_on, by=actor)
    return Status(204, None)


@router.post(
    "/posts/{uuid:post_id}/votes",
    response=PostOut,
    summary="Vote, once",
    openapi_extra=scopes("shop.write"),
)
def vote_on_post(request: HttpRequest, post_id: uuid.UUID, body: VoteIn) -> Any:
    actor = actor_of(request)
    actor.require_member()
    cast_vote(post_id, body.option_id, by=actor)
    return _posts([post_view(post_id, by=actor)])[0]


@router.put(
    "/people/{uuid:member_id}/follow",
    response={204: None},
    summary="Follow somebody, or no longer",
    openapi_extra=scopes("shop.write"),
)
def follow_person(request: HttpRequest, member_id: uuid.UUID, body: SwitchIn) -> Any:
    actor = actor_of(request)
    actor.require_member()
    person(member_id)
    follow(member_id, is_followed=body.is_on, by=actor)
    return Status(204, None)


def _posts(rows: list[PostView]) -> list[dict[str, Any]]:
    people = people_by_ids(row.author_id for row in rows)
    media = media_by_ids(one for row in rows for one in row.media_ids)
    names = set(PostOut.model_fields) - {"author", "pictures", "reactions"}
    return [
        {
            **{name: getattr(row, name) for name in names},
            "author": people.get(row.author_id),
            "pictures": [picture_address(row.id, media[one]) for one in row.media_ids if one in media],
            "reactions": dict(row.reactions),
        }
        for row in rows
    ]


def _comments(rows: list[CommentView]) -> list[dict[str, Any]]:
    people = people_by_ids(one.author_id for top in rows for one in (top, *top.replies))
    names = set(CommentOut.model_fields) - {"author", "replies"}

    def out(row: CommentView) -> dict[str, Any]:
        return {
            **{name: getattr(row, name) for name in names},
            "author": people.get(row.author_id),
            "replies": [out(reply) for reply in row.replies],
        }

    return [out(row) for row in rows]
