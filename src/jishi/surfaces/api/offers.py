"""Group buying: offers for everyone, and what staff do with them."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.catalog.public import cards_by_ids, variants_by_ids
from jishi.modules.plays.group_buy.public import (
    Audience,
    BadOffer,
    LeaderBenefit,
    OfferForm,
    OfferState,
    OfferView,
    Tier,
    change_offer,
    close_offer,
    create_offer,
    offer_view,
    offers_table,
    publish_offer,
    raise_budget,
    selling_offers,
    team_counts,
)
from jishi.platform.http import actor_of, anyone, next_link, scopes
from jishi.platform.paging import cursor_after, key_of
from jishi.surfaces.api.common import MINOR_MAX, Instant, Minor, Page, PageIn

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


class TeamsIn(Schema):
    offer_id: uuid.UUID | None = None
    limit: int = Field(20, ge=1, le=100)


class OffersIn(PageIn):
    state: list[OfferState] = Field([], max_length=len(OfferState))


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


@router.get(
    "/staff/offers",
    tags=["staff"],
    response=Page[StaffOfferOut],
    summary="All offers",
    openapi_extra=scopes("plays.edit", "reports.view"),
)
def list_all_offers(request: HttpRequest, wanted: Query[OffersIn]) -> Any:
    require_look(actor_of(request))
    offers = offers_table(states=wanted.state, after=key_of(wanted.cursor), limit=wanted.limit)
    cursor = cursor_after(offers, limit=wanted.limit, field="created_at")
    return {"items": _staff_offers_out(offers), "next": next_link(request, cursor)}


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


def require_look(actor: Actor) -> None:
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
