"""What lanes remember, and how soon they learn better: two lanes are two front doors as far as the database can tell."""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from jishi.kernel import clock, ids
from jishi.platform import rush
from jishi.platform.models import Pool
from jishi.platform.rush import Admission, PoolTerms, Reserve
from jishi.platform.rush.lane import Lane, Reply, open_lane
from jishi.platform.rush.passes import TurnPaper
from jishi.platform.tests.test_lane_and_passes import _end_session, ask, dsn, wish

pytestmark = pytest.mark.django_db(transaction=True)
SOON_SECONDS = 1.0


@asynccontextmanager
async def listening(count: int = 1) -> AsyncIterator[list[Lane]]:
    async with AsyncExitStack() as stack:
        lanes = [await stack.enter_async_context(open_lane(dsn())) for _ in range(count)]
        for lane in lanes:
            await until(lambda lane=lane: lane.memory.is_listening)  # type: ignore[misc]
        yield lanes


async def until(true: Callable[[], bool], *, seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


async def becomes(outcome: str, asking: Callable[[], Awaitable[str]]) -> float:
    started = time.monotonic()
    while await asking() != outcome:
        assert time.monotonic() - started < SOON_SECONDS, f"never {outcome}"
        await asyncio.sleep(0.01)
    return time.monotonic() - started


async def elsewhere(act: Callable[[], Any]) -> Any:
    """As another process would: over a connection of its own."""

    def run() -> Any:
        try:
            return act()
        finally:
            connection.close()

    return await asyncio.to_thread(run)


def remembers(lane: Lane, pool: uuid.UUID) -> bool:
    return str(pool) in lane.memory._sold_out


def test_sold_out_is_answered_without_the_database_and_forgotten_when_a_unit_comes_back() -> None:
    pool, claim = rush.open_pool(purpose="test", capacity=1), ids.new_id()

    async def run() -> None:
        async with listening(2) as (here, there):
            assert await ask(here, pool, claim_id=claim, member=1) == "granted"
            assert await ask(there, pool) == "sold_out"
            await until(lambda: remembers(there, pool))
            await there._drop_connection()  # whoever asks the database now opens it again
            assert await ask(there, pool) == "sold_out"
            assert there._connection is None, "the memory did not answer"
            assert await ask(there, pool, claim_id=claim, member=1) == "replayed", (
                "whoever has a claim is asked for"
            )

            await elsewhere(lambda: rush.release_claim(claim))
            assert await becomes("granted", lambda: ask(there, pool)) < SOON_SECONDS

    asyncio.run(run())
    assert Pool.objects.get(id=pool).taken == 1


def test_without_the_news_a_returned_unit_is_not_seen() -> None:
    """The control: this is what listening is for."""
    pool, claim = rush.open_pool(purpose="test", capacity=1), ids.new_id()

    async def run() -> None:
        async with listening() as (lane,):
            assert await ask(lane, pool, claim_id=claim) == "granted"
            assert await ask(lane, pool) == "sold_out"
            await until(lambda: remembers(lane, pool))
            lane.memory.forget = lambda _pool: None  # type: ignore[method-assign]
            await elsewhere(lambda: rush.release_claim(claim))
            await asyncio.sleep(0.3)
            assert await ask(lane, pool) == "sold_out"

    asyncio.run(run())


@pytest.mark.parametrize("change", ["capacity", "expiry", "shard"])
def test_whatever_frees_units_is_told(change: str) -> None:
    terms = PoolTerms(shards=2) if change == "shard" else PoolTerms()
    pool = rush.open_pool(purpose="test", capacity=2, terms=terms)
    due = clock.now() - timedelta(seconds=1)
    claim = rush.claim_units(pool_id=pool, member_id=ids.new_id(), quantity=2, expires_at=due).claim_id
    act: Callable[[], Any] = {
        "capacity": lambda: rush.resize_pool(pool_id=pool, capacity=3),
        "expiry": rush.expire_claims,
        "shard": lambda: rush.release_claim(claim),
    }[change]

    async def run() -> None:
        async with listening() as (lane,):
            assert await ask(lane, pool) == "sold_out"
            await until(lambda: remembers(lane, pool))
            await elsewhere(act)
            await becomes("granted", lambda: ask(lane, pool))

    asyncio.run(run())


def test_hours_that_change_are_known_at_once() -> None:
    opens = clock.now() + timedelta(hours=1)
    pool = rush.open_pool(purpose="test", capacity=1, opens_at=opens)

    async def run() -> None:
        async with listening() as (lane,):
            assert await ask(lane, pool) == "too_early"
            assert lane._connection is None, "the memory did not answer"
            await elsewhere(lambda: Pool.objects.filter(id=pool).update(opens_at=clock.now()))
            await becomes("granted", lambda: ask(lane, pool))

    asyncio.run(run())


def test_a_lost_listener_empties_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jishi.platform.rush.memory.RECONNECT_SECONDS", 0.2)
    pool = rush.open_pool(purpose="test", capacity=1)

    async def run() -> None:
        async with listening() as (lane,):
            assert [await ask(lane, pool), await ask(lane, pool)] == ["granted", "sold_out"]
            await until(lambda: remembers(lane, pool))
            await asyncio.to_thread(_end_listeners)
            await until(lambda: not lane.memory.is_listening)
            assert not remembers(lane, pool)
            await elsewhere(lambda: rush.resize_pool(pool_id=pool, capacity=2))
            assert await ask(lane, pool) == "granted"
            await until(lambda: lane.memory.is_listening)

    asyncio.run(run())


def _end_listeners() -> None:
    import psycopg

    with psycopg.connect(dsn(), autocommit=True) as other:
        query = (
            "SELECT pid FROM pg_stat_activity WHERE query ILIKE 'LISTEN%%' AND datname = current_database()"
        )
        for (pid,) in other.execute(query).fetchall():
            _end_session(pid)


def test_what_is_left_for_members_with_the_tag_is_not_sold_out_for_them() -> None:
    reserve = Reserve("tier:gold", 1, clock.now() + timedelta(hours=1))
    pool = rush.open_pool(purpose="test", capacity=2, terms=PoolTerms(reserve=reserve))

    async def run() -> list[str]:
        gold = {"tags": ["tier:gold"]}
        async with listening() as (lane,):
            answers = [await ask(lane, pool), await ask(lane, pool)]
            await until(lambda: remembers(lane, pool))
            answers += [(await lane.claim(wish(pool, carrying=gold))).outcome for _ in range(2)]
            return answers

    assert asyncio.run(run()) == ["granted", "sold_out", "granted", "sold_out"]


def test_one_hot_pool_does_not_starve_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crowd of thousands on one pool, then one person on each of ten: they are in the very next round."""
    hot = rush.open_pool(purpose="test", capacity=5000)
    cool = [rush.open_pool(purpose="test", capacity=1) for _ in range(10)]
    rounds: list[Counter[str]] = []

    async def run() -> None:
        async with listening() as (lane,):
            await ask(lane, hot)
            await asyncio.gather(*[lane.memory.look(str(pool)) for pool in cool])
            real = lane._next_round
            monkeypatch.setattr(lane, "_next_round", lambda: _noted(real(), rounds))
            await asyncio.gather(*[ask(lane, hot) for _ in range(2000)], *[ask(lane, pool) for pool in cool])

    asyncio.run(run())
    served = [number for number, found in enumerate(rounds) if any(str(pool) in found for pool in cool)]
    assert served[-1] <= 1 and len(rounds) > 4, (served, len(rounds))
    assert Pool.objects.filter(id__in=cool, taken=1).count() == 10


def _noted(round_: list[Any], rounds: list[Counter[str]]) -> list[Any]:
    if round_:
        rounds.append(Counter({batch.key[0]: len(batch.asked) for batch in round_}))
    return round_


def test_a_pool_that_somebody_has_locked_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    monkeypatch.setattr("jishi.platform.rush.lane.LOCK_TIMEOUT_MS", 100)
    stuck, free = (rush.open_pool(purpose="test", capacity=5) for _ in range(2))

    async def run() -> list[Any]:
        async with listening() as (lane,):
            await asyncio.gather(*[lane.memory.look(str(pool)) for pool in (stuck, free)])
            return await asyncio.gather(ask(lane, stuck), ask(lane, free), return_exceptions=True)

    with psycopg.connect(dsn()) as other:
        other.execute("SELECT 1 FROM rush_pool WHERE id = %s FOR UPDATE", [stuck])
        first, second = asyncio.run(run())

    assert isinstance(first, ConnectionError)
    assert second == "granted"


# ---- waiting rooms -----------------------------------------------------------------------------------


def test_numbers_are_called_by_time_alone() -> None:
    opens = clock.now().replace(microsecond=0) + timedelta(minutes=1)
    terms = PoolTerms(admission=Admission(burst=1, rate=1))
    pool = rush.open_pool(purpose="test", capacity=9, opens_at=opens, terms=terms)
    people = [ids.new_id() for _ in range(3)]

    def at(moment: datetime, *told: tuple[uuid.UUID, TurnPaper | None]) -> list[tuple[str, int, int]]:
        async def run() -> list[tuple[str, int, int]]:
            async with listening() as (lane,):
                return [await _told(lane, pool, member, paper) for member, paper in told]

        with clock.held_at(moment):
            return asyncio.run(run())

    async def queue() -> list[int]:
        async with listening() as (lane,):
            return [
                (await lane.take_turn(pool=str(pool), member_id=one)).detail for one in [*people, people[0]]
            ]

    assert asyncio.run(queue()) == [1, 2, 3, 1]
    first, second, third = people
    papers = [TurnPaper(pool, one, place) for place, one in enumerate(people, 1)]
    early = at(opens - timedelta(minutes=1), (first, None), (second, papers[0]), (third, papers[2]))
    assert early == [("turn_needed", 0, 0), ("turn_needed", 0, 0), ("waiting", 2, 62)], (
        "another's number is none"
    )
    assert at(opens, (first, papers[0]), (third, papers[2])) == [("granted", 0, 0), ("waiting", 1, 2)]
    assert at(opens + timedelta(seconds=2), (third, papers[2])) == [("granted", 0, 0)]


async def _told(
    lane: Lane, pool: uuid.UUID, member: uuid.UUID, turn: TurnPaper | None
) -> tuple[str, int, int]:
    made = wish(pool, turn=turn)
    made.bearer = wish(pool, member=member.int).bearer
    reply: Reply = await lane.claim(made)
    if reply.outcome != "waiting" or reply.look is None:
        return reply.outcome, 0, 0
    return (reply.outcome, *reply.look.standing(reply.detail, clock.now().timestamp()))


def test_a_crowd_at_the_door_gets_each_place_once_from_two_doors() -> None:
    terms = PoolTerms(admission=Admission(burst=1, rate=1))
    pool = rush.open_pool(purpose="test", capacity=1, terms=terms)
    people = [ids.new_id() for _ in range(200)]

    async def run() -> list[int]:
        async with listening(2) as lanes:
            asked = [
                lanes[n % 2].take_turn(pool=str(pool), member_id=one)
                for n, one in enumerate([*people, *people[:50]])
            ]
            return [reply.detail for reply in await asyncio.gather(*asked)]

    places = asyncio.run(run())
    assert sorted(places[:200]) == list(range(1, 201))
    assert places[200:] == places[:50]
