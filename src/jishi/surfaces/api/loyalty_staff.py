"""Loyalty for staff: what the shop owes, its terms, a member's points, adjustments by two, sending rewards."""

import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.flows.loyalty import ADJUSTMENT_MAX, ask_points_adjustment
from jishi.modules.loyalty.public import (
    ExchangeState,
    FallPolicy,
    LotState,
    ReturnPolicy,
    RewardKind,
    RewardTerms,
    Terms,
    TierTerms,
    balance_of,
    exchanges_table,
    ladder,
    liability,
    lots_table,
    loyalty_terms,
    rebuild_balances,
    reward_of,
    save_reward,
    send_exchange,
    set_ladder,
    set_terms,
)
from jishi.platform.http import actor_of, scopes
from jishi.platform.paging import key_of
from jishi.surfaces.api.common import MINOR_MAX, Day, MadeOut, Page, PageIn, page_of
from jishi.surfaces.api.loyalty import reward_out, tier_out
from jishi.surfaces.api.loyalty_schemas import ExchangeOut, LotOut, LoyaltyTierOut, RewardOut

router = Router(tags=["staff"])


class MonthOut(Schema):
    """`month` is its first day; null: promised, without a date yet."""

    month: date | None
    lots: int
    members: int
    points: int


class LiabilityOut(Schema):
    """All in points; `value_minor` is what the outstanding ones are worth at the checkout."""

    spendable: int
    pending: int
    held: int
    debt: int
    earned: int
    spent: int
    returned: int
    expired: int
    taken_back: int
    breakage_basis_points: int
    value_minor: int
    by_month: list[MonthOut]


class LoyaltyDifferenceOut(Schema):
    what: str
    id: uuid.UUID
    field: str
    stored: int
    rebuilt: int


class MemberLotOut(LotOut):
    member_id: uuid.UUID


class LotsIn(PageIn):
    state: LotState | None = None
    month: Day | None = None
    only_left: bool = True


class MemberPointsOut(Schema):
    spendable: int
    pending: int
    debt: int
    earned: int
    spent: int
    expired: int


class AdjustmentIn(Schema):
    """`points` below zero takes them. Nothing moves until a second person approves."""

    points: int = Field(ge=-ADJUSTMENT_MAX, le=ADJUSTMENT_MAX)
    reason: str = Field(min_length=1, max_length=200)


class TermsBody(Schema):
    is_open: bool
    points_per_unit: int = Field(ge=1, le=1_000_000)
    share_basis_points_max: int = Field(ge=0, le=10_000)
    points_step: int = Field(ge=1, le=1_000_000)
    earn_per_unit: int = Field(ge=0, le=1_000)
    return_days: int = Field(ge=0, le=90)
    expiry_months: int = Field(ge=1, le=120)
    return_policy: ReturnPolicy
    fall_policy: FallPolicy
    grace_days: int = Field(ge=0, le=365)
    notice_days: int = Field(ge=1, le=90)
    check_in_points: int = Field(ge=0, le=1_000)


class LoyaltyTierIn(Schema):
    code: str = Field(min_length=1, max_length=24)
    name: str = Field(min_length=1, max_length=24)
    threshold: int = Field(ge=0, le=100_000_000)
    discount_basis_points: int = Field(0, ge=0, le=9_999)
    earn_basis_points: int = Field(10_000, ge=0, le=100_000)
    ships_free: bool = False
    birthday_points: int = Field(0, ge=0, le=1_000_000)
    benefits: str = Field("", max_length=1_000)


class LadderIn(Schema):
    """The whole ladder, lowest first; the first threshold is 0."""

    tiers: list[LoyaltyTierIn] = Field(min_length=1, max_length=10)


class RewardIn(Schema):
    name: str = Field(min_length=1, max_length=40)
    kind: RewardKind
    points: int = Field(ge=1, le=1_000_000)
    text: str = Field("", max_length=200)
    stock: int | None = Field(None, ge=0, le=1_000_000)
    member_limit: int = Field(0, ge=0, le=1_000)
    coupon_code: str = Field("", max_length=40)
    amount_minor: int = Field(0, ge=0, le=MINOR_MAX)
    plan_code: str = Field("", max_length=24)
    days: int = Field(0, ge=0, le=3_650)
    is_open: bool = True


class ExchangesIn(PageIn):
    state: list[ExchangeState] = Field([], max_length=len(ExchangeState))


class LoyaltySendIn(Schema):
    tracking_note: str = Field(min_length=1, max_length=80)


class StaffExchangeOut(ExchangeOut):
    member_id: uuid.UUID


@router.get(
    "/loyalty/liability",
    response=LiabilityOut,
    summary="What the shop owes in points",
    openapi_extra=scopes("loyalty.view"),
)
def get_points_liability(request: HttpRequest) -> Any:
    return liability(by=actor_of(request))


