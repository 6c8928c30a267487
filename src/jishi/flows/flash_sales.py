"""A unit of a flash sale by the ordinary road: claim, price, order and goods in one transaction; and reminders."""

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from jishi.flows.checkout import Delivery, OrderHead, chosen_address, place_quote
from jishi.flows.passes import asker_of, is_new_member
from jishi.flows.quotes import Quote, QuotedLine, with_shipping
from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.catalog.public import VariantView, variants_by_ids
from jishi.modules.messaging.public import notify
from jishi.modules.orders.public import BadQuantity, Discount, NewOrder
from jishi.modules.people.public import AddressView
from jishi.modules.plays.flash_sale.public import (
    HOLD_MINUTES,
    FreshClaim,
    ItemView,
    NewUnit,
    claim_view,
    discount_minor,
    item_view,
    pay_deadline,
    pick_claim,
    record_units,
    sales_to_remind_of,
    stock_by_item,
    take_reminders,
)
from jishi.modules.plays.life.public import PlayNotOpen, PlayState, PlayView, play_view
from jishi.platform import rush
from jishi.platform.transactions import in_transaction

FLASH_DISCOUNT = "flash_sale"
UNITS_MAX = 99


@dataclass(frozen=True, slots=True)
class FlashWish:
    """Units of an item; `claim_id` finishes from a claim that was granted before."""

    item_id: uuid.UUID
    quantity: int = 1
    claim_id: uuid.UUID | None = None


@in_transaction
def order_flash(
    wish: FlashWish, *, by: Actor, delivery: Delivery, expected_total_minor: int | None
) -> uuid.UUID:
    """Claim units and order them, or order what was claimed; a claim that has its order finds it again.

    Raises like `order_items`, and SoldOut, LimitReached, TooEarly, TooLate, PlayNotOpen, ClaimGone.
    """
    member_id = by.require_member()
    if not 1 <= wish.quantity <= UNITS_MAX:
        raise BadQuantity(limit=UNITS_MAX)
    if wish.claim_id is not None:
        known = claim_view(wish.claim_id, member_id=member_id)
        if known.order_id is not None:
            return known.order_id
    address = chosen_address(delivery, by=by)
    item, play, quote = quote_flash(wish, by=by, address=address, currency=settings.JISHI_CURRENCY)
    claim = _claim(wish, item, by=by)
    order_id = ids.new_id()

    def take_goods(new: NewOrder) -> None:
        unit = NewUnit(new.order_id, claim.claim_id, item.id, member_id, claim.quantity, new.discount_minor)
        record_units([unit], items=[item])

    deadline = pay_deadline(claim_expires_at=claim.expires_at, now=clock.now())
    return place_quote(
        quote,
        OrderHead(order_id, member_id, None, deadline, play_kind=FLASH_DISCOUNT, play_id=play.id),
        by=by,
        delivery=delivery,
        address=address,
        expected_total_minor=expected_total_minor,
        take_goods=take_goods,
    )


def quote_flash(
    wish: FlashWish, *, by: Actor, address: AddressView | None, currency: str
) -> tuple[ItemView, PlayView, Quote]:
    """What the units would cost, and how many this member may have. Raises NotFound, PlayNotOpen before it is published."""
    item = item_view(wish.item_id)
    play = play_view(item.play_id)
    variant = variants_by_ids([item.variant_id]).get(item.variant_id)
    if variant is None:
        raise NotFound()
    if item.pool_id is None or play.state is PlayState.DRAFT:
        raise PlayNotOpen()
    free = wish.quantity
    if wish.claim_id is None:
        stock = stock_by_item([item.id])[item.id]
        free = stock.free_for(is_new=stock.reserved > 0 and is_new_member(by))
    line = flash_line(item, play, variant, quantity=wish.quantity, sellable=free)
    return item, play, with_shipping((line,), address=address, currency=currency)


def flash_line(
    item: ItemView, play: PlayView, variant: VariantView, *, quantity: int, sellable: int
) -> QuotedLine:
    """The line at the session's prices: the list price of its publishing, less what the session gives."""
    shown = replace(variant, price_minor=item.list_minor or variant.price_minor)
    given = discount_minor(list_minor=shown.price_minor, price_minor=item.price_minor, quantity=quantity)
    discount = Discount(kind=FLASH_DISCOUNT, source_id=str(play.id), amount_minor=given, label=play.name)
    return QuotedLine(
        variant=shown,
        quantity=quantity,
        price_seen_minor=shown.price_minor,
        discounts=(discount,) if given else (),
        sellable=sellable,
    )


def remind_members() -> int:
    """Tell who asked, once each; returns how many."""
    return sum(_remind(play) for play in sales_to_remind_of())


@in_transaction
def _remind(play: PlayView) -> int:
    told = take_reminders(play.id)
    at = f"{play.opens_at.astimezone(ZoneInfo(settings.TIME_ZONE)):%H:%M}"
    for member_id in told:
        notify(
            member_id=member_id,
            kind="flash_sale_soon",
            key=f"flash:{play.id}:{member_id}",
            facts={"name": play.name, "at": at},
            link=f"/flash/{play.id}/",
        )
    return len(told)


def _claim(wish: FlashWish, item: ItemView, *, by: Actor) -> FreshClaim:
    """The claim that was granted before, locked; or a new one, granted in this transaction."""
    if wish.claim_id is not None:
        claim = pick_claim(wish.claim_id, by=by)
        if claim.pool_id != item.pool_id or claim.quantity != wish.quantity:
            raise NotFound()
        return claim
    if item.pool_id is None:
        raise PlayNotOpen()
    member_id, claim_id = by.require_member(), ids.new_id()
    expires_at = clock.now() + timedelta(minutes=HOLD_MINUTES)
    rush.claim_units(
        pool_id=item.pool_id,
        member_id=member_id,
        quantity=wish.quantity,
        claim_id=claim_id,
        expires_at=expires_at,
        asker=asker_of(by, with_tags=item.new_member_units > 0),
    )
    return FreshClaim(claim_id, item.pool_id, member_id, wish.quantity, expires_at)
