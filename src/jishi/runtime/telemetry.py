"""Counts and durations for Prometheus, right for one web process and for several."""

import os
from collections.abc import Iterable
from functools import cache

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

SEVERAL_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
HOT_TOGETHER = 256
HOT_TIMED_EVERY = 16
ROUTE_CLASSES = ("api", "console", "hooks", "static", "media", "healthz", "readyz", "metrics", "accounts",
                 "rush")  # fmt: skip

_requests = Counter("jishi_http_requests", "Requests answered", ["route_class", "method", "status"])
_seconds = Histogram(
    "jishi_http_request_duration_seconds", "Time to answer", ["route_class"], buckets=BUCKETS_SECONDS
)
_in_progress = Gauge(
    "jishi_http_requests_in_progress", "Requests being answered now", multiprocess_mode="livesum"
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def route_class_of(path: str) -> str:
    """A small, closed set of names, so that strangers' paths cannot swell the metrics."""
    first = path[1:].split("/", 1)[0]
    return first if first in ROUTE_CLASSES else "shop"


def count_started() -> None:
    _in_progress.inc()


def count_answered(*, route_class: str, method: str, status: int, seconds: float) -> None:
    _in_progress.dec()
    _counter(route_class, method if method in _METHODS else "OTHER", status).inc()
    _timer(route_class).observe(seconds)


class HotTally:
    """Counts of a path where thousands come each second: written down together, one duration in sixteen."""

    def __init__(self, route_class: str) -> None:
        self._route_class = route_class
        self._counts: dict[tuple[str, int], int] = {}
        self._since = 0

    def count(self, *, method: str, status: int, seconds: float) -> None:
        key = (method, status)
        self._counts[key] = self._counts.get(key, 0) + 1
        self._since += 1
        if self._since % HOT_TIMED_EVERY == 1:
            _timer(self._route_class).observe(seconds)
        if self._since >= HOT_TOGETHER:
            self.write()

    def write(self) -> None:
        """Called when many have gathered, and every second by the front door."""
        self._since = 0
        counts, self._counts = self._counts, {}
        for (method, status), number in counts.items():
            _counter(self._route_class, method if method in _METHODS else "OTHER", status).inc(number)


def exposition() -> tuple[bytes, str]:
    """The text that Prometheus reads, and its content type."""
    if SEVERAL_VARIABLE not in os.environ:
        return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_Family())
    return generate_latest(registry), CONTENT_TYPE_LATEST


@cache
def _counter(route_class: str, method: str, status: int) -> Counter:
    return _requests.labels(route_class, method, str(status))


@cache
def _timer(route_class: str) -> Histogram:
    return _seconds.labels(route_class)


class _Family(Collector):
    """Process figures of all web processes together; the stock collector knows only its own."""

    def collect(self) -> Iterable[Metric]:
        import psutil  # only where there are several processes

        parent = psutil.Process().parent()
        family = (
            [child for child in parent.children() if child.is_running()] if parent else [psutil.Process()]
        )
        with_memory = [(child.memory_info().rss, sum(child.cpu_times()[:2])) for child in family]
        yield GaugeMetricFamily(
            "process_resident_memory_bytes", "Memory of the web processes", sum(m for m, _ in with_memory)
        )
        yield GaugeMetricFamily(
            "process_cpu_seconds", "Processor time of the web processes", sum(c for _, c in with_memory)
        )
        yield GaugeMetricFamily("jishi_web_processes", "Web processes", len(family))
