"""Notes for who writes them, and what staff do with them."""

import uuid
from typing import Any

from django.http import HttpRequest
from ninja import File, Query, Router, Status
from ninja.files import UploadedFile

from jishi.flows.notes import publish_own_note, save_own_note
from jishi.modules.media.public import (
    VIDEO_BYTES_MAX,
    NotAVideo,
    own_media,
    store_picture,
    store_video,
)
from jishi.modules.notes.public import (
    NoteFilter,
    NoteState,
    approve_note,
    find_notes,
    hide_note,
    note_view,
    own_notes,
    remove_note,
    return_note,
    saved_notes,
    show_note,
    start_note,
    take_back_note,
)
from jishi.platform.files import IMAGE_BYTES_MAX, NotAnImage
from jishi.platform.http import actor_of, limited_as, next_link, scopes
from jishi.platform.paging import offset_cursor, offset_of
from jishi.surfaces.api.common import Page, PageIn
from jishi.surfaces.api.note_schemas import (
    MediaOut,
    NoteCardOut,
    NoteNoteIn,
    NoteReasonIn,
    NotesIn,
    OwnNoteOut,
    PublishIn,
    StaffNoteOut,
    StateOut,
    card_rows,
    draft_of,
    media_out,
    own_out,
    own_page,
)

router = Router(tags=["notes"])


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
    return Status(201, media_out(stored))


@router.get(
    "/me/media/{uuid:media_id}",
    response=MediaOut,
    summary="How your picture or video is doing",
    openapi_extra=scopes("shop.read"),
)
def get_own_media(request: HttpRequest, media_id: uuid.UUID) -> Any:
    return media_out(own_media([media_id], by=actor_of(request))[0])


@router.get(
    "/me/notes",
    response=Page[OwnNoteOut],
    summary="Your notes with what came of them",
    openapi_extra=scopes("shop.read"),
)
def list_own_notes(request: HttpRequest, wanted: Query[PageIn]) -> Any:
    start = offset_of(wanted.cursor)
    rows = own_notes(by=actor_of(request), offset=start, limit=wanted.limit)
    return own_page(request, rows, start=start, limit=wanted.limit)


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
    return {"items": card_rows(rows), "next": next_link(request, cursor)}


@router.post(
    "/me/notes", response={201: OwnNoteOut}, summary="Begin a note", openapi_extra=scopes("shop.write")
)
def begin_note(request: HttpRequest, body: NoteNoteIn) -> Any:
    actor = actor_of(request)
    note_id = start_note(by=actor, draft=draft_of(body))
    return Status(201, own_out(note_view(note_id, by=actor)))


@router.put(
    "/me/notes/{uuid:note_id}",
    response=OwnNoteOut,
    summary="Change a note of yours",
    openapi_extra=scopes("shop.write"),
)
def change_note(request: HttpRequest, note_id: uuid.UUID, body: NoteNoteIn) -> Any:
    """A published note stays out unless its new words have to be looked at."""
    actor = actor_of(request)
    save_own_note(note_id, draft_of(body), by=actor, expected_version=body.version)
    return own_out(note_view(note_id, by=actor))


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
    return {"items": [own_out(row) for row in rows], "next": next_link(request, cursor)}


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
def return_one_note(request: HttpRequest, note_id: uuid.UUID, body: NoteReasonIn) -> Any:
    return_note(note_id, by=actor_of(request), reason=body.reason)
    return {"state": NoteState.DRAFT}


@router.post(
    "/staff/notes/{uuid:note_id}/hide",
    tags=["staff"],
    response=StateOut,
    summary="Hide a note and its pictures",
    openapi_extra=scopes("notes.edit"),
)
def hide_one_note(request: HttpRequest, note_id: uuid.UUID, body: NoteReasonIn) -> Any:
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
