"""The hot lane: claims that arrive while a batch is committing wait together and make the next batch.

One statement and one commit serve the whole batch (docs/algorithms/claims.md), so a single hot pool is limited by how
fast the server can read requests, not by how fast one row can be updated. Nobody is told yes before the commit. Pools
share each batch fairly; places in a waiting room are given out in the same way.
"""

import asyncio
import time
import uuid
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

import psycopg
from psycopg import errors

from jishi.kernel import clock
from jishi.platform.rush.claims import CLAIM
from jishi.platform.rush.memory import BELIEVED_SECONDS, KEEPALIVE, Memory, PoolLook
from jishi.platform.rush.passes import Pass, TurnPaper
from jishi.platform.rush.tally import BUSY, TALLY, WRITE, WRITE_SECONDS, columns_of
from jishi.platform.rush.terms import home_shard

BATCH_USUAL = 128  # while one commits, the next are read: all of a crowd in one batch would leave us idle
BATCH_MAX = 512
POOLS_PER_ROUND_MAX = 32
WAITING_MAX = 10_000
HOLD_MINUTES = 15
RECONNECT_SECONDS = 0.5
ANSWER_TIMEOUT_SECONDS = 5.0
SWEEP_SECONDS = 0.25
LOCK_TIMEOUT_MS = 1_000
STATEMENT_TIMEOUT_MS = 4_000

_TURNS = "SELECT member, place FROM rush_turns(%s::uuid, %s::uuid[], %s::timestamptz)"
Key = tuple[str, int]  # a pool and one of its shards; TURNS instead of a shard for places in its waiting room
TURNS = -1


class LaneFull(Exception):
    """More people are waiting than we can answer in good time."""


class Reply(NamedTuple):
    """As the claim function says them; of a turn, `detail` is the place and `hold_seconds` None."""

    outcome: str
    detail: int = 0
    hold_seconds: int | None = None
    look: PoolLook | None = None


@dataclass(slots=True)
class Wish:
    """A claim that somebody asks for. `address` is called only where the pool limits addresses."""

    pool: str
    claim: str
    bearer: Pass
    quantity: int
    turn: TurnPaper | None = None
    address: Callable[[], int] | None = None


@dataclass(slots=True, eq=False)
class _Waiting:
    claim: str
    member: str
    quantity: int
    device: int
    address: int
    tag: str
    arrived: float
    answer: "asyncio.Future[Reply]"


@dataclass(slots=True)
class _Batch:
    key: Key
    asked: list[_Waiting] = field(default_factory=list)


