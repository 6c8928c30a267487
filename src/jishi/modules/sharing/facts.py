"""What happens in sharing."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class LinkVisited:
    """Another person's browser came by somebody's link."""

    name: ClassVar[str] = "sharing.link_visited.v1"
    link_id: uuid.UUID
    sharer_id: uuid.UUID
    visitor_id: uuid.UUID
    member_id: uuid.UUID | None

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "share_link", self.link_id
