"""Two front doors on one PostgreSQL in a sale; then one of them, then PostgreSQL, is killed in the middle of it."""

import asyncio
import itertools
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from jishi.runtime import embedded
from tests.crash.load import Crowd
from tests.crash.test_killed_database import _kill_hard
from tests.world.market import Market

CAPACITY = 100
PEOPLE = 400
SOON_SECONDS = 1.0


@contextmanager
def second_door(market: Market, home: Path) -> Iterator[Market]:
    """Another front door on a port of its own, on the same database."""
    home.mkdir(exist_ok=True)
    other = Market(home, market.database_url)
    try:
        other.start("web")
        yield other
    finally:
        other.stop()


async def _buy(
    doors: list[httpx.AsyncClient], pool: str, number: int, bearer: str
) -> tuple[int, int, uuid.UUID]:
    """Ask at one door; whatever it said, ask the other under the same key, as a phone on a bad line would."""
    key = uuid.uuid4()
    headers = {"authorization": f"Pass {bearer}", "idempotency-key": str(key)}
    answers = [
        await doors[(number + turn) % 2].post(
            f"/rush/pools/{pool}/claims", json={"quantity": 1}, headers=headers
        )
        for turn in range(2)
    ]
    return answers[0].status_code, answers[1].status_code, key


@pytest.mark.parametrize("shards", [0, 4])
def test_two_doors_sell_exactly_what_there_is(market: Market, tmp_path: Path, shards: int) -> None:
    pool = market.stage("pool", capacity=CAPACITY, member_limit=1, shards=shards)
    passes = market.stage("passes", count=PEOPLE + 1)

    async def sale(urls: list[str]) -> list[tuple[int, int, uuid.UUID]]:
        limits = httpx.Limits(max_connections=50)
        doors = [httpx.AsyncClient(base_url=url, limits=limits, timeout=30) for url in urls]
        try:
            return await asyncio.gather(*[_buy(doors, pool, n, one) for n, one in enumerate(passes[:PEOPLE])])
        finally:
            for door in doors:
                await door.aclose()

    with second_door(market, tmp_path / "other") as other:
        told = asyncio.run(sale([market.url, other.url]))
        _a_returned_unit_is_had_at_the_other_door(market, other, pool=pool, bearer=passes[PEOPLE])

    assert Counter((first, second) for first, second, _ in told) == {
        (201, 200): CAPACITY,
        (409, 409): PEOPLE - CAPACITY,
    }
    granted = {str(key) for first, _, key in told if first == 201}
    kept = {str(row[0]) for row in market.rows("SELECT id FROM rush_claim WHERE pool_id = %s", pool)}
    assert len(kept - granted) == 1, "the one who got the returned unit"
    _assert_books(market, pool, taken=CAPACITY)


def _a_returned_unit_is_had_at_the_other_door(
    market: Market, other: Market, *, pool: str, bearer: str
) -> None:
    def ask(door: Market) -> int:
        headers = {"authorization": f"Pass {bearer}", "idempotency-key": str(uuid.uuid4())}
        return httpx.post(f"{door.url}/rush/pools/{pool}/claims", headers=headers, timeout=10).status_code

    assert [ask(market), ask(other)] == [409, 409]
    claim = market.value("SELECT id FROM rush_claim WHERE pool_id = %s LIMIT 1", pool)
    assert market.value("SELECT rush_move(%s, '{held}', 'released', true, now())", claim)
    started = time.monotonic()
    while ask(other) != 201:
        assert time.monotonic() - started < SOON_SECONDS


def _assert_books(market: Market, pool: str, *, taken: int) -> None:
    assert (
        market.value("SELECT sum(quantity) FROM rush_claim WHERE pool_id = %s AND state = 'held'", pool)
        == taken
    )
    counted = market.value(
        "SELECT p.taken + coalesce((SELECT sum(s.taken) FROM rush_shard s WHERE s.pool_id = p.id), 0)"
        " FROM rush_pool p WHERE p.id = %s",
        pool,
    )
    assert counted == taken


def _asking(urls: list[str], pool: str, passes: list[str]) -> Crowd:
    """Everybody asks on and on, for a new unit when they were heard, for the same at the next door when not."""
    keys = [uuid.uuid4() for _ in passes]
    doors = itertools.cycle(urls)

    def ask(client: httpx.Client, number: int) -> tuple[int, str]:
        answer = client.post(
            f"{next(doors)}/rush/pools/{pool}/claims",
            headers={"authorization": f"Pass {passes[number]}", "idempotency-key": str(keys[number])},
        )
        told = answer.status_code, str(keys[number])
        if answer.status_code < 500:
            keys[number] = uuid.uuid4()
        else:
            time.sleep(0.05)
        return told

    return Crowd(ask, size=len(passes))


def test_one_door_is_killed_and_the_other_sells_the_rest(market: Market, tmp_path: Path) -> None:
    pool, passes = market.stage("pool", capacity=CAPACITY * 4), market.stage("passes", count=16)

    with (
        second_door(market, tmp_path / "other") as other,
        _asking([market.url, other.url], pool, passes) as crowd,
    ):
        crowd.wait_for(CAPACITY)
        other.kill("web")
        market.eventually("SELECT taken FROM rush_pool WHERE id = %s", CAPACITY * 4, pool)
        crowd.wait_for(len(crowd.answers) + 50)

    _assert_truth(market, pool, crowd, capacity=CAPACITY * 4)


def test_postgresql_is_killed_and_no_grant_is_lost(own_server: tuple[Market, embedded.Server]) -> None:
    market, server = own_server
    capacity = CAPACITY * 20
    pool, passes = market.stage("pool", capacity=capacity), market.stage("passes", count=16)

    with _asking([market.url], pool, passes) as crowd:
        crowd.wait_for(CAPACITY)
        _kill_hard(server)
        time.sleep(0.3)
        server.restart()
        market.eventually("SELECT taken FROM rush_pool WHERE id = %s", capacity, pool, seconds=60)
        crowd.wait_for(len(crowd.answers) + 50)

    _assert_truth(market, pool, crowd, capacity=capacity)
    while market.value("SELECT count(*) FROM rush_expire(now() + interval '1 hour', 500)"):
        pass
    assert market.value("SELECT taken FROM rush_pool WHERE id = %s", pool) == 0, "every unpaid hold returns"
    assert (
        market.value("SELECT count(*) FROM rush_claim WHERE state = 'expired' AND pool_id = %s", pool)
        == capacity
    )


def _assert_truth(market: Market, pool: str, crowd: Crowd, *, capacity: int) -> None:
    statuses = {status for status, _ in crowd.answers}
    granted = {key for status, key in crowd.answers if status in (200, 201)}
    kept = {str(row[0]) for row in market.rows("SELECT id FROM rush_claim WHERE pool_id = %s", pool)}
    assert statuses <= {200, 201, 409, 503}
    assert crowd.broken or 503 in statuses, "nobody noticed the kill: nothing was proved"
    assert granted <= kept, "told yes, and nothing was kept"
    assert len(kept) == capacity
    _assert_books(market, pool, taken=capacity)
