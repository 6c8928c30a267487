"""Jobs of the inventory."""

from jishi.modules.inventory.operations.holds import expire_holds
from jishi.platform import jobs

ROUNDS_MAX = 50


@jobs.periodic(cron="* * * * * */20", name="inventory.expire_holds")
def expire_due_holds() -> None:
    """Give back what was not paid in time, batch after batch."""
    for _ in range(ROUNDS_MAX):
        if expire_holds() == 0:
            return
