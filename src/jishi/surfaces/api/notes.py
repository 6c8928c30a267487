"""Notes: the feed, one note, writing, reacting; and what staff do with them."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, File, Query, Router, Schema, Status
from ninja.files import UploadedFile

from jishi.flows.notes import agree_to_feed, publish_own_note, save_own_note, say_below, tap_goods
from jishi.kernel.errors import NotFound
from jishi.modules.catalog.public import cards_by_ids
from jishi.modules.media.public import (
    VIDEO_BYTES_MAX,
    MediaKind,
    MediaState,
    MediaView,
    NotAVideo,
    media_by_ids,
    own_media,
    store_picture,
    store_video,
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
    NoteFilter,
    NoteState,
    NoteView,
    ReactionKind,
    Scored,
    approve_note,
    author_view,
    cards_of_notes,
    comments_of,
    consent_of,
    discover,
    explain,
    find_notes,
    follow_author,
    following,
    hide_comment,
    hide_note,
    near,
    note_view,
    notes_of_author,
    own_notes,
    react,
    remove_note,
    return_note,
    saved_notes,
    search_notes,
    show_note,
    start_note,
    take_back_note,
)
from jishi.modules.people.public import people_by_ids
from jishi.platform.files import IMAGE_BYTES_MAX, NotAnImage
from jishi.platform.http import actor_of, anyone, limited_as, next_link, scopes
from jishi.platform.paging import Key, cursor_of, key_of, offset_cursor, offset_of
from jishi.surfaces.api.common import Instant, Page, PageIn
from jishi.surfaces.templatetags.pictures import address_of, film

router = Router(tags=["notes"])
Bp = Annotated[int, Field(ge=0, le=10_000, description="Ten-thousandths of the picture's edge")]
FOLLOWING_MAX = 200


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


class CountsOut(Schema):
    views: int
    likes: int
    saves: int
    comments: int


class OwnCountsOut(CountsOut):
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
    counts: CountsOut
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


class NoteIn(Schema):
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


class CountOut(Schema):
    count: int


class WordsIn(Schema):
    words: str = Field(min_length=1, max_length=COMMENT_MAX)
    answers: uuid.UUID | None = None


class CommentOut(Schema):
    id: uuid.UUID
    author: str
    member_id: uuid.UUID
    parent_id: uuid.UUID | None
    words: str
    at: datetime


class ThreadOut(CommentOut):
    replies: list[CommentOut]


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


class ReasonIn(Schema):
    reason: str = Field(min_length=1, max_length=200)


class FeedIn(PageIn):
    kind: FeedKind = FeedKind.DISCOVER


class SearchIn(PageIn):
    q: str = Field(min_length=1, max_length=60)


class NotesIn(PageIn):
    state: NoteState | None = None
    author_id: uuid.UUID | None = None
    topic: str = Field("", max_length=16)


@router.get(
    "/feed",
    response=Page[NoteCardOut],
    summary="The feed: discover, following or near",
    openapi_extra=anyone(),
)
def get_feed(request: HttpRequest, wanted: Query[FeedIn]) -> Any:
    """Discover is personal only for people who have agreed; following and near need a log-in."""
    actor, start = actor_of(request), offset_of(wanted.cursor)
    end = start + wanted.limit
    if wanted.kind is FeedKind.FOLLOWING:
        rows = following(by=actor, limit=min(end + 1, FOLLOWING_MAX))
        cards, has_more = rows[start:end], len(rows) > end
    else:
        ranked = (discover if wanted.kind is FeedKind.DISCOVER else near)(by=actor, limit=end + 1)
        cards, has_more = _cards(ranked[start:end]), len(ranked) > end
    return {"items": _card_rows(cards), "next": next_link(request, offset_cursor(end) if has_more else "")}


@router.get("/notes", response=Page[NoteCardOut], summary="Search published notes", openapi_extra=anyone())
def search_published_notes(request: HttpRequest, wanted: Query[SearchIn]) -> Any:
    start = offset_of(wanted.cursor)
    rows = search_notes(wanted.q, offset=start, limit=wanted.limit)
    cursor = offset_cursor(start + wanted.limit) if len(rows) >= wanted.limit else ""
    return {"items": _card_rows(rows), "next": next_link(request, cursor)}


@router.get("/notes/{uuid:note_id}", response=NoteOut, summary="One note", openapi_extra=anyone())
def get_note(request: HttpRequest, note_id: uuid.UUID) -> Any:
    """A published one for everybody; your own in any state."""
    return _note(note_view(note_id, by=actor_of(request)))


@router.get(
    "/notes/{uuid:note_id}/why",
    response=WhyOut,
    summary="Why the feed shows it to you",
    openapi_extra=anyone(),
)
def get_note_reason(request: HttpRequest, note_id: uuid.UUID) -> Any:
    found = explain(note_id, by=actor_of(request))
    if found is None:
        raise NotFound()
    return {"reason": found.reason, "score": found.score, "factors": found.factors}


@router.get(
    "/notes/{uuid:note_id}/comments",
    response=Page[ThreadOut],
    summary="What people say below a note",
    openapi_extra=anyone(),
)
def list_note_comments(request: HttpRequest, note_id: uuid.UUID, wanted: Query[PageIn]) -> Any:
    found = note_view(note_id, by=actor_of(request))
    if found.state is not NoteState.PUBLISHED:
        return {"items": [], "next": None}
    rows = comments_of(note_id, after=key_of(wanted.cursor), limit=wanted.limit)
    people = people_by_ids(one.member_id for row in rows for one in (row, *row.replies))
    names = {key: person.nickname for key, person in people.items()}
    cursor = cursor_of(Key(rows[-1].at, rows[-1].id)) if len(rows) >= wanted.limit else ""
    return {"items": [_thread(row, names) for row in rows], "next": next_link(request, cursor)}


@router.post(
    "/notes/{uuid:note_id}/comments",
    response={201: CountOut},
    summary="Say something below a note",
    openapi_extra=scopes("shop.write"),
)
def say_below_note(request: HttpRequest, note_id: uuid.UUID, body: WordsIn) -> Any:
    actor = actor_of(request)
    say_below(note_id, by=actor, words=body.words, answers=body.answers)
    return Status(201, {"count": note_view(note_id, by=actor).counts.comments})


@router.delete(
    "/note-comments/{uuid:comment_id}",
    response={204: None},
    summary="Take a comment off: yours, or below your note",
    openapi_extra=scopes("shop.write"),
)
def hide_one_comment(request: HttpRequest, comment_id: uuid.UUID) -> Any:
    hide_comment(comment_id, by=actor_of(request))
    return Status(204, None)


@router.put(
    "/notes/{uuid:note_id}/like",
    response=CountOut,
    summary="Like a note, or take that back",
    openapi_extra=scopes("shop.write"),
)
def like_one_note(request: HttpRequest, note_id: uuid.UUID, body: OnIn) -> Any:
    return {"count": react(note_id, by=actor_of(request), kind=ReactionKind.LIKE, is_on=body.is_on)}


@router.put(
    "/notes/{uuid:note_id}/save",
    response=CountOut,
    summary="Save a note, or take that back",
    openapi_extra=scopes("shop.write"),
)
def save_one_note(request: HttpRequest, note_id: uuid.UUID, body: OnIn) -> Any:
    return {"count": react(note_id, by=actor_of(request), kind=ReactionKind.SAVE, is_on=body.is_on)}


@router.post(
    "/notes/{uuid:note_id}/taps",
    response={204: None},
    summary="Goods on it were tapped: its author brought you",
    openapi_extra=scopes("shop.write", or_visitor=True),
)
def tap_goods_of_note(request: HttpRequest, note_id: uuid.UUID) -> Any:
    tap_goods(note_id, by=actor_of(request))
    return Status(204, None)


@router.get(
    "/authors/{uuid:member_id}", response=AuthorOut, summary="Somebody who writes", openapi_extra=anyone()
)
def get_author(request: HttpRequest, member_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    person, found = people_by_ids([member_id]).get(member_id), author_view(member_id, by=actor)
    if person is None or not (found.notes or actor.owns(member_id)):
        raise NotFound()
    names = [name for name in AuthorOut.model_fields if name != "nickname"]
    return {**{name: getattr(found, name) for name in names}, "nickname": person.nickname}


@router.get(
    "/authors/{uuid:member_id}/notes",
    response=Page[NoteCardOut],
    summary="What somebody published",
    openapi_extra=anyone(),
)
def list_notes_of_author(request: HttpRequest, member_id: uuid.UUID, wanted: Query[PageIn]) -> Any:
    rows = notes_of_author(member_id, after=key_of(wanted.cursor), limit=wanted.limit)
    cursor = cursor_of(Key(rows[-1].publish_at, rows[-1].id)) if len(rows) >= wanted.limit else ""
    return {"items": _card_rows(rows), "next": next_link(request, cursor)}


@router.put(
    "/authors/{uuid:member_id}/follow",
    response=CountOut,
    summary="Follow somebody, or stop",
    openapi_extra=scopes("shop.write"),
)
def follow_one_author(request: HttpRequest, member_id: uuid.UUID, body: OnIn) -> Any:
    if member_id not in people_by_ids([member_id]):
        raise NotFound()
    return {"count": follow_author(member_id, by=actor_of(request), is_on=body.is_on)}


@router.get(
    "/me/feed-consent",
    response=ConsentOut,
    summary="What your feed may use",
    openapi_extra=scopes("shop.read"),
)
def get_feed_consent(request: HttpRequest) -> Any:
    return consent_of(actor_of(request).require_member())


@router.put(
    "/me/feed-consent",
    response=ConsentOut,
    summary="Agree, or take it back: then what was kept is deleted",
    openapi_extra=scopes("shop.write"),
)
def set_feed_consent(request: HttpRequest, body: ConsentIn) -> Any:
    return agree_to_feed(by=actor_of(request), is_personal=body.is_personal, is_near=body.is_near)


@router.post(
    "/me/media",
    response={201: MediaOut},
    summary="Send a picture or a short video for a note",
    openapi_extra=scopes("shop.write", **limited_as("import")),
)
def send_media(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """Checked by its content and made anew; private until the note is published. Ask again for a video until it is ready."""
    actor = actor_of(request)
    actor.require_member()
    head = file.read(12)
    file.seek(0)
    is_film = head[4:8] == b"ftyp" or head[:4] == b"\x1a\x45\xdf\xa3"
    if (file.size or 0) > (VIDEO_BYTES_MAX if is_film else IMAGE_BYTES_MAX):
        raise NotAVideo(limit=VIDEO_BYTES_MAX // 1024 // 1024) if is_film else NotAnImage(size=file.size)
    stored = (store_video if is_film else store_picture)(file.read(), by=actor)
    return Status(201, _media(stored))


@router.get(
    "/me/media/{uuid:media_id}",
    response=MediaOut,
    summary="How your picture or video is doing",
    openapi_extra=scopes("shop.read"),
)
def get_own_media(request: HttpRequest, media_id: uuid.UUID) -> Any:
    return _media(own_media([media_id], by=actor_of(request))[0])


@router.get(
    "/me/notes",
    response=Page[OwnNoteOut],
    summary="Your notes with what came of them",
    openapi_extra=scopes("shop.read"),
)
def list_own_notes(request: HttpRequest, wanted: Query[PageIn]) -> Any:
    start = offset_of(wanted.cursor)
    rows = own_notes(by=actor_of(request), offset=start, limit=wanted.limit)
    return _own_page(request, rows, start=start, limit=wanted.limit)


@router.get(
    "/me/saved-notes",
    response=Page[NoteCardOut],
    summary="Notes you saved",
    openapi_extra=scopes("shop.read"),
)
def list_saved_notes(request: HttpRequest, wanted: Query[PageIn]) -> Any:
    start = offset_of(wanted.cursor)
    rows = saved_notes(by=actor_of(request), offset=start, limit=wanted.limit)
    cursor = offset_cursor(start + wanted.limit) if len(rows) >= wanted.limit else ""
    return {"items": _card_rows(rows), "next": next_link(request, cursor)}


@router.post(
    "/me/notes", response={201: OwnNoteOut}, summary="Begin a note", openapi_extra=scopes("shop.write")
)
def begin_note(request: HttpRequest, body: NoteIn) -> Any:
    actor = actor_of(request)
    note_id = start_note(by=actor, draft=_draft(body))
    return Status(201, _own(note_view(note_id, by=actor)))


@router.put(
    "/me/notes/{uuid:note_id}",
    response=OwnNoteOut,
    summary="Change a note of yours",
    openapi_extra=scopes("shop.write"),
)
def change_note(request: HttpRequest, note_id: uuid.UUID, body: NoteIn) -> Any:
    """A published note stays out unless its new words have to be looked at."""
    actor = actor_of(request)
    save_own_note(note_id, _draft(body), by=actor, expected_version=body.version)
    return _own(note_view(note_id, by=actor))


@router.post(
    "/me/notes/{uuid:note_id}/publish",
    response=StateOut,
    summary="Ask for a note to come out",
    openapi_extra=scopes("shop.write"),
)
def publish_one_note(request: HttpRequest, note_id: uuid.UUID, body: PublishIn) -> Any:
    """A first note, and a paid one, waits for somebody to look."""
    return {"state": publish_own_note(note_id, by=actor_of(request), publish_at=body.publish_at)}


@router.post(
    "/me/notes/{uuid:note_id}/take-back",
    response=StateOut,
    summary="Make it a draft again before it is out",
    openapi_extra=scopes("shop.write"),
)
def take_back_one_note(request: HttpRequest, note_id: uuid.UUID) -> Any:
    take_back_note(note_id, by=actor_of(request))
    return {"state": NoteState.DRAFT}


@router.delete(
    "/me/notes/{uuid:note_id}",
    response={204: None},
    summary="Remove a note of yours",
    openapi_extra=scopes("shop.write"),
)
def remove_own_note(request: HttpRequest, note_id: uuid.UUID) -> Any:
    remove_note(note_id, by=actor_of(request))
    return Status(204, None)


@router.get(
    "/staff/notes",
    tags=["staff"],
    response=Page[StaffNoteOut],
    summary="All notes",
    openapi_extra=scopes("notes.view"),
)
def list_all_notes(request: HttpRequest, wanted: Query[NotesIn]) -> Any:
    start = offset_of(wanted.cursor)
    asked = NoteFilter(
        states=(wanted.state,) if wanted.state else (), author_id=wanted.author_id, topic=wanted.topic
    )
    rows, _total = find_notes(asked, by=actor_of(request), page=start // wanted.limit + 1, limit=wanted.limit)
    cursor = offset_cursor(start + wanted.limit) if len(rows) >= wanted.limit else ""
    return {"items": [_own(row) for row in rows], "next": next_link(request, cursor)}


@router.post(
    "/staff/notes/{uuid:note_id}/approve",
    tags=["staff"],
    response=StateOut,
    summary="Let a note come out",
    openapi_extra=scopes("notes.edit"),
)
def approve_one_note(request: HttpRequest, note_id: uuid.UUID) -> Any:
    return {"state": approve_note(note_id, by=actor_of(request))}


@router.post(
    "/staff/notes/{uuid:note_id}/return",
    tags=["staff"],
    response=StateOut,
    summary="Send a note back to its author",
    openapi_extra=scopes("notes.edit"),
)
def return_one_note(request: HttpRequest, note_id: uuid.UUID, body: ReasonIn) -> Any:
    return_note(note_id, by=actor_of(request), reason=body.reason)
    return {"state": NoteState.DRAFT}


@router.post(
    "/staff/notes/{uuid:note_id}/hide",
    tags=["staff"],
    response=StateOut,
    summary="Hide a note and its pictures",
    openapi_extra=scopes("notes.edit"),
)
def hide_one_note(request: HttpRequest, note_id: uuid.UUID, body: ReasonIn) -> Any:
    hide_note(note_id, by=actor_of(request), reason=body.reason)
    return {"state": NoteState.HIDDEN}


@router.post(
    "/staff/notes/{uuid:note_id}/show",
    tags=["staff"],
    response=StateOut,
    summary="Show a hidden note again",
    openapi_extra=scopes("notes.edit"),
)
def show_one_note(request: HttpRequest, note_id: uuid.UUID) -> Any:
    show_note(note_id, by=actor_of(request))
    return {"state": NoteState.PUBLISHED}


def _draft(body: NoteIn) -> NoteDraft:
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


def _cards(ranked: list[Scored]) -> list[NoteCard]:
    found = cards_of_notes(one.candidate.id for one in ranked)
    return [found[one.candidate.id] for one in ranked if one.candidate.id in found]


def _card_rows(cards: list[NoteCard]) -> list[dict[str, Any]]:
    media = media_by_ids(card.cover_media_id for card in cards if card.cover_media_id)
    people = people_by_ids(card.author_id for card in cards)
    names = [name for name in NoteCardOut.model_fields if name not in ("author", "cover")]
    return [
        {
            **{name: getattr(card, name) for name in names},
            "author": people[card.author_id].nickname if card.author_id in people else "",
            "cover": _media(media[card.cover_media_id]) if card.cover_media_id in media else None,
        }
        for card in cards
    ]


def _note(found: NoteView) -> dict[str, Any]:
    media = media_by_ids(found.media_ids)
    goods = cards_by_ids([tag.product_id for tag in found.tags])
    person = people_by_ids([found.author_id]).get(found.author_id)
    names = [name for name in NoteOut.model_fields if name not in ("author", "media", "tags")]
    return {
        **{name: getattr(found, name) for name in names},
        "author": person.nickname if person else "",
        "media": [_media(media[one]) for one in found.media_ids if one in media],
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


def _own(found: NoteView) -> dict[str, Any]:
    return {name: getattr(found, name) for name in StaffNoteOut.model_fields}


def _own_page(request: HttpRequest, rows: list[NoteView], *, start: int, limit: int) -> dict[str, Any]:
    cursor = offset_cursor(start + limit) if len(rows) >= limit else ""
    return {"items": [_own(row) for row in rows], "next": next_link(request, cursor)}


def _media(found: MediaView) -> dict[str, Any]:
    names = [name for name in MediaOut.model_fields if name not in ("files", "video_url")]
    return {
        **{name: getattr(found, name) for name in names},
        "files": [
            {"url": address_of(found, place), "width": one.width, "height": one.height, "format": one.format}
            for place, one in enumerate(found.renditions)
        ],
        "video_url": film(found),
    }


def _thread(row: CommentView, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    return {**_said(row, names), "replies": [_said(one, names) for one in row.replies]}


def _said(row: CommentView, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    fields = [name for name in CommentOut.model_fields if name != "author"]
    return {**{name: getattr(row, name) for name in fields}, "author": names.get(row.member_id, "")}
