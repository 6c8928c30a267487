"""Two sides, no change, budgets with a floor; worked numbers from docs/algorithms/ledger.md."""

import threading
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jishi.kernel import ids
from jishi.kernel.errors import Refusal
from jishi.modules.ledger import public as ledger
from jishi.modules.ledger.models import Account, Transfer
from jishi.modules.ledger.public import AccountKind, AccountRef, NewTransfer

pytestmark = pytest.mark.django_db

CLEARING = AccountRef("clearing:test", AccountKind.ASSET)
SALES = AccountRef("sales", AccountKind.INCOME)
FEES = AccountRef("payment_fees", AccountKind.EXPENSE)
GRANTS = AccountRef("budget_grants", AccountKind.BUDGET)
BUDGET = AccountRef("budget:test", AccountKind.BUDGET, is_bounded=True)
GIVEN = AccountRef("discounts_given", AccountKind.BUDGET)
ORDER = ("order", uuid.UUID(int=8))


def transfer(
    debit: AccountRef, credit: AccountRef, amount: int, *, key: uuid.UUID | None = None, unit: str = "CNY"
) -> NewTransfer:
    return NewTransfer(
        id=key or ids.new_id(),
        debit=debit,
        credit=credit,
        amount_minor=amount,
        unit=unit,
        kind="test",
        subject=ORDER,
    )


def nets() -> dict[str, int]:
    return {balance.code: balance.net_minor for balance in ledger.balances()}


def grant(amount: int) -> None:
    ledger.post_transfers([transfer(GRANTS, BUDGET, amount, unit="CNY.b")])


def spend(amount: int) -> NewTransfer:
    return transfer(BUDGET, GIVEN, amount, unit="CNY.b")


def left() -> int | None:
    return ledger.available_in(code=BUDGET.code, unit="CNY.b")


def test_the_worked_example_a_refund_costs_us_the_fee() -> None:
    ledger.post_transfers([transfer(CLEARING, SALES, 2990), transfer(FEES, CLEARING, 17)])
    ledger.post_transfers([transfer(SALES, CLEARING, 2990)])

    assert nets() == {"clearing:test": -17, "payment_fees": 17, "sales": 0}
    assert ledger.trial_balance(unit="CNY") == 0


def test_posting_twice_is_posting_once() -> None:
    one = transfer(CLEARING, SALES, 2990)

    assert [ledger.post_transfers([one]), ledger.post_transfers([one]), ledger.post_transfers([])] == [
        1,
        0,
        0,
    ]
    assert nets()["sales"] == 2990


@pytest.mark.parametrize("other", [(CLEARING, SALES, 2991), (FEES, SALES, 2990), (SALES, CLEARING, 2990)])
def test_an_id_is_never_used_for_another_transfer(other: tuple[AccountRef, AccountRef, int]) -> None:
    one = transfer(CLEARING, SALES, 2990)
    ledger.post_transfers([one])

    with pytest.raises(ledger.TransferMismatch), transaction.atomic():
        ledger.post_transfers([transfer(*other, key=one.id), transfer(FEES, CLEARING, 5)])

    assert nets()["sales"] == 2990
    assert Transfer.objects.count() == 1


