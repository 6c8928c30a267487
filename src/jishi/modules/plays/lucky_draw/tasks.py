"""Jobs of lucky draws."""

from jishi.modules.plays.lucky_draw.operations.settle import sweep_draws
from jishi.platform import jobs


@jobs.periodic(cron="* * * * * */10", name="lucky_draw.sweep")
def sweep() -> None:
    """Every ten seconds: draws whose time is over."""
    sweep_draws()
