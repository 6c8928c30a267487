"""A cart priced: the best combination, then points and tax, every cent with its reason."""

from collections.abc import Iterable, Sequence

from jishi.modules.promotions.rules.amounts import level_of, next_step, saving_on_sum, split_within
from jishi.modules.promotions.rules.cases import MEMBER_KIND, Asked, Candidate, Case, make_case
from jishi.modules.promotions.rules.compiled import CompiledOffers
from jishi.modules.promotions.rules.results import Parts, Result
from jishi.modules.promotions.rules.search import best_combination
from jishi.modules.promotions.rules.taxes import tax_on_top
from jishi.modules.promotions.types import (
    Adjustment,
    Alternative,
    EveryFull,
    Gift,
    GiftLine,
    Measure,
    PointsWish,
    PricedLine,
    Pricing,
    Reason,
    Stage,
    Steps,
    TaxTerms,
    Trace,
)

OFFER_KIND, COUPON_KIND, POINTS_KIND, TAX_KIND = "offer", "coupon", "points", "tax"
TAX_INCLUDED = TaxTerms()
TRACES_MAX = 40


def price_cart(
    lines: Iterable[PricedLine],
    *,
    offers: CompiledOffers,
    asked: Asked,
    points: PointsWish | None = None,
    tax: TaxTerms = TAX_INCLUDED,
    alternatives: int = 0,
) -> Pricing:
    """Price lines that have distinct keys; their order and that of the offers do not matter.

    `alternatives`: so many other combinations are told too.
    """
    case = make_case(lines, offers, asked)
    found = best_combination(case, alternatives=alternatives)
    result = found.best
    adjustments = _member_adjustments(case) + _offer_adjustments(case, result)
    amounts = result.amounts.copy()
    spent, spent_minor, most = _points(case, amounts, points)
    adjustments += _spend(case, amounts, points=spent, minor=spent_minor)
    goods = sum(amounts)
    taxes = _taxes(case, amounts, tax)
    return Pricing(
        adjustments=tuple(adjustments + taxes),
        traces=_traces(case, result),
        gifts=tuple(_gift(candidate) for candidate in result.gifts),
        goods_minor=goods,
        shipping_minor=result.fee_minor,
        shipping_full_minor=result.fee_full_minor,
        tax_minor=-sum(adjustment.amount_minor for adjustment in taxes),
        points=spent,
        points_minor=spent_minor,
        points_max=most,
        is_exact=found.is_exact,
        alternatives=tuple(
            Alternative(
                tuple(candidate.offer.label for candidate in other.applied),
                sum(case.amounts) + other.fee_full_minor - other.cost_minor,
            )
            for other in found.others
        ),
    )


def _offer_adjustments(case: Case, result: Result) -> list[Adjustment]:
    found = []
    for candidate, parts in result.used:
        kind = COUPON_KIND if candidate.coupon_id else OFFER_KIND
        source = str(candidate.coupon_id or candidate.offer.id)
        found += [
            Adjustment(case.lines[i].key, kind, source, saving, candidate.offer.label)
            for i, saving in parts
            if saving
        ]
    return found


def _spend(case: Case, amounts: list[int], *, points: int, minor: int) -> list[Adjustment]:
    """Take what points are worth off the lines, by what each costs."""
    if not minor:
        return []
    parts = split_within(minor, amounts, amounts)
    for i, part in enumerate(parts):
        amounts[i] -= part
    return [
        Adjustment(case.lines[i].key, POINTS_KIND, str(points), part, "")
        for i, part in enumerate(parts)
        if part
    ]


def _taxes(case: Case, amounts: list[int], terms: TaxTerms) -> list[Adjustment]:
    rates = [line.tax_rate or terms.rate for line in case.lines]
    taxes = tax_on_top(terms, amounts=amounts, quantities=[ln.quantity for ln in case.lines], rates=rates)
    return [
        Adjustment(case.lines[i].key, TAX_KIND, str(rates[i]), -part, "")
        for i, part in enumerate(taxes)
        if part
    ]


def points_within(wish: PointsWish, *, goods_minor: int) -> tuple[int, int]:
    """How many points may be spent on goods of this amount, and what that many are worth."""
    limit_minor = goods_minor * wish.share_max // 10_000
    most = limit_minor * wish.per_unit // wish.unit_minor
    usable = min(max(wish.points, 0), most)
    usable -= usable % max(wish.step, 1)
    return usable, usable * wish.unit_minor // wish.per_unit


