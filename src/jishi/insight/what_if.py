"""A campaign before it is launched: people who bring people, simulated (docs/algorithms/what-if.md)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.chance import Dice, seeded
from jishi.modules.orders.public import SoldLine, sold_lines
from jishi.modules.people.public import count_visitors

RUNS = 2_000
GENERATIONS = 8
DISPERSION = 0.5
SEED = 20_260_101
RECORD_DAYS = 30
VISITORS_LEAST, BUYERS_LEAST = 200, 50
ASSUMED_CONVERSION, ASSUMED_K = 0.03, 0.25
REACH_MAX, UNITS_MAX = 1_000_000, 1_000_000
_POISSON_BY_HAND_BELOW = 30.0


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the simulation is told. `conversion` and `k` are per person; the flags say whose figures they are."""

    reach: int
    conversion: float
    k: float
    units_per_buyer: float
    stock: int | None
    price_minor: int
    discount_minor: int
    fixed_cost_minor: int = 0
    is_own_conversion: bool = True
    is_own_k: bool = True


@dataclass(frozen=True, slots=True)
class Range:
    """10 %, 50 % and 90 % of the runs."""

    low: int
    middle: int
    high: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What 2,000 runs say. Money in minor units, shares between 0 and 1."""

    assumptions: Assumptions
    buyers: Range
    revenue_minor: Range
    cost_minor: Range
    mean_buyers: float
    mean_cost_minor: int
    stock_for_95: int
    chance_of_running_out: float | None
    brought_share: float
    grows_without_end: bool
    spread: tuple[int, ...] = field(default=())  # buyers of every twentieth run, for a small chart


@dataclass(frozen=True, slots=True)
class ShopRecord:
    """The shop's own last 30 days, with the assumption where there is too little of it."""

    conversion: float
    k: float
    units_per_buyer: float
    is_own_conversion: bool
    is_own_k: bool


def shop_record(*, by: Actor) -> ShopRecord:
    """Four queries. Raises NotAllowed without `reports.view`."""
    by.require("reports.view")
    until = clock.now()
    since = until - timedelta(days=RECORD_DAYS)
    return record_of(sold_lines(since=since, until=until), visitors=count_visitors(since=since, until=until))


def record_of(lines: Sequence[SoldLine], *, visitors: int) -> ShopRecord:
    buyers = {line.member_id for line in lines}
    brought = {line.member_id for line in lines if line.sharer_id is not None}
    orders = {line.order_id for line in lines}
    has_visitors, has_buyers = visitors >= VISITORS_LEAST, len(buyers) >= BUYERS_LEAST
    units = sum(line.quantity for line in lines)
    return ShopRecord(
        conversion=min(1.0, len(buyers) / visitors) if has_visitors else ASSUMED_CONVERSION,
        k=len(brought) / len(buyers) if has_buyers else ASSUMED_K,
        units_per_buyer=units / len(orders) if orders else 1.0,
        is_own_conversion=has_visitors,
        is_own_k=has_buyers,
    )


def simulate(told: Assumptions, *, runs: int = RUNS, seed: int = SEED) -> WhatIf:
    """The same question always gives the same answer: the seed is fixed."""
    with seeded(seed) as dice:
        results = [_run(told, dice) for _ in range(runs)]
    units = [_units(told, total) for total, _ in results]
    sold = [amount if told.stock is None else min(amount, told.stock) for amount in units]
    costs = [told.fixed_cost_minor + amount * told.discount_minor for amount in sold]
    totals = [total for total, _ in results]
    brought = sum(total - first for total, first in results)
    return WhatIf(
        assumptions=told,
        buyers=_range(totals),
        revenue_minor=_range([amount * (told.price_minor - told.discount_minor) for amount in sold]),
        cost_minor=_range(costs),
        mean_buyers=sum(totals) / runs,
        mean_cost_minor=round(sum(costs) / runs),
        stock_for_95=_at(sorted(units), 0.95),
        chance_of_running_out=None
        if told.stock is None
        else sum(1 for amount in units if amount > told.stock) / runs,
        brought_share=brought / sum(totals) if sum(totals) else 0.0,
        grows_without_end=told.k >= 1,
        spread=tuple(sorted(totals)[:: max(1, runs // 20)]),
    )


def _run(told: Assumptions, dice: Dice) -> tuple[int, int]:
    """(all buyers, those of generation 0) of one run."""
    first = _binomial(told.reach, told.conversion, dice)
    total, generation = first, first
    for _ in range(GENERATIONS):
        if generation == 0 or total > UNITS_MAX:
            break
        generation = _offspring(generation, told.k, dice)
        total += generation
    return total, first


def _offspring(parents: int, k: float, dice: Dice) -> int:
    """Negative binomial: a Poisson whose mean is itself drawn, so that few bring many."""
    if k <= 0:
        return 0
    return _poisson(dice.gammavariate(DISPERSION * parents, k / DISPERSION), dice)


def _binomial(count: int, chance: float, dice: Dice) -> int:
    """Exact for small counts, by the normal curve for large ones (rounded, never outside of 0…count)."""
    if count * chance * (1 - chance) < _POISSON_BY_HAND_BELOW:
        if chance < 0.1 and count > 1_000:
            return min(count, _poisson(count * chance, dice))
        return sum(dice.random() < chance for _ in range(count))
    drawn = dice.gauss(count * chance, math.sqrt(count * chance * (1 - chance)))
    return max(0, min(count, round(drawn)))


def _poisson(mean: float, dice: Dice) -> int:
    """Knuth's product for small means, the normal curve for large ones."""
    if mean <= 0:
        return 0
    if mean >= _POISSON_BY_HAND_BELOW:
        return max(0, round(dice.gauss(mean, math.sqrt(mean))))
    floor, product, count = math.exp(-mean), dice.random(), 0
    while product > floor:
        product *= dice.random()
        count += 1
    return count


def _units(told: Assumptions, buyers: int) -> int:
    return round(buyers * told.units_per_buyer)


def _range(values: Sequence[int]) -> Range:
    ordered = sorted(values)
    return Range(low=_at(ordered, 0.1), middle=_at(ordered, 0.5), high=_at(ordered, 0.9))


def _at(ordered: Sequence[int], share: float) -> int:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0
