"""Feeding the price engine: who buys, live offers, coupons and points, and gifts that can really be had."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from django.conf import settings

from jishi.flows.passes import is_new_member
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.catalog.public import VariantView, variants_by_ids
from jishi.modules.inventory.public import sellable_by_variant
from jishi.modules.loyalty.public import PointTerms, checkout_card
from jishi.modules.orders.public import Discount
from jishi.modules.promotions.public import (
    VISITOR,
    Adjustment,
    Asked,
    Buyer,
    CompiledOffers,
    HeldCoupon,
    PointsWish,
    PricedLine,
    Pricing,
    Reason,
    TaxRounding,
    TaxTerms,
    budgets_left,
    live_offers,
    price_cart,
    purse_of,
)

GIFT_DISCOUNT = "gift"
ALL_POINTS = -1
ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """How somebody wants to pay less. `coupon_ids` None: the best ones; `points` ALL_POINTS: as many as may be used."""

    coupon_ids: tuple[uuid.UUID, ...] | None = None
    points: int = 0
    wallet_minor: int = 0


NO_CHOICE = Choice()


@dataclass(frozen=True, slots=True)
class ToPrice:
    """A line before its price. `play`: what a play takes off already."""

    variant: VariantView
    quantity: int
    play: tuple[Discount, ...] = ()


@dataclass(frozen=True, slots=True)
class GiftFound:
    """A gift that is on the shelf. `discount`: the whole of its price."""

    variant: VariantView
    units: int
    discount: Discount


@dataclass(frozen=True, slots=True)
class Priced:
    """`discounts` by line, in the order the lines were given."""

    pricing: Pricing
    discounts: tuple[tuple[Discount, ...], ...]
    gifts: tuple[GiftFound, ...]
    coupons: tuple[HeldCoupon, ...]
    points_left: int
    is_points_open: bool


def price_lines(
    lines: Sequence[ToPrice],
    *,
    by: Actor | None,
    choice: Choice,
    fee_of: Callable[[int], int],
    currency: str,
    with_alternatives: bool = False,
) -> Priced:
    """Lines with all their reasons; at most six queries however many lines and offers there are."""
    known = _look_up(by)
    pricing = price_cart(
        [_line(place, line) for place, line in enumerate(lines)],
        offers=known.offers,
        asked=Asked(
            buyer=known.buyer,
            local=clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)),
            coupons=known.coupons,
            chosen=choice.coupon_ids,
            budgets=budgets_left(
                (*known.offers.with_budget, *(coupon.offer for coupon in known.coupons)), currency=currency
            ),
            fee_of=fee_of,
        ),
        points=_points_wish(known, choice),
        tax=tax_terms(),
        alternatives=ALTERNATIVES if with_alternatives else 0,
    )
    gifts, pricing = _gifts(pricing, lines)
    return Priced(
        pricing=pricing,
        discounts=tuple(
            (*line.play, *map(_discount, pricing.of_line(_key(place)))) for place, line in enumerate(lines)
        ),
        gifts=gifts,
        coupons=known.coupons,
        points_left=known.balance,
        is_points_open=known.terms is not None,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What a price wants to know, read at once. `terms` None: points do not pay here, or nobody is logged in."""

    offers: CompiledOffers
    buyer: Buyer = VISITOR
    coupons: tuple[HeldCoupon, ...] = ()
    terms: PointTerms | None = None
    balance: int = 0


def _look_up(by: Actor | None) -> _Known:
    """One query for a visitor, at most three for a member."""
    if by is None or not by.is_member:
        return _Known(live_offers())
    member_id = by.require_member()
    purse, card = purse_of(member_id), checkout_card(member_id)
    offers = live_offers(revision=purse.revision)
    asks_who_is_new = offers.asks_who_is_new or any(c.offer.audience.new_members for c in purse.coupons)
    buyer = Buyer(
        is_member=True,
        is_new=asks_who_is_new and is_new_member(by),
        is_paid_member=card.standing.is_paid_member,
        rank=card.standing.tier_rank,
        member_rate=card.standing.discount_basis_points,
        ships_free=card.standing.ships_free,
        uses=dict(purse.uses),
    )
    terms = card.terms if card.terms.is_open else None
    return _Known(offers, buyer, purse.coupons, terms, card.spendable if terms else 0)


def _points_wish(known: _Known, choice: Choice) -> PointsWish | None:
    if known.terms is None:
        return None
    return PointsWish(
        points=min(known.balance, choice.points if choice.points >= 0 else known.balance),
        per_unit=known.terms.points_per_unit,
        share_max=known.terms.share_basis_points_max,
        step=known.terms.points_step,
    )


def tax_terms() -> TaxTerms:
    """How this shop's prices and tax go together; settings say it."""
    return TaxTerms(
        is_inclusive=settings.JISHI_TAX_INCLUSIVE,
        rate=settings.JISHI_TAX_RATE,
        rounding=TaxRounding(settings.JISHI_TAX_ROUNDING),
    )


def _line(place: int, line: ToPrice) -> PricedLine:
    variant = line.variant
    return PricedLine(
        key=_key(place),
        variant_id=variant.id,
        product_id=variant.product_id,
        quantity=line.quantity,
        list_minor=variant.price_minor,
        category_ids=variant.category_ids,
        play_kind=line.play[0].kind if line.play else "",
        play_minor=sum(discount.amount_minor for discount in line.play),
    )


def _key(place: int) -> str:
    return f"{place:03}"


def _discount(adjustment: Adjustment) -> Discount:
    return Discount(
        kind=adjustment.kind,
        source_id=adjustment.source_id,
        amount_minor=adjustment.amount_minor,
        label=adjustment.label,
    )


def _gifts(pricing: Pricing, lines: Sequence[ToPrice]) -> tuple[tuple[GiftFound, ...], Pricing]:
    """Gifts that are to be had beside what is bought; the rule of one that is not says so."""
    if not pricing.gifts:
        return (), pricing
    wanted = [gift.variant_id for gift in pricing.gifts]
    variants: Mapping[uuid.UUID, VariantView] = variants_by_ids(wanted)
    sellable = sellable_by_variant(wanted)
    for line in lines:
        if line.variant.id in sellable:
            sellable[line.variant.id] -= line.quantity
    found, gone = [], set()
    for gift in pricing.gifts:
        variant = variants.get(gift.variant_id)
        if variant is None or not variant.is_for_sale or sellable.get(gift.variant_id, 0) < gift.units:
            gone.add(gift.offer_id)
            continue
        sellable[gift.variant_id] -= gift.units
        worth = variant.price_minor * gift.units
        discount = Discount(GIFT_DISCOUNT, str(gift.offer_id), worth, gift.label)
        found.append(GiftFound(variant, gift.units, discount))
    if not gone:
        return tuple(found), pricing
    traces = tuple(
        replace(trace, reason=Reason.GIFT_GONE) if trace.offer_id in gone else trace
        for trace in pricing.traces
    )
    kept = tuple(gift for gift in pricing.gifts if gift.offer_id not in gone)
    return tuple(found), replace(pricing, traces=traces, gifts=kept)
