"""Who is acting. Operations ask the actor, never the request."""

import uuid
from dataclasses import dataclass, field
from enum import StrEnum

from jishi.kernel.errors import LoginRequired, NotAllowed


class ActorKind(StrEnum):
    VISITOR = "visitor"  # a browser without a log-in
    MEMBER = "member"
    STAFF = "staff"
    SYSTEM = "system"  # a job, a callback, the command line


@dataclass(frozen=True, slots=True)
class Actor:
    """`permissions` holds names such as `orders.fulfil`; a token narrows them to its scopes."""

    kind: ActorKind
    id: uuid.UUID | None = None
    visitor_id: uuid.UUID | None = None
    permissions: frozenset[str] = field(default_factory=frozenset)
    label: str = ""

    @property
    def is_member(self) -> bool:
        """A person with an account; staff are people too."""
        return self.kind in (ActorKind.MEMBER, ActorKind.STAFF) and self.id is not None

    def may(self, permission: str) -> bool:
        return self.kind is ActorKind.SYSTEM or permission in self.permissions

    def require(self, permission: str) -> None:
        """Raises LoginRequired for a visitor, NotAllowed for anyone else without the permission."""
        if self.may(permission):
            return
        if self.kind is ActorKind.VISITOR:
            raise LoginRequired()
        raise NotAllowed(permission=permission)

    def require_member(self) -> uuid.UUID:
        if not self.is_member or self.id is None:
            raise LoginRequired()
        return self.id

    def owns(self, member_id: uuid.UUID | None) -> bool:
        return self.is_member and member_id is not None and self.id == member_id


SYSTEM = Actor(kind=ActorKind.SYSTEM, label="system")
