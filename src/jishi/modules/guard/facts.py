"""What happens in moderation. Payloads carry ids and words of the house, never the content itself."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ItemOpened:
    """Something has come into the queue, for the first time or again. `cause`: rule, report, appeal."""

    name: ClassVar[str] = "guard.item_opened.v1"
    item_id: uuid.UUID
    kind: str
    subject_id: uuid.UUID
    cause: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "guard_item", self.item_id


@dataclass(frozen=True, slots=True)
class ContentHidden:
    """Reports have taken the content over the threshold: hidden until a moderator has looked."""

    name: ClassVar[str] = "guard.content_hidden.v1"
    item_id: uuid.UUID
    kind: str
    subject_id: uuid.UUID
    author_id: uuid.UUID | None
    score: int

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "guard_item", self.item_id


@dataclass(frozen=True, slots=True)
class ContentDecided:
    """`decision`: keep, hide, remove, warn, sanction; `visible`: what it is now."""

    name: ClassVar[str] = "guard.content_decided.v1"
    item_id: uuid.UUID
    kind: str
    subject_id: uuid.UUID
    author_id: uuid.UUID | None
    decision: str
    visible: str
    reason: str
    was_appeal: bool
    was_visible: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "guard_item", self.item_id


@dataclass(frozen=True, slots=True)
class AppealMade:
    name: ClassVar[str] = "guard.appeal_made.v1"
    item_id: uuid.UUID
    kind: str
    subject_id: uuid.UUID
    author_id: uuid.UUID

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "guard_item", self.item_id


@dataclass(frozen=True, slots=True)
class SanctionSet:
    """`ends_at` ISO 8601 or empty; `community_id` None holds everywhere."""

    name: ClassVar[str] = "guard.sanction_set.v1"
    sanction_id: uuid.UUID
    member_id: uuid.UUID
    kind: str
    community_id: uuid.UUID | None
    ends_at: str
    reason: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "member", self.member_id


@dataclass(frozen=True, slots=True)
class SanctionEnded:
    """`how`: lifted or expired."""

    name: ClassVar[str] = "guard.sanction_ended.v1"
    sanction_id: uuid.UUID
    member_id: uuid.UUID
    kind: str
    community_id: uuid.UUID | None
    how: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "member", self.member_id
