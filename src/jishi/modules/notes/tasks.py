"""Jobs of notes."""

from jishi.modules.notes.operations.review import DUE_BATCH, publish_due_notes, refresh_quality
from jishi.platform import jobs

ROUNDS_MAX = 20


@jobs.periodic(cron="* * * * * */2", name="notes.publish_due")
def publish_due() -> None:
    """Every two seconds, until nothing is due."""
    for _ in range(ROUNDS_MAX):
        if publish_due_notes() < DUE_BATCH:
            return


@jobs.periodic(cron="* * * * * */10", name="notes.refresh_quality")
def refresh() -> None:
    for _ in range(ROUNDS_MAX):
        if not refresh_quality():
            return
