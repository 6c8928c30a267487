"""What happens to people."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class MemberJoined:
    name: ClassVar[str] = "people.member_joined.v1"
    member_id: uuid.UUID
    visitor_id: uuid.UUID | None

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "member", self.member_id


@dataclass(frozen=True, slots=True)
class VisitorRecognised:
    """A browser turned out to be a member's."""

    name: ClassVar[str] = "people.visitor_recognised.v1"
    visitor_id: uuid.UUID
    member_id: uuid.UUID

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "member", self.member_id


@dataclass(frozen=True, slots=True)
class RoleChanged:
    name: ClassVar[str] = "people.role_changed.v1"
    member_id: uuid.UUID
    before: str
    after: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "member", self.member_id
