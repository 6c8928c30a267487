"""Statements, differences and what is done about them; manual entries; big refunds."""

import uuid
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from jishi.flows import adjustments, big_refunds, corrections, statements
from jishi.flows.approvals import approve_request
from jishi.flows.books import capture_id, fee_id
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotAllowed, Refusal
from jishi.modules.approvals.public import ApprovalState, open_requests, request_view
from jishi.modules.finance.models import Line
from jishi.modules.finance.public import (
    REFUND_LIMIT,
    BadEntry,
    DifferenceKind,
    DifferenceState,
    DifferenceView,
    NothingToCorrect,
    differences,
    explain_difference,
    set_limit,
)
from jishi.modules.ledger.models import Transfer
from jishi.modules.ledger.public import balances, transfers_of, trial_balance
from jishi.modules.orders.public import OrderState, order_view
from jishi.modules.payments.models import Payment
from jishi.modules.payments.public import StatementLine, payment_view, payments_of_order
from jishi.platform.models import FactRow
from tests.world import fake_provider, makers
from tests.world.races import at_once, crashes, line_up

pytestmark = pytest.mark.django_db(transaction=True)


def finance() -> Actor:
    return makers.make_member(role="finance")


def paid_order(*, price_minor: int = 4_200) -> tuple[Actor, uuid.UUID]:
    buyer = makers.make_member()
    order_id = makers.buy(buyer, makers.make_product(price_minor=price_minor))
    makers.pay(buyer, order_id)
    return buyer, order_id


def take() -> statements.Imported:
    return statements.import_statement(clock.now().date(), provider="fake", by=SYSTEM)


def open_ones() -> list[DifferenceView]:
    return differences(by=makers.OWNER, state=DifferenceState.OPEN)


def lose_capture(order_id: uuid.UUID) -> Any:
    """As if the posting had never been made; only a test can do this."""
    payment = payments_of_order(order_id)[0]
    with transaction.atomic():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER transfer_guard")
            cursor.execute("DELETE FROM ledger_transfer WHERE id = %s", [capture_id(payment.id)])
            cursor.execute("ALTER TABLE ledger_transfer ENABLE TRIGGER transfer_guard")
    return payment


def test_a_statement_that_comes_again_changes_nothing() -> None:
    paid_order()
    first = take()
    before = (Line.objects.count(), Transfer.objects.count(), FactRow.objects.count())

    again = [take() for _ in range(3)]

    assert first.new_count == 1
    assert [one.new_count for one in again] == [0, 0, 0]
    assert (Line.objects.count(), Transfer.objects.count(), FactRow.objects.count()) == before
    assert open_ones() == []


def test_a_statement_by_many_at_once_is_written_once() -> None:
    for _ in range(3):
        paid_order()

    answers = at_once(*[take for _ in range(4)])

    assert crashes(answers) == []
    assert sum(one.new_count for one in answers if isinstance(one, statements.Imported)) == 3
    assert Line.objects.count() == 3


def test_a_fee_that_only_the_statement_tells_is_booked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake_provider.FakeProvider, "has_late_fees", True)
    _, order_id = paid_order()
    payment = payments_of_order(order_id)[0]
    with transaction.atomic():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER transfer_guard")
            cursor.execute("DELETE FROM ledger_transfer WHERE id = %s", [fee_id(payment.id)])
            cursor.execute("ALTER TABLE ledger_transfer ENABLE TRIGGER transfer_guard")
    Payment.objects.filter(id=payment.id).update(fee_minor=0)

    assert [take().fee_count for _ in range(2)] == [1, 0]

    assert payment_view(payment.id).fee_minor == fake_provider.fee_of(4_200)
    assert open_ones() == []
    assert trial_balance(unit="CNY") == 0


def test_a_line_that_is_restated_is_a_difference_and_not_an_overwrite() -> None:
    _, order_id = paid_order()
    take()
    payment = payments_of_order(order_id)[0]
    line = StatementLine(str(payment.id), "payment", "r", 9_999, payment.fee_minor, "CNY", clock.now())

    statements.take_statement(clock.now().date(), provider="fake", lines=[line])

    assert [one.kind for one in open_ones()] == [DifferenceKind.STATEMENT_CHANGED]
    assert Line.objects.get().amount_minor == 4_200


