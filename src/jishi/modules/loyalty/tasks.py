"""Jobs of loyalty: small steps, safe to run again."""

import logging

from jishi.kernel.actor import SYSTEM
from jishi.modules.loyalty.operations.lots import expire_due_points, release_due_points
from jishi.modules.loyalty.operations.notices import tell_of_expiring_points
from jishi.modules.loyalty.operations.standing import grant_birthday_gifts, sweep_standings
from jishi.modules.loyalty.queries.rebuild import rebuild_balances
from jishi.platform import jobs

log = logging.getLogger(__name__)
BATCHES_MAX = 40


@jobs.periodic(cron="*/5 * * * *", name="loyalty.release_points")
def release_points_job() -> None:
    """Every five minutes: promised points whose day has come."""
    release_due_points()


@jobs.periodic(cron="3 * * * *", name="loyalty.expire_points")
def expire_points_job() -> None:
    """Every hour: what is past its end; spending never counts it even before."""
    for _ in range(BATCHES_MAX):
        if not expire_due_points():
            return


@jobs.periodic(cron="20 9 * * *", name="loyalty.tell_of_expiring_points")
def tell_of_expiring_points_job() -> None:
    for _ in range(BATCHES_MAX):
        if not tell_of_expiring_points():
            return


@jobs.periodic(cron="40 2 * * *", name="loyalty.sweep_standings")
def sweep_standings_job() -> None:
    """Every night, in batches: growth that has grown old, warnings, falls, birthdays."""
    for _ in range(BATCHES_MAX):
        if not sweep_standings():
            break
    grant_birthday_gifts()


@jobs.periodic(cron="30 3 * * *", name="loyalty.prove_balances")
def prove_balances_job() -> None:
    """Every night: balances told again from their entries. A difference is a bug and is logged as one."""
    for found in rebuild_balances(by=SYSTEM):
        log.error(
            "points differ: %s %s %s stored %s, rebuilt %s",
            found.what,
            found.id,
            found.field,
            found.stored,
            found.rebuilt,
        )
