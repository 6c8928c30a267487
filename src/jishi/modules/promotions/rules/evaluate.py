"""One evaluation: stage by stage, group by group, the largest saving wins (docs/algorithms/prices.md, §1–§4)."""

from collections.abc import Sequence

from jishi.kernel.money import share_in_basis_points
from jishi.modules.promotions.rules.amounts import capped, saving_on_sum, split_within
from jishi.modules.promotions.rules.cases import Candidate, Case
from jishi.modules.promotions.rules.results import Blocked, Parts, Result
from jishi.modules.promotions.rules.wide import wide_parts
from jishi.modules.promotions.types import (
    AmountOff,
    Benefit,
    EveryFull,
    FixedPrice,
    Gift,
    Measure,
    NthOff,
    PercentOff,
    Reason,
    SetFor,
    ShippingOff,
    Stage,
    Steps,
    UnitsFor,
)

LEVELS_MAX = 50


def evaluate(case: Case, *, without: frozenset[int] = frozenset()) -> Result:
    """Price the cart with all offers but `without` (candidate indices)."""
    result = Result(amounts=list(case.amounts))
    for index in without:
        result.verdicts[index] = (Reason.LEFT_OUT, None)
    for stage in (Stage.ITEM, Stage.ORDER, Stage.COUPON):
        result.starts[stage] = [sum([result.amounts[i] for i in lines]) for lines in case.scopes]
        for whole_group in case.groups[stage]:
            group = [c for c in whole_group if c.index not in without] if without else whole_group
            before = sum(result.amounts) if group else 0
            (_item_group if stage is Stage.ITEM else _sum_group)(case, result, group)
            if result.in_the_way:
                _note_blocked(case, result, saved=before - sum(result.amounts))
    _shipping(case, result, without)
    return result


def _item_group(case: Case, result: Result, group: Sequence[Candidate]) -> None:
    """Line by line the best single offer; then offers over several lines where they beat what they displace."""
    able = [c for c in group if _may_begin(case, result, c)]
    gifts = [c for c in able if isinstance(c.offer.benefit, Gift)]
    wide = [c for c in able if isinstance(c.offer.benefit, NthOff | UnitsFor | SetFor)]
    best = _best_by_line(case, result, [c for c in able if c not in gifts and c not in wide])
    _give(result, gifts)
    taken = _wide_offers(case, result, wide, best)
    parts_of: dict[int, Parts] = {}
    for i, (saving, candidate) in sorted(best.items()):
        if i not in taken:
            parts_of.setdefault(candidate.index, []).append((i, saving))
    winner = next((c for c in able if c.index in parts_of or c.index in taken.values()), None)
    for candidate in able:
        if candidate.index in parts_of:
            _use(result, candidate, parts_of[candidate.index])
    _close_group(result, able, winner)


def _best_by_line(
    case: Case, result: Result, singles: Sequence[Candidate]
) -> dict[int, tuple[int, Candidate]]:
    best: dict[int, tuple[int, Candidate]] = {}
    for candidate in singles:
        for i in _lines_left(result, candidate):
            saving = _within_floor(case, result, i, _single(candidate.offer.benefit, case, result, i))
            if saving > 0 and (i not in best or saving > best[i][0]):
                best[i] = (saving, candidate)
    return best


def _give(result: Result, gifts: Sequence[Candidate]) -> None:
    for candidate in gifts:
        result.gifts.append(candidate)
        result.verdicts[candidate.index] = (Reason.APPLIED, None)


def _close_group(result: Result, able: Sequence[Candidate], winner: Candidate | None) -> None:
    """Who could have been used and was not: another was better, or it gave nothing."""
    for candidate in able:
        if candidate.index not in result.verdicts:
            reason = Reason.BETTER_ONE if winner is not None else Reason.NO_EFFECT
            result.verdicts[candidate.index] = (reason, winner)


