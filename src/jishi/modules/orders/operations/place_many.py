"""Placing many orders at once: the rows of `place_order`, one statement per table."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.orders.errors import CartEmpty
from jishi.modules.orders.facts import OrderPlaced
from jishi.modules.orders.models import Order, OrderLine
from jishi.modules.orders.operations.place import ORDER_LINES_MAX, next_numbers
from jishi.modules.orders.types import Discount, LineAttribution, NewLine, NewOrder, OrderState
from jishi.platform.bulk import copy_rows
from jishi.platform.facts import record_facts_of
from jishi.platform.history import NewStep, record_steps
from jishi.platform.transactions import in_transaction

ORDERS_MAX = 1_000
_ORDER_COLUMNS = (
    *("id", "number", "member_id", "visitor_id", "cart_id", "state", "currency"),
    *("list_minor", "discount_minor", "shipping_minor", "total_minor"),
    *("paid_minor", "refunded_minor", "shipping_refunded_minor", "address", "note"),
    *("play_kind", "play_id", "team_id", "placed_at", "pay_deadline", "cancel_reason"),
)
_LINE_COLUMNS = (
    *("id", "order_id", "position", "product_id", "variant_id", "sku", "title", "option_text", "cover"),
    *("quantity", "list_minor", "discount_minor", "total_minor", "cost_minor", "weight_grams", "discounts"),
    *("refunded_minor", "cut_minor", "refunded_quantity", "shipped_quantity", "cancelled_quantity"),
    *("sharer_id", "link_id", "touch_id", "attribution_source", "attribution_reason"),
)
_NOBODY = LineAttribution(None, None, None, "", "")


@in_transaction
def place_orders(orders: Sequence[tuple[NewOrder, Actor]]) -> list[str]:
    """Write priced orders down, each by its own actor; returns their numbers. The caller holds the stock.

    Six statements however many orders. Raises CartEmpty for one without lines.
    """
    if not orders:
        return []
    if len(orders) > ORDERS_MAX or any(not 0 < len(new.lines) <= ORDER_LINES_MAX for new, _ in orders):
        raise CartEmpty()
    numbers = next_numbers(len(orders))
    copy_rows(table=Order._meta.db_table, columns=_ORDER_COLUMNS, rows=_order_rows(orders, numbers))
    copy_rows(table=OrderLine._meta.db_table, columns=_LINE_COLUMNS, rows=_line_rows(orders))
    placed = OrderState.PLACED.value
    record_steps([NewStep(("order", new.order_id), "place", by, after=placed) for new, by in orders])
    record_facts_of(
        [
            (
                OrderPlaced(
                    order_id=new.order_id,
                    number=number,
                    member_id=new.member_id,
                    total_minor=new.total_minor,
                    currency=new.currency,
                    play_kind=new.play_kind,
                    play_id=new.play_id,
                ),
                by,
            )
            for (new, by), number in zip(orders, numbers, strict=True)
        ]
    )
    return numbers


def _order_rows(
    orders: Sequence[tuple[NewOrder, Actor]], numbers: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    now, placed = clock.now(), OrderState.PLACED.value
    for (new, _), number in zip(orders, numbers, strict=True):
        yield (
            *(new.order_id, number, new.member_id, new.visitor_id, new.cart_id, placed, new.currency),
            *(new.list_minor, new.discount_minor, new.shipping_minor, new.total_minor),
            *(0, 0, 0, json.dumps(new.address, ensure_ascii=False), new.note),
            *(new.play_kind, new.play_id, new.team_id, now, new.pay_deadline, ""),
        )


def _line_rows(orders: Sequence[tuple[NewOrder, Actor]]) -> Iterator[tuple[Any, ...]]:
    for new, _ in orders:
        for position, line in enumerate(new.lines, start=1):
            yield _line_row(new, position, line)


def _plain(discount: Discount) -> dict[str, Any]:
    return {
        "kind": discount.kind,
        "source_id": discount.source_id,
        "amount_minor": discount.amount_minor,
        "label": discount.label,
    }


def _line_row(new: NewOrder, position: int, line: NewLine) -> tuple[Any, ...]:
    credit = line.attribution or _NOBODY
    discounts = json.dumps([_plain(discount) for discount in line.discounts], ensure_ascii=False)
    return (
        *(line.line_id, new.order_id, position, line.product_id, line.variant_id, line.sku, line.title),
        *(
            line.option_text,
            line.cover,
            line.quantity,
            line.list_minor,
            line.discount_minor,
            line.total_minor,
        ),
        *(line.cost_minor, line.weight_grams, discounts, 0, 0, 0, 0, 0),
        *(credit.sharer_id, credit.link_id, credit.touch_id, credit.source, credit.reason),
    )
