"""What notes look like on the wire, in and out."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Schema

from jishi.modules.catalog.public import cards_by_ids
from jishi.modules.media.public import (
    MediaKind,
    MediaState,
    MediaView,
    media_by_ids,
)
from jishi.modules.notes.public import (
    COMMENT_MAX,
    PICTURES_MAX,
    TEXT_MAX,
    TITLE_MAX,
    CommentView,
    Cooperation,
    FeedKind,
    NewTag,
    NoteCard,
    NoteDraft,
    NoteState,
    NoteView,
    Scored,
    cards_of_notes,
)
from jishi.modules.people.public import people_by_ids
from jishi.platform.http import next_link
from jishi.platform.paging import offset_cursor
from jishi.surfaces.api.common import Instant, PageIn
from jishi.surfaces.memo import Memo
from jishi.surfaces.templatetags.pictures import address_of, film

_media: Memo[MediaView, dict[str, Any]] = Memo(size=4_000)

Bp = Annotated[int, Field(ge=0, le=10_000, description="Ten-thousandths of the picture's edge")]


class FileOut(Schema):
    url: str
    width: int
    height: int
    format: str


class MediaOut(Schema):
    """`colour` stands in its place until a file has come. Files of what is not published are for its owner only."""

    id: uuid.UUID
    kind: MediaKind
    state: MediaState
    width: int
    height: int
    colour: str
    files: list[FileOut]
    video_url: str
    duration_ms: int
    failure: str


class TagOut(Schema):
    id: uuid.UUID
    picture: int
    x_bp: int
    y_bp: int
    product_id: uuid.UUID
    title: str
    price_minor: int | None


class NoteCountsOut(Schema):
    views: int
    likes: int
    saves: int
    comments: int


class OwnCountsOut(NoteCountsOut):
    """`net_minor`: paid by way of the note, less refunds."""

    shares: int
    taps: int
    orders: int
    net_minor: int


class NoteCardOut(Schema):
    id: uuid.UUID
    author_id: uuid.UUID
    author: str
    title: str
    topics: list[str]
    cooperation: Cooperation
    cover: MediaOut | None
    likes: int
    is_video: bool
    publish_at: datetime


class NoteOut(Schema):
    id: uuid.UUID
    author_id: uuid.UUID
    author: str
    state: NoteState
    title: str
    text: str
    topics: list[str]
    cooperation: Cooperation
    media: list[MediaOut]
    tags: list[TagOut]
    counts: NoteCountsOut
    city: str
    publish_at: datetime | None
    is_liked_by_me: bool
    is_saved_by_me: bool


class OwnNoteOut(Schema):
    id: uuid.UUID
    state: NoteState
    title: str
    text: str
    topics: list[str]
    cooperation: Cooperation
    media_ids: list[uuid.UUID]
    version: int
    review_note: str
    publish_at: datetime | None
    changed_at: datetime
    counts: OwnCountsOut


class StaffNoteOut(OwnNoteOut):
    author_id: uuid.UUID
    assignee_id: uuid.UUID | None


class TagIn(Schema):
    picture: int = Field(ge=0, lt=PICTURES_MAX)
    x_bp: Bp
    y_bp: Bp
    product_id: uuid.UUID


class NoteNoteIn(Schema):
    """`media_ids`: up to nine pictures of yours, or one video. `version` refuses what was changed elsewhere meanwhile."""

    title: str = Field("", max_length=TITLE_MAX)
    text: str = Field("", max_length=TEXT_MAX)
    topics: list[Annotated[str, Field(max_length=17)]] = Field([], max_length=8)
    media_ids: list[uuid.UUID] = Field([], max_length=PICTURES_MAX)
    tags: list[TagIn] = Field([], max_length=20)
    cooperation: Cooperation = Cooperation.NONE
    alt_title: str = Field("", max_length=TITLE_MAX)
    alt_cover: int | None = Field(None, ge=0, lt=PICTURES_MAX)
    version: int | None = Field(None, ge=0, le=10**8)


class PublishIn(Schema):
    """Now, or at a time."""

    publish_at: Instant | None = None


class StateOut(Schema):
    state: NoteState


class OnIn(Schema):
    is_on: bool = True


class NoteCountOut(Schema):
    count: int


class NoteWordsIn(Schema):
    words: str = Field(min_length=1, max_length=COMMENT_MAX)
    answers: uuid.UUID | None = None


class NoteCommentOut(Schema):
    id: uuid.UUID
    author: str
    member_id: uuid.UUID
    parent_id: uuid.UUID | None
    words: str
    at: datetime


class ThreadOut(NoteCommentOut):
    replies: list[NoteCommentOut]


class AuthorOut(Schema):
    member_id: uuid.UUID
    nickname: str
    notes: int
    followers: int
    following: int
    is_followed_by_me: bool


class ConsentIn(Schema):
    is_personal: bool
    is_near: bool


class ConsentOut(ConsentIn):
    province: str
    city: str


class FactorsOut(Schema):
    """Each in (0, 1]; the score is their product, weighted."""

    freshness: float
    affinity: float
    quality: float
    commerce: float
    near: float
    diversity: float


class WhyOut(Schema):
    reason: str
    score: float
    factors: FactorsOut


class NoteReasonIn(Schema):
    reason: str = Field(min_length=1, max_length=200)


class FeedIn(PageIn):
    kind: FeedKind = FeedKind.DISCOVER


class SearchIn(PageIn):
    q: str = Field(min_length=1, max_length=60)


class NotesIn(PageIn):
    state: NoteState | None = None
    author_id: uuid.UUID | None = None
    topic: str = Field("", max_length=16)


def draft_of(body: NoteNoteIn) -> NoteDraft:
    return NoteDraft(
        title=body.title,
        text=body.text,
        topics=tuple(body.topics),
        media_ids=tuple(body.media_ids),
        tags=tuple(NewTag(tag.picture, tag.x_bp, tag.y_bp, tag.product_id) for tag in body.tags),
        cooperation=body.cooperation,
        alt_title=body.alt_title,
        alt_cover=body.alt_cover,
    )


def cards_of(ranked: list[Scored]) -> list[NoteCard]:
    found = cards_of_notes(one.candidate.id for one in ranked)
    return [found[one.candidate.id] for one in ranked if one.candidate.id in found]


def card_rows(cards: list[NoteCard]) -> list[dict[str, Any]]:
    media = media_by_ids(card.cover_media_id for card in cards if card.cover_media_id)
    people = people_by_ids(card.author_id for card in cards)
    names = [name for name in NoteCardOut.model_fields if name not in ("author", "cover")]
    return [
        {
            **{name: getattr(card, name) for name in names},
            "author": people[card.author_id].nickname if card.author_id in people else "",
            "cover": media_out(media[card.cover_media_id]) if card.cover_media_id in media else None,
        }
        for card in cards
    ]


def note_out(found: NoteView) -> dict[str, Any]:
    media = media_by_ids(found.media_ids)
    goods = cards_by_ids([tag.product_id for tag in found.tags])
    person = people_by_ids([found.author_id]).get(found.author_id)
    names = [name for name in NoteOut.model_fields if name not in ("author", "media", "tags")]
    return {
        **{name: getattr(found, name) for name in names},
        "author": person.nickname if person else "",
        "media": [media_out(media[one]) for one in found.media_ids if one in media],
        "tags": [
            {
                "id": tag.id,
                "picture": tag.picture,
                "x_bp": tag.x_bp,
                "y_bp": tag.y_bp,
                "product_id": tag.product_id,
                "title": goods[tag.product_id].title,
                "price_minor": goods[tag.product_id].min_price_minor,
            }
            for tag in found.tags
            if tag.product_id in goods
        ],
    }


def own_out(found: NoteView) -> dict[str, Any]:
    return {name: getattr(found, name) for name in StaffNoteOut.model_fields}


def own_page(request: HttpRequest, rows: list[NoteView], *, start: int, limit: int) -> dict[str, Any]:
    cursor = offset_cursor(start + limit) if len(rows) >= limit else ""
    return {"items": [own_out(row) for row in rows], "next": next_link(request, cursor)}


def media_out(found: MediaView) -> dict[str, Any]:
    """What is public has lasting addresses, so it is written once for as long as it stays the same."""
    return _media.get(found, lambda: _media_out(found)) if found.is_public else _media_out(found)


def _media_out(found: MediaView) -> dict[str, Any]:
    names = [name for name in MediaOut.model_fields if name not in ("files", "video_url")]
    return {
        **{name: getattr(found, name) for name in names},
        "files": [
            {"url": address_of(found, place), "width": one.width, "height": one.height, "format": one.format}
            for place, one in enumerate(found.renditions)
        ],
        "video_url": film(found),
    }


def thread_out(row: CommentView, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    return {**_said(row, names), "replies": [_said(one, names) for one in row.replies]}


def _said(row: CommentView, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    fields = [name for name in NoteCommentOut.model_fields if name != "author"]
    return {**{name: getattr(row, name) for name in fields}, "author": names.get(row.member_id, "")}
