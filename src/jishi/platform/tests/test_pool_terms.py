"""What a pool may ask of people: reserves, guards of unpaid holds, shards, waiting rooms (docs/algorithms/claims.md)."""

import math
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jishi.kernel import clock, ids
from jishi.kernel.errors import InvalidInput, NotFound
from jishi.platform import rush
from jishi.platform.models import Claim, Pool, Shard
from jishi.platform.rush import Admission, Asker, HoldRules, PoolTerms, Reserve, terms
from jishi.platform.rush.claims import ANYBODY

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
A, B, C = (uuid.UUID(int=number) for number in (10, 11, 12))
GOLD = Asker(tags=frozenset({"tier:gold"}))
MINUTE = timedelta(minutes=1)


def one(sql: str, *values: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def held(pool: uuid.UUID, member: uuid.UUID, quantity: int = 1, asker: Asker = ANYBODY) -> rush.ClaimOutcome:
    return rush.claim_units(
        pool_id=pool,
        member_id=member,
        quantity=quantity,
        expires_at=clock.now() + timedelta(minutes=15),
        asker=asker,
    )


# ---- reserve -----------------------------------------------------------------------------------------


@pytest.fixture(params=[0, 3])
def reserved_pool(request: pytest.FixtureRequest) -> uuid.UUID:
    return rush.open_pool(
        purpose="test",
        capacity=5,
        terms=PoolTerms(reserve=Reserve("tier:gold", 2, NOON + 10 * MINUTE), shards=request.param),
    )


def test_the_worked_example_of_a_reserve(reserved_pool: uuid.UUID) -> None:
    with clock.held_at(NOON):
        for _ in range(3):
            held(reserved_pool, ids.new_id())
        with pytest.raises(rush.SoldOut):
            held(reserved_pool, C)
        gold = held(reserved_pool, A, asker=GOLD)
        assert (rush.pool_state(reserved_pool).taken, rush.pool_state(reserved_pool).reserved) == (4, 1)
        assert rush.release_claim(gold.claim_id)
        assert (rush.pool_state(reserved_pool).taken, rush.pool_state(reserved_pool).reserved) == (3, 2)
        with pytest.raises(rush.SoldOut):
            held(reserved_pool, C)
    with clock.held_at(NOON + 10 * MINUTE):
        assert rush.pool_state(reserved_pool).reserved == 0
        held(reserved_pool, B, 2)
        assert rush.pool_state(reserved_pool).is_sold_out


def test_another_tag_opens_no_reserve(reserved_pool: uuid.UUID) -> None:
    with clock.held_at(NOON):
        held(reserved_pool, A, 3)
        with pytest.raises(rush.SoldOut):
            held(reserved_pool, B, asker=Asker(tags=frozenset({"tier:silver"})))


def test_a_smaller_pool_keeps_what_reserve_still_fits(reserved_pool: uuid.UUID) -> None:
    with clock.held_at(NOON):
        held(reserved_pool, A, 3)
        assert rush.resize_pool(pool_id=reserved_pool, capacity=4)
        state = rush.pool_state(reserved_pool)
        assert (state.capacity, state.taken, state.reserved) == (4, 3, 1)
        assert not rush.resize_pool(pool_id=reserved_pool, capacity=2)
        assert rush.resize_pool(pool_id=reserved_pool, capacity=6)
        held(reserved_pool, B, 2)


# ---- guards of holds ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "first", "second", "by"),
    [
        (HoldRules(per_member=1), Asker(), Asker(), "member"),
        (HoldRules(per_device=1), Asker(device=7), Asker(device=7), "device"),
        (HoldRules(per_address=1), Asker(address=-7), Asker(address=-7), "address"),
    ],
)
def test_unpaid_units_are_limited_and_paid_ones_are_not(
    rules: HoldRules, first: Asker, second: Asker, by: str
) -> None:
    pool = rush.open_pool(purpose="test", capacity=9, terms=PoolTerms(holds=rules))
    claim = held(pool, A, asker=first)

    with pytest.raises(rush.UnpaidHolds) as refused:
        held(pool, A if by == "member" else B, asker=second)
    assert refused.value.facts == {"limit": 1, "by": by}
    assert rush.pool_state(pool).taken == 1

    rush.keep_claim(claim.claim_id)
    held(pool, A if by == "member" else B, asker=second)


def test_hashes_are_only_stored_where_they_are_asked_for() -> None:
    pool = rush.open_pool(purpose="test", capacity=9)
    held(pool, A, asker=Asker(device=7, address=8))

    assert list(Claim.objects.filter(pool_id=pool).values_list("device", "address")) == [(None, None)]


