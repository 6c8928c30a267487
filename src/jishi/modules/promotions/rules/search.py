"""The best legal combination: evaluations with offers left out, bounded (docs/algorithms/prices.md, §4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from jishi.kernel.money import BASIS_POINTS
from jishi.modules.promotions.rules.cases import Candidate, Case
from jishi.modules.promotions.rules.evaluate import evaluate
from jishi.modules.promotions.rules.results import Result
from jishi.modules.promotions.types import Benefit, PercentOff, Stage, Steps

EVALUATIONS_MAX = 128
WORK_MAX = 4_000  # candidates looked at in all evaluations together: what bounds the time


@dataclass(frozen=True, slots=True)
class Found:
    """The best result, other combinations that came near (best first), and whether nothing was left untried."""

    best: Result
    others: tuple[Result, ...]
    is_exact: bool


def best_combination(case: Case, *, alternatives: int = 0) -> Found:
    """Start with everything; where something stood in the way, leave out what was applied, one more at a time.

    Every set of offers that could be better is reached by leaving out one applied offer after the other, and is only
    passed over when the most it could win does not beat the best so far: with evaluations left over the answer is exact.
    """
    nothing: frozenset[int] = frozenset()
    share = _share_that_stays(case)
    best = first = _affordable(case, nothing)
    best_key = _key(first, nothing)
    kept = [(best_key, first)]
    seen = {nothing}
    waiting = [(nothing, first)]
    is_exact = True
    most = min(EVALUATIONS_MAX, WORK_MAX // max(len(case.candidates), 1) + 1)
    while waiting and is_exact:
        left_out, result = waiting.pop(0)
        if not result.blocked or result.cost_minor - most_to_win(result, share) >= best.cost_minor:
            continue
        for candidate in result.applied:
            wider = left_out | {candidate.index}
            if wider in seen:
                continue
            if len(seen) >= most:
                is_exact = False
                break
            seen.add(wider)
            tried = _affordable(case, wider)
            key = _key(tried, wider)
            kept.append((key, tried))
            if key < best_key:
                best, best_key = tried, key
            waiting.append((wider, tried))
    for candidate in best.applied[:alternatives]:
        kept.append((best_key, _affordable(case, frozenset({candidate.index}))))
    return Found(best, _others(kept, best, limit=alternatives), is_exact=is_exact)


def most_to_win(result: Result, share: Fraction) -> int:
    """An upper bound of what leaving offers out could save.

    To reach what misses `m`, discounts of at least `m` have to be given up, of which rates of later offers win back
    less than `1 − share`; each group gives at most its best `gain` within reach.
    """
    most = 0
    gains: dict[str, int] = {}
    for blocked in sorted(result.blocked, key=lambda one: one.missing):
        gains[blocked.group] = max(gains.get(blocked.group, 0), blocked.gain)
        most = max(most, sum(gains.values()) - floor(blocked.missing * share))
    return most


def _share_that_stays(case: Case) -> Fraction:
    """Of an amount more at the start of the order stage, the part that no rate of a later group takes off again."""
    share = Fraction(1)
    for stage in (Stage.ORDER, Stage.COUPON):
        for group in case.groups[stage]:
            share *= 1 - Fraction(max(_rate_of(candidate.offer.benefit) for candidate in group), BASIS_POINTS)
    return max(share, Fraction(0))


def _rate_of(benefit: Benefit) -> int:
    match benefit:
        case PercentOff(rate, _):
            return rate
        case Steps(steps, _, _):
            return max(step.rate for step in steps)
    return 0


def _affordable(case: Case, without: frozenset[int]) -> Result:
    """An offer whose budget does not carry what it would give is not used at all."""
    result = evaluate(case, without=without)
    while over := _beyond_budget(case, result.used):
        without |= over
        result = evaluate(case, without=without)
    return result


def _beyond_budget(case: Case, used: Iterable[tuple[Candidate, list[tuple[int, int]]]]) -> frozenset[int]:
    return frozenset(
        candidate.index
        for candidate, parts in used
        if candidate.offer.id in case.budgets
        and sum(saving for _, saving in parts) > case.budgets[candidate.offer.id]
    )


def _key(result: Result, left_out: frozenset[int]) -> tuple[int, int, int, list[int]]:
    """Least cost; then more gifts, then the fewest left out, so that the answer does not depend on the order of trying."""
    return result.cost_minor, -len(result.gifts), len(left_out), sorted(left_out)


def _others(
    kept: list[tuple[tuple[int, int, int, list[int]], Result]], best: Result, *, limit: int
) -> tuple[Result, ...]:
    """The next best that use other offers."""
    found: list[Result] = []
    names = {_used(best)}
    for result in sorted((result for _, result in kept), key=lambda one: one.cost_minor) if limit else ():
        if _used(result) not in names:
            names.add(_used(result))
            found.append(result)
    return tuple(found[:limit])


def _used(result: Result) -> frozenset[int]:
    return frozenset(candidate.index for candidate in result.applied)
