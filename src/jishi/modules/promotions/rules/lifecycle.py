"""The lives of offers and coupons (docs/algorithms/prices.md, §6)."""

from datetime import datetime, timedelta

from jishi.modules.promotions.types import CouponState, PriceOfferState, RefundRule

O = PriceOfferState  # noqa: E741
OFFER_LIFE: dict[tuple[PriceOfferState, str], PriceOfferState] = {
    (O.DRAFT, "publish"): O.LIVE,
    (O.LIVE, "close"): O.CLOSED,
    (O.CLOSED, "publish"): O.LIVE,
}

C = CouponState
COUPON_LIFE: dict[tuple[CouponState, str], CouponState] = {
    (C.OPEN, "reserve"): C.RESERVED,
    (C.RESERVED, "use"): C.USED,
    (C.RESERVED, "release"): C.OPEN,
    (C.USED, "return"): C.OPEN,
    (C.OPEN, "expire"): C.EXPIRED,
    (C.OPEN, "void"): C.VOID,
}


def expiry_of(*, valid_days: int | None, valid_until: datetime | None, claimed_at: datetime) -> datetime:
    """When a coupon that is claimed now ends."""
    if valid_until is not None:
        return valid_until
    return claimed_at + timedelta(days=valid_days or 0)


def comes_back(rule: RefundRule, *, is_whole: bool) -> bool:
    """Whether a used coupon returns when its order is refunded."""
    return rule is RefundRule.WHOLE and is_whole
