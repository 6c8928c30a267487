"""The shop's terms; what has not been set is as in `Terms`."""

from dataclasses import fields

from jishi.modules.loyalty.models import LoyaltyTerms
from jishi.modules.loyalty.types import FallPolicy, PointTerms, ReturnPolicy, Terms

TERM_FIELDS = tuple(field.name for field in fields(Terms))


def loyalty_terms() -> Terms:
    """One query."""
    row = LoyaltyTerms.objects.filter(id=1).first()
    if row is None:
        return Terms()
    values = {name: getattr(row, name) for name in TERM_FIELDS}
    values["return_policy"] = ReturnPolicy(row.return_policy)
    values["fall_policy"] = FallPolicy(row.fall_policy)
    return Terms(**values)


def point_terms() -> PointTerms:
    """How points pay at the checkout; one query."""
    terms = loyalty_terms()
    return PointTerms(
        points_per_unit=terms.points_per_unit,
        share_basis_points_max=terms.share_basis_points_max,
        points_step=terms.points_step,
        is_open=terms.is_open,
    )
