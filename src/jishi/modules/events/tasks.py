"""Jobs of events."""

from jishi.modules.events.operations.life import keep_time
from jishi.platform import jobs


@jobs.periodic(cron="* * * * *", name="events.keep_time")
def remind_and_end_events() -> None:
    """Every minute."""
    keep_time()
