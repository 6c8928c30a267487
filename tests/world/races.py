"""Acts at the same moment, over real connections; and what happens when nobody locks."""

import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType
from typing import Any

import pytest
from django.db import connection

from jishi.kernel.errors import Refusal

WAIT_SECONDS = 20


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run each in a thread with its own connection; the answers, refusals and errors among them."""
    answers: list[object] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            start.wait(WAIT_SECONDS)
            answers[place] = act()
        except (Refusal, Exception) as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS)
    return answers


def refusals(answers: list[object]) -> list[str]:
    return sorted(answer.code for answer in answers if isinstance(answer, Refusal))


def crashes(answers: list[object]) -> list[object]:
    return [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, Refusal)]


def take_locks_away(monkeypatch: pytest.MonkeyPatch, module: ModuleType, *, readers: int) -> None:
    """The control: `lock_one` of a module reads without locking, and all readers have read before any goes on."""
    all_have_read = threading.Barrier(readers)

    def read_only(model: Any, key: uuid.UUID) -> Any:
        row = model._default_manager.get(pk=key)
        with suppress(threading.BrokenBarrierError):  # only the first read of each act is lined up
            all_have_read.wait(2)
        return row

    monkeypatch.setattr(module.locks, "lock_one", read_only)  # type: ignore[attr-defined]


def line_up(readers: int) -> Callable[[], None]:
    """A point that nobody passes before all readers have come to it; for controls that take a guard away.

    The patience is for a busy machine. It is longer than the database waits for a lock, so that a reader
    who stands here with a lock of his own makes the control fail instead of passing by luck.
    """
    all_have_come = threading.Barrier(readers)

    def wait() -> None:
        with suppress(threading.BrokenBarrierError):
            all_have_come.wait(8)

    return wait
