"""Points on real PostgreSQL: lots, spendings, refunds, and balances told again from their entries."""

import random
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.modules.ledger.public import available_in, trial_balance
from jishi.modules.loyalty.errors import PointsTooFew
from jishi.modules.loyalty.models import Account, Lot
from jishi.modules.loyalty.operations.lots import (
    expire_due_points,
    grant_points,
    release_due_points,
    reverse_points,
    schedule_points,
    take_points,
)
from jishi.modules.loyalty.operations.spendings import (
    commit_points,
    regain_points,
    release_points,
    reserve_points,
    return_points,
)
from jishi.modules.loyalty.queries.points import balance_of, entries_of, spendable_points, spending_of
from jishi.modules.loyalty.queries.rebuild import rebuild_balances
from jishi.modules.loyalty.queries.standing import standing_of
from jishi.modules.loyalty.types import EntryKind, ReturnPolicy, SpendingState

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
A_YEAR_ON = timedelta(days=500)


@pytest.fixture(autouse=True)
def _held_clock():
    with clock.held_at(NOON):
        yield


def earn(member: uuid.UUID, points: int, *, at: datetime | None = None) -> tuple[str, uuid.UUID]:
    source = ("order", uuid.uuid4())
    assert grant_points(member_id=member, points=points, source=source, available_at=at or clock.now())
    return source


def spend(member: uuid.UUID, points: int) -> uuid.UUID:
    order = uuid.uuid4()
    assert reserve_points(member_id=member, points=points, spending_id=order, currency_minor=points)
    assert commit_points(order)
    return order


def assert_sound(member: uuid.UUID | None = None) -> None:
    assert rebuild_balances(by=SYSTEM) == []
    assert trial_balance(unit="PTS") == 0
    if member is not None:
        stored = Account.objects.get(member_id=member)
        assert available_in(code=f"points:{member}", unit="PTS") in (stored.active, None)


def test_a_cause_earns_once():
    member, source = uuid.uuid4(), ("order", uuid.uuid4())
    assert grant_points(member_id=member, points=50, source=source, available_at=NOON)
    assert not grant_points(member_id=member, points=50, source=source, available_at=NOON)
    assert spendable_points(member) == 50
    assert_sound(member)


def test_promised_points_wait_for_their_day():
    member, source = uuid.uuid4(), ("order", uuid.uuid4())
    grant_points(member_id=member, points=50, source=source)
    assert release_due_points() == 0
    assert schedule_points(source, available_at=NOON + timedelta(days=7))
    assert not schedule_points(source, available_at=NOON + timedelta(days=9))
    assert release_due_points() == 0
    assert spendable_points(member) == 0
    with pytest.raises(PointsTooFew):
        reserve_points(member_id=member, points=1, spending_id=uuid.uuid4(), currency_minor=1)
    clock.advance_held(timedelta(days=7))
    assert release_due_points() == 50
    assert spendable_points(member) == 50
    assert_sound(member)


def test_the_soonest_to_expire_pays_first_and_a_refund_goes_back_into_the_same_lots():
    member = uuid.uuid4()
    late = earn(member, 100)
    clock.advance_held(timedelta(days=-60))
    soon = earn(member, 100)
    clock.advance_held(timedelta(days=60))
    order = spend(member, 130)
    lots = {(lot.source_kind, lot.source_id): lot for lot in Lot.objects.all()}
    assert (lots[soon].remaining, lots[late].remaining) == (0, 70)
    assert return_points(order, points_so_far=50) == 50
    assert return_points(order, points_so_far=50) == 0
    assert return_points(order, points_so_far=40) == 0
    lots = {(lot.source_kind, lot.source_id): lot for lot in Lot.objects.all()}
    assert (lots[soon].remaining, lots[late].remaining) == (20, 100)
    assert return_points(order, points_so_far=999) == 80
    assert spendable_points(member) == 200
    assert_sound(member)


