"""What happens in incentives."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ThanksGiven:
    """`member_id` was thanked."""

    name: ClassVar[str] = "incentives.thanks_given.v1"
    thanks_id: uuid.UUID
    member_id: uuid.UUID
    from_id: uuid.UUID
    about_kind: str
    about_id: uuid.UUID

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "member", self.member_id