@router.get(
    "/loyalty/differences",
    response=list[LoyaltyDifferenceOut],
    summary="Balances that their entries do not explain; empty is right",
    openapi_extra=scopes("loyalty.view"),
)
def list_points_differences(request: HttpRequest) -> Any:
    return rebuild_balances(by=actor_of(request))


@router.get(
    "/loyalty/lots",
    response=Page[MemberLotOut],
    summary="Points of everybody by cause, newest first",
    openapi_extra=scopes("loyalty.view"),
)
def list_points_lots(request: HttpRequest, wanted: Query[LotsIn]) -> Any:
    rows = lots_table(
        by=actor_of(request),
        state=wanted.state,
        month=wanted.month,
        only_left=wanted.only_left,
        after=key_of(wanted.cursor),
        limit=wanted.limit,
    )
    return page_of(request, rows, limit=wanted.limit, field="at")


@router.get(
    "/loyalty/members/{uuid:member_id}",
    response=MemberPointsOut,
    summary="A member's points",
    openapi_extra=scopes("loyalty.view"),
)
def get_member_points(request: HttpRequest, member_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    actor.require("loyalty.view")
    return balance_of(member_id, by=actor)


@router.post(
    "/loyalty/members/{uuid:member_id}/adjustments",
    response={201: MadeOut},
    summary="Ask for points to be given or taken",
    openapi_extra=scopes("loyalty.edit"),
)
def ask_for_points_adjustment(request: HttpRequest, member_id: uuid.UUID, body: AdjustmentIn) -> Any:
    """The id is the request's: see GET /approvals/{id}."""
    asked = ask_points_adjustment(member_id, points=body.points, reason=body.reason, by=actor_of(request))
    return Status(201, {"id": asked})


@router.get(
    "/loyalty/terms", response=TermsBody, summary="The rules of points", openapi_extra=scopes("loyalty.view")
)
def get_loyalty_terms(request: HttpRequest) -> Any:
    actor_of(request).require("loyalty.view")
    return loyalty_terms()


@router.put(
    "/loyalty/terms",
    response=TermsBody,
    summary="Change the rules of points",
    openapi_extra=scopes("loyalty.edit"),
)
def replace_loyalty_terms(request: HttpRequest, body: TermsBody) -> Any:
    set_terms(Terms(**dict(body)), by=actor_of(request))
    return loyalty_terms()


@router.put(
    "/loyalty/tiers",
    response=list[LoyaltyTierOut],
    summary="Set the ladder of tiers",
    openapi_extra=scopes("loyalty.edit"),
)
def replace_tiers(request: HttpRequest, body: LadderIn) -> Any:
    set_ladder([TierTerms(**dict(tier)) for tier in body.tiers], by=actor_of(request))
    return [tier_out(view) for view in ladder()]


@router.post(
    "/loyalty/rewards",
    response={201: RewardOut},
    summary="Make a reward",
    openapi_extra=scopes("loyalty.edit"),
)
def create_reward(request: HttpRequest, body: RewardIn) -> Any:
    return Status(201, reward_out(reward_of(save_reward(None, _terms(body), by=actor_of(request)))))


@router.put(
    "/loyalty/rewards/{uuid:reward_id}",
    response=RewardOut,
    summary="Change a reward",
    openapi_extra=scopes("loyalty.edit"),
)
def replace_reward(request: HttpRequest, reward_id: uuid.UUID, body: RewardIn) -> Any:
    save_reward(reward_id, _terms(body), by=actor_of(request))
    return reward_out(reward_of(reward_id))


@router.get(
    "/loyalty/exchanges",
    response=Page[StaffExchangeOut],
    summary="Rewards that were taken, newest first",
    openapi_extra=scopes("loyalty.view"),
)
def list_exchanges(request: HttpRequest, wanted: Query[ExchangesIn]) -> Any:
    """Addresses only for who may contact members."""
    actor = actor_of(request)
    rows = exchanges_table(by=actor, states=wanted.state, after=key_of(wanted.cursor), limit=wanted.limit)
    page = page_of(request, rows, limit=wanted.limit, field="at")
    if not actor.may("members.contact"):
        page["items"] = [{**_plain(row), "address_note": ""} for row in rows]
    return page


@router.post(
    "/loyalty/exchanges/{uuid:exchange_id}/send",
    response={204: None},
    summary="Goods are on their way",
    openapi_extra=scopes("loyalty.edit"),
)
def send_exchange_goods(request: HttpRequest, exchange_id: uuid.UUID, body: LoyaltySendIn) -> Any:
    send_exchange(exchange_id, by=actor_of(request), tracking_note=body.tracking_note)
    return Status(204, None)


def _terms(body: RewardIn) -> RewardTerms:
    return RewardTerms(**dict(body), currency=settings.JISHI_CURRENCY)


def _plain(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in StaffExchangeOut.model_fields}