def test_asking_takes_the_word_that_was_missed() -> None:
    """The payer paid, no notice came, the order waited: the statement finds it and the question pays it."""
    buyer = makers.make_member()
    order_id = makers.buy(buyer, makers.make_product())
    payment = makers.start_paying(buyer, order_id)
    fake_provider.pay_at_cashier(payment.id)
    take()
    (found,) = open_ones()
    assert found.kind is DifferenceKind.MISSING_HERE
    assert corrections.actions_for(found) == {"ask", "explain"}

    after = corrections.ask_about(found.id, by=finance())

    assert order_view(order_id, by=buyer).state is OrderState.PAID
    assert after.state is DifferenceState.SETTLED
    assert open_ones() == []


def test_a_missing_posting_is_corrected_by_two_people_once() -> None:
    anna, bo = finance(), finance()
    _, order_id = paid_order()
    payment = lose_capture(order_id)
    take()
    kinds = {one.kind: one for one in open_ones()}
    assert set(kinds) == {DifferenceKind.LEDGER_DIFFERS, DifferenceKind.ORDER_DIFFERS}
    found = kinds[DifferenceKind.LEDGER_DIFFERS]

    request_id = corrections.ask_correction(found.id, by=anna, reason="入账时数据库断开")
    assert [one.kind for one in transfers_of(subject_kind="order", subject_ids=[order_id])] == ["payment_fee"]
    with pytest.raises(Refusal):
        approve_request(request_id, by=anna)
    answers = at_once(
        lambda: approve_request(request_id, by=bo), lambda: approve_request(request_id, by=makers.OWNER)
    )

    assert crashes(answers) == []
    posted = transfers_of(subject_kind="order", subject_ids=[order_id])
    assert [one.id for one in posted if one.kind == "payment"] == [capture_id(payment.id)]
    assert open_ones() == []
    assert trial_balance(unit="CNY") == 0


def test_what_is_not_missing_cannot_be_corrected() -> None:
    _, order_id = paid_order()
    take()
    payment = payments_of_order(order_id)[0]
    line = StatementLine(str(payment.id), "payment", "r", 4_100, payment.fee_minor, "CNY", clock.now())
    Line.objects.all().delete()
    statements.take_statement(clock.now().date(), provider="fake", lines=[line])
    (found,) = open_ones()

    with pytest.raises(NothingToCorrect):
        corrections.ask_correction(found.id, by=finance(), reason="x")
    assert open_requests(by=makers.OWNER) == []


def test_a_fee_that_was_booked_otherwise_is_corrected() -> None:
    _, order_id = paid_order()
    payment = payments_of_order(order_id)[0]
    line = StatementLine(str(payment.id), "payment", "r", 4_200, payment.fee_minor + 7, "CNY", clock.now())
    statements.take_statement(clock.now().date(), provider="fake", lines=[line])
    (found,) = open_ones()

    approve_request(corrections.ask_correction(found.id, by=finance(), reason="费率调整"), by=makers.OWNER)

    assert open_ones() == []
    fees = next(one for one in balances() if one.code == "payment_fees")
    assert fees.net_minor == payment.fee_minor + 7


def test_an_explained_difference_stays_until_it_says_something_else() -> None:
    fake_provider.book.payments[uuid.uuid4()] = "paid"
    fake_provider.book.amounts[next(iter(fake_provider.book.payments))] = 500
    take()
    (found,) = open_ones()

    with pytest.raises(NotAllowed):
        explain_difference(found.id, by=makers.make_member(role="operator"), note="x")
    explain_difference(found.id, by=finance(), note="线下收款走了同一个商户号")
    take()
    assert open_ones() == []

    Line.objects.all().delete()
    fake_provider.book.amounts[next(iter(fake_provider.book.payments))] = 700
    take()
    assert [one.id for one in open_ones()] == [found.id]


def test_a_manual_entry_is_posted_when_a_second_person_agrees() -> None:
    anna, bo = finance(), finance()
    asked = adjustments.ask_adjustment(
        debit="bank", credit="owner_capital", amount_minor=100_00, currency="CNY", reason="开业本金", by=anna
    )
    assert balances() == []

    approve_request(asked, by=bo)

    assert {(one.code, one.net_minor) for one in balances()} == {("bank", 100_00), ("owner_capital", 100_00)}
    assert trial_balance(unit="CNY") == 0


