"""Jobs whose worker was killed run again; jobs that are deferred live and die with their transaction."""

from typing import Any

import pytest
from django.db import connection, transaction

from jishi.platform import jobs

pytestmark = pytest.mark.django_db


def execute(query: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()[0] if cursor.description else None


def worker(*, silent_seconds: int) -> int:
    return int(
        execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id",
            silent_seconds,
        )
    )


def job(status: str, *, of: int | None = None, attempts: int = 0, waits_as: str | None = None) -> int:
    made = execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts, queueing_lock)"
        " VALUES ('tests', 'tests.nothing', '{}', 'todo', %s, NULL) RETURNING id",
        attempts,
    )
    execute(
        "UPDATE procrastinate_jobs SET status = %s, worker_id = %s, queueing_lock = %s WHERE id = %s",
        status,
        of,
        waits_as,
        made,
    )
    return int(made)


def state(job_id: int) -> tuple[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, attempts FROM procrastinate_jobs WHERE id = %s", [job_id])
        found = cursor.fetchone()
    return str(found[0]), int(found[1])


@pytest.mark.parametrize(
    ("status", "silent_seconds", "after"),
    [
        ("doing", 120, ("todo", 1)),
        ("doing", jobs.STALLED_SECONDS + 1, ("todo", 1)),
        ("doing", 5, ("doing", 0)),  # its worker is alive
        ("doing", None, ("todo", 1)),  # its worker is forgotten
        ("todo", 120, ("todo", 0)),
        ("succeeded", 120, ("succeeded", 0)),
        ("failed", 120, ("failed", 0)),
    ],
)
def test_only_what_a_dead_worker_was_doing_is_done_again(
    status: str, silent_seconds: int | None, after: tuple[str, int]
) -> None:
    made = job(status, of=None if silent_seconds is None else worker(silent_seconds=silent_seconds))

    assert jobs.retry_stalled_jobs() == (after == ("todo", 1))
    assert state(made) == after


def test_a_stalled_job_with_a_waiting_twin_is_given_up_and_holds_up_nobody() -> None:
    dead = worker(silent_seconds=60)
    stalled = job("doing", of=dead, waits_as="sweep")
    twin, other = job("todo", waits_as="sweep"), job("doing", of=dead)

    assert jobs.retry_stalled_jobs() == 1

    assert [state(one)[0] for one in (stalled, twin, other)] == ["failed", "todo", "todo"]


def test_a_job_that_ends_every_worker_is_given_up() -> None:
    made = job("doing", of=worker(silent_seconds=60), attempts=jobs.RETRY_ATTEMPTS_MAX)

    assert jobs.retry_stalled_jobs() == 0
    assert state(made)[0] == "failed"


def test_many_stalled_jobs_are_taken_a_batch_at_a_time() -> None:
    dead = worker(silent_seconds=60)
    for _ in range(5):
        job("doing", of=dead)

    assert [jobs.retry_stalled_jobs(limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_a_job_exists_exactly_when_its_cause_does() -> None:
    before = execute("SELECT count(*) FROM procrastinate_jobs")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        jobs.defer("platform.deliver_fact", fact_id="f", reader_name="r")
        _ = 1 / 0
    assert execute("SELECT count(*) FROM procrastinate_jobs") == before

    jobs.defer("platform.deliver_fact", fact_id="f", reader_name="r")
    assert execute("SELECT count(*) FROM procrastinate_jobs") == before + 1


def test_a_job_under_a_lock_waits_only_once() -> None:
    from jishi.platform.tasks import deliver_fact

    again = [jobs.defer_once(deliver_fact, lock="one", fact_id="f", reader_name="r") for _ in range(3)]
    other = jobs.defer_once(deliver_fact, lock="two", fact_id="f", reader_name="r")

    assert (again, other) == ([True, False, False], True)