def test_points_of_a_lot_that_has_ended_come_back_expired_and_cannot_be_spent():
    member = uuid.uuid4()
    earn(member, 100)
    order = spend(member, 60)
    clock.advance_held(A_YEAR_ON)
    assert return_points(order, points_so_far=60) == 60
    view = spending_of(order)
    assert view is not None and (view.returned, view.returned_expired) == (60, 60)
    assert spendable_points(member) == 0
    kinds = [entry.kind for entry in entries_of(member, by=SYSTEM)][:2]
    assert sorted(kinds) == [EntryKind.EXPIRE, EntryKind.GIVE_BACK]
    assert expire_due_points() == 40
    assert_sound(member)


def test_the_checkout_asks_little_of_the_database(django_assert_num_queries):
    member, order = uuid.uuid4(), uuid.uuid4()
    for days in range(20):
        earn(member, 10, at=NOON - timedelta(days=days * 20))
    spend(member, 1)  # opens the ledger's account
    with django_assert_num_queries(7):  # five, and the savepoint around them in a test
        reserve_points(member_id=member, points=150, spending_id=order, currency_minor=150)
    with django_assert_num_queries(2):
        standing_of(member)
    with django_assert_num_queries(0):
        standing_of(None)
    with django_assert_num_queries(1):
        spendable_points(member)
    assert_sound(member)


def test_release_and_regain():
    member, order = uuid.uuid4(), uuid.uuid4()
    earn(member, 100)
    assert reserve_points(member_id=member, points=80, spending_id=order, currency_minor=80)
    assert not reserve_points(member_id=member, points=80, spending_id=order, currency_minor=80)
    assert spendable_points(member) == 20
    assert release_points(order)
    assert not release_points(order)
    assert not commit_points(order)
    assert spendable_points(member) == 100
    assert regain_points(order)
    assert regain_points(order)
    assert spendable_points(member) == 20
    assert commit_points(order)
    assert spending_of(order).state is SpendingState.KEPT
    assert_sound(member)


def test_points_that_were_spent_meanwhile_are_not_regained():
    member, order = uuid.uuid4(), uuid.uuid4()
    earn(member, 100)
    reserve_points(member_id=member, points=80, spending_id=order, currency_minor=80)
    release_points(order)
    spend(member, 50)
    assert not regain_points(order)
    assert spendable_points(member) == 50
    assert_sound(member)


@pytest.mark.parametrize(
    ("policy", "spendable", "debt"),
    [
        (ReturnPolicy.PENDING_ONLY, 30, 0),
        (ReturnPolicy.WITHIN_BALANCE, 0, 0),
        (ReturnPolicy.ALLOW_NEGATIVE, 0, 70),
    ],
)
def test_points_that_were_spent_before_the_refund(policy: ReturnPolicy, spendable: int, debt: int):
    member = uuid.uuid4()
    source = earn(member, 100)
    spend(member, 70)
    reverse_points(source, points_so_far=100, policy=policy)
    balance = balance_of(member, by=SYSTEM)
    assert (balance.spendable, balance.debt) == (spendable, debt)
    assert_sound(member)


def test_a_debt_is_filled_by_what_is_earned_next():
    member = uuid.uuid4()
    source = earn(member, 100)
    spend(member, 100)
    reverse_points(source, points_so_far=100, policy=ReturnPolicy.ALLOW_NEGATIVE)
    earn(member, 30)
    assert (spendable_points(member), balance_of(member, by=SYSTEM).debt) == (0, 70)
    earn(member, 90)
    assert (spendable_points(member), balance_of(member, by=SYSTEM).debt) == (20, 0)
    assert_sound(member)


@pytest.mark.parametrize("policy", [ReturnPolicy.WITHIN_BALANCE, ReturnPolicy.ALLOW_NEGATIVE])
def test_earning_spending_and_sending_both_back_leaves_nothing(policy: ReturnPolicy):
    member = uuid.uuid4()
    source = earn(member, 100)
    order = spend(member, 100)
    reverse_points(source, points_so_far=100, policy=policy)
    return_points(order, points_so_far=100)
    balance = balance_of(member, by=SYSTEM)
    assert (balance.spendable, balance.pending, balance.debt) == (0, 0, 0)
    assert_sound(member)


