"""Notes for readers: the feed, one note, people who write, reacting, what the feed may use."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic_core import to_json

from jishi.flows.notes import agree_to_feed, say_below, tap_goods
from jishi.kernel.errors import NotFound
from jishi.modules.notes.public import (
    FeedKind,
    NoteState,
    ReactionKind,
    author_view,
    comments_of,
    consent_of,
    discover,
    explain,
    follow_author,
    following,
    hide_comment,
    near,
    note_view,
    notes_of_author,
    react,
    search_notes,
)
from jishi.modules.people.public import people_by_ids
from jishi.platform.http import actor_of, anyone, next_link, scopes
from jishi.platform.paging import Key, cursor_of, key_of, offset_cursor, offset_of
from jishi.surfaces.api.common import Page, PageIn
from jishi.surfaces.api.note_schemas import (
    AuthorOut,
    ConsentIn,
    ConsentOut,
    FeedIn,
    NoteCardOut,
    NoteCountOut,
    NoteOut,
    NoteWordsIn,
    OnIn,
    SearchIn,
    ThreadOut,
    WhyOut,
    card_rows,
    cards_of,
    note_out,
    thread_out,
)

router = Router(tags=["notes"])
FOLLOWING_MAX = 200


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
        cards, has_more = cards_of(ranked[start:end]), len(ranked) > end
    page = {"items": card_rows(cards), "next": next_link(request, offset_cursor(end) if has_more else "")}
    return HttpResponse(
        to_json(page), content_type="application/json"
    )  # checked by a test, not at each reading


@router.get("/notes", response=Page[NoteCardOut], summary="Search published notes", openapi_extra=anyone())
def search_published_notes(request: HttpRequest, wanted: Query[SearchIn]) -> Any:
    start = offset_of(wanted.cursor)
    rows = search_notes(wanted.q, offset=start, limit=wanted.limit)
    cursor = offset_cursor(start + wanted.limit) if len(rows) >= wanted.limit else ""
    return {"items": card_rows(rows), "next": next_link(request, cursor)}


@router.get("/notes/{uuid:note_id}", response=NoteOut, summary="One note", openapi_extra=anyone())
def get_note(request: HttpRequest, note_id: uuid.UUID) -> Any:
    """A published one for everybody; your own in any state."""
    return note_out(note_view(note_id, by=actor_of(request)))


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
    rows = comments_of(note_id, by=actor_of(request), after=key_of(wanted.cursor), limit=wanted.limit)
    people = people_by_ids(one.member_id for row in rows for one in (row, *row.replies))
    names = {key: person.nickname for key, person in people.items()}
    cursor = cursor_of(Key(rows[-1].at, rows[-1].id)) if len(rows) >= wanted.limit else ""
    return {"items": [thread_out(row, names) for row in rows], "next": next_link(request, cursor)}


@router.post(
    "/notes/{uuid:note_id}/comments",
    response={201: NoteCountOut},
    summary="Say something below a note",
    openapi_extra=scopes("shop.write"),
)
def say_below_note(request: HttpRequest, note_id: uuid.UUID, body: NoteWordsIn) -> Any:
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
    response=NoteCountOut,
    summary="Like a note, or take that back",
    openapi_extra=scopes("shop.write"),
)
def like_one_note(request: HttpRequest, note_id: uuid.UUID, body: OnIn) -> Any:
    return {"count": react(note_id, by=actor_of(request), kind=ReactionKind.LIKE, is_on=body.is_on)}


@router.put(
    "/notes/{uuid:note_id}/save",
    response=NoteCountOut,
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
    rows = notes_of_author(member_id, by=actor_of(request), after=key_of(wanted.cursor), limit=wanted.limit)
    cursor = cursor_of(Key(rows[-1].publish_at, rows[-1].id)) if len(rows) >= wanted.limit else ""
    return {"items": card_rows(rows), "next": next_link(request, cursor)}


@router.put(
    "/authors/{uuid:member_id}/follow",
    response=NoteCountOut,
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