@pytest.mark.parametrize("amount", [0, -5])
def test_a_transfer_moves_something(amount: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ledger.post_transfers([transfer(CLEARING, SALES, amount)])


def test_a_transfer_has_two_sides() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ledger.post_transfers([transfer(SALES, SALES, 5)])


def test_a_budget_is_reserved_then_spent_or_given_back() -> None:
    grant(3000)
    kept, freed = spend(1210), spend(1510)

    assert [ledger.reserve(kept), ledger.reserve(freed), ledger.reserve(kept)] == [True, True, False]
    assert left() == 280
    assert nets()["discounts_given"] == 0, "what is only reserved is not spent"

    assert ledger.commit_reserved(kept.id)
    assert ledger.release_reserved(freed.id)
    assert left() == 1790
    assert nets()["discounts_given"] == 1210
    assert ledger.trial_balance(unit="CNY.b") == 0


@pytest.mark.parametrize("first", ["commit", "release"])
@pytest.mark.parametrize("then", ["commit", "release"])
def test_a_reservation_ends_once(first: str, then: str) -> None:
    verbs = {"commit": ledger.commit_reserved, "release": ledger.release_reserved}
    grant(3000)
    one = spend(1000)
    ledger.reserve(one)
    assert verbs[first](one.id)
    before = left(), nets()

    assert not verbs[then](one.id)

    assert (left(), nets()) == before
    assert not verbs[then](ids.new_id())


def test_an_empty_budget_refuses_and_keeps_what_it_has() -> None:
    grant(3000)
    ledger.reserve(spend(2500))

    with pytest.raises(ledger.BudgetExhausted), transaction.atomic():
        ledger.reserve(spend(501))
    assert left() == 500
    assert Transfer.objects.filter(state="pending").count() == 1
    assert ledger.reserve(spend(500))
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(code=BUDGET.code).update(available_minor=-1)


@given(
    st.lists(
        st.tuples(st.sampled_from(["reserve", "commit", "release", "grant"]), st.integers(1, 500)),
        max_size=15,
    )
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_a_budget_has_left_follows_from_its_transfers(acts: list[tuple[str, int]]) -> None:
    budget = AccountRef(f"budget:{ids.new_id()}", AccountKind.BUDGET, is_bounded=True)
    made: list[uuid.UUID] = []
    for verb, amount in acts:
        if verb == "grant":
            ledger.post_transfers([transfer(GRANTS, budget, amount, unit="CNY.b")])
        elif verb == "reserve":
            one = transfer(budget, GIVEN, amount, unit="CNY.b")
            try:
                with transaction.atomic():
                    ledger.reserve(one)
                made.append(one.id)
            except ledger.BudgetExhausted:
                pass
        elif made:
            key = made[amount % len(made)]
            ledger.commit_reserved(key) if verb == "commit" else ledger.release_reserved(key)

    account = Account.objects.filter(code=budget.code).first()
    if account is None:
        return
    rows = Transfer.objects.exclude(state="voided")
    granted = sum(row.amount_minor for row in rows.filter(credit=account))
    used = sum(row.amount_minor for row in rows.filter(debit=account))
    assert account.available_minor == granted - used >= 0
    assert ledger.trial_balance(unit="CNY.b") == 0


@given(st.lists(st.tuples(st.permutations([CLEARING, SALES, FEES]), st.integers(1, 10**9)), max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_books_balance_whatever_is_posted(posts: list[tuple[list[AccountRef], int]]) -> None:
    unit = f"T{ids.new_id().hex[-8:]}"
    ledger.post_transfers([transfer(sides[0], sides[1], amount, unit=unit) for sides, amount in posts])

    assert ledger.trial_balance(unit=unit) == 0
    found = [balance for balance in ledger.balances() if balance.unit == unit]
    assert sum(balance.debits_minor for balance in found) == sum(amount for _, amount in posts)


@pytest.mark.django_db(transaction=True)
def test_a_crowd_cannot_spend_more_than_the_budget() -> None:
    grant(1000)
    answers: list[Any] = []

    def try_to_spend() -> None:
        try:
            answers.append(ledger.reserve(spend(300)))
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_to_spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(map(str, answers)) == ["True"] * 3 + ["budget_exhausted"] * 5
    assert left() == 100


def test_what_belongs_to_a_subject_is_found_by_it(django_assert_num_queries: Any) -> None:
    ledger.post_transfers([transfer(CLEARING, SALES, 100), transfer(FEES, CLEARING, 1)])
    with django_assert_num_queries(1):
        found = ledger.transfers_of(subject_kind="order", subject_ids=[ORDER[1]])
    with django_assert_num_queries(1):
        nets_of_order = {
            b.code: b.net_minor for b in ledger.balances_of(subject_kind="order", subject_id=ORDER[1])
        }

    assert sorted((one.debit, one.credit, one.amount_minor) for one in found) == [
        ("clearing:test", "sales", 100),
        ("payment_fees", "clearing:test", 1),
    ]
    assert nets_of_order == {"clearing:test": 99, "payment_fees": 1, "sales": 100}
    assert ledger.posted_sum(kind="test", subject_kind="order", subject_ids=[ORDER[1]]) == 101
    assert ledger.balances_of(subject_kind="order", subject_id=ids.new_id()) == []
    assert [one.amount_minor for one in ledger.journal(limit=1)] in ([100], [1])
