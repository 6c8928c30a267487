"""What tasks earn in lucky draws, and a product that was won on its way to the door."""

import uuid
from datetime import timedelta

from django.conf import settings

from jishi.flows.checkout import PAY_MINUTES, Delivery, OrderHead, chosen_address, place_quote
from jishi.flows.quotes import Quote, QuotedLine, with_shipping
from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.kernel.fact import RecordedFact
from jishi.modules.catalog.public import variants_by_ids
from jishi.modules.inventory.public import sellable_by_variant
from jishi.modules.orders.public import Discount
from jishi.modules.people.public import AddressView
from jishi.modules.plays.lucky_draw.public import (
    Cause,
    VoucherView,
    earn_tickets,
    order_voucher,
    void_tickets,
    voucher_view,
)
from jishi.platform.transactions import in_transaction

PLAY_KIND = "lucky_draw"
PRIZE_DISCOUNT = "prize"


def quote_prize(voucher: VoucherView, *, address: AddressView | None) -> Quote:
    """The product for nothing; shipping is what it always is. Raises NotFound when the product is gone."""
    variant = variants_by_ids([voucher.variant_id]).get(voucher.variant_id)
    if variant is None:
        raise NotFound()
    given = Discount(
        kind=PRIZE_DISCOUNT,
        source_id=str(voucher.id),
        amount_minor=variant.price_minor,
        label=voucher.prize_name,
    )
    line = QuotedLine(
        variant=variant,
        quantity=1,
        price_seen_minor=variant.price_minor,
        discounts=(given,),
        sellable=sellable_by_variant([variant.id]).get(variant.id, 0),
    )
    return with_shipping((line,), address=address, currency=settings.JISHI_CURRENCY)


@in_transaction
def redeem_prize(
    voucher_id: uuid.UUID, *, by: Actor, delivery: Delivery, expected_total_minor: int | None = None
) -> uuid.UUID:
    """Order a won product; an order that costs nothing is paid at once, without any payment.

    Raises NotFound, VoucherUsed, AddressNeeded, OutOfStock, RegionRefused, TotalChanged.
    """
    member_id = by.require_member()
    voucher = voucher_view(voucher_id, by=by)
    address = chosen_address(delivery, by=by)
    order_id = ids.new_id()
    order_voucher(voucher_id, order_id=order_id, by=by)
    quote = quote_prize(voucher, address=address)
    head = OrderHead(
        order_id,
        member_id,
        None,
        clock.now() + timedelta(minutes=PAY_MINUTES),
        play_kind=PLAY_KIND,
        play_id=voucher.draw_id,
    )
    return place_quote(
        quote, head, by=by, delivery=delivery, address=address, expected_total_minor=expected_total_minor
    )


def earn_by_order(fact: RecordedFact) -> None:
    """order_paid: a ticket of every draw that rewards it. What costs nothing earns nothing."""
    if fact.payload["total_minor"] > 0:
        earn_tickets(
            uuid.UUID(fact.payload["member_id"]),
            cause=Cause.ORDER,
            key=str(fact.payload["order_id"]),
            amount_minor=fact.payload["total_minor"],
        )


def lose_by_refund(fact: RecordedFact) -> None:
    """order_refunded: a whole refund takes the unspun ticket with it."""
    if fact.payload["is_whole"]:
        void_tickets(cause=Cause.ORDER, key=str(fact.payload["order_id"]))


def earn_by_share(fact: RecordedFact) -> None:
    """link_visited: the sharer earns once per visitor."""
    sharer = fact.payload["sharer_id"]
    earn_tickets(uuid.UUID(sharer), cause=Cause.SHARE, key=f"{sharer}:{fact.payload['visitor_id']}")
