"""Setting what shipping costs."""

from collections.abc import Sequence

from jishi.kernel.actor import Actor
from jishi.modules.orders.models import ShippingRate, ShippingTemplate
from jishi.modules.orders.rules import Rate
from jishi.platform.transactions import in_transaction


@in_transaction
def set_default_shipping(*, by: Actor, name: str, rates: Sequence[Rate]) -> None:
    """Replace the shop's default template by these rates, in this order."""
    by.require("settings.edit")
    template, _ = ShippingTemplate.objects.update_or_create(is_default=True, defaults={"name": name[:40]})
    ShippingRate.objects.filter(template=template).delete()
    ShippingRate.objects.bulk_create(
        [
            ShippingRate(
                template=template,
                position=position,
                province_codes=list(rate.province_codes),
                first_grams=rate.first_grams,
                first_minor=rate.first_minor,
                step_grams=rate.step_grams,
                step_minor=rate.step_minor,
                free_from_minor=rate.free_from_minor,
                is_refused=rate.is_refused,
            )
            for position, rate in enumerate(rates)
        ]
    )
