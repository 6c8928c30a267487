"""Arithmetic of benefits: how much a rule takes off, and how that is shared out over lines."""

from collections.abc import Sequence

from jishi.kernel.money import share_in_basis_points, split_minor
from jishi.modules.promotions.types import (
    AmountOff,
    Benefit,
    EveryFull,
    Measure,
    PercentOff,
    Step,
    Steps,
)


def capped(minor: int, cap_minor: int | None) -> int:
    return minor if cap_minor is None else min(minor, cap_minor)


def saving_on_sum(benefit: Benefit, *, sum_minor: int, base_minor: int, units: int) -> int:
    """What an order or coupon benefit takes off lines that cost `sum_minor` now and `base_minor` when the stage began."""
    match benefit:
        case Steps():
            step = step_reached(benefit, base_minor=base_minor, units=units)
            if step is None:
                return 0
            off = share_in_basis_points(sum_minor, step.rate) if step.rate else step.off_minor
            return min(sum_minor, capped(off, benefit.cap_minor))
        case PercentOff(rate, cap):
            return min(sum_minor, capped(share_in_basis_points(sum_minor, rate), cap))
        case AmountOff(minor):
            return min(sum_minor, minor)
        case EveryFull(least, off, times):
            return min(sum_minor, capped(base_minor // least, times) * off)
    return 0


def step_reached(benefit: Steps, *, base_minor: int, units: int) -> Step | None:
    """The highest step that is reached; steps are in rising order."""
    measured = base_minor if benefit.measure is Measure.AMOUNT else units
    reached = None
    for step in benefit.steps:
        if measured < step.least:
            break
        reached = step
    return reached


def next_step(benefit: Steps, *, base_minor: int, units: int) -> Step | None:
    """The first step that is not reached yet."""
    measured = base_minor if benefit.measure is Measure.AMOUNT else units
    return next((step for step in benefit.steps if measured < step.least), None)


def first_promise(benefit: Benefit) -> tuple[int, int]:
    """(amount, rate) of what a benefit gives where it begins: what there is to win."""
    match benefit:
        case Steps(steps, _, _):
            return steps[0].off_minor, steps[0].rate
        case EveryFull(_, off, _) | AmountOff(off):
            return off, 0
        case PercentOff(rate, _):
            return 0, rate
    return 0, 0


def level_of(benefit: Benefit, *, base_minor: int, units: int) -> int:
    """How far up a benefit with levels one is: a lower level than could be had means that something stood in the way."""
    match benefit:
        case Steps(steps, measure, _):
            measured = base_minor if measure is Measure.AMOUNT else units
            return sum(measured >= step.least for step in steps)
        case EveryFull(least, _, times):
            return capped(base_minor // least, times)
    return 0


def split_within(total: int, room: Sequence[int], weights: Sequence[int]) -> list[int]:
    """Share `total` by weight, no part above its room; what does not fit moves on. Conserves the sum when it fits at all.

    Repeated largest remainder: parts that hit their room are fixed and the rest is shared among the others.
    """
    total = min(total, sum(room))
    parts = [0] * len(room)
    open_ = [i for i in range(len(room)) if room[i] > 0 and weights[i] > 0]
    left = total
    while left > 0 and open_:
        shares = split_minor(left, [weights[i] for i in open_])
        tight = [i for i, share in zip(open_, shares, strict=True) if parts[i] + share >= room[i] and share]
        if not any(parts[i] + share > room[i] for i, share in zip(open_, shares, strict=True)):
            for i, share in zip(open_, shares, strict=True):
                parts[i] += share
            return parts
        for i in tight:
            left -= room[i] - parts[i]
            parts[i] = room[i]
        open_ = [i for i in open_ if parts[i] < room[i]]
    return parts
