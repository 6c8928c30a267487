"""Jobs: Procrastinate tasks that live in the same database as the work that causes them.

A job deferred inside a transaction exists exactly when the transaction commits. Arguments are ids; every task
is idempotent because it may run again after a crash.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

RETRY_ATTEMPTS_MAX = 12
RETRY_BASE_SECONDS = 2

RETRY = RetryStrategy(max_attempts=RETRY_ATTEMPTS_MAX, exponential_wait=RETRY_BASE_SECONDS)


def task(
    *, name: str, queue: str = "default", retries: bool = True, lock: str | None = None
) -> Callable[[Callable[..., Any]], Any]:
    """Register a job under a name that never changes once released."""
    return app.task(name=name, queue=queue, retry=RETRY if retries else False, lock=lock)


def periodic(*, cron: str, name: str, queue: str = "timers") -> Callable[[Callable[..., Any]], Any]:
    """Register a job that the workers run on a schedule (six-field cron allowed); it gets no arguments."""

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
