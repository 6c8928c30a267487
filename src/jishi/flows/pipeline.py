"""From granted claims to complete orders, in batches (docs/algorithms/flash-sale.md).

Workers may run it side by side: each picks claims that no other has picked. A batch is one transaction, so a worker that is
killed leaves claims as they were and the next one orders them.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from jishi.flows.checkout import line_of, snapshot_of
from jishi.flows.flash_sales import FLASH_DISCOUNT, flash_line
from jishi.flows.quotes import QuotedLine
from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor, ActorKind
from jishi.modules.catalog.public import VariantView, variants_by_ids
from jishi.modules.inventory.public import HoldsMissing
from jishi.modules.orders.public import (
    LineAttribution,
    NewOrder,
    Rate,
    RegionRefused,
    default_rates,
    place_orders,
    shipping_fee_minor,
)
from jishi.modules.people.public import AddressView, default_addresses
from jishi.modules.plays.flash_sale.public import (
    FreshClaim,
    ItemView,
    NewUnit,
    WaitReason,
    items_by_pool,
    open_pools,
    pay_deadline,
    pick_claims,
    record_units,
    set_claims_waiting,
)
from jishi.modules.plays.life.public import PlayView, plays_by_ids
from jishi.modules.sharing.public import attributions_of
from jishi.platform.transactions import in_transaction

BATCH = 500


@dataclass(frozen=True, slots=True)
class _Known:
    """What one batch needs to know, read once for all of its claims."""

    items: dict[uuid.UUID, ItemView]  # by pool
    plays: dict[uuid.UUID, PlayView]
    variants: dict[uuid.UUID, VariantView]
    addresses: dict[uuid.UUID, AddressView]  # by member
    credits: dict[uuid.UUID, LineAttribution]  # by member
    rates: Sequence[Rate]
    fees: dict[tuple[Any, ...], int] = field(default_factory=dict)
    lines: dict[tuple[uuid.UUID, int], QuotedLine] = field(default_factory=dict)


def order_waiting_claims(*, limit: int = BATCH) -> int:
    """Order a batch of granted claims; returns how many were dealt with, 0 when none wait. Not inside a transaction."""
    pool_ids = open_pools()
    if not pool_ids:
        return 0
    try:
        return order_claims(pool_ids=pool_ids, limit=limit)
    except HoldsMissing:
        if limit == 1:
            return _set_one_aside(pool_ids)
        # one of them cannot be had: find it by ordering singly, the others do not wait for it
        return sum(order_waiting_claims(limit=1) for _ in range(limit))


@in_transaction
def order_claims(*, pool_ids: Sequence[uuid.UUID], limit: int = BATCH) -> int:
    """One batch, whole or not at all. Raises HoldsMissing."""
    claims = pick_claims(pool_ids=pool_ids, limit=limit)
    if not claims:
        return 0
    known = _look_up(claims)
    orders: list[tuple[NewOrder, Actor]] = []
    units: list[NewUnit] = []
    waiting: list[tuple[FreshClaim, uuid.UUID, WaitReason]] = []
    for claim in claims:
        made = _order_of(claim, known)
        if isinstance(made, WaitReason):
            waiting.append((claim, known.items[claim.pool_id].id, made))
            continue
        orders.append((made, Actor(kind=ActorKind.MEMBER, id=claim.member_id)))
        item = known.items[claim.pool_id]
        units.append(
            NewUnit(
                order_id=made.order_id,
                claim_id=claim.claim_id,
                item_id=item.id,
                member_id=claim.member_id,
                quantity=claim.quantity,
                discount_minor=made.discount_minor,
            )
        )
    if waiting:
        set_claims_waiting(waiting)
    if orders:
        place_orders(orders)
        record_units(units, items=known.items.values())
    return len(claims)


def _look_up(claims: Sequence[FreshClaim]) -> _Known:
    """Seven queries however many claims."""
    members = list({claim.member_id for claim in claims})
    items = items_by_pool({claim.pool_id for claim in claims})
    credits_found = attributions_of(members)
    return _Known(
        items=items,
        plays=plays_by_ids({item.play_id for item in items.values()}),
        variants=variants_by_ids(list({item.variant_id for item in items.values()})),
        addresses=default_addresses(members),
        credits={
            member_id: LineAttribution(
                found.sharer_id, found.link_id, found.touch_id, found.source, found.reason.value
            )
            for member_id, found in credits_found.items()
        },
        rates=default_rates(),
    )


def _order_of(claim: FreshClaim, known: _Known) -> NewOrder | WaitReason:
    """The order of a claim, or why it has to wait for its member."""
    item = known.items[claim.pool_id]
    play = known.plays[item.play_id]
    variant = known.variants[item.variant_id]
    address = known.addresses.get(claim.member_id)
    if address is None and variant.requires_shipping:
        return WaitReason.ADDRESS_NEEDED
    quoted = known.lines.get((item.id, claim.quantity))
    if quoted is None:
        quoted = flash_line(item, play, variant, quantity=claim.quantity, sellable=claim.quantity)
        known.lines[item.id, claim.quantity] = quoted
    try:
        shipping_minor = _fee(
            address, variant, quantity=claim.quantity, goods=quoted.total_minor, known=known
        )
    except RegionRefused:
        return WaitReason.REGION_REFUSED
    return NewOrder(
        order_id=ids.new_id(),
        member_id=claim.member_id,
        visitor_id=None,
        cart_id=None,
        currency=settings.JISHI_CURRENCY,
        lines=(line_of(quoted, known.credits[claim.member_id]),),
        shipping_minor=shipping_minor,
        address=snapshot_of(address),
        note="",
        pay_deadline=pay_deadline(claim_expires_at=claim.expires_at, now=clock.now()),
        play_kind=FLASH_DISCOUNT,
        play_id=play.id,
    )


def _fee(
    address: AddressView | None, variant: VariantView, *, quantity: int, goods: int, known: _Known
) -> int:
    """The same parcel to the same province costs the same: asked once. Raises RegionRefused."""
    if address is None or not variant.requires_shipping:
        return 0
    key = (address.region_code, variant.id, quantity, goods)
    if key not in known.fees:
        known.fees[key] = shipping_fee_minor(
            rates=known.rates,
            region_code=address.region_code,
            weight_grams=variant.weight_grams * quantity,
            goods_minor=goods,
        )
    return known.fees[key]


@in_transaction
def _set_one_aside(pool_ids: Sequence[uuid.UUID]) -> int:
    """The first claim cannot be ordered: it stays held and a person looks at it; the rest goes on."""
    claims = pick_claims(pool_ids=pool_ids, limit=1)
    items = items_by_pool({claim.pool_id for claim in claims})
    set_claims_waiting([(claim, items[claim.pool_id].id, WaitReason.REFUSED) for claim in claims])
    return len(claims)
