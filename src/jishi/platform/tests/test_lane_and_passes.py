"""The hot lane in one event loop, against a real database; and the passes that open it."""

import asyncio
import base64
import uuid
from collections import Counter
from typing import Any

import psycopg
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import make_conninfo

from jishi.kernel import ids
from jishi.platform.models import Claim, Pool
from jishi.platform.rush import lane as lanes
from jishi.platform.rush import open_pool
from jishi.platform.rush.lane import Lane, LaneFull, open_lane
from jishi.platform.rush.passes import PASS_SECONDS, issue_pass, read_pass

NOW = 1_800_000_000


def dsn() -> str:
    values = connection.get_connection_params()
    return make_conninfo(
        **{name: values[name] for name in ("dbname", "user", "password", "host", "port") if values.get(name)}
    )


async def ask(lane: Lane, pool_id: uuid.UUID, *, claim_id: uuid.UUID | None = None, member: int = 0) -> str:
    outcome, _ = await lane.claim(
        pool_id=pool_id,
        claim_id=claim_id or ids.new_id(),
        member_id=uuid.UUID(int=member) if member else ids.new_id(),
        quantity=1,
    )
    return outcome


@pytest.mark.django_db(transaction=True)
def test_a_crowd_gets_exactly_what_there_is() -> None:
    pool, other = open_pool(purpose="test", capacity=300), open_pool(purpose="test", capacity=5)

    async def run() -> list[str]:
        async with open_lane(dsn()) as lane:
            return await asyncio.gather(
                *[ask(lane, pool) for _ in range(1000)], *[ask(lane, other) for _ in range(20)]
            )

    answers = asyncio.run(run())

    assert Counter(answers[:1000]) == {"granted": 300, "sold_out": 700}
    assert Counter(answers[1000:]) == {"granted": 5, "sold_out": 15}
    assert Pool.objects.get(id=pool).taken == 300 == Claim.objects.filter(pool_id=pool).count()


@pytest.mark.django_db(transaction=True)
def test_a_repeated_claim_waits_for_the_next_batch_and_is_replayed() -> None:
    pool, claim = open_pool(purpose="test", capacity=5), ids.new_id()

    async def run() -> list[str]:
        async with open_lane(dsn()) as lane:
            return await asyncio.gather(*[ask(lane, pool, claim_id=claim, member=1) for _ in range(4)])

    assert Counter(asyncio.run(run())) == {"granted": 1, "replayed": 3}
    assert Pool.objects.get(id=pool).taken == 1


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_fails_its_batch_and_the_next_one_is_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes, "RECONNECT_SECONDS", 0.01)
    pool = open_pool(purpose="test", capacity=5)

    async def run() -> list[Any]:
        async with open_lane(dsn()) as lane:
            first = await ask(lane, pool)
            assert lane._connection is not None
            pid = lane._connection.info.backend_pid
            await asyncio.to_thread(_end_session, pid)
            broken = await asyncio.gather(ask(lane, pool), return_exceptions=True)
            return [first, *broken, await ask(lane, pool)]

    first, broken, after = asyncio.run(run())

    assert (first, after) == ("granted", "granted")
    assert isinstance(broken, ConnectionError)
    assert Pool.objects.get(id=pool).taken == 2


def _end_session(pid: int) -> None:
    with psycopg.connect(dsn(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])


@pytest.mark.django_db(transaction=True)
def test_the_queue_is_bounded_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "WAITING_MAX", 3)
    pool = open_pool(purpose="test", capacity=100)

    async def run() -> list[Any]:
        async with open_lane(dsn()) as lane:
            return await asyncio.gather(*[ask(lane, pool) for _ in range(10)], return_exceptions=True)

    answers = asyncio.run(run())

    assert sum(isinstance(answer, LaneFull) for answer in answers) == 7
    assert answers.count("granted") == 3 == Pool.objects.get(id=pool).taken


@pytest.mark.django_db(transaction=True)
def test_whoever_gave_up_waiting_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "ANSWER_TIMEOUT_SECONDS", 0.05)
    pool = open_pool(purpose="test", capacity=100)

    async def run() -> None:
        lane = Lane(dsn())  # nobody serves it yet
        answers = await asyncio.gather(*[ask(lane, pool) for _ in range(3)], return_exceptions=True)
        assert [type(answer) for answer in answers] == [TimeoutError] * 3
        assert lane._next_batch() == []

    asyncio.run(run())
    assert Pool.objects.get(id=pool).taken == 0


@given(st.uuids(), st.integers(0, 2**31), st.integers(-PASS_SECONDS, 2 * PASS_SECONDS))
def test_a_pass_names_its_member_for_a_quarter_of_an_hour(member: uuid.UUID, now: int, later: int) -> None:
    read = read_pass(issue_pass(member, now_seconds=now), now_seconds=now + later)

    assert read == (member if later <= PASS_SECONDS else None)


@given(st.uuids(), st.data())
def test_a_pass_with_any_bit_changed_is_nobodys(member: uuid.UUID, data: st.DataObject) -> None:
    text = issue_pass(member, now_seconds=NOW)
    raw = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8

    assert read_pass(base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("="), now_seconds=NOW) is None


@given(st.text(max_size=80))
def test_what_is_not_a_pass_is_nobodys(text: str) -> None:
    assert read_pass(text, now_seconds=NOW) is None


def test_a_pass_of_another_shop_is_nobodys(settings: Any) -> None:
    made = issue_pass(uuid.UUID(int=1), now_seconds=NOW)
    settings.SECRET_KEY = "another"

    assert read_pass(made, now_seconds=NOW) is None
