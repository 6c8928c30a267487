"""Group buying: offers and teams for everyone, and what staff do with them."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from jishi.flows.teams import close_team_early, complete_team_by_merchant
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.catalog.public import cards_by_ids, variants_by_ids
from jishi.modules.people.public import people_by_ids
from jishi.modules.plays.group_buy.public import (
    Audience,
    BadOffer,
    LeaderBenefit,
    OfferForm,
    OfferState,
    OfferView,
    SeatState,
    TeamState,
    TeamView,
    Tier,
    change_offer,
    close_offer,
    create_offer,
    forming_teams,
    keep_for_friend,
    offer_view,
    offers_table,
    publish_offer,
    raise_budget,
    selling_offers,
    team_counts,
    team_view,
    teams_of_member,
    teams_table,
)
from jishi.platform.http import actor_of, anyone, next_link, scopes
from jishi.platform.paging import cursor_after, key_of
from jishi.surfaces.api.common import MINOR_MAX, Instant, Minor, Page, PageIn, PersonOut

PRICES_MAX = 100
DRAFTS = (OfferState.DRAFT, OfferState.SCHEDULED)
router = Router(tags=["group buying"])


class OfferPriceOut(Schema):
    variant_id: uuid.UUID
    price_minor: int


class TierOut(Schema):
    """From `size` paid seats on, every unit costs `off_minor` less; the difference goes back when the team ends."""

    size: int
    off_minor: int


class OfferOut(Schema):
    id: uuid.UUID
    product_id: uuid.UUID
    product_handle: str
    product_title: str
    name: str
    state: OfferState
    currency: str
    team_size: int
    team_hours: int
    member_limit: int
    leader_discount_minor: int
    opens_at: datetime
    closes_at: datetime
    allows_merchant_completion: bool
    prices: list[OfferPriceOut]
    tiers: list[TierOut]
    leader_benefit: LeaderBenefit
    leader_points: int
    audience: Audience
    community_id: uuid.UUID | None


class CountsOut(Schema):
    forming: int
    succeeded: int
    failed: int


class StaffOfferOut(OfferOut):
    budget_minor: int | None
    created_at: datetime
    teams: CountsOut


class SeatOut(Schema):
    seat_no: int
    state: SeatState
    is_leader: bool
    joined_at: datetime
    member: PersonOut


class TeamOut(Schema):
    """Real people only; `is_merchant_completed` says when the merchant closed the gap."""

    id: uuid.UUID
    offer_id: uuid.UUID
    product_id: uuid.UUID
    leader_id: uuid.UUID
    state: TeamState
    size: int
    paid_count: int
    missing_count: int
    free_count: int
    capacity: int
    is_assured: bool
    deadline: datetime
    opened_at: datetime
    settled_at: datetime | None
    is_merchant_completed: bool
    seats: list[SeatOut]


class TeamsIn(Schema):
    offer_id: uuid.UUID | None = None
    limit: int = Field(20, ge=1, le=100)


class OffersIn(PageIn):
    state: list[OfferState] = Field([], max_length=len(OfferState))


class StaffTeamsIn(PageIn):
    offer_id: uuid.UUID | None = None
    state: list[TeamState] = Field([], max_length=len(TeamState))


class OfferPriceIn(Schema):
    variant_id: uuid.UUID
    price_minor: int = Field(ge=1, le=MINOR_MAX)


class TierIn(Schema):
    size: int = Field(ge=3, le=100)
    off_minor: int = Field(ge=1, le=MINOR_MAX)


class OfferIn(Schema):
    """`member_limit` 0: no limit. `budget_minor` null: no ceiling for discounts."""

    product_id: uuid.UUID
    name: str = Field(min_length=1, max_length=80)
    team_size: int = Field(ge=2, le=100)
    team_hours: int = Field(24, ge=1, le=168)
    member_limit: int = Field(0, ge=0, le=999)
    leader_discount_minor: Minor = 0
    budget_minor: int | None = Field(None, ge=1, le=MINOR_MAX)
    opens_at: Instant
    closes_at: Instant
    allows_merchant_completion: bool = False
    prices: list[OfferPriceIn] = Field(min_length=1, max_length=PRICES_MAX)
    tiers: list[TierIn] = Field([], max_length=5)
    leader_benefit: LeaderBenefit = LeaderBenefit.DISCOUNT
    leader_points: int = Field(0, ge=0, le=100_000)
    audience: Audience = Audience.EVERYONE
    community_id: uuid.UUID | None = None


class BudgetIn(Schema):
    """`grant_id` is yours: the same one again raises nothing."""

    by_minor: int = Field(ge=1, le=MINOR_MAX)
    grant_id: uuid.UUID


class FriendSeatOut(Schema):
    """`code` goes into the friend's order; the seat is theirs alone until it runs out."""

    code: str


