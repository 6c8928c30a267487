"""Jobs of the plumbing."""

import uuid
from datetime import timedelta

from jishi.kernel import clock
from jishi.platform import facts, jobs
from jishi.platform.models import OnceRow

ONCE_KEPT_DAYS = 7
PURGE_BATCH = 5_000


@jobs.task(name="platform.deliver_fact", queue="facts")
def deliver_fact(*, fact_id: str, reader_name: str) -> None:
    facts.deliver(fact_id=uuid.UUID(fact_id), reader_name=reader_name)


@jobs.periodic(cron="17 4 * * *", name="platform.forget_old_answers")
def forget_old_answers() -> None:
    """Idempotent answers are kept for a week."""
    before = clock.now() - timedelta(days=ONCE_KEPT_DAYS)
    old = OnceRow.objects.filter(at__lt=before).values_list("pk", flat=True)[:PURGE_BATCH]
    OnceRow.objects.filter(pk__in=list(old)).delete()


@jobs.periodic(cron="* * * * * */10", name="platform.retry_stalled_jobs")
def retry_stalled_jobs() -> None:
    """Every ten seconds: what a killed worker left half done is done again; jobs are idempotent for this."""
    jobs.retry_stalled_jobs()
