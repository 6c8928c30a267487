"""Jobs of promotions."""

from jishi.modules.promotions.operations.coupons import expire_coupons, remind_of_coupons
from jishi.platform import jobs


@jobs.periodic(cron="*/5 * * * *", name="promotions.sweep_coupons")
def sweep_coupons() -> None:
    """Coupons whose time is over, and those that end within a day."""
    expire_coupons()
    remind_of_coupons()
