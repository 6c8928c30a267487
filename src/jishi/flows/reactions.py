"""What follows from facts, once each: the inbox has seen to that before these run."""

import uuid

from jishi.flows.notes import refresh_note_sales
from jishi.kernel.fact import RecordedFact
from jishi.modules.catalog.public import add_sold
from jishi.modules.orders.public import lines_by_order, merge_carts
from jishi.modules.sharing.public import (
    NewCredit,
    claim_touches,
    credit_lines,
    introduce_member,
    reverse_credits,
)
from jishi.platform import jobs


def keep_visitors_cart(fact: RecordedFact) -> None:
    """visitor_recognised: the browser's cart becomes the member's."""
    merge_carts(visitor_id=_id(fact, "visitor_id"), member_id=_id(fact, "member_id"))


def keep_visitors_touches(fact: RecordedFact) -> None:
    """visitor_recognised: what the browser touched belongs to the member."""
    claim_touches(visitor_id=_id(fact, "visitor_id"), member_id=_id(fact, "member_id"))


def introduce_new_member(fact: RecordedFact) -> None:
    """member_joined: note who brought them."""
    visitor = fact.payload.get("visitor_id")
    introduce_member(member_id=_id(fact, "member_id"), visitor_id=uuid.UUID(visitor) if visitor else None)


def credit_sharers(fact: RecordedFact) -> None:
    """order_paid: whoever brought the buyer is credited for the lines."""
    order_id = _id(fact, "order_id")
    credit_lines(
        [
            NewCredit(
                order_line_id=line.id,
                order_id=order_id,
                buyer_id=_id(fact, "member_id"),
                sharer_id=line.sharer_id,
                link_id=line.link_id,
                touch_id=line.touch_id,
                source=line.attribution_source,
                reason=line.attribution_reason,
                amount_minor=line.total_minor,
            )
            for line in lines_by_order([order_id])[order_id]
            if line.sharer_id is not None
        ]
    )
    refresh_note_sales(order_id)


def take_credits_back(fact: RecordedFact) -> None:
    """order_refunded: credits go with the money."""
    lines = [(uuid.UUID(line_id), amount) for line_id, amount in fact.payload["lines"]]
    reverse_credits(refund_id=_id(fact, "refund_id"), refunded_by_line=lines)
    refresh_note_sales(_id(fact, "order_id"))


def count_units_sold(fact: RecordedFact) -> None:
    """order_paid: the products' sold counters, shown as 已售."""
    order_id = _id(fact, "order_id")
    sold: dict[uuid.UUID, int] = {}
    for line in lines_by_order([order_id])[order_id]:
        if any(discount.kind == "exchange" for discount in line.discounts):
            continue  # it replaces what was counted before
        sold[line.product_id] = sold.get(line.product_id, 0) + line.quantity
    for product_id, quantity in sorted(sold.items()):
        add_sold(product_id=product_id, quantity=quantity)


def start_import(fact: RecordedFact) -> None:
    """import_requested: a job reads the file, so that no transaction lasts as long as it does."""
    with_stock = "yes" if fact.payload["with_stock"] else "no"
    jobs.defer("flows.import_catalogue", run_id=str(_id(fact, "run_id")), with_stock=with_stock)


def _id(fact: RecordedFact, name: str) -> uuid.UUID:
    return uuid.UUID(str(fact.payload[name]))