def _wide_offers(
    case: Case, result: Result, wide: Sequence[Candidate], best: dict[int, tuple[int, Candidate]]
) -> dict[int, int]:
    """Lines taken by offers over several lines: line index → candidate index."""
    taken: dict[int, int] = {}
    for candidate in wide:
        free = [i for i in _lines_left(result, candidate) if i not in taken]
        parts = wide_parts(candidate, case, result, free)
        parts = [(i, _within_floor(case, result, i, saving)) for i, saving in parts]
        gain = sum(saving for _, saving in parts)
        lost = sum(best[i][0] for i, _ in parts if i in best)
        if lost or len(wide) > 1:  # something else could have had these lines
            result.blocked.append(Blocked(candidate.group, max(gain, lost), 0))
        if gain > lost:
            taken |= {i: candidate.index for i, _ in parts}
            _use(result, candidate, [(i, saving) for i, saving in parts if saving])
    return taken


def _sum_group(case: Case, result: Result, group: Sequence[Candidate]) -> None:
    """The one offer of the group that takes most off the lines in its scope together."""
    able = [c for c in group if _may_begin(case, result, c)]
    _give(result, [c for c in able if isinstance(c.offer.benefit, Gift)])
    best: tuple[int, Candidate, tuple[int, ...]] | None = None
    start = result.starts[group[0].offer.stage] if group else []
    sums: dict[int, int] = {}
    for candidate in able:
        if candidate.offer.skips:
            lines = _lines_left(result, candidate)
            now = base = sum([result.amounts[i] for i in lines])
            units = sum([case.lines[i].quantity for i in lines])
        else:
            lines, units, base = candidate.lines, candidate.units, start[candidate.scope]
            if candidate.scope not in sums:
                sums[candidate.scope] = sum([result.amounts[i] for i in lines])
            now = sums[candidate.scope]
        saving = saving_on_sum(candidate.offer.benefit, sum_minor=now, base_minor=base, units=units)
        saving = _within_budget(case, candidate, saving)
        if saving >= now > 0:  # takes all there is: with more it would take more
            result.in_the_way.append((candidate, 0))
        if saving > 0 and (best is None or saving > best[0]):
            best = (saving, candidate, lines)
    if best is not None:
        saving, winner, lines = best
        room = [max(0, result.amounts[i] - case.floors[i]) for i in lines]
        parts = split_within(saving, room, [result.amounts[i] for i in lines])
        if sum(parts) < saving:
            result.in_the_way.append((winner, 0))
        _use(result, winner, [(i, part) for i, part in zip(lines, parts, strict=True) if part])
    _close_group(result, able, best[1] if best else None)


def _shipping(case: Case, result: Result, without: frozenset[int]) -> None:
    goods = sum(result.amounts)
    fee = result.fee_full_minor = case.fee_of(goods)
    if case.fee_of(sum(case.amounts)) < fee:
        # a discount cost the free delivery
        result.blocked.append(Blocked("", fee - case.fee_of(sum(case.amounts)), 0))
    if case.ships_free:
        fee = 0
    result.starts[Stage.SHIPPING] = [sum([result.amounts[i] for i in lines]) for lines in case.scopes]
    for group in case.groups[Stage.SHIPPING]:
        best: tuple[int, Candidate] | None = None
        for candidate in group:
            if candidate.index in without or not _may_begin(case, result, candidate):
                continue
            saving = _off_fee(candidate.offer.benefit, fee)
            if saving > 0 and (best is None or saving > best[0]):
                best = (saving, candidate)
        if best is not None:
            fee -= best[0]
            result.used.append((best[1], []))
            result.verdicts[best[1].index] = (Reason.APPLIED, None)
        _close_group(result, group, best[1] if best else None)
        if result.in_the_way:
            _note_blocked(case, result, saved=best[0] if best else 0)
    result.fee_minor = fee


def _off_fee(benefit: Benefit, fee: int) -> int:
    if isinstance(benefit, ShippingOff):
        return fee if benefit.minor is None else min(fee, benefit.minor)
    return min(fee, saving_on_sum(benefit, sum_minor=fee, base_minor=fee, units=1))


