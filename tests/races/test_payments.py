"""The same good news many times at once: callbacks, the browser's return and our own question in parallel."""

import pytest

from jishi.flows.payment import take_outcome
from jishi.flows.refunds import refund_order, take_refund_outcome
from jishi.kernel.ids import derived_id
from jishi.modules.ledger.public import transfers_of
from jishi.modules.orders.public import OrderState, order_view
from jishi.modules.payments import operations as payments
from jishi.modules.payments.public import Outcome, OutcomeKind, record_outcome
from tests.world import fake_provider, makers
from tests.world.races import at_once, crashes, take_locks_away

pytestmark = pytest.mark.django_db(transaction=True)

CALLBACKS = 6


def paid_at_cashier() -> tuple[makers.Actor, makers.uuid.UUID, makers.PaymentView]:
    variant = makers.make_product()
    buyer = makers.make_member()
    order_id = makers.buy(buyer, variant)
    payment = makers.start_paying(buyer, order_id)
    fake_provider.pay_at_cashier(payment.id)
    return buyer, order_id, payment


def test_without_the_lock_two_callbacks_are_both_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: this is what the payment's row lock is for."""
    _, _, payment = paid_at_cashier()
    outcome = fake_provider.outcome_of(payment.id)
    take_locks_away(monkeypatch, payments, readers=2)

    answers = at_once(
        lambda: record_outcome(payment.id, outcome), lambda: record_outcome(payment.id, outcome)
    )

    assert len([answer for answer in answers if answer is not None]) == 2, "two captures of one payment"


def test_many_callbacks_at_once_pay_the_order_once() -> None:
    buyer, order_id, payment = paid_at_cashier()
    outcome = fake_provider.outcome_of(payment.id)

    answers = at_once(*[lambda: take_outcome(payment.id, outcome) for _ in range(CALLBACKS)])

    assert crashes(answers) == []
    assert sorted(map(bool, answers)) == [False] * (CALLBACKS - 1) + [True]
    order = order_view(order_id, by=buyer)
    assert (order.state, order.paid_minor) == (OrderState.PAID, order.total_minor)
    kinds = [transfer.kind for transfer in transfers_of(subject_kind="order", subject_ids=[order_id])]
    assert sorted(kinds) == ["payment", "payment_fee"]


def test_two_payments_of_one_order_end_in_one_order_and_one_refund(
    fake_payments: fake_provider.Book,
) -> None:
    """Two tabs, two cashiers, both paid in the same second: the second payment goes back whole."""
    buyer, order_id, first = paid_at_cashier()
    second = payments.Payment.objects.create(
        order_id=order_id,
        member_id=buyer.id,
        provider="fake",
        amount_minor=first.amount_minor,
        currency="CNY",
    )
    fake_payments.payments[second.id] = "paid"
    fake_payments.amounts[second.id] = first.amount_minor

    at_once(
        lambda: take_outcome(first.id, fake_provider.outcome_of(first.id)),
        lambda: take_outcome(second.id, fake_provider.outcome_of(second.id)),
    )
    makers.run_jobs()

    assert order_view(order_id, by=buyer).state is OrderState.PAID
    assert len(fake_payments.refunds) == 1
    assert fake_payments.kept_minor == first.amount_minor
    assert set(fake_payments.refunds) <= {
        derived_id(first.id, "send_back"),
        derived_id(second.id, "send_back"),
    }


def test_many_answers_about_a_refund_take_the_money_back_once(fake_payments: fake_provider.Book) -> None:
    buyer, order_id, payment = paid_at_cashier()
    take_outcome(payment.id, fake_provider.outcome_of(payment.id))
    plan = refund_order(order_id, by=makers.OWNER, reason="changed_mind")
    outcome = Outcome(
        kind=OutcomeKind.SUCCEEDED, reference="R1", amount_minor=plan.amount_minor, currency="CNY"
    )

    answers = at_once(*[lambda: take_refund_outcome(plan.refund_id, outcome) for _ in range(CALLBACKS)])

    assert crashes(answers) == []
    assert sum(map(bool, answers)) == 1
    order = order_view(order_id, by=buyer)
    assert (order.state, order.refunded_minor) == (OrderState.REFUNDED, order.total_minor)
