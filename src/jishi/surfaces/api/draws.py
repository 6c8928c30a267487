"""Lucky draws: tickets, spins, proof, prizes to be ordered; and what staff do with them."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.flows.checkout import Delivery
from jishi.flows.prizes import redeem_prize
from jishi.kernel.errors import NotFound
from jishi.modules.people.public import people_by_ids
from jishi.modules.plays.life.public import (
    PlayKind,
    PlayState,
    PlayView,
    play_view,
    plays_by_ids,
    plays_table,
)
from jishi.modules.plays.lucky_draw.public import (
    Cause,
    DrawMode,
    DrawTerms,
    DrawView,
    PrizeForm,
    PrizeKind,
    TicketState,
    VoucherState,
    change_draw,
    check_in,
    close_draw,
    create_draw,
    draw_view,
    draws_by_ids,
    own_tickets,
    own_vouchers,
    publish_draw,
    running_draw_ids,
    spin_ticket,
    winners_of,
)
from jishi.platform.http import actor_of, anyone, repeats_by_itself, scopes
from jishi.platform.paging import key_of
from jishi.surfaces.api.common import MINOR_MAX, Instant, MadeOut, Page, PageIn, head_of, page_of

router = Router(tags=["lucky draws"])


class PrizeOut(Schema):
    """`stock` and `left_count` null: there is no end of it (the consolation)."""

    id: uuid.UUID
    name: str
    kind: PrizeKind
    odds_bp: int
    stock: int | None
    left_count: int | None
    amount_minor: int
    min_minor: int
    value_minor: int
    is_consolation: bool


class DrawOut(Schema):
    """`seed` and `sealed` are empty until the draw is settled; the commitment is sha256(sealed)."""

    id: uuid.UUID
    name: str
    state: PlayState
    opens_at: datetime
    closes_at: datetime
    mode: DrawMode
    currency: str
    order_daily: int
    order_min_minor: int
    share_daily: int
    check_in_daily: int
    ticket_count: int
    spin_count: int
    commitment: str
    seed: str
    sealed: str
    prizes: list[PrizeOut]


class StaffDrawOut(DrawOut):
    budget_minor: int | None
    created_at: datetime


class TicketOut(Schema):
    id: uuid.UUID
    ticket_no: int
    cause: Cause
    state: TicketState
    earned_at: datetime
    client_seed: str
    spin_no: int | None
    roll: int | None
    prize_id: uuid.UUID | None
    amount_minor: int
    spun_at: datetime | None


class WinnerOut(Schema):
    """`name` is masked."""

    ticket_no: int
    name: str
    prize_id: uuid.UUID | None
    amount_minor: int


class SpinIn(Schema):
    """Your own words; with the sealed seed they decide the result."""

    client_seed: str = Field("", max_length=32)


class VoucherOut(Schema):
    id: uuid.UUID
    draw_id: uuid.UUID
    variant_id: uuid.UUID
    prize_name: str
    state: VoucherState
    order_id: uuid.UUID | None
    created_at: datetime


class RedeemIn(Schema):
    address_id: uuid.UUID | None = None
    note: str = Field("", max_length=200)
    expected_total_minor: int | None = Field(None, ge=0, le=MINOR_MAX)


class PrizeIn(Schema):
    name: str = Field(min_length=1, max_length=40)
    kind: PrizeKind
    stock: int = Field(ge=1, le=100_000)
    odds_bp: int = Field(0, ge=0, le=10_000)
    amount_minor: int = Field(0, ge=0, le=MINOR_MAX)
    min_minor: int = Field(0, ge=0, le=MINOR_MAX)
    variant_id: uuid.UUID | None = None
    value_minor: int = Field(0, ge=0, le=MINOR_MAX)


class DrawIn(Schema):
    name: str = Field(min_length=1, max_length=80)
    opens_at: Instant
    closes_at: Instant
    budget_minor: int | None = Field(None, ge=1, le=MINOR_MAX)
    mode: DrawMode = DrawMode.INSTANT
    prizes: list[PrizeIn] = Field(min_length=1, max_length=12)
    order_daily: int = Field(0, ge=0, le=50)
    order_min_minor: int = Field(0, ge=0, le=MINOR_MAX)
    share_daily: int = Field(0, ge=0, le=50)
    check_in_daily: int = Field(0, ge=0, le=1)
    consolation: str = Field("谢谢参与", min_length=1, max_length=40)


@router.get("/draws", response=list[DrawOut], summary="Draws that run", openapi_extra=anyone())
def list_draws(request: HttpRequest) -> Any:
    del request
    found = running_draw_ids()
    plays = plays_by_ids(found)
    return [_draw(draw, plays[draw.id]) for draw in draws_by_ids(found).values()]


@router.get(
    "/draws/{uuid:draw_id}", response=DrawOut, summary="One draw with its odds", openapi_extra=anyone()
)
def get_draw(request: HttpRequest, draw_id: uuid.UUID) -> Any:
    draw, play = draw_view(draw_id), play_view(draw_id)
    if not draw.is_sealed and not actor_of(request).may("plays.edit"):
        raise NotFound()
    return _draw(draw, play)


@router.get(
    "/draws/{uuid:draw_id}/winners", response=list[WinnerOut], summary="Who has won", openapi_extra=anyone()
)
def list_winners(request: HttpRequest, draw_id: uuid.UUID) -> Any:
    del request
    draw_view(draw_id)
    rows = winners_of(draw_id)
    people = people_by_ids([row.member_id for row in rows])
    return [
        {
            "ticket_no": row.ticket_no,
            "name": f"{people[row.member_id].nickname[:1]}**" if row.member_id in people else "**",
            "prize_id": row.prize_id,
            "amount_minor": row.amount_minor,
        }
        for row in rows
    ]


@router.get(
    "/draws/{uuid:draw_id}/tickets",
    response=list[TicketOut],
    summary="Your tickets of a draw",
    openapi_extra=scopes("shop.read"),
)
def list_own_tickets(request: HttpRequest, draw_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    actor.require_member()
    draw_view(draw_id)
    return own_tickets(draw_id, by=actor)


@router.post(
    "/draws/{uuid:draw_id}/check-in",
    response={201: TicketOut},
    summary="Today's ticket for coming by",
    openapi_extra=scopes("shop.write"),
)
def check_in_to_draw(request: HttpRequest, draw_id: uuid.UUID) -> Any:
    return Status(201, check_in(draw_id, by=actor_of(request)))


@router.post(
    "/tickets/{uuid:ticket_id}/spin",
    response=TicketOut,
    summary="Spin a ticket; a second spin finds the first answer",
    openapi_extra=scopes("shop.write", **repeats_by_itself("a ticket is spun once")),
)
def spin_draw_ticket(request: HttpRequest, ticket_id: uuid.UUID, body: SpinIn) -> Any:
    return spin_ticket(ticket_id, by=actor_of(request), client_seed=body.client_seed)


@router.get(
    "/me/prizes", response=Page[VoucherOut], summary="Goods you have won", openapi_extra=scopes("shop.read")
)
def list_own_prizes(request: HttpRequest, wanted: Query[PageIn]) -> Any:
    rows = own_vouchers(by=actor_of(request), after=key_of(wanted.cursor), limit=wanted.limit)
    return page_of(request, rows, limit=wanted.limit, field="created_at")


@router.post(
    "/me/prizes/{uuid:voucher_id}/order",
    response={201: MadeOut},
    summary="Order goods you have won; shipping is all they may cost",
    openapi_extra=scopes("shop.write"),
)
def order_prize(request: HttpRequest, voucher_id: uuid.UUID, body: RedeemIn) -> Any:
    order_id = redeem_prize(
        voucher_id,
        by=actor_of(request),
        delivery=Delivery(address_id=body.address_id, note=body.note),
        expected_total_minor=body.expected_total_minor,
    )
    return Status(201, {"id": order_id})


@router.get(
    "/staff/draws",
    tags=["staff"],
    response=Page[StaffDrawOut],
    summary="All draws",
    openapi_extra=scopes("plays.edit", "reports.view"),
)
def list_all_draws(request: HttpRequest, wanted: Query[PageIn]) -> Any:
    actor = actor_of(request)
    if not actor.may("plays.edit"):
        actor.require("reports.view")
    plays = plays_table(kinds=[PlayKind.LUCKY_DRAW], after=key_of(wanted.cursor), limit=wanted.limit)
    found = draws_by_ids([play.id for play in plays])
    page = page_of(request, plays, limit=wanted.limit, field="created_at")
    return {**page, "items": [_staff_draw(found[play.id], play) for play in plays]}


@router.post(
    "/staff/draws",
    tags=["staff"],
    response={201: StaffDrawOut},
    summary="Write a draw; it starts as a draft",
    openapi_extra=scopes("plays.edit"),
)
def create_lucky_draw(request: HttpRequest, body: DrawIn) -> Any:
    actor = actor_of(request)
    actor.require("plays.edit")
    play = create_draw(head_of(body), _terms(body), by=actor)
    return Status(201, _staff_draw(draw_view(play.id), play))


@router.put(
    "/staff/draws/{uuid:draw_id}",
    tags=["staff"],
    response=StaffDrawOut,
    summary="Change a draft",
    openapi_extra=scopes("plays.edit"),
)
def replace_lucky_draw(request: HttpRequest, draw_id: uuid.UUID, body: DrawIn) -> Any:
    actor = actor_of(request)
    actor.require("plays.edit")
    play = change_draw(draw_id, head_of(body), _terms(body), by=actor)
    return _staff_draw(draw_view(draw_id), play)


@router.post(
    "/staff/draws/{uuid:draw_id}/publish",
    tags=["staff"],
    response=StaffDrawOut,
    summary="Fund the prizes and seal seed and odds",
    openapi_extra=scopes("plays.edit"),
)
def publish_lucky_draw(request: HttpRequest, draw_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    actor.require("plays.edit")
    play = publish_draw(draw_id, by=actor)
    return _staff_draw(draw_view(draw_id), play)


@router.post(
    "/staff/draws/{uuid:draw_id}/close",
    tags=["staff"],
    response=StaffDrawOut,
    summary="End it now: a final draw is drawn, the seed is published",
    openapi_extra=scopes("plays.edit"),
)
def close_lucky_draw(request: HttpRequest, draw_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    actor.require("plays.edit")
    play = close_draw(draw_id, by=actor)
    return _staff_draw(draw_view(draw_id), play)


def _terms(body: DrawIn) -> DrawTerms:
    return DrawTerms(
        mode=body.mode,
        prizes=tuple(PrizeForm(**prize.dict()) for prize in body.prizes),
        order_daily=body.order_daily,
        order_min_minor=body.order_min_minor,
        share_daily=body.share_daily,
        check_in_daily=body.check_in_daily,
        consolation=body.consolation,
    )


def _draw(draw: DrawView, play: PlayView) -> dict[str, Any]:
    head = {name: getattr(play, name) for name in ("name", "state", "opens_at", "closes_at")}
    own = set(DrawOut.model_fields) - set(head)
    return {**head, **{name: getattr(draw, name) for name in own}}


def _staff_draw(draw: DrawView, play: PlayView) -> dict[str, Any]:
    return {**_draw(draw, play), "budget_minor": play.budget_minor, "created_at": play.created_at}
