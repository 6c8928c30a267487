"""Runs the jobs that are waiting, in this process, as a worker would: one after another, each in its own transaction."""

import json
import random

from django.db import connection
from procrastinate.contrib.django import app

JOBS_RUN_MAX = 5_000


def waiting_jobs() -> list[tuple[int, str, dict[str, object]]]:
    """(id, task, arguments) of jobs whose time has come, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, task_name, args::text FROM procrastinate_jobs WHERE status = 'todo'"
            " AND (scheduled_at IS NULL OR scheduled_at <= now()) ORDER BY id"
        )
        return [(row[0], row[1], json.loads(row[2])) for row in cursor.fetchall()]


def run_jobs(*, shuffle: random.Random | None = None, twice: bool = False) -> int:
    """Drain the queue; jobs deferred by jobs run too. `twice` delivers each job two times, `shuffle` out of order."""
    ran = 0
    while jobs := waiting_jobs():
        if shuffle is not None:
            shuffle.shuffle(jobs)
        for job_id, name, arguments in jobs:
            task = app.tasks[name]
            for _ in range(2 if twice else 1):
                task.func(**arguments)
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s AND status = 'todo'",
                    [job_id],
                )
                cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job_id])
            ran += 1
            if ran > JOBS_RUN_MAX:
                raise RuntimeError("jobs keep making jobs")
    return ran
