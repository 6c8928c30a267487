"""What happens to offers and coupons."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class OfferPublished:
    name: ClassVar[str] = "promotions.offer_published.v1"
    offer_id: uuid.UUID
    label: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "offer", self.offer_id


@dataclass(frozen=True, slots=True)
class OfferClosed:
    name: ClassVar[str] = "promotions.offer_closed.v1"
    offer_id: uuid.UUID

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "offer", self.offer_id


@dataclass(frozen=True, slots=True)
class CouponClaimed:
    """`way`: how it came to the member."""

    name: ClassVar[str] = "promotions.coupon_claimed.v1"
    coupon_id: uuid.UUID
    batch_id: uuid.UUID
    member_id: uuid.UUID
    way: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "coupon", self.coupon_id


@dataclass(frozen=True, slots=True)
class CouponUsed:
    name: ClassVar[str] = "promotions.coupon_used.v1"
    coupon_id: uuid.UUID
    batch_id: uuid.UUID
    member_id: uuid.UUID
    order_id: uuid.UUID

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "coupon", self.coupon_id


@dataclass(frozen=True, slots=True)
class CouponReturned:
    name: ClassVar[str] = "promotions.coupon_returned.v1"
    coupon_id: uuid.UUID
    batch_id: uuid.UUID
    member_id: uuid.UUID
    order_id: uuid.UUID
    is_expired: bool

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "coupon", self.coupon_id


@dataclass(frozen=True, slots=True)
class CouponExpiring:
    """Tomorrow it is gone."""

    name: ClassVar[str] = "promotions.coupon_expiring.v1"
    coupon_id: uuid.UUID
    batch_id: uuid.UUID
    member_id: uuid.UUID
    label: str
    expires_at: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "coupon", self.coupon_id
