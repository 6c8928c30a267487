"""Who did what; and locks that end in an honest answer."""

import threading
import uuid
from typing import Any

import pytest
from django.db import connection, transaction

from jishi.kernel import ids
from jishi.kernel.actor import SYSTEM, Actor, ActorKind
from jishi.kernel.errors import Busy, NotFound
from jishi.platform import locks
from jishi.platform.history import STEPS_SHOWN_MAX, record_step, steps_of
from jishi.platform.models import Pool
from jishi.platform.rush import open_pool
from jishi.platform.transactions import in_transaction

ORDER = ("order", uuid.UUID(int=3))


@pytest.mark.django_db
def test_steps_are_told_in_their_order_with_who_and_why() -> None:
    clerk = Actor(kind=ActorKind.STAFF, id=uuid.UUID(int=9), label="小李" * 50)
    record_step(subject=ORDER, verb="pay", before="placed", after="paid", by=SYSTEM)
    record_step(
        subject=ORDER, verb="ship", before="paid", after="shipped", by=clerk, note="x" * 500, details={"n": 1}
    )
    record_step(subject=("order", uuid.UUID(int=4)), verb="pay", by=SYSTEM)

    first, second = steps_of(subject=ORDER)

    assert (first.verb, first.before, first.after, first.actor_kind) == ("pay", "placed", "paid", "system")
    assert (second.actor_id, second.details, len(second.note), len(second.actor_label)) == (
        clerk.id,
        {"n": 1},
        400,
        80,
    )


@pytest.mark.django_db
def test_a_long_history_is_read_in_bounds() -> None:
    for number in range(5):
        record_step(subject=ORDER, verb=f"step{number}", by=SYSTEM)

    assert [step.verb for step in steps_of(subject=ORDER, limit=3)] == ["step0", "step1", "step2"]
    assert STEPS_SHOWN_MAX == 200


@pytest.mark.django_db
def test_a_row_that_is_not_there_cannot_be_locked() -> None:
    there = open_pool(purpose="test", capacity=1)

    with pytest.raises(NotFound):
        locks.lock_one(Pool, ids.new_id())
    with pytest.raises(NotFound):
        locks.lock_many(Pool, [there, ids.new_id()])
    assert set(locks.lock_many(Pool, [there, there])) == {there}


@pytest.mark.django_db(transaction=True)
def test_locks_live_inside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="transaction"), locks.lock_timeout():
        pass


@pytest.mark.django_db(transaction=True)
def test_rows_named_in_any_order_are_locked_without_a_deadlock(at_once: Any) -> None:
    rows = [open_pool(purpose="test", capacity=1) for _ in range(4)]

    @in_transaction
    def touch(keys: list[uuid.UUID]) -> bool:
        for pool in locks.lock_many(Pool, keys).values():
            pool.capacity += 1
            pool.save(update_fields=["capacity"])
        return True

    assert at_once(*[lambda keys=keys: touch(keys) for keys in (rows, rows[::-1]) * 4]) == [True] * 8
    assert set(Pool.objects.filter(id__in=rows).values_list("capacity", flat=True)) == {9}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["row", "name"])
def test_whoever_waits_too_long_hears_busy(at_once: Any, what: str) -> None:
    pool = open_pool(purpose="test", capacity=1)
    taken, tried = threading.Event(), threading.Event()

    def lock() -> None:
        if what == "row":
            locks.lock_one(Pool, pool)
        else:
            locks.lock_name("the-till")

    @in_transaction
    def hold() -> str:
        lock()
        taken.set()
        assert tried.wait(10)
        return "held"

    @in_transaction
    def wait() -> None:
        assert taken.wait(10)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
            lock()
        finally:
            tried.set()

    held, waited = at_once(hold, wait)

    assert held == "held"
    assert isinstance(waited, Busy)


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_is_busy_too(at_once: Any) -> None:
    """Two who lock against the order of keys: one gets through, the other is told to come again."""
    first, second = (open_pool(purpose="test", capacity=1) for _ in range(2))
    both_hold_one = threading.Barrier(2)

    @in_transaction
    def take(one: uuid.UUID, other: uuid.UUID) -> str:
        locks.lock_one(Pool, one)
        both_hold_one.wait(10)
        locks.lock_one(Pool, other)
        return "both"

    answers = at_once(lambda: take(first, second), lambda: take(second, first))

    assert "both" in answers
    assert next(answer for answer in answers if answer != "both").__class__ is Busy


@pytest.mark.django_db(transaction=True)
def test_a_use_case_is_one_transaction_however_many_operations_it_is_made_of() -> None:
    @in_transaction
    def part() -> None:
        open_pool(purpose="part", capacity=1)

    @in_transaction
    def whole(*, fails: bool) -> None:
        assert connection.in_atomic_block
        part()
        part()
        if fails:
            raise Busy()

    with pytest.raises(Busy):
        whole(fails=True)
    assert not Pool.objects.exists()
    assert not connection.in_atomic_block

    whole(fails=False)
    assert Pool.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_survived_only_around_a_savepoint() -> None:
    @in_transaction
    def refused_part() -> None:
        open_pool(purpose="refused", capacity=1)
        raise Busy()

    @in_transaction
    def careful() -> None:
        open_pool(purpose="kept", capacity=1)
        try:
            with transaction.atomic():
                refused_part()
        except Busy:
            pass

    careful()

    assert list(Pool.objects.values_list("purpose", flat=True)) == ["kept"]


@pytest.mark.django_db(transaction=True)
def test_a_worn_marker_of_an_outer_transaction_does_not_leave_an_inner_one_without() -> None:
    """`in_transaction` looks at the connection too: after the outer block is over, the next call opens its own."""

    @in_transaction
    def fail() -> None:
        open_pool(purpose="gone", capacity=1)
        raise Busy()

    for _ in range(2):
        with pytest.raises(Busy):
            fail()
    assert not Pool.objects.exists()
