"""Bargaining: offers and bargains for everyone, and what staff do with them."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.flows.bargains import help_or_say_why, launch_with_stock
from jishi.flows.checkout import Delivery, order_bargained
from jishi.kernel.errors import NotFound
from jishi.modules.catalog.public import cards_by_ids
from jishi.modules.people.public import people_by_ids
from jishi.modules.plays.bargain.public import (
    BargainState,
    BargainTerms,
    BargainView,
    OfferView,
    Trace,
    bargain_view,
    bargains_of_member,
    change_offer,
    create_offer,
    offer_counts,
    offer_view,
    offers_table,
    publish_offer,
    running_offers,
)
from jishi.modules.plays.life.public import PlayState, close_play, raise_budget
from jishi.platform.http import actor_of, anyone, next_link, scopes
from jishi.platform.paging import cursor_after, key_of
from jishi.surfaces.api.common import (
    MINOR_MAX,
    Instant,
    MadeOut,
    Page,
    PageIn,
    PersonOut,
    head_of,
    require_look,
)
from jishi.surfaces.traces import mark_of

DRAFTS = (PlayState.DRAFT, PlayState.SCHEDULED)
router = Router(tags=["bargains"])


class BargainOfferOut(Schema):
    """`helpers` is how many friends it takes to the floor, known beforehand."""

    id: uuid.UUID
    product_id: uuid.UUID
    product_handle: str
    product_title: str
    variant_id: uuid.UUID
    name: str
    state: PlayState
    currency: str
    floor_minor: int
    helpers: int
    units: int
    hours: int
    member_limit: int
    new_member_slots: int
    allows_early_buy: bool
    opens_at: datetime
    closes_at: datetime


class BargainCountsOut(Schema):
    running: int
    at_floor: int
    ordered: int
    bought: int
    expired: int
    helps: int
    helpers: int
    new_helpers: int
    refused: int
    given_minor: int


class StaffBargainOfferOut(BargainOfferOut):
    budget_minor: int | None
    first_cut_bps: int
    helps_per_day: int
    abuse_cap: int
    helper_batch_id: uuid.UUID | None
    created_at: datetime
    counts: BargainCountsOut


class HelpOut(Schema):
    helper: PersonOut
    amount_minor: int
    slot_from: int
    slots: int
    is_new_member: bool
    at: datetime


class BargainOut(Schema):
    """`seed` and `cuts` are empty until the bargain has ended; check them against `commitment`."""

    id: uuid.UUID
    offer_id: uuid.UUID
    product_id: uuid.UUID
    variant_id: uuid.UUID
    launcher: PersonOut
    state: BargainState
    start_minor: int
    floor_minor: int
    price_minor: int
    cut_minor: int
    slots: int
    slots_taken: int
    own_slots: int
    own_cut_minor: int
    first_cut_bps: int
    may_be_bought: bool
    launched_at: datetime
    deadline: datetime
    commitment: str
    seed: str
    cuts: list[int]
    helps: list[HelpOut]


class LaunchIn(Schema):
    """`bargain_id` is yours: the same one again launches nothing more."""

    bargain_id: uuid.UUID


class BuyIn(Schema):
    address_id: uuid.UUID | None = None
    note: str = Field("", max_length=200)
    expected_total_minor: int | None = Field(None, ge=0, le=MINOR_MAX)


class BargainOfferIn(Schema):
    """`budget_minor` null: no ceiling. `first_cut_bps` in basis points of the way to the floor."""

    product_id: uuid.UUID
    variant_id: uuid.UUID
    name: str = Field(min_length=1, max_length=80)
    floor_minor: int = Field(ge=1, le=MINOR_MAX)
    helpers: int = Field(ge=1, le=50)
    units: int = Field(ge=1, le=100_000)
    hours: int = Field(24, ge=1, le=168)
    first_cut_bps: int = Field(3_000, ge=500, le=8_000)
    member_limit: int = Field(1, ge=1, le=100)
    new_member_slots: int = Field(2, ge=1, le=3)
    helps_per_day: int = Field(5, ge=1, le=100)
    abuse_cap: int = Field(60, ge=10, le=200)
    helper_batch_id: uuid.UUID | None = Field(None, description="Coupons that helpers get, one a bargain")
    allows_early_buy: bool = True
    budget_minor: int | None = Field(None, ge=1, le=MINOR_MAX)
    opens_at: Instant
    closes_at: Instant


class RaiseIn(Schema):
    """`grant_id` is yours: the same one again raises nothing."""

    by_minor: int = Field(ge=1, le=MINOR_MAX)
    grant_id: uuid.UUID


class BargainOffersIn(PageIn):
    state: list[PlayState] = Field([], max_length=len(PlayState))


@router.get(
    "/bargain-offers",
    response=list[BargainOfferOut],
    summary="What can be bargained for now",
    openapi_extra=anyone(),
)
def list_bargain_offers(request: HttpRequest, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> Any:
    del request
    return _offers_out(running_offers(limit=limit))


@router.get(
    "/bargain-offers/{uuid:offer_id}",
    response=BargainOfferOut,
    summary="One bargain offer",
    openapi_extra=anyone(),
)
def get_bargain_offer(request: HttpRequest, offer_id: uuid.UUID) -> Any:
    offer = offer_view(offer_id)
    if offer.play.state in DRAFTS and not actor_of(request).may("plays.edit"):
        raise NotFound()
    return _offers_out([offer])[0]


@router.post(
    "/bargain-offers/{uuid:offer_id}/bargains",
    response={201: BargainOut},
    summary="Launch a bargain",
    openapi_extra=scopes("shop.write"),
)
def launch_own_bargain(request: HttpRequest, offer_id: uuid.UUID, body: LaunchIn) -> Any:
    """Your own first cut is made at once; a unit is yours until the deadline."""
    actor = actor_of(request)
    launched = launch_with_stock(offer_id, by=actor, trace=_trace(request), bargain_id=body.bargain_id)
    return Status(201, _bargains_out([bargain_view(launched)])[0])


@router.get("/bargains/{uuid:bargain_id}", response=BargainOut, summary="One bargain", openapi_extra=anyone())
def get_bargain(request: HttpRequest, bargain_id: uuid.UUID) -> Any:
    del request
    return _bargains_out([bargain_view(bargain_id)])[0]


@router.post(
    "/bargains/{uuid:bargain_id}/helps",
    response={201: BargainOut},
    summary="Help with a bargain",
    openapi_extra=scopes("shop.write"),
)
def help_with_bargain(request: HttpRequest, bargain_id: uuid.UUID) -> Any:
    """Once per bargain; a refused cut says why."""
    help_or_say_why(bargain_id, by=actor_of(request), trace=_trace(request))
    return Status(201, _bargains_out([bargain_view(bargain_id)])[0])


@router.post(
    "/bargains/{uuid:bargain_id}/order",
    response={201: MadeOut},
    summary="Order at the price that has been reached",
    openapi_extra=scopes("shop.write"),
)
def order_own_bargain(request: HttpRequest, bargain_id: uuid.UUID, body: BuyIn) -> Any:
    """Pay with POST /orders/{id}/payments; unpaid, the bargain runs on while it has time."""
    order_id = order_bargained(
        bargain_id,
        by=actor_of(request),
        delivery=Delivery(address_id=body.address_id, note=body.note),
        expected_total_minor=body.expected_total_minor,
    )
    return Status(201, {"id": order_id})


@router.get(
    "/me/bargains", response=list[BargainOut], summary="Your bargains", openapi_extra=scopes("shop.read")
)
def list_own_bargains(request: HttpRequest, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> Any:
    return _bargains_out(bargains_of_member(actor_of(request).require_member(), limit=limit))


@router.get(
    "/staff/bargain-offers",
    tags=["staff"],
    response=Page[StaffBargainOfferOut],
    summary="All bargain offers",
    openapi_extra=scopes("plays.edit", "reports.view"),
)
def list_all_bargain_offers(request: HttpRequest, wanted: Query[BargainOffersIn]) -> Any:
    require_look(actor_of(request))
    offers = offers_table(states=wanted.state, after=key_of(wanted.cursor), limit=wanted.limit)
    cursor = cursor_after([offer.play for offer in offers], limit=wanted.limit, field="created_at")
    return {"items": _staff_out(offers), "next": next_link(request, cursor)}


@router.post(
    "/bargain-offers",
    tags=["staff"],
    response={201: StaffBargainOfferOut},
    summary="Write a bargain offer; it starts as a draft",
    openapi_extra=scopes("plays.edit"),
)
def create_bargain_offer(request: HttpRequest, body: BargainOfferIn) -> Any:
    actor = actor_of(request)
    actor.require("plays.edit")
    return Status(201, _staff_out([create_offer(head_of(body), _terms(body), by=actor)])[0])


@router.put(
    "/bargain-offers/{uuid:offer_id}",
    tags=["staff"],
    response=StaffBargainOfferOut,
    summary="Change a bargain offer that has not begun",
    openapi_extra=scopes("plays.edit"),
)
def replace_bargain_offer(request: HttpRequest, offer_id: uuid.UUID, body: BargainOfferIn) -> Any:
    actor = actor_of(request)
    actor.require("plays.edit")
    return _staff_out([change_offer(offer_id, head_of(body), _terms(body), by=actor)])[0]


@router.post(
    "/bargain-offers/{uuid:offer_id}/publish",
    tags=["staff"],
    response=StaffBargainOfferOut,
    summary="Open a bargain offer, or schedule it",
    openapi_extra=scopes("plays.edit"),
)
def publish_bargain_offer(request: HttpRequest, offer_id: uuid.UUID) -> Any:
    return _staff_out([publish_offer(offer_id, by=actor_of(request))])[0]


@router.post(
    "/bargain-offers/{uuid:offer_id}/close",
    tags=["staff"],
    response=StaffBargainOfferOut,
    summary="No new bargains; running ones go to their end",
    openapi_extra=scopes("plays.edit"),
)
def close_bargain_offer(request: HttpRequest, offer_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    actor.require("plays.edit")
    offer_view(offer_id)
    close_play(offer_id, by=actor)
    return _staff_out([offer_view(offer_id)])[0]


@router.post(
    "/bargain-offers/{uuid:offer_id}/budget",
    tags=["staff"],
    response=StaffBargainOfferOut,
    summary="Raise the budget of a bargain offer",
    openapi_extra=scopes("plays.edit"),
)
def raise_bargain_budget(request: HttpRequest, offer_id: uuid.UUID, body: RaiseIn) -> Any:
    actor = actor_of(request)
    actor.require("plays.edit")
    offer_view(offer_id)
    raise_budget(offer_id, by=actor, by_minor=body.by_minor, grant_id=body.grant_id)
    return _staff_out([offer_view(offer_id)])[0]


def _trace(request: HttpRequest) -> Trace:
    return Trace(visitor_id=actor_of(request).visitor_id, address_mark=mark_of(request))


def _terms(body: BargainOfferIn) -> BargainTerms:
    names = BargainTerms.__dataclass_fields__
    return BargainTerms(**{name: getattr(body, name) for name in names})


def _offers_out(offers: list[OfferView]) -> list[dict[str, Any]]:
    cards = cards_by_ids([offer.terms.product_id for offer in offers])
    return [
        {
            **{name: getattr(offer.terms, name) for name in BargainTerms.__dataclass_fields__},
            **{name: getattr(offer.play, name) for name in offer.play.__dataclass_fields__},
            "product_handle": cards[offer.terms.product_id].handle if offer.terms.product_id in cards else "",
            "product_title": cards[offer.terms.product_id].title if offer.terms.product_id in cards else "",
        }
        for offer in offers
    ]


def _staff_out(offers: list[OfferView]) -> list[dict[str, Any]]:
    counts = offer_counts([offer.id for offer in offers])
    return [
        {**shown, "counts": counts[offer.id]}
        for offer, shown in zip(offers, _offers_out(offers), strict=True)
    ]


def _bargains_out(bargains: list[BargainView]) -> list[dict[str, Any]]:
    people = people_by_ids(
        member for view in bargains for member in (view.member_id, *(cut.helper_id for cut in view.helps))
    )
    names = [name for name in BargainOut.model_fields if name not in ("launcher", "helps")]
    return [
        {
            **{name: getattr(view, name) for name in names},
            "launcher": people[view.member_id],
            "helps": [
                {
                    **{name: getattr(cut, name) for name in HelpOut.model_fields if name != "helper"},
                    "helper": people[cut.helper_id],
                }
                for cut in view.helps
                if cut.helper_id in people
            ],
        }
        for view in bargains
        if view.member_id in people
    ]
