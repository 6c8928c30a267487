"""The only source of time. Tests and simulations hold it; everything is UTC."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_held: ContextVar[datetime | None] = ContextVar("held_time", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    held = _held.get()
    return held if held is not None else datetime.now(UTC)


def monotonic_seconds() -> float:
    """For measuring durations, never for dates."""
    return time.monotonic()


@contextmanager
def held_at(instant: datetime) -> Iterator[None]:
    """Hold the clock still at an aware instant for the duration of the block."""
    if instant.tzinfo is None:
        raise ValueError("hold the clock at an aware instant")
    token = _held.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _held.reset(token)


def advance_held(step: timedelta) -> datetime:
    """Move a held clock forward; only inside `held_at`."""
    held = _held.get()
    if held is None:
        raise RuntimeError("the clock is not held")
    _held.set(held + step)
    return held + step
