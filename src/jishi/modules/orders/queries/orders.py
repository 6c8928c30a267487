"""Reading orders, scoped by who asks."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.orders.models import Order, OrderLine, OrderRefund, Shipment, ShipmentLine
from jishi.modules.orders.types import (
    Discount,
    OrderLineView,
    OrderRefundView,
    OrderState,
    OrderSummary,
    OrderView,
    ShipmentView,
)
from jishi.platform.paging import Key, older_than

PAGE_MAX = 100


def order_view(order_id: uuid.UUID, *, by: Actor) -> OrderView:
    """One order with lines, parcels and refunds; two queries before payment, at most five after.

    Members see their own, staff need `orders.view`.
    """
    order = Order.objects.filter(id=order_id).first()
    if order is None or not (by.owns(order.member_id) or by.may("orders.view")):
        raise NotFound()
    lines = OrderLine.objects.filter(order=order).order_by("position")
    return _view(
        order,
        lines=tuple(line_view(line) for line in lines),
        shipments=tuple(_shipments(order)) if order.paid_minor else (),
        refunds=tuple(_refunds(order)) if order.paid_minor else (),
    )


def order_id_of_cart(cart_id: uuid.UUID) -> uuid.UUID | None:
    """The order a cart has become, if it has."""
    return Order.objects.filter(cart_id=cart_id).values_list("id", flat=True).first()


def order_id_of_number(number: str) -> uuid.UUID | None:
    return Order.objects.filter(number=number).values_list("id", flat=True).first()


def orders_of_member(
    *,
    by: Actor,
    states: Sequence[OrderState] = (),
    before: datetime | None = None,
    after: Key | None = None,
    limit: int = 20,
) -> list[OrderSummary]:
    """The actor's own orders, newest first; two queries. Page on by the last `placed_at`, or `after` the last row."""
    rows = Order.objects.filter(member_id=by.require_member())
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    if before is not None:
        rows = rows.filter(placed_at__lt=before)
    rows = rows.filter(older_than(after, field="placed_at"))
    return summaries_of(list(rows.order_by("-placed_at", "-id")[: min(limit, PAGE_MAX)]))


