"""Jobs: Procrastinate tasks that live in the same database as the work that causes them.

A job deferred inside a transaction exists exactly when the transaction commits. Arguments are ids; every task
is idempotent because it may run again after a crash.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

RETRY_ATTEMPTS_MAX = 12
RETRY_BASE_SECONDS = 2
STALLED_SECONDS = 30  # three heartbeats of a worker
STALLED_BATCH = 200

RETRY = RetryStrategy(max_attempts=RETRY_ATTEMPTS_MAX, exponential_wait=RETRY_BASE_SECONDS)


def task(
    *, name: str, queue: str = "default", retries: bool = True, lock: str | None = None
) -> Callable[[Callable[..., Any]], Any]:
    """Register a job under a name that never changes once released."""
    return app.task(name=name, queue=queue, retry=RETRY if retries else False, lock=lock)


def periodic(*, cron: str, name: str, queue: str = "timers") -> Callable[[Callable[..., Any]], Any]:
    """Register a job that the workers run on a schedule; it gets no arguments.

    A cron of six fields has the seconds LAST: `* * * * * */10` is every ten seconds.
    """

    def register(function: Callable[[], Any]) -> Any:
        def run(timestamp: int) -> None:
            del timestamp
            function()

        return app.periodic(cron=cron)(
            app.task(name=name, queue=queue, retry=False, queueing_lock=name, pass_context=False)(run)
        )

    return register


def defer_once(task: Any, *, lock: str, **arguments: str) -> bool:
    """Defer unless a job under the same lock is still waiting. True when it was deferred."""
    try:
        with transaction.atomic():
            task.configure(queueing_lock=lock).defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True


def defer(name: str, **arguments: str) -> None:
    """Defer a job by its name, in the transaction that is open."""
    app.configure_task(name).defer(**arguments)


def defer_many(name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Defer the same job for many at once: one statement, none for nothing."""
    if rows:
        app.configure_task(name).batch_defer(*rows)


def retry_stalled_jobs(*, limit: int = STALLED_BATCH) -> int:
    """Queue the jobs again whose worker was killed while it ran them; returns how many.

    A job that another one of the same queueing lock already waits for, or that has been the end of too many workers, is
    given up as failed instead.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_STALLED, [STALLED_SECONDS, limit])
        stalled = cursor.fetchall()
    return sum(_retry(job_id, is_hopeless=attempts >= RETRY_ATTEMPTS_MAX) for job_id, attempts in stalled)


_STALLED = """
SELECT job.id, job.attempts FROM procrastinate_jobs job
LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
WHERE job.status = 'doing'
  AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s))
ORDER BY job.id LIMIT %s
"""


def _retry(job_id: int, *, is_hopeless: bool) -> bool:
    """In a transaction of its own, so that one job in the way of another does not hold up the rest."""
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(
                    "SELECT 1 FROM procrastinate_jobs WHERE id = %s AND status = 'doing' FOR UPDATE", [job_id]
                )
                if cursor.fetchone() is None:
                    return False  # another worker was faster
                if not is_hopeless:
                    cursor.execute("SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", [job_id])
                    return True
        except IntegrityError:
            pass  # its twin is waiting
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [job_id])
        return False
