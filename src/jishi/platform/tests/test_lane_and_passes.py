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
from jishi.platform.rush.lane import Lane, LaneFull, Wish, open_lane
from jishi.platform.rush.passes import (
    PASS_SECONDS,
    TAGS_MAX,
    TurnPaper,
    address_mark,
    device_mark,
    issue_pass,
    issue_turn,
    read_pass,
    read_turn,
    tag_digest,
)

NOW = 1_800_000_000


def dsn() -> str:
    values = connection.get_connection_params()
    return make_conninfo(
        **{name: values[name] for name in ("dbname", "user", "password", "host", "port") if values.get(name)}
    )


async def ask(lane: Lane, pool_id: uuid.UUID, *, claim_id: uuid.UUID | None = None, member: int = 0) -> str:
    return (await lane.claim(wish(pool_id, claim_id=claim_id, member=member))).outcome


def wish(pool_id: uuid.UUID, *, claim_id: uuid.UUID | None = None, member: int = 0, **more: Any) -> Wish:
    member_id = uuid.UUID(int=member) if member else ids.new_id()
    bearer = read_pass(issue_pass(member_id, now_seconds=NOW, **more.pop("carrying", {})), now_seconds=NOW)
    assert bearer is not None
    return Wish(str(pool_id), str(claim_id or ids.new_id()), bearer, more.pop("quantity", 1), **more)


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
        sweeping = asyncio.create_task(lane.sweep())
        answers = await asyncio.gather(*[ask(lane, pool) for _ in range(3)], return_exceptions=True)
        sweeping.cancel()
        assert [type(answer) for answer in answers] == [TimeoutError] * 3
        assert lane._next_round() == []
        await lane.close()

    asyncio.run(run())
    assert Pool.objects.get(id=pool).taken == 0


@given(st.uuids(), st.integers(0, 2**31), st.integers(-PASS_SECONDS, 2 * PASS_SECONDS))
def test_a_pass_names_its_member_for_a_quarter_of_an_hour(member: uuid.UUID, now: int, later: int) -> None:
    read = read_pass(issue_pass(member, now_seconds=now), now_seconds=now + later)

    assert (read and read.member_id) == (member if later <= PASS_SECONDS else None)


@given(
    st.uuids(), st.integers(-(2**63), 2**63 - 1), st.sets(st.text(min_size=1, max_size=20), max_size=TAGS_MAX)
)
def test_a_pass_carries_device_and_tags(member: uuid.UUID, device: int, tags: set[str]) -> None:
    read = read_pass(issue_pass(member, now_seconds=NOW, device=device, tags=tags), now_seconds=NOW)

    assert read is not None
    assert (read.member_id, read.member_hex, read.device) == (member, member.hex, device)
    assert read.tags == {tag_digest(tag) for tag in tags}


@given(st.uuids(), st.uuids(), st.integers(1, 2**32 - 1))
def test_a_turn_says_pool_member_and_place_and_is_no_pass(
    pool: uuid.UUID, member: uuid.UUID, place: int
) -> None:
    paper = TurnPaper(pool, member, place)

    assert read_turn(issue_turn(paper)) == paper
    assert read_pass(issue_turn(paper), now_seconds=0) is None
    assert read_turn(issue_pass(member, now_seconds=NOW)) is None


def test_an_address_is_known_again_but_not_kept() -> None:
    assert address_mark("203.0.113.7") == address_mark("::ffff:203.0.113.7") != address_mark("203.0.113.8")
    assert (
        address_mark("2001:db8:1:2::1")
        == address_mark("2001:db8:1:2:ffff::9")
        != address_mark("2001:db8:1:3::1")
    )
    assert address_mark("") and device_mark(uuid.UUID(int=7)) == device_mark(uuid.UUID(int=7))


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