class CompletedOut(Schema):
    team_id: uuid.UUID
    order_count: int


@router.get("/offers", response=list[OfferOut], summary="Offers one can join now", openapi_extra=anyone())
def list_offers(request: HttpRequest, wanted: Query[TeamsIn]) -> Any:
    del request
    offers = selling_offers(limit=wanted.limit)
    return _offers_out(offers)


@router.get("/offers/{uuid:offer_id}", response=OfferOut, summary="One offer", openapi_extra=anyone())
def get_offer(request: HttpRequest, offer_id: uuid.UUID) -> Any:
    offer = offer_view(offer_id)
    if offer.state in DRAFTS and not actor_of(request).may("plays.edit"):
        raise NotFound()
    return _offers_out([offer])[0]


@router.get("/teams", response=list[TeamOut], summary="Teams that wait for people", openapi_extra=anyone())
def list_teams(request: HttpRequest, wanted: Query[TeamsIn]) -> Any:
    """The one closest to full first; join with POST /orders and a seat."""
    del request
    return _teams_out(forming_teams(offer_id=wanted.offer_id, limit=wanted.limit))


@router.get("/teams/{uuid:team_id}", response=TeamOut, summary="One team", openapi_extra=anyone())
def get_team(request: HttpRequest, team_id: uuid.UUID) -> Any:
    del request
    return _teams_out([team_view(team_id)])[0]


@router.post(
    "/teams/{uuid:team_id}/friend-seat",
    response={201: FriendSeatOut},
    summary="Keep a seat for a friend for half an hour",
    openapi_extra=scopes("shop.write"),
)
def create_friend_seat(request: HttpRequest, team_id: uuid.UUID) -> Any:
    return Status(201, {"code": keep_for_friend(team_id, by=actor_of(request))})


@router.post(
    "/teams/{uuid:team_id}/close",
    response=CompletedOut,
    summary="The leader does not wait for more than the least number of people",
    openapi_extra=scopes("shop.write", "plays.edit"),
)
def close_team(request: HttpRequest, team_id: uuid.UUID) -> Any:
    return {"team_id": team_id, "order_count": close_team_early(team_id, by=actor_of(request))}


