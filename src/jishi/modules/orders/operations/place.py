"""Placing an order: the snapshot, the number, the first step of its history."""

import uuid
from dataclasses import asdict

from django.db import connection

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.money import format_minor
from jishi.modules.orders.errors import CartEmpty, TotalChanged
from jishi.modules.orders.facts import OrderPlaced
from jishi.modules.orders.models import Cart, CartLine, Order, OrderLine
from jishi.modules.orders.types import CartView, NewLine, NewOrder
from jishi.platform import history
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

ORDER_LINES_MAX = 60


@in_transaction
def place_order(new: NewOrder, *, by: Actor, expected_total_minor: int | None) -> uuid.UUID:
    """Write a priced and held order down. The caller holds the stock in the same transaction.

    Raises TotalChanged when the shopper saw another total: nothing is ordered.
    """
    if not new.lines or len(new.lines) > ORDER_LINES_MAX:
        raise CartEmpty()
    if expected_total_minor is not None and expected_total_minor != new.total_minor:
        raise TotalChanged(
            now=format_minor(new.total_minor, currency=new.currency), total_minor=new.total_minor
        )
    [number] = next_numbers(1)
    _order_row(new, number).save(force_insert=True)
    OrderLine.objects.bulk_create(
        [_line_row(new.order_id, position, line) for position, line in enumerate(new.lines, start=1)]
    )
    history.record_step(subject=("order", new.order_id), verb="place", by=by, after="placed")
    record_fact(
        OrderPlaced(
            order_id=new.order_id,
            number=number,
            member_id=new.member_id,
            total_minor=new.total_minor,
            currency=new.currency,
            play_kind=new.play_kind,
            play_id=new.play_id,
        ),
        by=by,
    )
    return new.order_id


@in_transaction
def close_cart(cart: CartView, *, by: Actor) -> bool:
    """The selected lines become an order; what was not selected moves to a fresh cart. False when it is closed already."""
    if cart.id is None or not Cart.objects.filter(id=cart.id, state="open").update(state="ordered"):
        return False
    rest = [line.line_id for line in cart.lines if not line.is_selected]
    if rest:
        fresh = Cart.objects.create(
            member_id=by.id if by.is_member else None, visitor_id=None if by.is_member else by.visitor_id
        )
        CartLine.objects.filter(id__in=rest).update(cart=fresh)
    return True


def next_numbers(count: int) -> list[str]:
    """Date of Shanghai-independent UTC day plus a counter: unique, and readable over the phone."""
    day = f"{clock.now():%y%m%d}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_number') FROM generate_series(1, %s)", [count])
        return [f"{day}{row[0]:07d}" for row in cursor.fetchall()]


def _order_row(new: NewOrder, number: str) -> Order:
    return Order(
        id=new.order_id,
        number=number,
        member_id=new.member_id,
        visitor_id=new.visitor_id,
        cart_id=new.cart_id,
        currency=new.currency,
        list_minor=new.list_minor,
        discount_minor=new.discount_minor,
        shipping_minor=new.shipping_minor,
        total_minor=new.total_minor,
        address=new.address,
        note=new.note,
        play_kind=new.play_kind,
        play_id=new.play_id,
        team_id=new.team_id,
        wallet_minor=new.wallet_minor,
        points_spent=new.points_spent,
        has_promises=new.has_promises,
        pay_deadline=new.pay_deadline,
        placed_at=clock.now(),
    )


def _line_row(order_id: uuid.UUID, position: int, line: NewLine) -> OrderLine:
    credit = line.attribution
    return OrderLine(
        id=line.line_id,
        order_id=order_id,
        position=position,
        product_id=line.product_id,
        variant_id=line.variant_id,
        sku=line.sku,
        title=line.title,
        option_text=line.option_text,
        cover=line.cover,
        quantity=line.quantity,
        list_minor=line.list_minor,
        discount_minor=line.discount_minor,
        total_minor=line.total_minor,
        cost_minor=line.cost_minor,
        weight_grams=line.weight_grams,
        discounts=[asdict(discount) for discount in line.discounts],
        sharer_id=credit.sharer_id if credit else None,
        link_id=credit.link_id if credit else None,
        touch_id=credit.touch_id if credit else None,
        attribution_source=credit.source if credit else "",
        attribution_reason=credit.reason if credit else "",
    )
