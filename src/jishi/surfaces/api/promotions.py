"""Coupons for shoppers: what can be had, codes, one's own."""

import uuid
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Status

from jishi.flows.coupons import unlock_by_shares
from jishi.modules.promotions.public import (
    CouponState,
    CouponWay,
    batch_view,
    claim_coupon,
    claimable_batches,
    own_coupons,
    redeem_code,
)
from jishi.platform.http import actor_of, anyone, scopes
from jishi.surfaces.api.common import MadeOut
from jishi.surfaces.api.price_schemas import (
    ClaimableOut,
    CouponOut,
    PriceCodeIn,
    claimable_out,
    coupon_out,
)

router = Router(tags=["promotions"])
STATES: dict[str, tuple[CouponState, ...]] = {
    "open": (CouponState.OPEN, CouponState.RESERVED),
    "used": (CouponState.USED,),
    "over": (CouponState.EXPIRED, CouponState.VOID),
}


@router.get(
    "/coupons/claimable",
    response=list[ClaimableOut],
    summary="Coupons that can be had now",
    openapi_extra=anyone(),
)
def list_claimable_coupons(request: HttpRequest) -> Any:
    del request
    return [claimable_out(batch) for batch in claimable_batches(ways=[CouponWay.PUBLIC, CouponWay.SHARE])]


@router.post(
    "/coupons/batches/{uuid:batch_id}/claims",
    response={201: MadeOut},
    summary="Take a coupon",
    openapi_extra=scopes("shop.write"),
)
def request_coupon(request: HttpRequest, batch_id: uuid.UUID) -> Any:
    """For batches that are unlocked by sharing, enough visitors have to have come by your links."""
    actor = actor_of(request)
    if batch_view(batch_id).way is CouponWay.SHARE:
        return Status(201, {"id": unlock_by_shares(batch_id, by=actor)})
    return Status(201, {"id": claim_coupon(batch_id, by=actor)})


@router.post(
    "/coupons/codes",
    response={201: MadeOut},
    summary="Turn a code into a coupon",
    openapi_extra=scopes("shop.write"),
)
def request_coupon_by_code(request: HttpRequest, body: PriceCodeIn) -> Any:
    return Status(201, {"id": redeem_code(body.code, by=actor_of(request))})


@router.get(
    "/me/coupons",
    response=list[CouponOut],
    summary="Your coupons",
    openapi_extra=scopes("shop.read"),
)
def list_own_coupons(request: HttpRequest, state: Literal["open", "used", "over"] = "open") -> Any:
    return [coupon_out(coupon) for coupon in own_coupons(by=actor_of(request), states=STATES[state])]
