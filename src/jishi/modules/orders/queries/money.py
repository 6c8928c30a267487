"""The orders' side of a day's money, for the finance desk."""

from datetime import datetime

from django.db.models import Sum

from jishi.modules.orders.models import Order, OrderRefund
from jishi.modules.orders.types import RefundPhase


def money_between(*, since: datetime, until: datetime) -> dict[str, tuple[int, int]]:
    """Per currency: (paid by orders that were paid in the period, given back in the period); two queries."""
    paid = (
        Order.objects.filter(paid_at__gte=since, paid_at__lt=until)
        .values_list("currency")
        .annotate(sum=Sum("paid_minor"))
        .order_by()
    )
    back = (
        OrderRefund.objects.filter(
            phase=RefundPhase.SUCCEEDED.value, settled_at__gte=since, settled_at__lt=until
        )
        .values_list("order__currency")
        .annotate(sum=Sum("amount_minor"))
        .order_by()
    )
    found = {currency: (int(minor), 0) for currency, minor in paid}
    for currency, minor in back:
        found[currency] = (found.get(currency, (0, 0))[0], int(minor))
    return found
