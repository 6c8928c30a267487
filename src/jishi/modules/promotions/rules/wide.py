"""Offers over several lines: every n-th unit, n for a price, a set for a price."""

from collections.abc import Callable, Iterable, Sequence

from jishi.kernel.money import share_in_basis_points, split_minor
from jishi.modules.promotions.rules.amounts import capped
from jishi.modules.promotions.rules.cases import Candidate, Case
from jishi.modules.promotions.rules.results import Parts, Result
from jishi.modules.promotions.types import NthOff, SetFor, UnitsFor


def wide_parts(candidate: Candidate, case: Case, result: Result, free: Sequence[int]) -> Parts:
    """Lines an offer over several lines would take, and what it saves on each."""
    match candidate.offer.benefit:
        case NthOff(every, rate, times):
            return _nth(case, result, free, every=every, rate=rate, times=times)
        case UnitsFor(units, minor, times):
            most = capped(sum(case.lines[i].quantity for i in free) // units, times)
            return _best_count(
                case, result, lambda n: _dearest(case, result, free, n * units), most=most, price=minor
            )
        case SetFor(_, minor, times):
            return _set(candidate, case, result, set(free), minor=minor, times=times)
    return []


def _nth(
    case: Case, result: Result, free: Sequence[int], *, every: int, rate: int, times: int | None
) -> Parts:
    parts: Parts = []
    position = given = 0
    for i in _by_price(case, result, free):
        quantity = case.lines[i].quantity
        hits = (position + quantity) // every - position // every
        hits = hits if times is None else min(hits, times - given)
        position += quantity
        given += hits
        value = result.amounts[i] * hits // quantity
        parts.append((i, share_in_basis_points(value, rate)))
    return [(i, saving) for i, saving in parts if saving]


def _set(
    candidate: Candidate, case: Case, result: Result, free: set[int], *, minor: int, times: int | None
) -> Parts:
    most = min(
        sum(case.lines[i].quantity for i in lines if i in free) // units for lines, units in candidate.parts
    )
    most = capped(most, times)
    while most > 0 and not _fill(candidate, case, result, free, most):
        most -= 1  # parts that share goods
    return _best_count(
        case, result, lambda n: _fill(candidate, case, result, free, n), most=most, price=minor
    )


def _best_count(
    case: Case, result: Result, choose: Callable[[int], list[tuple[int, int]]], *, most: int, price: int
) -> Parts:
    """How many times over saves most: the dearest come first, so each time brings less than the one before."""

    def saving(count: int) -> int:
        chosen = choose(count)
        return sum(result.amounts[i] * units // case.lines[i].quantity for i, units in chosen) - count * price

    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if saving(middle) > saving(middle - 1):
            low = middle
        else:
            high = middle - 1
    return _for_price(result, case, choose(low), low * price) if low else []


def _fill(
    candidate: Candidate, case: Case, result: Result, free: set[int], count: int
) -> list[tuple[int, int]]:
    """Units of each line for so many sets, the dearest first; empty when they are not to be had."""
    left = {i: case.lines[i].quantity for i in free}
    taken: dict[int, int] = {}
    for lines, units in sorted(candidate.parts, key=lambda part: len(part[0])):  # the narrowest chooses first
        need = units * count
        for i in _by_price(case, result, [i for i in lines if i in free]):
            take = min(need, left[i])
            left[i] -= take
            need -= take
            taken[i] = taken.get(i, 0) + take
        if need:
            return []
    return [(i, units) for i, units in sorted(taken.items()) if units]


def _dearest(case: Case, result: Result, free: Sequence[int], count: int) -> list[tuple[int, int]]:
    chosen = []
    for i in _by_price(case, result, free):
        take = min(count, case.lines[i].quantity)
        count -= take
        if take:
            chosen.append((i, take))
    return chosen


def _for_price(result: Result, case: Case, chosen: Iterable[tuple[int, int]], price: int) -> Parts:
    values = [(i, result.amounts[i] * units // case.lines[i].quantity) for i, units in chosen]
    whole = sum(value for _, value in values)
    if whole <= price:
        return []
    parts = split_minor(whole - price, [value for _, value in values])
    return [(i, part) for (i, _), part in zip(values, parts, strict=True)]


def _by_price(case: Case, result: Result, lines: Iterable[int]) -> list[int]:
    """Dearest unit first; equal ones in the order of their lines. Compared exactly, without dividing."""
    return sorted(lines, key=lambda i: (-(result.amounts[i] * 10**6 // case.lines[i].quantity), i))