def test_a_member_whose_holds_expired_unpaid_waits() -> None:
    rules = HoldRules(strikes=2, strike_seconds=600)
    pool = rush.open_pool(purpose="test", capacity=9, terms=PoolTerms(holds=rules))
    for minute in (0, 5):
        with clock.held_at(NOON + minute * MINUTE):
            rush.claim_units(pool_id=pool, member_id=A, expires_at=clock.now())
            assert len(rush.expire_claims()) == 1
    with clock.held_at(NOON + 7 * MINUTE):
        with pytest.raises(rush.SlowDown) as refused:
            held(pool, A)
        held(pool, B)
    assert refused.value.facts == {"seconds": 8 * 60}
    with clock.held_at(NOON + 15 * MINUTE):
        held(pool, A)


@pytest.mark.parametrize(("remaining", "seconds"), [(100, 900), (50, 510), (10, 198), (1, 127)], ids=str)
def test_a_hold_is_shorter_the_less_there_is(remaining: int, seconds: int) -> None:
    rules = HoldRules(seconds_min=120, seconds_max=900)
    pool = rush.open_pool(purpose="test", capacity=100, terms=PoolTerms(holds=rules))
    if remaining < 100:
        rush.claim_units(pool_id=pool, member_id=A, quantity=100 - remaining)

    with clock.held_at(NOON):
        outcome = held(pool, B)
        assert outcome.hold_seconds == seconds
        assert Claim.objects.get(id=outcome.claim_id).expires_at == NOON + timedelta(seconds=seconds)
        again = rush.claim_units(pool_id=pool, member_id=B, claim_id=outcome.claim_id)
        assert (again.replayed, again.hold_seconds) == (True, seconds)


@given(st.integers(0, 2000), st.integers(0, 2000), st.integers(0, 10**6), st.integers(0, 10**6))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_computes_the_same_hold(low: int, more: int, remaining: int, extra: int) -> None:
    high, capacity = low + more, remaining + extra
    plain = terms.hold_seconds(seconds_min=low, seconds_max=high, remaining=remaining, capacity=capacity)

    assert plain == one("SELECT rush_hold_seconds(%s, %s, %s, %s)", low, high, remaining, capacity)
    assert low <= plain <= high


@given(st.uuids(), st.integers(2, 64))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_finds_the_same_home(member: uuid.UUID, shards: int) -> None:
    assert terms.home_shard(member, shards=shards) == one("SELECT rush_home(%s, %s)", member, shards)


# ---- shards ------------------------------------------------------------------------------------------


def shard_rows(pool: uuid.UUID) -> list[tuple[int, int]]:
    return list(Shard.objects.filter(pool_id=pool).order_by("number").values_list("capacity", "taken"))


def at_home(number: int, shards: int) -> uuid.UUID:
    return uuid.UUID(int=(ids.new_id().int >> 16 << 16) + number + shards * 5)


def test_a_pool_in_shards_sells_everything_from_any_home() -> None:
    pool = rush.open_pool(purpose="test", capacity=10, member_limit=3, terms=PoolTerms(shards=4))
    assert shard_rows(pool) == [(3, 0), (3, 0), (2, 0), (2, 0)]

    for _ in range(10):
        held(pool, at_home(1, 4))

    assert sum(capacity for capacity, _ in shard_rows(pool)) == 10
    with pytest.raises(rush.SoldOut):
        held(pool, at_home(2, 4))
    assert rush.pool_state(pool).is_sold_out
    assert Pool.objects.get(id=pool).taken == 0, "the shards do the counting"


def test_the_worked_example_of_sharing_out() -> None:
    pool = rush.open_pool(purpose="test", capacity=20, terms=PoolTerms(shards=3))
    for number, (capacity, taken) in enumerate([(10, 2), (5, 5), (5, 4)]):
        Shard.objects.filter(pool_id=pool, number=number).update(capacity=capacity, taken=taken)

    held(pool, at_home(1, 3), 4)

    assert shard_rows(pool) == [(4, 2), (11, 9), (5, 4)]


def test_the_members_limit_holds_in_one_row_and_units_go_back_to_it() -> None:
    pool = rush.open_pool(purpose="test", capacity=8, member_limit=2, terms=PoolTerms(shards=2))
    claim = held(pool, A, 2).claim_id
    with pytest.raises(rush.LimitReached):
        held(pool, A)
    with clock.held_at(clock.now() + timedelta(hours=1)):
        assert rush.expire_claims() == [claim]
    held(pool, A, 2)
    assert rush.pool_state(pool).taken == 2


