"""Offers and coupons as operators write them and members hold them."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jishi.modules.promotions.types.offers import Offer


class PriceOfferState(StrEnum):
    DRAFT = "draft"
    LIVE = "live"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class OfferForm:
    """An offer as an operator writes it; its id and life are ours."""

    name: str
    rule: Offer  # `rule.id` is of no account
    campaign_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer with its life. `used_minor`, `reserved_minor`, `left_minor`: its budget, None without one."""

    id: uuid.UUID
    name: str
    state: PriceOfferState
    rule: Offer
    version: int
    created_at: datetime
    campaign_id: uuid.UUID | None = None
    is_coupon: bool = False


class CouponWay(StrEnum):
    """How coupons of a batch come to members."""

    PUBLIC = "public"  # anybody takes one
    CODE = "code"  # who has a code
    TARGETED = "targeted"  # sent to chosen members
    COMMUNITY = "community"  # members of a community
    NEW_MEMBER = "new_member"  # sent at joining
    SHARE = "share"  # who brought so many visitors


class RefundRule(StrEnum):
    """What becomes of a used coupon when its order is refunded."""

    NEVER = "never"
    WHOLE = "whole"  # comes back when everything was refunded


class CouponState(StrEnum):
    OPEN = "open"
    RESERVED = "reserved"
    USED = "used"
    EXPIRED = "expired"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class BatchForm:
    """How an offer is handed out as coupons. Exactly one of `valid_days` and `valid_until`."""

    offer_id: uuid.UUID
    name: str
    way: CouponWay
    capacity: int
    member_limit: int = 1
    valid_days: int | None = None
    valid_until: datetime | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    refund_rule: RefundRule = RefundRule.WHOLE
    share_visits: int = 0
    community_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class BatchView:
    id: uuid.UUID
    offer: Offer
    name: str
    way: CouponWay
    capacity: int
    member_limit: int
    valid_days: int | None
    valid_until: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    refund_rule: RefundRule
    share_visits: int
    community_id: uuid.UUID | None
    is_open: bool
    pool_id: uuid.UUID | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class BatchFigures:
    """Coupons of a batch by what became of them, and the money of the used ones."""

    claimed: int = 0
    reserved: int = 0
    used: int = 0
    expired: int = 0
    given_minor: int = 0


@dataclass(frozen=True, slots=True)
class CouponView:
    id: uuid.UUID
    batch_id: uuid.UUID
    member_id: uuid.UUID
    offer: Offer
    state: CouponState
    claimed_at: datetime
    expires_at: datetime | None
    order_id: uuid.UUID | None
