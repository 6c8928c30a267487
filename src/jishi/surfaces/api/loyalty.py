"""Loyalty for members: points, tier, check-ins, missions, badges, rewards, paid membership."""

import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from jishi.flows.loyalty import buy_membership, exchange_points
from jishi.modules.loyalty.public import (
    BadgeView,
    MissionView,
    RewardView,
    TierView,
    badges_of,
    balance_of,
    check_in,
    check_in_card,
    entries_of,
    exchanges_of,
    ladder,
    lots_of,
    memberships_of,
    missions_of,
    open_rewards,
    plans,
    point_terms,
    progress_of,
    standing_of,
    take_mission,
)
from jishi.platform.http import actor_of, anyone, scopes
from jishi.platform.paging import key_of
from jishi.surfaces.api.common import Page, PageIn, page_of
from jishi.surfaces.api.loyalty_schemas import (
    BadgeOut,
    CheckInCardOut,
    CheckInOut,
    ExchangeIn,
    ExchangeOut,
    LotOut,
    LoyaltyTierOut,
    MembershipOut,
    MissionOut,
    PlanOut,
    PointsOut,
    PurchaseIn,
    RewardOut,
    StandingOut,
    TakenOut,
)

router = Router(tags=["loyalty"])


@router.get("/me/points", response=PointsOut, summary="Your points", openapi_extra=scopes("shop.read"))
def get_points(request: HttpRequest, wanted: Query[PageIn]) -> Any:
    actor = actor_of(request)
    member_id = actor.require_member()
    rows = entries_of(member_id, by=actor, after=key_of(wanted.cursor), limit=wanted.limit)
    balance, terms = balance_of(member_id, by=actor), point_terms()
    return {
        **page_of(request, rows, limit=wanted.limit, field="at"),
        "spendable": balance.spendable,
        "pending": balance.pending,
        "debt": balance.debt,
        "points_per_unit": terms.points_per_unit,
        "share_basis_points_max": terms.share_basis_points_max,
        "points_step": terms.points_step,
        "is_open": terms.is_open,
    }


@router.get(
    "/me/points/lots",
    response=Page[LotOut],
    summary="Your points by cause",
    openapi_extra=scopes("shop.read"),
)
def list_own_lots(request: HttpRequest, wanted: Query[PageIn]) -> Any:
    actor = actor_of(request)
    rows = lots_of(actor.require_member(), by=actor, after=key_of(wanted.cursor), limit=wanted.limit)
    return page_of(request, rows, limit=wanted.limit, field="at")


@router.get(
    "/me/standing",
    response=StandingOut,
    summary="Your tier and membership",
    openapi_extra=scopes("shop.read"),
)
def get_standing(request: HttpRequest) -> Any:
    actor = actor_of(request)
    member_id = actor.require_member()
    standing, progress = standing_of(member_id), progress_of(member_id, by=actor)
    return {
        **{name: getattr(standing, name) for name in standing.__dataclass_fields__},
        "growth": progress.growth if progress else 0,
        "missing": progress.missing if progress else 0,
        "next_tier_code": progress.next_tier.terms.code if progress and progress.next_tier else "",
        "falls_at": progress.falls_at if progress else None,
    }


@router.get("/tiers", response=list[LoyaltyTierOut], summary="The tiers of the shop", openapi_extra=anyone())
def list_tiers(request: HttpRequest) -> Any:
    del request
    return [tier_out(view) for view in ladder()]


@router.get(
    "/me/check-in", response=CheckInCardOut, summary="Your check-in card", openapi_extra=scopes("shop.read")
)
def get_check_in(request: HttpRequest) -> Any:
    return check_in_card(by=actor_of(request))


@router.post(
    "/me/check-in",
    response={201: CheckInOut},
    summary="Check in, once a day of the shop's calendar",
    openapi_extra=scopes("shop.write"),
)
def create_check_in(request: HttpRequest) -> Any:
    return Status(201, check_in(by=actor_of(request)))


