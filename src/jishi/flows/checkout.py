"""From a cart, or a few items, or a seat in a team, to an order that waits for payment.

Everything happens in one transaction: price, stock, seat, order. When any part is refused nothing is left behind.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from jishi.flows.bargains import free_unit
from jishi.flows.payment import pay_from_wallet, settle_free_order
from jishi.flows.pricing import NO_CHOICE, Choice
from jishi.flows.promises import reserve_promises, uses_of_quote
from jishi.flows.quotes import (
    GROUP_DISCOUNT,
    LEADER_DISCOUNT,
    Quote,
    QuotedLine,
    quote_bargain,
    quote_cart,
    quote_items,
    quote_seat,
)
from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.modules.community.public import community_ids_of
from jishi.modules.inventory.public import Cause, HoldLine, hold_stock, one_per_variant
from jishi.modules.orders.public import (
    AddressNeeded,
    BadQuantity,
    CartEmpty,
    LineAttribution,
    NewLine,
    NewOrder,
    RegionRefused,
    cart_view,
    close_cart,
    order_id_of_cart,
    place_order,
)
from jishi.modules.people.public import AddressView, address_view
from jishi.modules.plays.bargain.public import order_bargain
from jishi.modules.plays.group_buy.public import LateChoice, SeatRequest, find_team, take_seat
from jishi.modules.sharing.public import attribution_of
from jishi.platform.transactions import in_transaction

PAY_MINUTES = 30
NOTE_LENGTH_MAX = 200
ITEMS_MAX = 60
UNITS_MAX = 999
_ADDRESS_FIELDS = tuple(field.name for field in fields(AddressView) if field.name not in ("id", "is_default"))


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where the goods go, a word for the shop, and how to pay less."""

    address_id: uuid.UUID | None
    note: str = ""
    choice: Choice = NO_CHOICE


@dataclass(frozen=True, slots=True)
class SeatWish:
    """A seat in a team, or a team of one's own (`team_id` None), and what happens if the payment comes too late."""

    offer_id: uuid.UUID
    team_id: uuid.UUID | None
    variant_id: uuid.UUID
    quantity: int
    late_choice: LateChoice
    friend_code: str = ""
    finds_team: bool = False  # the team closest to full that has a place for them, else one of their own


@in_transaction
def order_cart(*, by: Actor, delivery: Delivery, expected_total_minor: int | None) -> uuid.UUID:
    """Order the selected lines of the actor's cart. A second submit of the same cart finds the first order.

    Raises CartEmpty, AddressNeeded, OutOfStock, TotalChanged, RegionRefused.
    """
    member_id = by.require_member()
    cart = cart_view(by)
    if cart.id is None:
        raise CartEmpty()
    if not close_cart(cart, by=by):  # another tap was faster
        known = order_id_of_cart(cart.id)
        if known is None:
            raise CartEmpty()
        return known
    address = chosen_address(delivery, by=by)
    quote = quote_cart(cart, address=address, currency=settings.JISHI_CURRENCY, by=by, choice=delivery.choice)
    order_id = ids.new_id()
    return place_quote(
        quote,
        OrderHead(order_id, member_id, cart.id, clock.now() + timedelta(minutes=PAY_MINUTES)),
        by=by,
        delivery=delivery,
        address=address,
        expected_total_minor=expected_total_minor,
    )


@in_transaction
def order_items(
    items: list[tuple[uuid.UUID, int]], *, by: Actor, delivery: Delivery, expected_total_minor: int | None
) -> uuid.UUID:
    """Buy at once, without a cart. Raises like `order_cart`, and BadQuantity."""
    member_id = by.require_member()
    if not 1 <= len(items) <= ITEMS_MAX:
        raise CartEmpty()
    wanted: dict[uuid.UUID, int] = {}
    for variant_id, quantity in items:
        wanted[variant_id] = wanted.get(variant_id, 0) + quantity
    if any(not 1 <= quantity <= UNITS_MAX for quantity in wanted.values()):
        raise BadQuantity(limit=UNITS_MAX)
    address = chosen_address(delivery, by=by)
    quote = quote_items(
        list(wanted.items()),
        address=address,
        currency=settings.JISHI_CURRENCY,
        by=by,
        choice=delivery.choice,
    )
    return place_quote(
        quote,
        OrderHead(ids.new_id(), member_id, None, clock.now() + timedelta(minutes=PAY_MINUTES)),
        by=by,
        delivery=delivery,
        address=address,
        expected_total_minor=expected_total_minor,
    )


