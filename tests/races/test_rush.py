"""Many hands on one pool, over real connections: guards of holds, shards, ends of claims."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F, Sum

from jishi.kernel import clock, ids
from jishi.platform import rush
from jishi.platform.models import Claim, Pool, Shard
from jishi.platform.rush import Asker, HoldRules, PoolTerms
from tests.world.races import WAIT_SECONDS, at_once, crashes, refusals

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 8
ONE_BROWSER = Asker(device=7, address=9)


def hold(
    pool: uuid.UUID, *, member: uuid.UUID | None = None, asker: Asker = ONE_BROWSER
) -> Callable[[], object]:
    def act() -> object:
        due = clock.now() + timedelta(minutes=15)
        return rush.claim_units(
            pool_id=pool, member_id=member or ids.new_id(), expires_at=due, asker=asker
        ).claim_id

    return act


def member_at(home: int) -> uuid.UUID:
    return uuid.UUID(int=(ids.new_id().int >> 16 << 16) + home)


def assert_sound(pool: uuid.UUID, *, capacity: int) -> None:
    active = Claim.objects.filter(pool_id=pool, state__in=("held", "kept")).aggregate(units=Sum("quantity"))
    state = rush.pool_state(pool)
    assert (state.taken, state.capacity) == (active["units"] or 0, capacity)
    sums = Shard.objects.filter(pool_id=pool).aggregate(capacity=Sum("capacity"))
    assert sums["capacity"] in (None, capacity)


def test_counting_first_and_claiming_then_lets_one_browser_hold_twice() -> None:
    """The control: this is why the guard is decided under the lock of the row."""
    pool = rush.open_pool(purpose="test", capacity=9, terms=PoolTerms(holds=HoldRules(per_device=1)))
    both_have_counted = threading.Barrier(2)

    def naive() -> str:
        with transaction.atomic():
            if Claim.objects.filter(pool_id=pool, device=7, state="held").exists():
                return "refused"
            both_have_counted.wait(WAIT_SECONDS)
            Claim.objects.create(pool_id=pool, member_id=ids.new_id(), device=7)
        return "held"

    assert at_once(naive, naive) == ["held", "held"]


@pytest.mark.parametrize("rules", [HoldRules(per_device=2), HoldRules(per_address=2)])
def test_one_browser_or_address_holds_what_it_may(rules: HoldRules) -> None:
    pool = rush.open_pool(purpose="test", capacity=50, terms=PoolTerms(holds=rules))

    answers = at_once(*[hold(pool) for _ in range(HANDS)])

    assert crashes(answers) == []
    assert refusals(answers) == ["unpaid_holds"] * (HANDS - 2)
    assert_sound(pool, capacity=50)


@pytest.mark.parametrize("shards", [0, 4])
def test_a_member_holds_what_they_may_wherever_they_are_counted(shards: int) -> None:
    member = ids.new_id()
    terms = PoolTerms(holds=HoldRules(per_member=2), shards=shards)
    pool = rush.open_pool(purpose="test", capacity=50, member_limit=5, terms=terms)

    answers = at_once(*[hold(pool, member=member) for _ in range(HANDS)])

    assert refusals(answers) == ["unpaid_holds"] * (HANDS - 2)
    assert_sound(pool, capacity=50)


def test_moving_capacity_without_locking_both_rows_makes_units_out_of_nothing() -> None:
    """The control of shards: two homes see the same free unit and both take it over."""
    pool = rush.open_pool(purpose="test", capacity=3, terms=PoolTerms(shards=3))
    Shard.objects.filter(pool_id=pool).update(capacity=0)
    Shard.objects.filter(pool_id=pool, number=2).update(capacity=3)
    both_have_looked = threading.Barrier(2)

    def naive(home: int) -> Callable[[], object]:
        def act() -> None:
            with transaction.atomic():
                richest = Shard.objects.get(pool_id=pool, number=2)
                both_have_looked.wait(WAIT_SECONDS)
                Shard.objects.filter(pool_id=pool, number=home).update(
                    capacity=F("capacity") + richest.capacity
                )
                Shard.objects.filter(id=richest.id).update(capacity=0)

        return act

    at_once(naive(0), naive(1))
    assert Shard.objects.filter(pool_id=pool).aggregate(all=Sum("capacity"))["all"] == 6


@pytest.mark.parametrize("capacity", [1, 3, HANDS])
def test_every_home_gets_at_what_is_left_and_nothing_more(capacity: int) -> None:
    pool = rush.open_pool(purpose="test", capacity=capacity, terms=PoolTerms(shards=4))

    answers = at_once(*[hold(pool, member=member_at(n % 4)) for n in range(HANDS)])

    assert crashes(answers) == []
    assert refusals(answers) == ["sold_out"] * (HANDS - capacity)
    assert_sound(pool, capacity=capacity)


@pytest.mark.parametrize("shards", [0, 3])
def test_a_hold_that_is_paid_as_it_expires_is_one_or_the_other(shards: int) -> None:
    pool = rush.open_pool(purpose="test", capacity=HANDS, terms=PoolTerms(shards=shards))
    due = clock.now() - timedelta(seconds=1)
    claims = [
        rush.claim_units(pool_id=pool, member_id=ids.new_id(), expires_at=due).claim_id for _ in range(4)
    ]

    answers = at_once(
        rush.expire_claims,
        rush.expire_claims,
        *[lambda claim=claim: rush.keep_claim(claim) for claim in claims],  # type: ignore[misc]
        *[lambda claim=claim: rush.release_claim(claim) for claim in claims],  # type: ignore[misc]
    )

    assert crashes(answers) == []
    states = Counter(Claim.objects.filter(pool_id=pool).values_list("state", flat=True))
    assert sum(states.values()) == 4 and states["held"] == 0
    assert_sound(pool, capacity=HANDS)


@pytest.mark.parametrize("shards", [0, 3])
def test_claims_ends_and_resizes_at_once_keep_the_books(shards: int) -> None:
    pool = rush.open_pool(purpose="test", capacity=6, terms=PoolTerms(shards=shards))
    mine = [hold(pool, member=member_at(n))() for n in range(4)]

    answers = at_once(
        *[hold(pool, member=member_at(n)) for n in range(5)],
        *[lambda claim=claim: rush.release_claim(claim) for claim in mine],  # type: ignore[misc,arg-type]
        lambda: rush.resize_pool(pool_id=pool, capacity=9),
        lambda: rush.resize_pool(pool_id=pool, capacity=2),
    )

    assert crashes(answers) == []
    assert_sound(pool, capacity=Pool.objects.get(id=pool).capacity)


@pytest.mark.parametrize("shards", [0, 3])
def test_a_handed_over_claim_is_paid_or_lapses_and_never_both(shards: int) -> None:
    pool = rush.open_pool(purpose="test", capacity=HANDS, terms=PoolTerms(shards=shards))
    found = [hold(pool)() for _ in range(HANDS)]
    assert rush.hand_claims_over(found) == HANDS  # type: ignore[arg-type]
    assert rush.expire_due_claims() == 0, "an order decides from here on"

    for claim in found:
        paid, lapsed, again = at_once(
            lambda c=claim: rush.keep_claim(c),  # type: ignore[misc]
            lambda c=claim: rush.lapse_claim(c),  # type: ignore[misc]
            lambda c=claim: rush.lapse_claim(c),  # type: ignore[misc]
        )
        assert [paid, lapsed, again].count(True) == 1
    assert_sound(pool, capacity=HANDS)
    lapsed_at = Claim.objects.filter(pool_id=pool, state="expired").values_list("expires_at", flat=True)
    assert all(moment is not None and moment <= clock.now() for moment in lapsed_at)
    assert rush.hand_claims_over(found) == 0 and not rush.are_claims_held([pool])  # type: ignore[arg-type]
    assert rush.close_pools([pool]) == 1 and rush.close_pools([pool]) == 0