def _points(case: Case, amounts: Sequence[int], wish: PointsWish | None) -> tuple[int, int, int]:
    """(points, their worth, the most that could be used)."""
    if wish is None or wish.per_unit <= 0:
        return 0, 0, 0
    goods = sum(amounts)
    spent, minor = points_within(wish, goods_minor=goods)
    most, _ = points_within(
        PointsWish(10**12, wish.per_unit, wish.unit_minor, wish.share_max, wish.step), goods_minor=goods
    )
    return (spent, minor, most) if minor > 0 else (0, 0, most)


def _member_adjustments(case: Case) -> list[Adjustment]:
    return [
        Adjustment(line.key, MEMBER_KIND, "", off, "")
        for line, off in zip(case.lines, case.member_off, strict=True)
        if off
    ]


def _gift(candidate: Candidate) -> GiftLine:
    benefit = candidate.offer.benefit
    assert isinstance(benefit, Gift)
    return GiftLine(candidate.offer.id, benefit.variant_id, benefit.units, candidate.offer.label)


def _traces(case: Case, result: Result) -> tuple[Trace, ...]:
    """What was used, and the first TRACES_MAX of what was not."""
    used = {candidate.index: parts for candidate, parts in result.used}
    keys = [line.key for line in case.lines]
    told, silent = [], 0
    for candidate in case.candidates:
        reason, other = result.verdicts.get(candidate.index, (Reason.NO_EFFECT, None))
        if reason is not Reason.APPLIED:
            silent += 1
            if silent > TRACES_MAX and candidate.coupon_id is None:
                continue
        told.append(_trace(keys, result, candidate, used.get(candidate.index, []), reason, other))
    return (*told, *case.refused)


def _trace(
    keys: Sequence[str],
    result: Result,
    candidate: Candidate,
    parts: Parts,
    reason: Reason,
    other: Candidate | None,
) -> Trace:
    offer = candidate.offer
    saved = sum(saving for _, saving in parts)
    if offer.stage is Stage.SHIPPING and reason is Reason.APPLIED:
        saved = result.fee_full_minor - result.fee_minor
    missing_minor = missing_units = next_off = next_rate = 0
    if reason in (Reason.APPLIED, Reason.BELOW_AMOUNT, Reason.BELOW_UNITS):
        base = result.starts[offer.stage][candidate.scope]
        missing_minor, missing_units, next_off, next_rate = _missing(
            candidate, base=base, units=candidate.units
        )
    return Trace(
        offer_id=offer.id,
        label=offer.label,
        stage=offer.stage,
        reason=reason,
        saved_minor=saved,
        missing_minor=missing_minor,
        missing_units=missing_units,
        next_off_minor=next_off,
        next_rate=next_rate,
        other=other.offer.label if other is not None else "",
        coupon_id=candidate.coupon_id,
        by_line=tuple((keys[i], saving) for i, saving in parts),
        has_budget=offer.budget_minor is not None,
        member_limit=offer.member_limit,
    )


def _missing(candidate: Candidate, *, base: int, units: int) -> tuple[int, int, int, int]:
    """(amount, units) still missing to begin or to the next step, and what that would give."""
    offer, benefit = candidate.offer, candidate.offer.benefit
    if isinstance(benefit, Steps):
        step = next_step(benefit, base_minor=base, units=units)
        if step is None:
            return max(0, offer.least_minor - base), max(0, offer.least_units - units), 0, 0
        if benefit.measure is Measure.UNITS:
            return 0, step.least - units, step.off_minor, step.rate
        return max(step.least, offer.least_minor) - base, 0, step.off_minor, step.rate
    if isinstance(benefit, EveryFull):
        level = level_of(benefit, base_minor=base, units=units)
        if benefit.times is not None and level >= benefit.times:
            return 0, 0, 0, 0
        return (level + 1) * benefit.least_minor - base, 0, (level + 1) * benefit.off_minor, 0
    short, few = max(0, offer.least_minor - base), max(0, offer.least_units - units)
    gives = saving_on_sum(benefit, sum_minor=base + short, base_minor=base + short, units=units + few)
    return short, few, gives if short or few else 0, 0
