"""Rate limits: a sliding window per caller, kept in the memory of each web process.

With several processes a caller gets each one's share, so the true ceiling is the limit times the processes; a shared
count needs a shared store, which one node does not have. Codes and log-ins have their own limits in the database
besides (`people`), which no number of processes loosens.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse

from jishi.kernel import clock
from jishi.kernel.errors import Kind, Refusal

CALLERS_REMEMBERED_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in any window of so many seconds."""

    count: int
    seconds: int


LIMITS = {
    "address": Limit(1_200, 60),  # every request from one network address, whoever it says it is
    "caller": Limit(600, 60),  # one token, one session or one visitor
    "codes": Limit(5, 60),  # asking for codes, per address
    "log_in": Limit(20, 60),  # trying codes, per address
    "visitors": Limit(60, 60),
    "import": Limit(10, 60),
    "report": Limit(60, 60),
}


class TooManyRequests(Refusal):
    kind = Kind.LIMITED
    code = "too_many_requests"
    message = "请求太频繁了，请 {seconds} 秒后再试。"


@dataclass(slots=True)
class _Window:
    start: float
    count: int
    before: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a caller stands after a request; `reset_seconds` until the window is over."""

    limit: int
    remaining: int
    reset_seconds: int


_windows: OrderedDict[str, _Window] = OrderedDict()
_lock = threading.Lock()


def count_request(name: str, caller: str) -> Standing:
    """Count one request. Raises TooManyRequests.

    The window slides: the part of the previous window that still reaches into the last `seconds` counts by its share
    (the usual approximation of a sliding log by two counters).
    """
    limit = limit_named(name)
    now = clock.monotonic_seconds()
    with _lock:
        window = _window(f"{name}:{caller}", now, limit)
        share = 1 - (now - window.start) / limit.seconds
        used = window.count + int(window.before * share)
        reset = max(1, int(window.start + limit.seconds - now))
        if used >= limit.count:
            raise TooManyRequests(seconds=reset, limit=limit.count, window_seconds=limit.seconds)
        window.count += 1
    return Standing(limit=limit.count, remaining=limit.count - used - 1, reset_seconds=reset)


def limit_named(name: str) -> Limit:
    """The limit of the table, times JISHI_RATE_FACTOR (a shop behind one proxy address, a load test)."""
    base = LIMITS[name]
    return Limit(base.count * settings.JISHI_RATE_FACTOR, base.seconds)


def forget_callers() -> None:
    """Start counting anew; for tests."""
    with _lock:
        _windows.clear()


def show_standing(response: HttpResponse, standing: Standing) -> None:
    response["RateLimit-Limit"] = str(standing.limit)
    response["RateLimit-Remaining"] = str(standing.remaining)
    response["RateLimit-Reset"] = str(standing.reset_seconds)


def _window(key: str, now: float, limit: Limit) -> _Window:
    window = _windows.get(key)
    if window is None:
        window = _windows[key] = _Window(start=now, count=0, before=0)
        if len(_windows) > CALLERS_REMEMBERED_MAX:
            _windows.popitem(last=False)
    elif (elapsed := int((now - window.start) // limit.seconds)) > 0:
        window.before = window.count if elapsed == 1 else 0
        window.start += elapsed * limit.seconds
        window.count = 0
    _windows.move_to_end(key)
    return window
