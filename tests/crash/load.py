"""Many people at once over HTTP, and what each of them was told."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

PAUSE_SECONDS = 0.05
TIMEOUT_SECONDS = 6.0


@dataclass(slots=True)
class Crowd:
    """Threads that ask until they are told to stop; `answers` are those that came, in any order."""

    ask: Callable[[httpx.Client, int], Any]
    size: int
    answers: list[Any] = field(default_factory=list)
    broken: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Crowd":
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(self.size)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def wait_for(self, count: int, *, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while len(self.answers) < count:
            assert time.monotonic() < deadline, (
                f"{len(self.answers)} answers instead of {count}, {self.broken} broken"
            )
            time.sleep(0.005)

    def _run(self, number: int) -> None:
        with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
            while not self._stop.is_set():
                try:
                    self.answers.append(self.ask(client, number))
                except httpx.HTTPError:
                    self.broken += 1
                    time.sleep(PAUSE_SECONDS)
