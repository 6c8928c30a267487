"""What happens to notes."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class NotePublished:
    """For the first time. `member_id` is the author."""

    name: ClassVar[str] = "notes.note_published.v1"
    note_id: uuid.UUID
    member_id: uuid.UUID
    title: str
    product_ids: tuple[uuid.UUID, ...]

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "note", self.note_id


@dataclass(frozen=True, slots=True)
class NoteReturned:
    """Review sent it back, or it was hidden. `member_id` is the author."""

    name: ClassVar[str] = "notes.note_returned.v1"
    note_id: uuid.UUID
    member_id: uuid.UUID
    title: str
    reason: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "note", self.note_id


@dataclass(frozen=True, slots=True)
class NoteSaved:
    """`member_id` is who saved it; told once for a person and a note."""

    name: ClassVar[str] = "notes.note_saved.v1"
    note_id: uuid.UUID
    member_id: uuid.UUID
    author_id: uuid.UUID

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "note", self.note_id


@dataclass(frozen=True, slots=True)
class NoteLiked:
    name: ClassVar[str] = "notes.note_liked.v1"
    note_id: uuid.UUID
    member_id: uuid.UUID
    author_id: uuid.UUID

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "note", self.note_id


@dataclass(frozen=True, slots=True)
class NoteCommented:
    """`answered_id`: whose comment was answered, if any."""

    name: ClassVar[str] = "notes.note_commented.v1"
    note_id: uuid.UUID
    member_id: uuid.UUID
    comment_id: uuid.UUID
    author_id: uuid.UUID
    answered_id: uuid.UUID | None

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "note", self.note_id
