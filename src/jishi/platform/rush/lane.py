"""The hot lane: claims that arrive while a batch is committing wait together and make the next batch.

One statement and one commit serve the whole batch (docs/algorithms/claims.md), so a single hot pool is limited by how
fast the server can read requests, not by how fast one row can be updated. Nobody is told yes before the commit.
"""

import asyncio
import uuid
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import psycopg

from jishi.kernel import clock

BATCH_MAX = 512
WAITING_MAX = 10_000
HOLD_MINUTES = 15
RECONNECT_SECONDS = 0.5
ANSWER_TIMEOUT_SECONDS = 5.0

_CLAIM = "SELECT place, outcome, detail FROM rush_claim_batch(%s, %s::uuid[], %s::uuid[], %s::int[], %s, %s)"


class LaneFull(Exception):
    """More people are waiting than we can answer in good time."""


@dataclass(slots=True)
class Wanted:
    pool_id: uuid.UUID
    claim_id: uuid.UUID
    member_id: uuid.UUID
    quantity: int
    answer: "asyncio.Future[tuple[str, int]]"


class Lane:
    """One per process. `claim` may be called by any number of requests at once."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._waiting: deque[Wanted] = deque()
        self._work = asyncio.Event()
        self._connection: psycopg.AsyncConnection | None = None

    async def claim(
        self, *, pool_id: uuid.UUID, claim_id: uuid.UUID, member_id: uuid.UUID, quantity: int
    ) -> tuple[str, int]:
        """(outcome, detail) as the claim function says them. Raises LaneFull, TimeoutError."""
        if len(self._waiting) >= WAITING_MAX:
            raise LaneFull()
        answer: asyncio.Future[tuple[str, int]] = asyncio.get_running_loop().create_future()
        self._waiting.append(Wanted(pool_id, claim_id, member_id, quantity, answer))
        self._work.set()
        return await asyncio.wait_for(answer, ANSWER_TIMEOUT_SECONDS)

    async def run(self) -> None:
        """Serve until cancelled. A lost connection fails the batch in flight honestly and is opened again."""
        while True:
            await self._work.wait()
            batch = self._next_batch()
            if not batch:
                self._work.clear()
                continue
            try:
                await self._commit(batch)
            except (psycopg.Error, OSError) as error:
                for wanted in batch:
                    if not wanted.answer.done():
                        wanted.answer.set_exception(ConnectionError(str(error)))
                await self._drop_connection()
                await asyncio.sleep(RECONNECT_SECONDS)

    def _next_batch(self) -> list[Wanted]:
        """Requests for one pool in the order they came; a repeated claim id waits for the batch after."""
        if not self._waiting:
            return []
        pool_id = self._waiting[0].pool_id
        batch: list[Wanted] = []
        seen: set[uuid.UUID] = set()
        later: list[Wanted] = []
        while self._waiting and len(batch) < BATCH_MAX:
            wanted = self._waiting.popleft()
            if wanted.answer.done():
                continue  # gave up waiting
            if wanted.pool_id != pool_id or wanted.claim_id in seen:
                later.append(wanted)
                continue
            seen.add(wanted.claim_id)
            batch.append(wanted)
        self._waiting.extendleft(reversed(later))
        return batch

    async def _commit(self, batch: list[Wanted]) -> None:
        now = clock.now()
        connection = await self._open_connection()
        cursor = await connection.execute(
            _CLAIM,
            [
                batch[0].pool_id,
                [wanted.claim_id for wanted in batch],
                [wanted.member_id for wanted in batch],
                [wanted.quantity for wanted in batch],
                now,
                now + timedelta(minutes=HOLD_MINUTES),
            ],
            prepare=True,
        )
        for place, outcome, detail in await cursor.fetchall():
            answer = batch[place - 1].answer
            if not answer.done():
                answer.set_result((outcome, detail or 0))

    async def _open_connection(self) -> psycopg.AsyncConnection:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                self._dsn, autocommit=True, connect_timeout=5
            )
        return self._connection

    async def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


@asynccontextmanager
async def open_lane(dsn: str) -> AsyncIterator[Lane]:
    lane = Lane(dsn)
    serving = asyncio.create_task(lane.run())
    try:
        yield lane
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await lane._drop_connection()