def _may_begin(case: Case, result: Result, candidate: Candidate) -> bool:
    """Condition and exclusions; writes the verdict when the answer is no, and notes what stood in the way."""
    offer = candidate.offer
    if case.has_exclusions:
        against = next((used for used in result.applied if _exclude(candidate, used)), None)
        if against is not None:
            result.verdicts[candidate.index] = (Reason.EXCLUDED_BY, against)
            result.in_the_way.append((candidate, 0))
            return False
    base, units = result.starts[offer.stage][candidate.scope], candidate.units
    if offer.skips:
        left = _lines_left(result, candidate)
        if len(left) < len(candidate.lines):
            result.in_the_way.append((candidate, 0))
            base = sum([result.amounts[i] for i in left])
            units = sum([case.lines[i].quantity for i in left])
    elif base < candidate.ideal and offer.stage is not Stage.ITEM:
        _note_levels(result, candidate, base=base)
    if base < candidate.least or not units:
        result.verdicts[candidate.index] = (Reason.BELOW_AMOUNT, None)
        return False
    if units < offer.least_units or units < _least_step_units(offer.benefit):
        result.verdicts[candidate.index] = (Reason.BELOW_UNITS, None)
        return False
    return True


def _note_levels(result: Result, candidate: Candidate, *, base: int) -> None:
    """Levels that the goods would have reached before earlier discounts, and how much of those stands between."""
    benefit, ideal = candidate.offer.benefit, candidate.ideal
    if isinstance(benefit, Steps):
        if benefit.measure is Measure.AMOUNT:
            levels = [max(step.least, candidate.offer.least_minor) for step in benefit.steps]
            result.in_the_way += [(candidate, least - base) for least in levels if base < least <= ideal]
            return
    elif isinstance(benefit, EveryFull):
        levels = list(range(base // benefit.least_minor + 1, ideal // benefit.least_minor + 1)[:LEVELS_MAX])
        result.in_the_way += [(candidate, level * benefit.least_minor - base) for level in levels]
    if base < candidate.offer.least_minor <= ideal:
        result.in_the_way.append((candidate, candidate.offer.least_minor - base))


def _note_blocked(case: Case, result: Result, *, saved: int) -> None:
    """What each offer that was in the way of nothing but earlier discounts would have given more than its group did."""
    for candidate, missing in result.in_the_way:
        offer = candidate.offer
        if offer.stage is Stage.ITEM:
            would = candidate.ideal
        elif offer.stage is Stage.SHIPPING:
            would = _off_fee(offer.benefit, case.fee_of(0))
        else:
            base = result.starts[offer.stage][candidate.scope] + missing if missing else candidate.ideal
            would = saving_on_sum(offer.benefit, sum_minor=base, base_minor=base, units=candidate.units)
        if would > saved:
            result.blocked.append(Blocked(candidate.group, would - saved, missing))
    result.in_the_way.clear()


def _least_step_units(benefit: Benefit) -> int:
    return benefit.steps[0].least if isinstance(benefit, Steps) and benefit.measure is Measure.UNITS else 0


def _exclude(one: Candidate, other: Candidate) -> bool:
    return other.offer.group in one.offer.excludes or one.offer.group in other.offer.excludes


def _lines_left(result: Result, candidate: Candidate) -> tuple[int, ...]:
    """Its lines, less those that carry an offer it does not go together with."""
    skips = candidate.offer.skips
    if not skips:
        return candidate.lines
    marked = {i for used, parts in result.used if used.offer.group in skips for i, _ in parts}
    return tuple(i for i in candidate.lines if i not in marked)


def _single(benefit: Benefit, case: Case, result: Result, i: int) -> int:
    amount, quantity = result.amounts[i], case.lines[i].quantity
    match benefit:
        case PercentOff(rate, cap):
            return capped(share_in_basis_points(amount, rate), cap)
        case AmountOff(minor):
            return min(amount, minor * quantity)
        case FixedPrice(minor):
            return max(0, amount - minor * quantity)
    return saving_on_sum(benefit, sum_minor=amount, base_minor=amount, units=quantity)


def _within_floor(case: Case, result: Result, i: int, saving: int) -> int:
    return max(0, min(saving, result.amounts[i] - case.floors[i]))


def _within_budget(case: Case, candidate: Candidate, saving: int) -> int:
    """An offer gives all it promises or nothing."""
    left = case.budgets.get(candidate.offer.id)
    return saving if left is None or saving <= left else 0


def _use(result: Result, candidate: Candidate, parts: Parts) -> None:
    for i, saving in parts:
        result.amounts[i] -= saving
    result.used.append((candidate, parts))
    result.verdicts[candidate.index] = (Reason.APPLIED, None)
