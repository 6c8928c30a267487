"""Jobs of moderation."""

from jishi.modules.guard.operations.sanctions import end_sanctions
from jishi.platform import jobs


@jobs.periodic(cron="* * * * *", name="guard.end_sanctions")
def end_old_sanctions() -> None:
    """Every minute: sanctions whose time is over."""
    end_sanctions()
