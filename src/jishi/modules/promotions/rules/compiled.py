"""Live offers put in order once, so that a cart only looks at those that could touch it."""

import uuid
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from jishi.modules.promotions.types import EveryFull, Measure, Offer, PricedLine, Scope, SetFor, Stage, Steps

_Index = dict[uuid.UUID, list[Offer]]


@dataclass(slots=True)
class _Shelf:
    """Offers of one stage by what they name. `ladder`: plain offers for all goods by the sum they take to begin."""

    by_product: _Index = field(default_factory=dict)
    by_category: _Index = field(default_factory=dict)
    by_variant: _Index = field(default_factory=dict)
    everywhere: list[Offer] = field(default_factory=list)
    ladder: list[Offer] = field(default_factory=list)
    thresholds: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CompiledOffers:
    """Made by `compile_offers`; read only."""

    shelves: dict[Stage, _Shelf]
    count: int
    with_budget: tuple[Offer, ...] = ()
    asks_who_is_new: bool = False

    def touching(self, stage: Stage, lines: Iterable[PricedLine], *, sum_minor: int) -> Iterator[Offer]:
        """Offers of a stage with goods of these lines in scope, each once; of the ladder only what `sum_minor` reaches."""
        shelf = self.shelves[stage]
        yield from shelf.everywhere
        yield from shelf.ladder[: bisect_right(shelf.thresholds, sum_minor)]
        seen: set[uuid.UUID] = set()
        for line in lines:
            for found in (
                shelf.by_product.get(line.product_id),
                shelf.by_variant.get(line.variant_id),
                *(shelf.by_category.get(category) for category in line.category_ids),
            ):
                for offer in found or ():
                    if offer.id not in seen:
                        seen.add(offer.id)
                        yield offer

    def nearest(self, stage: Stage, *, sum_minor: int, limit: int) -> list[Offer]:
        """Offers for all goods that are just out of reach, the nearest first."""
        shelf = self.shelves[stage]
        first = bisect_right(shelf.thresholds, sum_minor)
        return shelf.ladder[first : first + limit]


def compile_offers(offers: Iterable[Offer], *, now: datetime | None = None) -> CompiledOffers:
    """Index live offers; those that are over at `now` are left out. Their order does not matter."""
    shelves = {stage: _Shelf() for stage in Stage}
    count = 0
    with_budget: list[Offer] = []
    asks_new = False
    for offer in sorted(offers, key=lambda one: one.id):
        if now is not None and offer.closes_at is not None and offer.closes_at <= now:
            continue
        count += 1
        asks_new = asks_new or offer.audience.new_members
        if offer.budget_minor is not None:
            with_budget.append(offer)
        _put(shelves[offer.stage], offer)
    for shelf in shelves.values():
        shelf.ladder.sort(key=lambda one: (least_sum(one), one.id))
        shelf.thresholds = [least_sum(one) for one in shelf.ladder]
    return CompiledOffers(
        shelves=shelves, count=count, with_budget=tuple(with_budget), asks_who_is_new=asks_new
    )


NOTHING = compile_offers(())


def least_sum(offer: Offer) -> int:
    """Below this sum of goods in scope the offer gives nothing."""
    match offer.benefit:
        case Steps(steps, Measure.AMOUNT, _):
            return max(offer.least_minor, steps[0].least)
        case EveryFull(least, _, _):
            return max(offer.least_minor, least)
    return offer.least_minor


def _put(shelf: _Shelf, offer: Offer) -> None:
    scopes = _scopes_of(offer)
    if any(scope.is_all for scope in scopes):
        # a sum that only falls by discounts: what the list price does not reach is out of reach
        is_plain = offer.stage in (Stage.ORDER, Stage.SHIPPING) and least_sum(offer) > 0
        (shelf.ladder if is_plain else shelf.everywhere).append(offer)
        return
    for scope in scopes:
        for index, keys in (
            (shelf.by_product, scope.product_ids),
            (shelf.by_category, scope.category_ids),
            (shelf.by_variant, scope.variant_ids),
        ):
            for key in keys:
                index.setdefault(key, []).append(offer)


def _scopes_of(offer: Offer) -> tuple[Scope, ...]:
    if isinstance(offer.benefit, SetFor):
        return tuple(scope for scope, _ in offer.benefit.parts)
    return (offer.scope,)


def in_scope(scope: Scope, line: PricedLine) -> bool:
    if line.product_id in scope.without:
        return False
    return (
        scope.is_all
        or line.product_id in scope.product_ids
        or line.variant_id in scope.variant_ids
        or any(category in scope.category_ids for category in line.category_ids)
    )
