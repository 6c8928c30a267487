"""Tax on top of prices, and tax contained in them (docs/algorithms/prices.md, §8)."""

from collections.abc import Sequence

from jishi.kernel.money import BASIS_POINTS, share_in_basis_points, split_minor
from jishi.modules.promotions.types import TaxRounding, TaxTerms


def tax_on_top(
    terms: TaxTerms, *, amounts: Sequence[int], quantities: Sequence[int], rates: Sequence[int]
) -> list[int]:
    """Tax to add to each line; zeros where prices contain it."""
    if terms.is_inclusive:
        return [0] * len(amounts)
    if terms.rounding is TaxRounding.UNIT:
        return [_by_unit(a, q, r) for a, q, r in zip(amounts, quantities, rates, strict=True)]
    if terms.rounding is TaxRounding.LINE:
        return [share_in_basis_points(a, r) for a, r in zip(amounts, rates, strict=True)]
    taxes = [0] * len(amounts)
    for rate in set(rates):
        lines = [i for i, r in enumerate(rates) if r == rate and amounts[i] > 0]
        whole = share_in_basis_points(sum(amounts[i] for i in lines), rate)
        if lines and whole:
            for i, part in zip(lines, split_minor(whole, [amounts[i] for i in lines]), strict=True):
                taxes[i] = part
    return taxes


def tax_within(amount_minor: int, *, rate: int) -> int:
    """The tax contained in an amount that includes it, rounded half up."""
    whole = BASIS_POINTS + rate
    return (2 * amount_minor * rate + whole) // (2 * whole)


def _by_unit(amount: int, quantity: int, rate: int) -> int:
    """Units of a line may differ by one minor unit: the cumulative split of the line."""
    units = [amount * (i + 1) // quantity - amount * i // quantity for i in range(quantity)]
    return sum(share_in_basis_points(unit, rate) for unit in units)