@in_transaction
def order_seat(
    wish: SeatWish, *, by: Actor, delivery: Delivery, expected_total_minor: int | None
) -> uuid.UUID:
    """Hold a seat and order its goods. Raises like `order_items` and what `take_seat` raises."""
    member_id = by.require_member()
    if not 1 <= wish.quantity <= UNITS_MAX:
        raise BadQuantity(limit=UNITS_MAX)
    if wish.finds_team and wish.team_id is None:
        wish = replace(wish, team_id=find_team(wish.offer_id, member_id=member_id))
    address = chosen_address(delivery, by=by)
    offer, quote = quote_seat(
        offer_id=wish.offer_id,
        team_id=wish.team_id,
        variant_id=wish.variant_id,
        quantity=wish.quantity,
        address=address,
        currency=settings.JISHI_CURRENCY,
        by=by,
        choice=delivery.choice,
    )
    order_id = ids.new_id()
    seat = take_seat(
        SeatRequest(
            offer_id=wish.offer_id,
            team_id=wish.team_id,
            member_id=member_id,
            order_id=order_id,
            quantity=wish.quantity,
            discount_minor=_off_by_team(quote),
            late_choice=wish.late_choice,
            price_minor=offer.price_of(wish.variant_id) or 0,
            friend_code=wish.friend_code,
            communities=community_ids_of(member_id) if offer.community_id is not None else frozenset(),
        ),
        by=by,
    )
    head = OrderHead(
        order_id,
        member_id,
        None,
        seat.expires_at,
        play_kind="group_buy",
        play_id=wish.offer_id,
        team_id=seat.team_id,
    )
    return place_quote(
        quote, head, by=by, delivery=delivery, address=address, expected_total_minor=expected_total_minor
    )


@in_transaction
def order_bargained(
    bargain_id: uuid.UUID, *, by: Actor, delivery: Delivery, expected_total_minor: int | None
) -> uuid.UUID:
    """Buy at the price a bargain has come down to; its unit of stock moves from the bargain to the order.

    Raises like `order_items`, and what `order_bargain` raises.
    """
    member_id = by.require_member()
    order_id = ids.new_id()
    bargain = order_bargain(bargain_id, order_id=order_id, by=by)
    address = chosen_address(delivery, by=by)
    quote = quote_bargain(
        bargain_id, address=address, currency=settings.JISHI_CURRENCY, by=by, choice=delivery.choice
    )
    free_unit(bargain_id, reason="ordered")
    head = OrderHead(
        order_id,
        member_id,
        None,
        clock.now() + timedelta(minutes=PAY_MINUTES),
        play_kind="bargain",
        play_id=bargain.offer_id,
    )
    return place_quote(
        quote, head, by=by, delivery=delivery, address=address, expected_total_minor=expected_total_minor
    )


@dataclass(frozen=True, slots=True)
class OrderHead:
    """What an order is besides its goods."""

    order_id: uuid.UUID
    member_id: uuid.UUID
    cart_id: uuid.UUID | None
    pay_deadline: datetime
    play_kind: str = ""
    play_id: uuid.UUID | None = None
    team_id: uuid.UUID | None = None


