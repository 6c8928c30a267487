"""Reading shipping templates."""

from jishi.modules.orders.models import ShippingRate
from jishi.modules.orders.rules import Rate

RATES_MAX = 100


def default_rates() -> list[Rate]:
    """The rates of the shop's default template in their order; one query. No template means free shipping."""
    rows = ShippingRate.objects.filter(template__is_default=True).order_by("position")[:RATES_MAX]
    return [
        Rate(
            province_codes=tuple(row.province_codes),
            first_grams=row.first_grams,
            first_minor=row.first_minor,
            step_grams=row.step_grams,
            step_minor=row.step_minor,
            free_from_minor=row.free_from_minor,
            is_refused=row.is_refused,
        )
        for row in rows
    ]
