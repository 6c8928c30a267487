"""What a front door remembers of pools, so that most of a crowd can be answered without asking the database.

Everything remembered is forgotten when PostgreSQL says that the pool has changed (LISTEN rush_pool). Without that
connection nothing is believed for longer than a second, and nothing is said to be sold out from memory.
"""

import asyncio
import math
import time
from dataclasses import dataclass
from typing import Any

import psycopg

from jishi.kernel import clock
from jishi.platform.rush.passes import tag_digest
from jishi.platform.rush.terms import admitted_count, seconds_until_called

POOLS_MAX = 10_000
MEMBERS_MAX = 100_000  # of a sold-out pool; a fuller one is always asked of the database
STATE_SECONDS = 1.0
BELIEVED_SECONDS = 30.0
HEARTBEAT_SECONDS = 10.0
RECONNECT_SECONDS = 0.5
KEEPALIVE: dict[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
READ_LIMITS = "-c lock_timeout=1000 -c statement_timeout=4000"

_LOOK = """
    SELECT p.capacity, p.taken + coalesce(s.taken, 0)::int, p.reserved_left + coalesce(s.reserved, 0)::int,
           p.opens_at, p.closes_at, p.is_open, p.created_at, p.reserved_for, p.reserved_until, p.shards,
           p.device_holds > 0, p.address_holds > 0, coalesce(r.burst, 0), coalesce(r.rate, 0), coalesce(r.turns, 0)
    FROM rush_pool p
    LEFT JOIN rush_room r ON r.pool_id = p.id
    LEFT JOIN LATERAL (
        SELECT sum(taken) AS taken, sum(reserved_left) AS reserved FROM rush_shard WHERE pool_id = p.id AND p.shards > 0
    ) s ON true
    WHERE p.id = %s::uuid
"""
_MEMBERS = "SELECT DISTINCT member_id FROM rush_claim WHERE pool_id = %s::uuid LIMIT %s"


@dataclass(frozen=True, slots=True)
class PoolLook:
    """A pool as it was `looked_at` (monotonic seconds). Moments are Unix seconds; `rate` 0 means no waiting room."""

    capacity: int
    taken: int
    reserved: int
    opens_at: float
    closes_at: float
    is_open: bool
    called_from: float
    tag: int | None
    tag_text: str
    reserved_until: float
    shards: int
    asks_device: bool
    asks_address: bool
    burst: int
    rate: int
    turns: int
    looked_at: float

    def admitted(self, now: float) -> int:
        return admitted_count(burst=self.burst, rate=self.rate, seconds_open=now - self.called_from)

    def standing(self, position: int, now: float) -> tuple[int, int]:
        """(people whose number comes before and has not been called, whole seconds until it is called)."""
        called_at = self.called_from + seconds_until_called(position, burst=self.burst, rate=self.rate)
        ahead = max(0, position - 1 - self.admitted(now))
        return ahead, 0 if position <= self.admitted(now) else max(1, math.ceil(called_at - now))


@dataclass(frozen=True, slots=True)
class _SoldOut:
    """Nothing is left, or nothing for members without the tag. Whoever has a claim is asked of the database."""

    members: frozenset[str]
    also_for_favoured: bool
    until: float
    known_at: float


class Memory:
    """One per lane. `run` listens; `look` asks on a connection of its own."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._looks: dict[str, PoolLook] = {}
        self._looking: dict[str, asyncio.Future[PoolLook | None]] = {}
        self._sold_out: dict[str, _SoldOut] = {}
        self._learning: set[str] = set()
        self._news: dict[str, int] = {}
        self._generation = 0
        self._reader: psycopg.AsyncConnection | None = None
        self._reading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_listening = False

    # ---- what is remembered ------------------------------------------------------------------------

    def terms(self, pool: str) -> PoolLook | None:
        """What the pool asks of people, from memory; None when somebody has to look."""
        look = self._looks.get(pool)
        if look is None:
            return None
        believed = BELIEVED_SECONDS if self.is_listening else STATE_SECONDS
        return look if time.monotonic() - look.looked_at < believed else None

    async def look(self, pool: str, *, seconds: float = BELIEVED_SECONDS) -> PoolLook | None:
        """The pool, at most so old; one query however many ask at once. None when there is no such pool."""
        found = self.terms(pool)
        if found is not None and time.monotonic() - found.looked_at < seconds:
            return found
        waiting = self._looking.get(pool)
        if waiting is None:
            waiting = self._looking[pool] = asyncio.ensure_future(self._look(pool))
            waiting.add_done_callback(lambda _: self._looking.pop(pool, None))
        return await asyncio.shield(waiting)

    def is_sold_out(self, pool: str, member: str, *, favoured: bool, now: float) -> bool:
        """True when the database need not be asked to say so."""
        known = self._sold_out.get(pool)
        if known is None or not self.is_listening or (favoured and not known.also_for_favoured):
            return False
        if now >= known.until or time.monotonic() - known.known_at > BELIEVED_SECONDS:
            self._sold_out.pop(pool, None)
            return False
        return member not in known.members

    def mark(self, pool: str) -> tuple[int, int]:
        """Where the news of a pool stand; what is learnt is only kept when they have not moved."""
        return self._generation, self._news.get(pool, 0)

    def learn_sold_out(self, pool: str, *, since: tuple[int, int], also_for_favoured: bool) -> None:
        """A batch begun at `since` found nothing left: remember it, with the members who have a claim."""
        known = self._sold_out.get(pool)
        is_known = known is not None and (known.also_for_favoured or not also_for_favoured)
        if is_known or pool in self._learning or not self.is_listening or self.mark(pool) != since:
            return
        self._learning.add(pool)
        task = asyncio.ensure_future(self._learn(pool, since, also_for_favoured))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def forget(self, pool: str) -> None:
        self._looks.pop(pool, None)
        self._sold_out.pop(pool, None)
        if len(self._news) >= POOLS_MAX:
            self._generation += 1
            self._news.clear()
        self._news[pool] = self._news.get(pool, 0) + 1

    def forget_all(self) -> None:
        self._looks.clear()
        self._sold_out.clear()
        self._news.clear()
        self._generation += 1

    # ---- how it is learnt --------------------------------------------------------------------------

    async def run(self) -> None:
        """Listen until cancelled; a lost connection empties the memory before anything else is answered from it."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError):
                self.is_listening = False
                self.forget_all()
                await asyncio.sleep(RECONNECT_SECONDS)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        async with self._reading:
            if self._reader is not None:
                await self._reader.close()

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._dsn, autocommit=True, connect_timeout=5, **KEEPALIVE
        )
        async with connection:
            await connection.execute("LISTEN rush_pool")
            self.forget_all()
            self.is_listening = True
            try:
                while True:
                    async for news in connection.notifies(timeout=HEARTBEAT_SECONDS):
                        self.forget(news.payload)
                    await connection.execute("SELECT 1")
            finally:
                self.is_listening = False
                self.forget_all()

    async def _look(self, pool: str) -> PoolLook | None:
        since = self.mark(pool)
        rows = await self._read(_LOOK, [pool])
        if not rows:
            return None
        look = _look_of(rows[0])
        if self.mark(pool) == since:
            while len(self._looks) >= POOLS_MAX:
                self._looks.pop(next(iter(self._looks)))
            self._looks[pool] = look
        return look

    async def _learn(self, pool: str, since: tuple[int, int], also_for_favoured: bool) -> None:
        try:
            look = await self.look(pool)
            rows = await self._read(_MEMBERS, [pool, MEMBERS_MAX + 1])
        except (psycopg.Error, OSError):
            return
        finally:
            self._learning.discard(pool)
        if look is None or len(rows) > MEMBERS_MAX or self.mark(pool) != since or not self.is_listening:
            return
        until = look.closes_at if look.is_open else 0.0
        if not also_for_favoured:
            until = min(until, look.reserved_until)
        while len(self._sold_out) >= POOLS_MAX:
            self._sold_out.pop(next(iter(self._sold_out)))
        members = frozenset(row[0].hex for row in rows)
        self._sold_out[pool] = _SoldOut(members, also_for_favoured, until, time.monotonic())

    async def write(self, statement: str, values: list[Any]) -> None:
        """One statement beside the batches, on the connection that looks. Raises psycopg.Error, OSError."""
        async with self._reading:
            await self._execute(statement, values)

    async def _read(self, query: str, values: list[object]) -> list[tuple[Any, ...]]:
        async with self._reading:
            cursor = await self._execute(query, values)
            return await cursor.fetchall()

    async def _execute(self, statement: str, values: list[Any]) -> "psycopg.AsyncCursor[Any]":
        try:
            if self._reader is None or self._reader.closed:
                self._reader = await psycopg.AsyncConnection.connect(
                    self._dsn, autocommit=True, connect_timeout=5, options=READ_LIMITS, **KEEPALIVE
                )
            return await self._reader.execute(statement, values, prepare=True)
        except (psycopg.Error, OSError):
            if self._reader is not None:
                await self._reader.close()
            raise


def _look_of(row: tuple[Any, ...]) -> PoolLook:
    (capacity, taken, reserved, opens, closes, is_open, created, tag, until, shards, device, address, burst, rate,
     turns) = row  # fmt: skip
    opens_at = opens.timestamp() if opens else -math.inf
    reserved_until = until.timestamp() if until else -math.inf
    return PoolLook(
        capacity=capacity,
        taken=taken,
        reserved=reserved if clock.now().timestamp() < reserved_until else 0,
        opens_at=opens_at,
        closes_at=closes.timestamp() if closes else math.inf,
        is_open=bool(is_open),
        called_from=opens_at if opens else created.timestamp(),
        tag=tag_digest(str(tag)) if tag else None,
        tag_text=str(tag),
        reserved_until=reserved_until,
        shards=shards,
        asks_device=bool(device),
        asks_address=bool(address),
        burst=burst,
        rate=rate,
        turns=turns,
        looked_at=time.monotonic(),
    )