class Lane:
    """One per process. `claim` may be called by any number of requests at once."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self.memory = Memory(dsn)
        self._queues: dict[Key, deque[_Waiting]] = {}
        self._count = 0
        self._work = asyncio.Event()
        self._loop = asyncio.get_running_loop()  # kept, because asking for it costs a system call each time
        self._connection: psycopg.AsyncConnection | None = None

    async def claim(self, wish: Wish) -> Reply:
        """What became of it. Raises LaneFull, TimeoutError, ConnectionError."""
        try:
            reply = await self._claim(wish)
        except (LaneFull, TimeoutError, ConnectionError):
            TALLY.add(wish.pool, BUSY)
            raise
        TALLY.add(wish.pool, reply.outcome)
        return reply

    async def _claim(self, wish: Wish) -> Reply:
        pool, bearer = wish.pool, wish.bearer
        look = self.memory.terms(pool) or await self.look(pool)
        if look is None:
            return Reply("missing")
        now = clock.now().timestamp()
        favoured = look.tag is not None and look.tag in bearer.tags
        if look.rate and (refused := _refuse_early(look, wish, now)):
            return refused
        if now < look.opens_at and not look.taken and self.memory.is_listening:
            return Reply("too_early", look=look)
        if self.memory.is_sold_out(pool, bearer.member_hex, favoured=favoured, now=now):
            return Reply("sold_out")
        shard = home_shard(bearer.member_id, shards=look.shards) if look.shards else 0
        return await self._wait(
            (pool, shard),
            _Waiting(
                claim=wish.claim,
                member=bearer.member_hex,
                quantity=wish.quantity,
                device=bearer.device if look.asks_device else 0,
                address=wish.address() if look.asks_address and wish.address else 0,
                tag=look.tag_text if favoured else "",
                arrived=time.monotonic(),
                answer=self._loop.create_future(),
            ),
        )

    async def take_turn(self, *, pool: str, member_id: uuid.UUID) -> Reply:
        """The member's place in the waiting room, new or as before; 0 where there is no room."""
        look = self.memory.terms(pool) or await self.look(pool)
        if look is None:
            return Reply("missing")
        if not look.rate:
            return Reply("turn", 0, look=look)
        answer: asyncio.Future[Reply] = self._loop.create_future()
        asked = _Waiting(member_id.hex, member_id.hex, 1, 0, 0, "", time.monotonic(), answer)
        return (await self._wait((pool, TURNS), asked))._replace(look=look)

    async def run(self) -> None:
        """Serve until cancelled. A lost connection fails the batch in flight honestly and is opened again."""
        while True:
            await self._work.wait()
            round_ = self._next_round()
            if not round_:
                if not self._queues:
                    self._work.clear()
                continue
            await self._serve(round_)

    async def sweep(self) -> None:
        """Whoever has waited too long is told so; the others in their queue came later."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            oldest = time.monotonic() - ANSWER_TIMEOUT_SECONDS
            for queue in self._queues.values():
                while queue and queue[0].arrived < oldest:
                    self._count -= 1
                    _fail([queue.popleft()], TimeoutError())

    async def tell(self) -> None:
        """Write what people were told, once a second."""
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            await asyncio.shield(self._write_tally())  # one that has begun ends, or it would count twice

    async def close(self) -> None:
        for queue in self._queues.values():
            _fail(list(queue), ConnectionError("the lane closes"))
        await asyncio.sleep(0)  # those who were failed count themselves
        await self._write_tally()
        await self._drop_connection()
        await self.memory.close()

    async def look(self, pool: str, *, seconds: float = BELIEVED_SECONDS) -> PoolLook | None:
        """The pool, at most so old; None when there is none. Raises ConnectionError."""
        try:
            return await self.memory.look(pool, seconds=seconds)
        except (psycopg.Error, OSError) as error:
            raise ConnectionError(str(error)) from error

    async def _write_tally(self) -> None:
        counts = TALLY.take()
        if not counts:
            return
        try:
            await self.memory.write(WRITE, columns_of(counts))
        except (psycopg.Error, OSError):
            TALLY.put_back(counts)

    def _wait(self, key: Key, asked: _Waiting) -> "asyncio.Future[Reply]":
        if self._count >= WAITING_MAX:
            raise LaneFull()
        queue = self._queues.get(key)
        if queue is None:
            queue = self._queues[key] = deque()
        queue.append(asked)
        self._count += 1
        self._work.set()
        return asked.answer

    def _next_round(self) -> list[_Batch]:
        """An equal share for each pool that has people waiting, then what room is left in turn; pools in id order."""
        keys = list(self._queues)[:POOLS_PER_ROUND_MAX]
        batches = {key: _Batch(key) for key in keys}
        room = min(BATCH_MAX, max(BATCH_USUAL, self._count // 4))
        for most in (max(1, room // max(1, len(keys))), room):
            for key in keys:
                room -= self._draw(batches[key], most=min(most, room))
        for key in keys:  # those served go behind those who are still waiting
            queue = self._queues.pop(key)
            if queue:
                self._queues[key] = queue
        return sorted((batch for batch in batches.values() if batch.asked), key=lambda batch: batch.key)

    def _draw(self, batch: _Batch, *, most: int) -> int:
        """Move up to `most` from the queue to the batch; a claim id already in it waits for the one after."""
        queue, seen = self._queues[batch.key], {asked.claim for asked in batch.asked}
        later: list[_Waiting] = []
        drawn = 0
        while queue and drawn < most:
            asked = queue.popleft()
            if asked.answer.done():
                self._count -= 1  # gave up waiting
            elif asked.claim in seen:
                later.append(asked)
            else:
                seen.add(asked.claim)
                batch.asked.append(asked)
                drawn += 1
        queue.extendleft(reversed(later))
        self._count -= drawn
        return drawn

    async def _serve(self, round_: list[_Batch]) -> None:
        try:
            await self._commit(round_)
        except (errors.LockNotAvailable, errors.DeadlockDetected, errors.QueryCanceled) as error:
            if len(round_) == 1:
                _fail(round_[0].asked, ConnectionError(str(error)))
                return
            for batch in round_:  # one of them is stuck: the others must not pay for it
                await self._serve([batch])
        except (psycopg.Error, OSError) as error:
            for batch in round_:
                self.memory.forget(batch.key[0])
                _fail(batch.asked, ConnectionError(str(error)))
            await self._drop_connection()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _commit(self, round_: list[_Batch]) -> None:
        """All batches of the round in one transaction; answers only after it."""
        connection = await self._open_connection()
        marks = [self.memory.mark(batch.key[0]) for batch in round_]
        if len(round_) == 1:
            cursors = [await self._send(connection, round_[0])]
        else:
            async with connection.pipeline():
                cursors = [await self._send(connection, batch) for batch in round_]
        rows = [await cursor.fetchall() for cursor in cursors]
        for batch, mark, found in zip(round_, marks, rows, strict=True):
            self._answer(batch, mark, found)

    async def _send(self, connection: psycopg.AsyncConnection, batch: _Batch) -> "psycopg.AsyncCursor[Any]":
        now, asked = clock.now(), batch.asked
        members = _literal([one.member for one in asked])
        if batch.key[1] == TURNS:
            return await connection.execute(_TURNS, [batch.key[0], members, now], prepare=True)
        tag = next((one.tag for one in asked if one.tag), None)
        values = [
            batch.key[0],
            _literal([one.claim for one in asked]),
            members,
            _literal([str(one.quantity) for one in asked]),
            _numbers([one.device for one in asked]),
            _numbers([one.address for one in asked]),
            [one.tag == tag for one in asked] if tag else None,
            tag,
            now,
            now + timedelta(minutes=HOLD_MINUTES),
        ]
        return await connection.execute(CLAIM, values, prepare=True, binary=True)

    def _answer(self, batch: _Batch, mark: tuple[int, int], rows: list[tuple[Any, ...]]) -> None:
        if batch.key[1] == TURNS:
            places = {member.hex: place for member, place in rows}
            for one in batch.asked:
                if not one.answer.done():
                    one.answer.set_result(Reply("turn", places.get(one.member, 0)))
            return
        outcomes, details, holds, left_open, left_any = rows[0]
        for one, outcome, detail, seconds in zip(batch.asked, outcomes, details, holds, strict=True):
            if not one.answer.done():
                one.answer.set_result(Reply(outcome, detail, seconds))
        if left_open is not None and left_open <= 0:
            self.memory.learn_sold_out(batch.key[0], since=mark, also_for_favoured=left_any <= 0)

    async def _open_connection(self) -> psycopg.AsyncConnection:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                self._dsn,
                autocommit=True,
                connect_timeout=5,
                options=f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS}",
                **KEEPALIVE,
            )
        return self._connection

    async def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error, OSError):
                await connection.close()


def _refuse_early(look: PoolLook, wish: Wish, now: float) -> Reply | None:
    """Without a number, or before it is called; a pure function of the number and the time."""
    turn = wish.turn
    if turn is None or turn.member_id != wish.bearer.member_id or str(turn.pool_id) != wish.pool:
        return Reply("turn_needed")
    if turn.position > look.admitted(now):
        return Reply("waiting", turn.position, look=look)
    return None


def _literal(values: list[str]) -> str:
    """An array as PostgreSQL reads it; only for values that we made ourselves (ids, numbers)."""
    return "{" + ",".join(values) + "}"


def _numbers(values: list[int]) -> str | None:
    return _literal([str(value) if value else "NULL" for value in values]) if any(values) else None


def _fail(asked: list[_Waiting], error: Exception) -> None:
    for one in asked:
        if not one.answer.done():
            one.answer.set_exception(error)


@asynccontextmanager
async def open_lane(dsn: str) -> AsyncIterator[Lane]:
    lane = Lane(dsn)
    tasks = [asyncio.create_task(act()) for act in (lane.run, lane.sweep, lane.tell, lane.memory.run)]
    try:
        yield lane
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await lane.close()
