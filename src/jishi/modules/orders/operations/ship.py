"""Sending parcels and receiving them."""

import uuid
from dataclasses import dataclass

from django.db.models import F

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.kernel.flow import advance
from jishi.modules.orders import rules
from jishi.modules.orders.errors import NotShippable, ParcelNeeded, TooManyUnits
from jishi.modules.orders.facts import OrderReceived, OrderShipped
from jishi.modules.orders.models import Order, OrderLine, Shipment, ShipmentLine
from jishi.modules.orders.types import OrderState
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

CARRIER_LENGTH_MAX = 40
TRACKING_LENGTH_MAX = 60


@dataclass(frozen=True, slots=True)
class Shipped:
    """What left: units per line, for the stock."""

    shipment_id: uuid.UUID
    units_by_line: dict[uuid.UUID, int]
    is_last: bool


@in_transaction
def ship_order(
    order_id: uuid.UUID,
    *,
    by: Actor,
    carrier: str,
    tracking_number: str,
    units_by_line: dict[uuid.UUID, int] | None = None,
) -> Shipped:
    """Send all that is left, or some units per line. Raises NotShippable, TooManyUnits, ParcelNeeded."""
    by.require("orders.fulfil")
    carrier, tracking_number = carrier.strip(), tracking_number.strip()
    if (
        not carrier
        or not tracking_number
        or len(carrier) > CARRIER_LENGTH_MAX
        or len(tracking_number) > TRACKING_LENGTH_MAX
    ):
        raise ParcelNeeded()
    order = locks.lock_one(Order, order_id)
    before = OrderState(order.state)
    if before not in (OrderState.PAID, OrderState.PARTLY_SHIPPED):
        raise NotShippable(state=before.value)
    lines = list(OrderLine.objects.filter(order=order).order_by("position"))
    units = _units_to_ship(lines, units_by_line)
    shipment = _write_shipment(order, carrier, tracking_number, units)
    left = sum(ln.quantity - ln.shipped_quantity - ln.cancelled_quantity for ln in lines) - sum(
        units.values()
    )
    verb = "ship" if left == 0 else "ship_part"
    order.state = advance(rules.LIFECYCLE, before, verb).value
    order.shipped_at = clock.now() if left == 0 else order.shipped_at
    order.save(update_fields=["state", "shipped_at"])
    history.record_step(
        subject=("order", order.id),
        verb=verb,
        by=by,
        before=before.value,
        after=order.state,
        details={"carrier": carrier, "tracking_number": tracking_number},
    )
    record_fact(
        OrderShipped(
            order.id, order.number, order.member_id, shipment.id, carrier, tracking_number, left == 0
        ),
        by=by,
    )
    return Shipped(shipment_id=shipment.id, units_by_line=units, is_last=left == 0)


@in_transaction
def receive_order(order_id: uuid.UUID, *, by: Actor, note: str = "") -> None:
    """The buyer has it. Members receive their own; staff and the system need `orders.fulfil`."""
    order = locks.lock_one(Order, order_id)
    if not by.owns(order.member_id) and not by.may("orders.fulfil"):
        raise NotFound()
    before = OrderState(order.state)
    order.state = advance(rules.LIFECYCLE, before, "receive").value
    order.received_at = clock.now()
    order.save(update_fields=["state", "received_at"])
    Shipment.objects.filter(order=order, received_at__isnull=True).update(received_at=clock.now())
    history.record_step(
        subject=("order", order.id), verb="receive", by=by, before=before.value, after=order.state, note=note
    )
    record_fact(OrderReceived(order.id, order.member_id), by=by)


def _units_to_ship(lines: list[OrderLine], asked: dict[uuid.UUID, int] | None) -> dict[uuid.UUID, int]:
    left = {line.id: line.quantity - line.shipped_quantity - line.cancelled_quantity for line in lines}
    units = left if asked is None else {line_id: count for line_id, count in asked.items() if count}
    for line_id, count in units.items():
        if count < 0 or count > left.get(line_id, 0):
            raise TooManyUnits(left=left.get(line_id, 0))
    units = {line_id: count for line_id, count in units.items() if count}
    if not units:
        raise NotShippable()
    return units


def _write_shipment(
    order: Order, carrier: str, tracking_number: str, units: dict[uuid.UUID, int]
) -> Shipment:
    parcel = {"order": order, "carrier": carrier, "tracking_number": tracking_number}
    shipment = Shipment.objects.filter(**parcel).first()  # the order is locked: nobody makes it meanwhile
    is_new = shipment is None
    if shipment is None:
        shipment = Shipment.objects.create(**parcel, shipped_at=clock.now())
    for line_id, count in units.items():
        OrderLine.objects.filter(id=line_id).update(shipped_quantity=F("shipped_quantity") + count)
        known = (
            0
            if is_new
            else ShipmentLine.objects.filter(shipment=shipment, line_id=line_id).update(
                quantity=F("quantity") + count
            )
        )
        if not known:
            ShipmentLine.objects.create(shipment=shipment, line_id=line_id, quantity=count)
    return shipment
