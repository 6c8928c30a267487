"""What an order would cost, line by line, before anything is written."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from jishi.flows.pricing import NO_CHOICE, Choice, Priced, ToPrice, price_lines
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.catalog.public import VariantView, cards_by_ids, variants_by_ids
from jishi.modules.inventory.public import sellable_by_variant
from jishi.modules.orders.public import CartView, Discount, RegionRefused, default_rates, shipping_fee_minor
from jishi.modules.people.public import AddressView
from jishi.modules.plays.bargain.public import bargain_view
from jishi.modules.plays.group_buy.public import (
    OfferView,
    VariantNotInOffer,
    discount_minor,
    offer_view,
    teams_by_ids,
)
from jishi.modules.promotions.public import Pricing
from jishi.modules.wallet.public import own_balance_minor

GROUP_DISCOUNT = "group_buy"
LEADER_DISCOUNT = "group_buy_leader"
BARGAIN_DISCOUNT = "bargain"
TAX_KIND = "tax"


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line as it would be ordered now. `sellable` is how many could be had."""

    variant: VariantView
    quantity: int
    price_seen_minor: int
    discounts: tuple[Discount, ...]
    sellable: int
    cart_line_id: uuid.UUID | None = None
    is_selected: bool = True
    is_gift: bool = False

    @property
    def list_minor(self) -> int:
        return self.variant.price_minor * self.quantity

    @property
    def discount_minor(self) -> int:
        return sum(discount.amount_minor for discount in self.discounts)

    @property
    def total_minor(self) -> int:
        return self.list_minor - self.discount_minor

    @property
    def is_available(self) -> bool:
        return self.variant.is_for_sale and self.sellable >= self.quantity

    @property
    def price_changed(self) -> bool:
        return self.price_seen_minor != self.variant.price_minor


@dataclass(frozen=True, slots=True)
class Quote:
    """Lines, shipping and total. `region_refused` says that we cannot ship to the address."""

    lines: tuple[QuotedLine, ...]
    currency: str
    shipping_minor: int
    region_refused: bool = False
    priced: Priced | None = None
    wallet_minor: int = 0  # the part of the total that the member's wallet is to pay

    @property
    def pricing(self) -> Pricing | None:
        return self.priced.pricing if self.priced else None

    @property
    def due_minor(self) -> int:
        return self.total_minor - self.wallet_minor

    @property
    def saved_minor(self) -> int:
        """All that was taken off, tax aside."""
        off = (d for line in self.ordered_lines for d in line.discounts if d.kind != TAX_KIND)
        fee = self.pricing.shipping_full_minor - self.pricing.shipping_minor if self.pricing else 0
        return sum(discount.amount_minor for discount in off) + fee

    @property
    def ordered_lines(self) -> tuple[QuotedLine, ...]:
        return tuple(line for line in self.lines if line.is_selected)

    @property
    def list_minor(self) -> int:
        return sum(line.list_minor for line in self.ordered_lines)

    @property
    def discount_minor(self) -> int:
        return sum(line.discount_minor for line in self.ordered_lines)

    @property
    def goods_minor(self) -> int:
        return self.list_minor - self.discount_minor

    @property
    def total_minor(self) -> int:
        return self.goods_minor + self.shipping_minor

    @property
    def unit_count(self) -> int:
        return sum(line.quantity for line in self.ordered_lines)

    @property
    def can_be_ordered(self) -> bool:
        return (
            bool(self.ordered_lines)
            and not self.region_refused
            and all(ln.is_available for ln in self.ordered_lines)
        )


def quote_cart(
    cart: CartView,
    *,
    address: AddressView | None,
    currency: str,
    by: Actor | None = None,
    choice: Choice = NO_CHOICE,
    with_alternatives: bool = False,
) -> Quote:
    """The cart at today's prices; as many queries however long it is. Lines whose product is gone are left out."""
    variants = variants_by_ids([line.variant_id for line in cart.lines])
    sellable = sellable_by_variant([line.variant_id for line in cart.lines])
    lines = tuple(
        QuotedLine(
            variant=variants[line.variant_id],
            quantity=line.quantity,
            price_seen_minor=line.price_seen_minor,
            discounts=(),
            sellable=sellable.get(line.variant_id, 0),
            cart_line_id=line.line_id,
            is_selected=line.is_selected,
        )
        for line in cart.lines
        if line.variant_id in variants
    )
    return with_offers(
        lines, by=by, choice=choice, address=address, currency=currency, with_alternatives=with_alternatives
    )


def quote_items(
    items: Sequence[tuple[uuid.UUID, int]],
    *,
    address: AddressView | None,
    currency: str,
    by: Actor | None = None,
    choice: Choice = NO_CHOICE,
) -> Quote:
    """Variants bought at once, without a cart. Raises NotFound for a variant that does not exist."""
    variants = variants_by_ids([variant_id for variant_id, _ in items])
    sellable = sellable_by_variant([variant_id for variant_id, _ in items])
    if any(variant_id not in variants for variant_id, _ in items):
        raise NotFound()
    lines = tuple(
        QuotedLine(
            variant=variants[variant_id],
            quantity=quantity,
            price_seen_minor=variants[variant_id].price_minor,
            discounts=(),
            sellable=sellable.get(variant_id, 0),
        )
        for variant_id, quantity in items
    )
    return with_offers(
        lines, by=by, choice=choice, address=address, currency=currency, with_alternatives=True
    )