def place_quote(  # noqa: PLR0913  (an order and where its goods come from)
    quote: Quote,
    head: OrderHead,
    *,
    by: Actor,
    delivery: Delivery,
    address: AddressView | None,
    expected_total_minor: int | None,
    take_goods: Callable[[NewOrder], None] | None = None,
) -> uuid.UUID:
    """Place what was quoted. `take_goods` gets its stock where a play has set it aside; else the shelf is asked."""
    if not quote.ordered_lines:
        raise CartEmpty()
    if quote.region_refused:
        raise RegionRefused()
    if address is None and any(line.variant.requires_shipping for line in quote.ordered_lines):
        raise AddressNeeded()
    pays_whole = quote.wallet_minor > 0 and quote.due_minor == 0  # then it is a payment of its own
    new = _new_order(
        quote, head, by=by, delivery=delivery, address=address, wallet=0 if pays_whole else quote.wallet_minor
    )
    order_id = place_order(new, by=by, expected_total_minor=expected_total_minor)
    if new.has_promises:
        reserve_promises(
            replace(quote, wallet_minor=new.wallet_minor), order_id=order_id, member_id=new.member_id
        )
    # stock last: its rows are the hottest, so they stay locked for the shortest time
    (take_goods or _take_from_shelf)(new)
    if pays_whole:
        pay_from_wallet(order_id, by=by)
    elif new.total_minor == 0:
        settle_free_order(order_id)
    return order_id


def _new_order(
    quote: Quote,
    head: OrderHead,
    *,
    by: Actor,
    delivery: Delivery,
    address: AddressView | None,
    wallet: int,
) -> NewOrder:
    found = attribution_of(member_id=head.member_id, visitor_id=by.visitor_id, team_id=head.team_id)
    credit = LineAttribution(found.sharer_id, found.link_id, found.touch_id, found.source, found.reason.value)
    pricing = quote.pricing
    return NewOrder(
        order_id=head.order_id,
        member_id=head.member_id,
        visitor_id=by.visitor_id,
        cart_id=head.cart_id,
        currency=quote.currency,
        lines=tuple(line_of(line, credit) for line in quote.ordered_lines),
        shipping_minor=quote.shipping_minor,
        address=snapshot_of(address),
        note=delivery.note.strip()[:NOTE_LENGTH_MAX],
        pay_deadline=head.pay_deadline,
        play_kind=head.play_kind,
        play_id=head.play_id,
        team_id=head.team_id,
        wallet_minor=wallet,
        points_spent=pricing.points if pricing else 0,
        has_promises=bool(uses_of_quote(quote) or quote.wallet_minor or (pricing and pricing.points)),
    )


def _take_from_shelf(new: NewOrder) -> None:
    lines = [HoldLine(line.line_id, line.variant_id, line.quantity) for line in new.lines]
    hold_stock(lines=one_per_variant(lines), cause=Cause("order", new.order_id), expires_at=None)


def _off_by_team(quote: Quote) -> int:
    """What the play takes off, without coupons and points: that is what its budget is for."""
    kinds = (GROUP_DISCOUNT, LEADER_DISCOUNT)
    return sum(d.amount_minor for line in quote.lines for d in line.discounts if d.kind in kinds)


def line_of(line: QuotedLine, credit: LineAttribution) -> NewLine:
    variant = line.variant
    return NewLine(
        line_id=ids.new_id(),
        product_id=variant.product_id,
        variant_id=variant.id,
        sku=variant.sku,
        title=variant.product_title,
        option_text=" / ".join(variant.option_values),
        cover=variant.cover_address,
        quantity=line.quantity,
        list_minor=variant.price_minor,
        cost_minor=variant.cost_minor,
        weight_grams=variant.weight_grams,
        discounts=line.discounts,
        attribution=credit,
    )


def chosen_address(delivery: Delivery, *, by: Actor) -> AddressView | None:
    return address_view(delivery.address_id, by=by) if delivery.address_id else None


def snapshot_of(address: AddressView | None) -> dict[str, Any]:
    if address is None:
        return {}
    return {name: getattr(address, name) for name in _ADDRESS_FIELDS} | {"id": str(address.id)}
