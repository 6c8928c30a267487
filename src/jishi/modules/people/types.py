"""Values of the people room."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a member of staff is here to do; an empty role is a shopper."""

    NONE = ""
    OWNER = "owner"
    OPERATOR = "operator"
    FINANCE = "finance"
    SERVICE = "service"
    READ_ONLY = "read_only"


@dataclass(frozen=True, slots=True)
class Person:
    """A member as other people may see them."""

    id: uuid.UUID
    nickname: str
    color: str

    @property
    def initial(self) -> str:
        return self.nickname[:1]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member as staff see them."""

    id: uuid.UUID
    nickname: str
    color: str
    phone: str
    email: str
    role: str
    created_at: datetime
    is_active: bool

    @property
    def initial(self) -> str:
        return self.nickname[:1]


@dataclass(frozen=True, slots=True)
class AddressView:
    id: uuid.UUID
    name: str
    phone: str
    region_code: str
    province: str
    city: str
    district: str
    line: str
    is_default: bool

    @property
    def full_text(self) -> str:
        parts = [self.province, "" if self.city == self.province else self.city, self.district, self.line]
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class TokenView:
    id: uuid.UUID
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    is_revoked: bool