def test_a_pool_with_claims_is_not_split() -> None:
    pool = rush.open_pool(purpose="test", capacity=8)
    claim = held(pool, A).claim_id
    rush.release_claim(claim)

    assert not rush.split_pool(pool_id=pool, shards=2)
    assert not rush.split_pool(pool_id=ids.new_id(), shards=2)
    empty = rush.open_pool(purpose="test", capacity=8)
    assert rush.split_pool(pool_id=empty, shards=2)
    assert not rush.split_pool(pool_id=empty, shards=2)


@given(
    shards=st.integers(2, 5),
    capacity=st.integers(0, 12),
    steps=st.lists(
        st.tuples(st.integers(0, 4), st.integers(1, 4), st.sampled_from(["claim", "release", "resize"])),
        max_size=14,
    ),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sums_are_conserved_and_sold_out_is_never_said_too_soon(
    shards: int, capacity: int, steps: list[tuple[int, int, str]]
) -> None:
    pool = rush.open_pool(purpose="test", capacity=capacity, terms=PoolTerms(shards=shards))
    mine: dict[uuid.UUID, int] = {}
    for home, number, verb in steps:
        if verb == "claim":
            fits = sum(mine.values()) + number <= capacity
            try:
                mine[held(pool, at_home(home % shards, shards), number).claim_id] = number
                assert fits
            except rush.SoldOut:
                assert not fits
        elif verb == "release" and mine:
            claim = list(mine)[number % len(mine)]
            assert rush.release_claim(claim)
            del mine[claim]
        elif verb == "resize":
            wanted = number * 3
            assert rush.resize_pool(pool_id=pool, capacity=wanted) == (wanted >= sum(mine.values()))
            capacity = wanted if wanted >= sum(mine.values()) else capacity
        sums = Shard.objects.filter(pool_id=pool).aggregate(capacity=Sum("capacity"), taken=Sum("taken"))
        assert (sums["capacity"], sums["taken"]) == (capacity, sum(mine.values()))


# ---- waiting rooms -----------------------------------------------------------------------------------


def turns(pool: uuid.UUID, *members: uuid.UUID) -> dict[uuid.UUID, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member, place FROM rush_turns(%s, %s::uuid[], %s)", [pool, list(members), NOON]
        )
        return dict(cursor.fetchall())


def test_places_are_given_in_the_order_of_asking_once_each() -> None:
    pool = rush.open_pool(purpose="test", capacity=1, terms=PoolTerms(admission=Admission(burst=1, rate=1)))

    assert turns(pool, B, A, B) == {B: 1, A: 2}
    assert turns(pool, C, A) == {C: 3, A: 2}
    assert turns(rush.open_pool(purpose="test", capacity=1), A) == {}


@given(
    burst=st.integers(0, 500),
    rate=st.integers(1, 500),
    position=st.integers(1, 10_000),
    seconds=st.floats(-100, 5000, allow_nan=False),
)
def test_a_number_is_called_when_it_was_said_to_be(
    burst: int, rate: int, position: int, seconds: float
) -> None:
    called_at = terms.seconds_until_called(position, burst=burst, rate=rate)
    is_called = terms.admitted_count(burst=burst, rate=rate, seconds_open=seconds) >= position

    if seconds < 0 or seconds < called_at - 1e-6:
        assert not is_called
    if seconds > called_at + 1e-6 and seconds >= 0:
        assert is_called
    assert terms.admitted_count(burst=burst, rate=rate, seconds_open=math.ceil(called_at)) >= position


# ---- terms that make no sense ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        PoolTerms(holds=HoldRules(seconds_min=2, seconds_max=1)),
        PoolTerms(holds=HoldRules(strikes=1)),
        PoolTerms(reserve=Reserve("x", 6, NOON)),
        PoolTerms(reserve=Reserve("", 1, NOON)),
        PoolTerms(admission=Admission(burst=1, rate=0)),
        PoolTerms(shards=65),
    ],
)
def test_terms_that_contradict_themselves_are_refused(wrong: PoolTerms) -> None:
    with pytest.raises(InvalidInput):
        rush.open_pool(purpose="test", capacity=5, terms=wrong)
    assert not Pool.objects.exists()


def test_the_database_is_the_last_guard_of_shards_and_reserves() -> None:
    pool = rush.open_pool(
        purpose="test", capacity=4, terms=PoolTerms(reserve=Reserve("x", 2, NOON), shards=2)
    )
    for change in ({"taken": 3}, {"reserved_left": 9}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Shard.objects.filter(pool_id=pool, number=0).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pool.objects.filter(id=pool).update(taken=1)
    with pytest.raises(NotFound):
        rush.pool_state(ids.new_id())
