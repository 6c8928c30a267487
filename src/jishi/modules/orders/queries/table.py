"""The console's table of orders: one filter for the page, its count and its export."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from jishi.kernel.actor import Actor
from jishi.modules.orders.models import Order, OrderLine, Shipment
from jishi.modules.orders.queries.orders import summaries_of
from jishi.modules.orders.types import OrderState, OrderSummary

PAGE_MAX = 100
EXPORT_MAX = 50_000
_PORTION = 500


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders. Times are half open; `paid_*` look at the payment, the others at the ordering."""

    states: Sequence[OrderState] = ()
    text: str = ""
    member_id: uuid.UUID | None = None
    play_id: uuid.UUID | None = None
    team_id: uuid.UUID | None = None
    sharer_id: uuid.UUID | None = None
    product_id: uuid.UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    paid_since: datetime | None = None
    paid_until: datetime | None = None
    only_refunded: bool = False
    is_play: bool | None = None


def find_orders(
    wanted: OrderFilter, *, by: Actor, page: int = 1, limit: int = 50
) -> tuple[list[OrderSummary], int]:
    """A page of orders, newest first, and how many there are in all; three queries.

    `text` finds a number, a parcel, a receiver's name or the end of a phone.
    """
    by.require("orders.view")
    size = min(limit, PAGE_MAX)
    rows = _rows(wanted)
    shown = rows.order_by("-placed_at", "-id")[(page - 1) * size : page * size]
    return summaries_of(list(shown)), rows.count()


def export_orders(wanted: OrderFilter, *, by: Actor) -> Iterator[tuple[OrderSummary, dict[str, str]]]:
    """Orders with their addresses for an export, newest first, read in portions; checks the actor at once."""
    by.require("orders.view")
    return _export(_rows(wanted).order_by("-placed_at", "-id"))


def _export(rows: QuerySet[Order]) -> Iterator[tuple[OrderSummary, dict[str, str]]]:
    for start in range(0, EXPORT_MAX, _PORTION):
        portion = list(rows[start : start + _PORTION])
        addresses = {row.id: row.address for row in portion}
        for summary in summaries_of(portion):
            yield summary, addresses[summary.id]
        if len(portion) < _PORTION:
            return


def _rows(wanted: OrderFilter) -> QuerySet[Order]:
    exact = {
        "member_id": wanted.member_id,
        "play_id": wanted.play_id,
        "team_id": wanted.team_id,
        "placed_at__gte": wanted.since,
        "placed_at__lt": wanted.until,
        "paid_at__gte": wanted.paid_since,
        "paid_at__lt": wanted.paid_until,
    }
    rows = Order.objects.filter(**{name: value for name, value in exact.items() if value is not None})
    if wanted.states:
        rows = rows.filter(state__in=[state.value for state in wanted.states])
    if wanted.only_refunded:
        rows = rows.filter(refunded_minor__gt=0)
    if wanted.is_play is not None:
        rows = rows.exclude(play_kind="") if wanted.is_play else rows.filter(play_kind="")
    lines = {"sharer_id": wanted.sharer_id, "product_id": wanted.product_id}
    on_lines = {name: value for name, value in lines.items() if value is not None}
    if on_lines:
        rows = rows.filter(id__in=OrderLine.objects.filter(**on_lines).values("order_id"))
    return rows.filter(_text(wanted.text)) if wanted.text.strip() else rows


def _text(text: str) -> Q:
    needle = text.strip()[:60]
    parcels = Shipment.objects.filter(tracking_number=needle).values("order_id")
    return (
        Q(number__startswith=needle)
        | Q(id__in=parcels)
        | Q(address__name=needle)
        | Q(address__phone__endswith=needle)
    )