def test_a_pending_promise_is_taken_back_before_anything_else():
    member, source = uuid.uuid4(), ("order", uuid.uuid4())
    earn(member, 500)
    grant_points(member_id=member, points=100, source=source)
    for policy, so_far in zip(ReturnPolicy, (30, 60, 100), strict=True):
        reverse_points(source, points_so_far=so_far, policy=policy)
        assert balance_of(member, by=SYSTEM).pending == 100 - so_far
    assert spendable_points(member) == 500
    assert reverse_points(source, points_so_far=100, policy=ReturnPolicy.ALLOW_NEGATIVE) == 0
    assert_sound(member)


def test_points_that_expired_by_themselves_are_not_asked_back():
    member = uuid.uuid4()
    source = earn(member, 100)
    clock.advance_held(A_YEAR_ON)
    expire_due_points()
    earn(member, 40)
    assert reverse_points(source, points_so_far=100, policy=ReturnPolicy.ALLOW_NEGATIVE) == 0
    assert spendable_points(member) == 40
    assert_sound(member)


def test_the_database_refuses_an_overdraft_and_a_changed_entry():
    member = uuid.uuid4()
    earn(member, 10)
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(member_id=member).update(active=-1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Lot.objects.filter(account_id=member).update(remaining=11)
    with pytest.raises(Exception, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE loyalty_entry SET points = 5")


def test_rebuilding_finds_a_balance_that_was_tampered_with():
    member = uuid.uuid4()
    earn(member, 10)
    Account.objects.filter(member_id=member).update(active=11)
    found = {(one.what, one.field) for one in rebuild_balances(by=SYSTEM)}
    assert found == {("account", "active"), ("account", "active_of_lots"), ("ledger", "purse")}


@pytest.mark.parametrize("seed", range(4))
def test_random_operations_rebuild_to_the_same_balances(seed: int):
    dice = random.Random(seed)
    members = [uuid.uuid4() for _ in range(3)]
    sources: list[tuple[str, uuid.UUID]] = []
    orders: list[uuid.UUID] = []
    policies = list(ReturnPolicy)[:2] if seed % 2 else list(ReturnPolicy)
    for step in range(250):
        member = dice.choice(members)
        act_randomly(dice, member=member, sources=sources, orders=orders, policies=policies)
        if step % 25 == 0:
            assert_sound()
    assert_sound()
    for member in members:
        balance = balance_of(member, by=SYSTEM)
        assert balance.spendable >= 0
        assert balance.pending >= 0
        assert not (balance.debt and balance.spendable), "a debt beside spendable points"
        if seed % 2:
            assert balance.debt == 0


def act_randomly(
    dice: random.Random,
    *,
    member: uuid.UUID,
    sources: list[tuple[str, uuid.UUID]],
    orders: list[uuid.UUID],
    policies: list[ReturnPolicy],
) -> None:
    verb = dice.randrange(12)
    if verb <= 2:
        source = ("order", uuid.uuid4())
        waits = dice.choice([None, clock.now(), clock.now() + timedelta(days=dice.randrange(1, 20))])
        grant_points(member_id=member, points=dice.randrange(1, 300), source=source, available_at=waits)
        sources.append(source)
    elif verb == 3 and sources:
        schedule_points(dice.choice(sources), available_at=clock.now() + timedelta(days=7))
    elif verb in (4, 5):
        have = spendable_points(member)
        if have:
            order = uuid.uuid4()
            reserve_points(
                member_id=member, points=dice.randrange(1, have + 1), spending_id=order, currency_minor=1
            )
            orders.append(order)
    elif verb in (6, 7, 8) and orders:
        order = dice.choice(orders)
        dice.choice([commit_points, commit_points, release_points, regain_points])(order)
        if verb == 8:
            return_points(order, points_so_far=dice.randrange(1, 400))
    elif verb == 9 and sources:
        reverse_points(
            dice.choice(sources), points_so_far=dice.randrange(1, 400), policy=dice.choice(policies)
        )
    elif verb == 10:
        clock.advance_held(timedelta(days=dice.choice([1, 5, 40, 120])))
        release_due_points()
        expire_due_points()
    else:
        take_points(member, points=dice.randrange(1, 30), subject=("adjustment", uuid.uuid4()), note="")