@router.get(
    "/me/teams", response=list[TeamOut], summary="Teams you sit in", openapi_extra=scopes("shop.read")
)
def list_own_teams(request: HttpRequest, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> Any:
    return _teams_out(teams_of_member(actor_of(request).require_member(), limit=limit))


@router.get(
    "/staff/offers",
    tags=["staff"],
    response=Page[StaffOfferOut],
    summary="All offers",
    openapi_extra=scopes("plays.edit", "reports.view"),
)
def list_all_offers(request: HttpRequest, wanted: Query[OffersIn]) -> Any:
    _require_look(actor_of(request))
    offers = offers_table(states=wanted.state, after=key_of(wanted.cursor), limit=wanted.limit)
    cursor = cursor_after(offers, limit=wanted.limit, field="created_at")
    return {"items": _staff_offers_out(offers), "next": next_link(request, cursor)}


@router.get(
    "/staff/teams",
    tags=["staff"],
    response=Page[TeamOut],
    summary="All teams",
    openapi_extra=scopes("plays.edit", "reports.view"),
)
def list_all_teams(request: HttpRequest, wanted: Query[StaffTeamsIn]) -> Any:
    _require_look(actor_of(request))
    teams = teams_table(
        offer_id=wanted.offer_id, states=wanted.state, after=key_of(wanted.cursor), limit=wanted.limit
    )
    cursor = cursor_after(teams, limit=wanted.limit, field="opened_at")
    return {"items": _teams_out(teams), "next": next_link(request, cursor)}


@router.post(
    "/offers",
    tags=["staff"],
    response={201: StaffOfferOut},
    summary="Write an offer; it starts as a draft",
    openapi_extra=scopes("plays.edit"),
)
def create_group_offer(request: HttpRequest, body: OfferIn) -> Any:
    actor = actor_of(request)
    actor.require("plays.edit")
    return Status(201, _staff_offers_out([create_offer(_form(body), by=actor)])[0])


@router.put(
    "/offers/{uuid:offer_id}",
    tags=["staff"],
    response=StaffOfferOut,
    summary="Change an offer nobody has joined yet",
    openapi_extra=scopes("plays.edit"),
)
def replace_offer(request: HttpRequest, offer_id: uuid.UUID, body: OfferIn) -> Any:
    actor = actor_of(request)
    actor.require("plays.edit")
    return _staff_offers_out([change_offer(offer_id, _form(body), by=actor)])[0]


@router.post(
    "/offers/{uuid:offer_id}/publish",
    tags=["staff"],
    response=StaffOfferOut,
    summary="Open an offer, or schedule it",
    openapi_extra=scopes("plays.edit"),
)
def publish_group_offer(request: HttpRequest, offer_id: uuid.UUID) -> Any:
    return _staff_offers_out([publish_offer(offer_id, by=actor_of(request))])[0]


@router.post(
    "/offers/{uuid:offer_id}/close",
    tags=["staff"],
    response=StaffOfferOut,
    summary="No new teams; forming teams run to their end",
    openapi_extra=scopes("plays.edit"),
)
def close_group_offer(request: HttpRequest, offer_id: uuid.UUID) -> Any:
    return _staff_offers_out([close_offer(offer_id, by=actor_of(request))])[0]


@router.post(
    "/offers/{uuid:offer_id}/budget",
    tags=["staff"],
    response=StaffOfferOut,
    summary="Raise the budget of an offer",
    openapi_extra=scopes("plays.edit"),
)
def raise_offer_budget(request: HttpRequest, offer_id: uuid.UUID, body: BudgetIn) -> Any:
    offer = raise_budget(offer_id, by=actor_of(request), by_minor=body.by_minor, grant_id=body.grant_id)
    return _staff_offers_out([offer])[0]


@router.post(
    "/teams/{uuid:team_id}/complete",
    tags=["staff"],
    response=CompletedOut,
    summary="Let a forming team succeed with the people it has; the team says so",
    openapi_extra=scopes("plays.edit"),
)
def complete_team(request: HttpRequest, team_id: uuid.UUID) -> Any:
    return {"team_id": team_id, "order_count": complete_team_by_merchant(team_id, by=actor_of(request))}


def _require_look(actor: Actor) -> None:
    if not actor.may("plays.edit"):
        actor.require("reports.view")


def _form(body: OfferIn) -> OfferForm:
    """Raises BadOffer for prices of variants that are not the product's."""
    prices = {price.variant_id: price.price_minor for price in body.prices}
    variants = variants_by_ids(list(prices))
    if any(
        variant_id not in variants or variants[variant_id].product_id != body.product_id
        for variant_id in prices
    ):
        raise BadOffer(field="prices", reason=gettext_noop("规格不属于这件商品"))
    values = body.dict(exclude={"prices", "tiers"})
    tiers = tuple(Tier(tier.size, tier.off_minor) for tier in body.tiers)
    return OfferForm(**values, currency=settings.JISHI_CURRENCY, prices=prices, tiers=tiers)


def _offers_out(offers: list[OfferView]) -> list[dict[str, Any]]:
    cards = cards_by_ids([offer.product_id for offer in offers])
    names = [name for name in OfferOut.model_fields if name in OfferView.__dataclass_fields__]
    return [
        {
            **{name: getattr(offer, name) for name in names},
            "currency": settings.JISHI_CURRENCY,
            "product_handle": cards[offer.product_id].handle if offer.product_id in cards else "",
            "product_title": cards[offer.product_id].title if offer.product_id in cards else "",
        }
        for offer in offers
    ]


def _staff_offers_out(offers: list[OfferView]) -> list[dict[str, Any]]:
    counts = team_counts([offer.id for offer in offers])
    none = {"forming": 0, "succeeded": 0, "failed": 0}
    return [
        {
            **shown,
            "budget_minor": offer.budget_minor,
            "created_at": offer.created_at,
            "teams": counts.get(offer.id, none),
        }
        for offer, shown in zip(offers, _offers_out(offers), strict=True)
    ]


def _teams_out(teams: list[TeamView]) -> list[dict[str, Any]]:
    """Members by name and colour; whose order a seat is stays with its owner and the staff."""
    people = people_by_ids([seat.member_id for team in teams for seat in team.seats])
    own = {"paid_count", "missing_count", "free_count", "is_assured"} | set(TeamView.__dataclass_fields__)
    names = [name for name in TeamOut.model_fields if name in own and name != "seats"]
    return [
        {
            **{name: getattr(team, name) for name in names},
            "seats": [
                {
                    "seat_no": seat.seat_no,
                    "state": seat.state,
                    "is_leader": seat.is_leader,
                    "joined_at": seat.joined_at,
                    "member": people[seat.member_id],
                }
                for seat in team.seats
                if seat.member_id in people
            ],
        }
        for team in teams
    ]
