"""Threads with connections of their own, for what must hold when things happen at the same moment."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

AtOnce = Callable[..., list[object]]
WAIT_SECONDS = 20


@pytest.fixture
def at_once() -> AtOnce:
    """Run each act in a thread; answers in order, what was raised among them."""

    def run_all(*acts: Callable[[], object]) -> list[object]:
        answers: list[object] = [None] * len(acts)
        start = threading.Barrier(len(acts))

        def run(place: int, act: Callable[[], object]) -> None:
            try:
                start.wait(WAIT_SECONDS)
                answers[place] = act()
            except Exception as error:
                answers[place] = error
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT_SECONDS)
        return answers

    return run_all
