"""Makers of notes for the tests of this room."""

import io
import uuid
from typing import Any

from PIL import Image

from jishi.kernel.actor import Actor
from jishi.modules.media.public import store_picture
from jishi.modules.notes.public import (
    NoteDraft,
    NoteState,
    approve_note,
    note_view,
    publish_note,
    start_note,
)
from jishi.platform.facts import facts_about
from tests.world.makers import OWNER, make_member


def media(by: Actor, *, colour: str = "#cc8844") -> uuid.UUID:
    out = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(out, "PNG")
    return store_picture(out.getvalue(), by=by).id


def draft(by: Actor, *, title: str = "脐橙怎么挑", text: str = "看脐、摸皮。#水果", **more: Any) -> NoteDraft:
    return NoteDraft(title=title, text=text, media_ids=(media(by),), **more)


def published(by: Actor | None = None, **more: Any) -> tuple[Actor, uuid.UUID]:
    author = by or make_member()
    note_id = start_note(by=author, draft=draft(author, **more))
    if publish_note(note_id, by=author) is NoteState.IN_REVIEW:
        approve_note(note_id, by=OWNER)
    return author, note_id


def facts_of(note_id: uuid.UUID) -> list[str]:
    return [one.name.split(".")[1] for one in facts_about(subject_kind="note", subject_id=note_id)]


def kept(note_id: uuid.UUID, by: Actor) -> dict[str, Any]:
    found = note_view(note_id, by=by).draft
    return {name: getattr(found, name) for name in found.__slots__}