@router.get(
    "/me/missions",
    response=list[MissionOut],
    summary="Missions and your progress",
    openapi_extra=scopes("shop.read"),
)
def list_missions(request: HttpRequest) -> Any:
    return [_mission_out(view) for view in missions_of(actor_of(request).require_member())]


@router.post(
    "/missions/{uuid:mission_id}/take",
    response={201: TakenOut},
    summary="Take the reward of a finished mission",
    openapi_extra=scopes("shop.write"),
)
def request_mission_reward(request: HttpRequest, mission_id: uuid.UUID) -> Any:
    return Status(201, {"points": take_mission(mission_id, by=actor_of(request))})


@router.get(
    "/me/badges",
    response=list[BadgeOut],
    summary="Badges, won and not yet",
    openapi_extra=scopes("shop.read"),
)
def list_own_badges(request: HttpRequest) -> Any:
    return [_badge_out(view) for view in badges_of(actor_of(request).require_member())]


@router.get("/rewards", response=list[RewardOut], summary="What points buy", openapi_extra=anyone())
def list_rewards(request: HttpRequest, limit: Annotated[int, Query(ge=1, le=100)] = 60) -> Any:
    del request
    return [reward_out(view) for view in open_rewards(limit=limit)]


@router.post(
    "/rewards/{uuid:reward_id}/exchanges",
    response={201: ExchangeOut},
    summary="Exchange points for a reward",
    openapi_extra=scopes("shop.write"),
)
def create_exchange(request: HttpRequest, reward_id: uuid.UUID, body: ExchangeIn) -> Any:
    """Wallet credit and membership arrive at once; a coupon follows; goods are sent."""
    taken = exchange_points(
        reward_id, by=actor_of(request), exchange_id=body.exchange_id, address_note=body.address_note
    )
    return Status(201, taken)


@router.get(
    "/me/exchanges",
    response=Page[ExchangeOut],
    summary="What you have taken",
    openapi_extra=scopes("shop.read"),
)
def list_own_exchanges(request: HttpRequest, wanted: Query[PageIn]) -> Any:
    rows = exchanges_of(by=actor_of(request), after=key_of(wanted.cursor), limit=wanted.limit)
    return page_of(request, rows, limit=wanted.limit, field="at")


@router.get("/membership-plans", response=list[PlanOut], summary="Paid memberships", openapi_extra=anyone())
def list_membership_plans(request: HttpRequest) -> Any:
    del request
    return [{"id": view.id, **_terms_of(view.terms, PlanOut)} for view in plans()]


@router.post(
    "/membership-plans/{uuid:plan_id}/purchases",
    response={201: MembershipOut},
    summary="Buy a membership from the wallet",
    openapi_extra=scopes("shop.write"),
)
def order_membership(request: HttpRequest, plan_id: uuid.UUID, body: PurchaseIn) -> Any:
    """It begins now, or when the one you have ends."""
    return Status(201, buy_membership(plan_id, by=actor_of(request), purchase_id=body.purchase_id))


@router.get(
    "/me/memberships",
    response=list[MembershipOut],
    summary="Your paid memberships",
    openapi_extra=scopes("shop.read"),
)
def list_own_memberships(request: HttpRequest) -> Any:
    actor = actor_of(request)
    return memberships_of(actor.require_member(), by=actor)


def tier_out(view: TierView) -> dict[str, Any]:
    return {"rank": view.rank, **_terms_of(view.terms, LoyaltyTierOut)}


def reward_out(view: RewardView) -> dict[str, Any]:
    return {"id": view.id, "left": view.left, **_terms_of(view.terms, RewardOut)}


def _mission_out(view: MissionView) -> dict[str, Any]:
    return {
        "id": view.id,
        "count": view.count,
        "is_taken": view.is_taken,
        **_terms_of(view.terms, MissionOut),
    }


def _badge_out(view: BadgeView) -> dict[str, Any]:
    return {"count": view.count, "won_at": view.won_at, **_terms_of(view.terms, BadgeOut)}


def _terms_of(terms: Any, schema: type[Schema]) -> dict[str, Any]:
    """The fields of the terms that the schema shows."""
    return {name: getattr(terms, name) for name in schema.model_fields if hasattr(terms, name)}