@pytest.mark.parametrize(
    ("debit", "credit", "minor"),
    [("bank", "bank", 5), ("nothing", "bank", 5), ("wallet:x", "bank", 5), ("bank", "owner_capital", 0)],
)
def test_an_entry_that_cannot_stand_is_not_even_asked_for(debit: str, credit: str, minor: int) -> None:
    with pytest.raises(BadEntry):
        adjustments.ask_adjustment(
            debit=debit, credit=credit, amount_minor=minor, currency="CNY", reason="x", by=finance()
        )
    assert open_requests(by=makers.OWNER) == []


def test_purses_are_not_posted_to_by_hand() -> None:
    member = makers.make_member()
    makers.fill_wallet(member, 500)

    with pytest.raises(BadEntry):
        adjustments.ask_adjustment(
            debit=f"wallet:{member.id}",
            credit="bank",
            amount_minor=5,
            currency="CNY",
            reason="x",
            by=finance(),
        )


def test_a_refund_above_the_limit_waits_and_is_made_when_it_is_agreed_to(fake_payments: Any) -> None:
    set_limit(REFUND_LIMIT, value_minor=4_199, by=makers.OWNER)
    service = makers.make_member(role="service")
    _, order_id = paid_order()

    asked = big_refunds.ask_or_refund(order_id, big_refunds.Wanted(reason="damaged", note="碎了"), by=service)

    assert asked.plan is None
    assert order_view(order_id, by=makers.OWNER).state is OrderState.PAID
    assert fake_payments.refunds == {}
    request = request_view(asked.approval_id, by=makers.OWNER)  # type: ignore[arg-type]
    assert (request.amount, request.unit) == (order_view(order_id, by=makers.OWNER).paid_minor, "CNY")
    approve_request(request.id, by=finance())
    makers.run_jobs()
    assert order_view(order_id, by=makers.OWNER).state is OrderState.REFUNDED
    assert sum(fake_payments.refunds.values()) == request.amount


def test_at_the_limit_and_by_the_shopper_it_goes_at_once() -> None:
    buyer, order_id = paid_order()
    set_limit(REFUND_LIMIT, value_minor=order_view(order_id, by=buyer).paid_minor, by=makers.OWNER)
    assert big_refunds.ask_or_refund(order_id, big_refunds.Wanted(reason="late"), by=makers.OWNER).plan
    buyer, order_id = paid_order()
    set_limit(REFUND_LIMIT, value_minor=1, by=makers.OWNER)
    assert big_refunds.ask_or_refund(order_id, big_refunds.Wanted(reason="changed_mind"), by=buyer).plan


def test_a_refund_that_has_become_impossible_leaves_the_request_open() -> None:
    set_limit(REFUND_LIMIT, value_minor=1, by=makers.OWNER)
    buyer, order_id = paid_order()
    asked = big_refunds.ask_or_refund(order_id, big_refunds.Wanted(reason="late"), by=makers.OWNER)
    big_refunds.ask_or_refund(order_id, big_refunds.Wanted(reason="changed_mind"), by=buyer)

    with pytest.raises(Refusal), transaction.atomic():
        approve_request(asked.approval_id, by=finance())  # type: ignore[arg-type]

    assert request_view(asked.approval_id, by=makers.OWNER).state is ApprovalState.OPEN  # type: ignore[arg-type]


def test_without_the_guard_two_imports_would_write_a_line_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: reading first and writing afterwards, lined up, is what the unique index is for."""
    from jishi.modules.finance.operations import statements as writing

    paid_order()
    wait = line_up(2)
    attempts: list[int] = []

    def read_then_write(provider: str, day: date, lines: Any) -> set[str]:
        known = set(Line.objects.values_list("key", flat=True))
        wait()
        fresh = [line for line in lines if line.key not in known]
        attempts.append(len(fresh))
        return {line.key for line in fresh}

    monkeypatch.setattr(writing, "_insert", read_then_write)
    at_once(take, take)
    assert attempts == [1, 1], "both believed to be the first"