def quote_seat(  # noqa: PLR0913  (a seat, whose, to where, and how it is to be paid)
    *,
    offer_id: uuid.UUID,
    team_id: uuid.UUID | None,
    variant_id: uuid.UUID,
    quantity: int,
    address: AddressView | None,
    currency: str,
    by: Actor | None = None,
    choice: Choice = NO_CHOICE,
) -> tuple[OfferView, Quote]:
    """A seat of a team; whoever opens the team gets the leader benefit. Raises VariantNotInOffer, NotFound."""
    offer = offer_view(offer_id)
    if team_id is not None and team_id not in teams_by_ids([team_id]):
        raise NotFound()
    variant = variants_by_ids([variant_id]).get(variant_id)
    price = offer.price_of(variant_id)
    if variant is None or price is None:
        raise VariantNotInOffer()
    group, leader = discount_minor(
        list_minor=variant.price_minor,
        price_minor=price,
        quantity=quantity,
        leader_discount_minor=offer.leader_discount_minor,
        is_leader=team_id is None,
    )
    discounts = [Discount(kind=GROUP_DISCOUNT, source_id=str(offer.id), amount_minor=group, label=offer.name)]
    if leader:
        discounts.append(
            Discount(kind=LEADER_DISCOUNT, source_id=str(offer.id), amount_minor=leader, label=offer.name)
        )
    line = QuotedLine(
        variant=variant,
        quantity=quantity,
        price_seen_minor=variant.price_minor,
        discounts=tuple(discount for discount in discounts if discount.amount_minor),
        sellable=sellable_by_variant([variant_id]).get(variant_id, 0),
    )
    return offer, with_offers((line,), by=by, choice=choice, address=address, currency=currency)


def quote_bargain(
    bargain_id: uuid.UUID,
    *,
    address: AddressView | None,
    currency: str,
    by: Actor | None = None,
    choice: Choice = NO_CHOICE,
) -> Quote:
    """One unit at the price its bargain has come down to. Raises NotFound.

    The unit itself is held by the bargain, so it can be had whatever the shelf says.
    """
    bargain = bargain_view(bargain_id)
    variant = variants_by_ids([bargain.variant_id]).get(bargain.variant_id)
    if variant is None:
        raise NotFound()
    off = max(0, variant.price_minor - bargain.price_minor)
    label = cards_by_ids([bargain.product_id])[bargain.product_id].title
    discount = Discount(kind=BARGAIN_DISCOUNT, source_id=str(bargain.id), amount_minor=off, label=label)
    line = QuotedLine(
        variant=variant,
        quantity=1,
        price_seen_minor=variant.price_minor,
        discounts=(discount,) if off else (),
        sellable=1,
    )
    return with_offers((line,), by=by, choice=choice, address=address, currency=currency)


def with_offers(
    lines: tuple[QuotedLine, ...],
    *,
    by: Actor | None,
    choice: Choice,
    address: AddressView | None,
    currency: str,
    with_alternatives: bool = False,
) -> Quote:
    """Price the selected lines with everything that counts for them now; gifts come as lines of their own."""
    ordered = [line for line in lines if line.is_selected]
    fee_of, region_refused = _fee(ordered, address=address)
    priced = price_lines(
        [ToPrice(line.variant, line.quantity, line.discounts) for line in ordered],
        by=by,
        choice=choice,
        fee_of=fee_of,
        currency=currency,
        with_alternatives=with_alternatives,
    )
    discounts = iter(priced.discounts)
    shown = [replace(line, discounts=next(discounts)) if line.is_selected else line for line in lines]
    shown += [
        QuotedLine(
            variant=gift.variant,
            quantity=gift.units,
            price_seen_minor=gift.variant.price_minor,
            discounts=(gift.discount,),
            sellable=gift.units,
            is_gift=True,
        )
        for gift in priced.gifts
    ]
    quote = Quote(
        lines=tuple(shown),
        currency=currency,
        shipping_minor=priced.pricing.shipping_minor,
        region_refused=region_refused,
        priced=priced,
    )
    if choice.wallet_minor <= 0 or by is None or not by.is_member:
        return quote
    has = own_balance_minor(by=by, currency=currency)
    return replace(quote, wallet_minor=min(choice.wallet_minor, has, quote.total_minor))


def with_shipping(lines: tuple[QuotedLine, ...], *, address: AddressView | None, currency: str) -> Quote:
    """Lines at prices that are fixed; without an address the fee is not known yet and counts as nothing."""
    ordered = [line for line in lines if line.is_selected]
    fee_of, region_refused = _fee(ordered, address=address)
    goods = sum(line.total_minor for line in ordered)
    return Quote(lines=lines, currency=currency, shipping_minor=fee_of(goods), region_refused=region_refused)


def _fee(ordered: Sequence[QuotedLine], *, address: AddressView | None) -> tuple[Callable[[int], int], bool]:
    """The fee by what the goods come to, and whether we do not ship there at all."""
    shipped = [line for line in ordered if line.variant.requires_shipping]
    if address is None or not shipped:
        return (lambda goods_minor: 0), False
    rates, region = default_rates(), address.region_code
    weight = sum(line.variant.weight_grams * line.quantity for line in shipped)

    def fee_of(goods_minor: int) -> int:
        return shipping_fee_minor(
            rates=rates, region_code=region, weight_grams=weight, goods_minor=goods_minor
        )

    try:
        fee_of(0)
    except RegionRefused:
        return (lambda goods_minor: 0), True
    return fee_of, False