def orders_table(  # noqa: PLR0913  (the console's filters)
    *,
    by: Actor,
    states: Sequence[OrderState] = (),
    text: str = "",
    member_id: uuid.UUID | None = None,
    play_id: uuid.UUID | None = None,
    team_id: uuid.UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: datetime | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> list[OrderSummary]:
    """Orders for staff, newest first; two queries. `text` finds a number, a parcel or a receiver."""
    by.require("orders.view")
    found = older_than(after, field="placed_at")
    if states:
        found &= Q(state__in=[state.value for state in states])
    if member_id:
        found &= Q(member_id=member_id)
    if play_id:
        found &= Q(play_id=play_id)
    if team_id:
        found &= Q(team_id=team_id)
    if since:
        found &= Q(placed_at__gte=since)
    if until:
        found &= Q(placed_at__lt=until)
    if before:
        found &= Q(placed_at__lt=before)
    if text:
        parcels = Shipment.objects.filter(tracking_number=text.strip()).values("order_id")
        found &= (
            Q(number__startswith=text.strip())
            | Q(id__in=parcels)
            | Q(address__name=text.strip())
            | Q(address__phone__endswith=text.strip())
        )
    return summaries_of(
        list(Order.objects.filter(found).order_by("-placed_at", "-id")[: min(limit, PAGE_MAX)])
    )


def unpaid_order_ids(*, limit: int) -> list[uuid.UUID]:
    """Orders whose time to pay is over, longest first; for the job that closes them."""
    due = Order.objects.filter(state=OrderState.PLACED.value, pay_deadline__lte=clock.now())
    return list(due.order_by("pay_deadline").values_list("id", flat=True)[:limit])


def shipped_order_ids(*, shipped_before: datetime, limit: int) -> list[uuid.UUID]:
    """Orders on the road for so long that we take them as received."""
    rows = Order.objects.filter(state=OrderState.SHIPPED.value, shipped_at__lt=shipped_before)
    return list(rows.order_by("shipped_at").values_list("id", flat=True)[:limit])


def summaries_by_ids(order_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, OrderSummary]:
    """Orders by id without a scope: for flows and insight, never for a page. Two queries."""
    rows = list(Order.objects.filter(id__in=list(order_ids)))
    return {summary.id: summary for summary in summaries_of(rows)}


def lines_by_order(order_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[OrderLineView]]:
    """Lines of many orders, for flows and insight; one query."""
    found: dict[uuid.UUID, list[OrderLineView]] = defaultdict(list)
    for row in OrderLine.objects.filter(order_id__in=list(order_ids)).order_by("order_id", "position"):
        found[row.order_id].append(line_view(row))
    return found


def count_by_state(*, by: Actor) -> dict[str, int]:
    """How many orders are in each state, for the console's badges; one query."""
    by.require("orders.view")
    return _count(Order.objects.all())


def count_own_by_state(*, by: Actor) -> dict[str, int]:
    """The same for a member's own orders."""
    return _count(Order.objects.filter(member_id=by.require_member()))


def line_view(row: OrderLine) -> OrderLineView:
    return OrderLineView(
        id=row.id,
        product_id=row.product_id,
        variant_id=row.variant_id,
        sku=row.sku,
        title=row.title,
        option_text=row.option_text,
        cover=row.cover,
        quantity=row.quantity,
        list_minor=row.list_minor,
        discount_minor=row.discount_minor,
        total_minor=row.total_minor,
        cost_minor=row.cost_minor,
        refunded_minor=row.refunded_minor,
        cut_minor=row.cut_minor,
        refunded_quantity=row.refunded_quantity,
        shipped_quantity=row.shipped_quantity,
        cancelled_quantity=row.cancelled_quantity,
        discounts=tuple(Discount(**discount) for discount in row.discounts),
        sharer_id=row.sharer_id,
        link_id=row.link_id,
        touch_id=row.touch_id,
        attribution_source=row.attribution_source,
        attribution_reason=row.attribution_reason,
    )


def _count(rows: QuerySet[Order]) -> dict[str, int]:
    return dict(rows.order_by().values_list("state").annotate(found=Count("id")))


def summaries_of(rows: list[Order]) -> list[OrderSummary]:
    lines: dict[uuid.UUID, list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.filter(order_id__in=[row.id for row in rows]).order_by("position"):
        lines[line.order_id].append(line)
    return [
        OrderSummary(
            id=row.id,
            number=row.number,
            member_id=row.member_id,
            state=OrderState(row.state),
            currency=row.currency,
            total_minor=row.total_minor,
            paid_minor=row.paid_minor,
            refunded_minor=row.refunded_minor,
            unit_count=sum(line.quantity for line in lines[row.id]),
            first_title=lines[row.id][0].title if lines[row.id] else "",
            covers=tuple(line.cover for line in lines[row.id][:4]),
            play_kind=row.play_kind,
            play_id=row.play_id,
            team_id=row.team_id,
            placed_at=row.placed_at,
            pay_deadline=row.pay_deadline,
        )
        for row in rows
    ]


def _shipments(order: Order) -> Iterable[ShipmentView]:
    shipments = list(Shipment.objects.filter(order=order).order_by("shipped_at"))
    if not shipments:
        return
    lines: dict[uuid.UUID, list[tuple[uuid.UUID, int]]] = defaultdict(list)
    for row in ShipmentLine.objects.filter(shipment__in=shipments).order_by("id"):
        lines[row.shipment_id].append((row.line_id, row.quantity))
    for shipment in shipments:
        yield ShipmentView(
            id=shipment.id,
            carrier=shipment.carrier,
            tracking_number=shipment.tracking_number,
            shipped_at=shipment.shipped_at,
            received_at=shipment.received_at,
            lines=tuple(lines[shipment.id]),
        )


def _refunds(order: Order) -> Iterable[OrderRefundView]:
    return (_refund_view(row) for row in OrderRefund.objects.filter(order=order).order_by("created_at"))


def _refund_view(row: OrderRefund) -> OrderRefundView:
    return OrderRefundView(
        id=row.id,
        amount_minor=row.amount_minor,
        phase=row.phase,
        reason=row.reason,
        note=row.note,
        created_at=row.created_at,
        settled_at=row.settled_at,
    )


def _view(
    row: Order,
    *,
    lines: tuple[OrderLineView, ...],
    shipments: tuple[ShipmentView, ...],
    refunds: tuple[OrderRefundView, ...],
) -> OrderView:
    return OrderView(
        id=row.id,
        number=row.number,
        member_id=row.member_id,
        state=OrderState(row.state),
        currency=row.currency,
        list_minor=row.list_minor,
        discount_minor=row.discount_minor,
        shipping_minor=row.shipping_minor,
        total_minor=row.total_minor,
        paid_minor=row.paid_minor,
        refunded_minor=row.refunded_minor,
        address=row.address,
        note=row.note,
        play_kind=row.play_kind,
        play_id=row.play_id,
        team_id=row.team_id,
        payment_id=row.payment_id,
        placed_at=row.placed_at,
        pay_deadline=row.pay_deadline,
        paid_at=row.paid_at,
        shipped_at=row.shipped_at,
        received_at=row.received_at,
        cancelled_at=row.cancelled_at,
        cancel_reason=row.cancel_reason,
        wallet_minor=row.wallet_minor,
        points_spent=row.points_spent,
        has_promises=row.has_promises,
        lines=lines,
        shipments=shipments,
        refunds=refunds,
    )
