"""Every timer runs as often as it says; a cron of six fields is easily written the wrong way round."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from procrastinate.contrib.django import app

LONGEST_SECONDS = {
    "flows.sweep_deadlines": 10,
    "flows.ask_providers": 10,
    "platform.retry_stalled_jobs": 10,
    "webhooks.sweep": 10,
    "inventory.expire_holds": 20,
}
START = datetime(2026, 6, 1, 12, 3, 4, tzinfo=UTC)


def gaps() -> dict[str, float]:
    """The longest wait between two runs, over some hours from a crooked time, by task."""
    found = {}
    for task in app.periodic_registry.periodic_tasks.values():
        timer = task.croniter
        times = [timer.get_next(float, start_time=START.timestamp())]
        while times[-1] < START.timestamp() + 3 * 3600 and len(times) < 2_000:
            times.append(timer.get_next(float, start_time=times[-1]))
        found[task.task.name] = max(
            later - earlier for earlier, later in pairwise([START.timestamp(), *times])
        )
    return found


@pytest.mark.parametrize(("name", "seconds"), LONGEST_SECONDS.items())
def test_what_must_not_wait_is_run_every_few_seconds(name: str, seconds: float) -> None:
    assert gaps()[name] <= seconds


def test_no_timer_has_its_seconds_where_the_minutes_belong() -> None:
    """Six fields: the seconds are the last; `*/10 * * * * *` would be every second of each tenth minute."""
    crons = {task.task.name: task.cron.split() for task in app.periodic_registry.periodic_tasks.values()}

    assert {name: cron for name, cron in crons.items() if len(cron) == 6 and cron[:5] != ["*"] * 5} == {}
