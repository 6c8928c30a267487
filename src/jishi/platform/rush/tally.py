"""How many were told what, per pool: counted in memory, written once a second (docs/algorithms/claims.md).

What was counted since the last writing is lost when the process is killed; claims themselves never are.
"""

import threading
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import connection, transaction

WRITE_SECONDS = 1.0
KEYS_MAX = 50_000  # of a writer that cannot write; what does not fit is not counted
BUSY = "busy"

WRITE = """
    INSERT INTO rush_tally (pool_id, outcome, count)
    SELECT u.pool, u.outcome, u.count FROM unnest(%s::uuid[], %s::text[], %s::bigint[]) AS u(pool, outcome, count)
    WHERE EXISTS (SELECT 1 FROM rush_pool p WHERE p.id = u.pool)
    ORDER BY u.pool, u.outcome
    ON CONFLICT (pool_id, outcome) DO UPDATE SET count = rush_tally.count + excluded.count
"""
Counts = dict[tuple[str, str], int]


class Tally:
    """One per process, for the lane and the ordinary path alike."""

    def __init__(self) -> None:
        self._counts: Counts = {}
        self._lock = threading.Lock()

    def add(self, pool: str, outcome: str) -> None:
        """Somebody was told `outcome`; of a pool that does not exist nothing is kept."""
        if outcome == "missing":
            return
        key = (pool, outcome)
        with self._lock:
            counts = self._counts
            if key in counts:
                counts[key] += 1
            elif len(counts) < KEYS_MAX:
                counts[key] = 1

    def take(self) -> Counts:
        """What was counted since the last time; the caller writes it, or puts it back."""
        with self._lock:
            counts, self._counts = self._counts, {}
        return counts

    def put_back(self, counts: Counts) -> None:
        with self._lock:
            for key, count in counts.items():
                self._counts[key] = self._counts.get(key, 0) + count


TALLY = Tally()


def columns_of(counts: Counts) -> list[list[Any]]:
    """The three arrays of the one statement."""
    pools, outcomes = zip(*counts, strict=True)
    return [list(pools), list(outcomes), list(counts.values())]


def write_tally() -> int:
    """Write what this process has counted, for processes without a lane; how many answers. Not inside a transaction."""
    counts = TALLY.take()
    if not counts:
        return 0
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(WRITE, columns_of(counts))
    except Exception:
        TALLY.put_back(counts)
        raise
    return sum(counts.values())


def answers_by_pool(pool_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Mapping[str, int]]:
    """How often each answer was given, at most about a second old; one query, every pool asked for is there."""
    found: dict[uuid.UUID, dict[str, int]] = {pool_id: {} for pool_id in pool_ids}
    for pool_id, outcome, count in _rows(pool_ids):
        found[pool_id][outcome] = count
    return {**found}


def total_of(answers: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Several pools as one."""
    total: dict[str, int] = defaultdict(int)
    for one in answers:
        for outcome, count in one.items():
            total[outcome] += count
    return dict(total)


def _rows(pool_ids: Collection[uuid.UUID]) -> list[tuple[uuid.UUID, str, int]]:
    if not pool_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pool_id, outcome, count FROM rush_tally WHERE pool_id = ANY(%s) ORDER BY 1, 2",
            [list(pool_ids)],
        )
        return list(cursor.fetchall())
