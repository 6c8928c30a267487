"""The same stories with every provider, over HTTP, against servers that follow the documented protocols.

A lost answer is resolved by asking: the counts of calls prove that nothing was sent twice.
"""

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from jishi.flows.payment import check_payment
from jishi.flows.refunds import carry_out_refund, refund_order
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.ledger.public import transfers_of
from jishi.modules.orders.public import OrderState, OrderView, order_view
from jishi.modules.payments.models import Payment
from jishi.modules.payments.public import (
    OutcomeKind,
    PaymentState,
    PaymentView,
    ProviderSilent,
    RefundState,
    cancel_at_provider,
    payment_view,
    provider_named,
    refund_view,
)
from tests.payments.conftest import FEE, Place
from tests.world import makers
from tests.world.races import at_once, crashes

pytestmark = pytest.mark.django_db(transaction=True)


def start(place: Place) -> tuple[Actor, OrderView, PaymentView]:
    buyer = makers.make_member()
    order_id = makers.buy(buyer, makers.make_product())
    payment = makers.start_paying(buyer, order_id, provider=place.name)
    return buyer, order_view(order_id, by=buyer), payment


def paid(place: Place) -> tuple[Actor, OrderView, PaymentView]:
    buyer, order, payment = start(place)
    place.pay(payment)
    check_payment(payment.id)
    return buyer, order_view(order.id, by=buyer), payment_view(payment.id)


def kinds(order_id: uuid.UUID) -> list[str]:
    return sorted(one.kind for one in transfers_of(subject_kind="order", subject_ids=[order_id]))


def test_an_order_is_paid_and_the_question_tells(place: Place) -> None:
    buyer, order, payment = start(place)
    assert payment.state is PaymentState.PENDING
    assert payment.pay_url.startswith("http")
    place.visit(payment)
    assert check_payment(payment.id).state is PaymentState.PENDING

    place.pay(payment)
    assert check_payment(payment.id).state is PaymentState.SUCCEEDED

    assert order_view(order.id, by=buyer).state is OrderState.PAID
    assert "payment" in kinds(order.id)


def test_a_notice_pays_the_order_and_gets_the_answer_the_provider_waits_for(place: Place) -> None:
    buyer, order, payment = start(place)
    place.pay(payment)

    response = place.post(place.desk.notice(place.ours(payment.id)))

    assert response.status_code == 200
    assert place.answer in response.content
    assert place.name != "alipay" or response.content == b"success"
    assert order_view(order.id, by=buyer).state is OrderState.PAID
    assert payment_view(payment.id).reference == place.books.trades[place.ours(payment.id)].number


def test_twenty_notices_at_once_have_one_effect(place: Place) -> None:
    buyer, order, payment = start(place)
    place.pay(payment)
    notice = place.desk.notice(place.ours(payment.id))

    answers = at_once(*[lambda: place.post(notice).status_code for _ in range(20)])

    assert crashes(answers) == []
    assert set(answers) <= {200, 503}
    assert 200 in answers
    assert order_view(order.id, by=buyer).paid_minor == order.total_minor
    assert kinds(order.id) == ["payment"]


def test_an_answer_that_is_lost_at_the_start_is_asked_for_and_nothing_is_sent_again(place: Place) -> None:
    if not place.is_heard:
        pytest.skip("the start calls nobody: there is no answer to lose")
    place.books.faults.silent = 1
    buyer, order, payment = start(place)
    assert payment.state is PaymentState.UNKNOWN

    sent = place.books.counted("POST")
    assert check_payment(payment.id).state is PaymentState.PENDING
    place.pay(payment)
    assert check_payment(payment.id).state is PaymentState.SUCCEEDED

    assert place.books.counted("POST") == sent
    assert order_view(order.id, by=buyer).state is OrderState.PAID


def test_what_never_arrived_is_not_found(place: Place) -> None:
    if place.is_heard:
        place.books.faults.down = 1
    _, _, payment = start(place)

    assert provider_named(place.name).ask(payment).kind is OutcomeKind.NOT_FOUND


def test_a_refund_whose_answer_is_lost_is_asked_for_and_goes_back_once(place: Place) -> None:
    buyer, order, payment = paid(place)
    plan = refund_order(order.id, by=makers.OWNER, reason="changed_mind")
    place.books.faults.silent = 1

    assert carry_out_refund(plan.refund_id) is RefundState.UNKNOWN
    sent = len([call for call in place.books.calls if _gives_back(call)])
    place.finish_refunds()
    assert carry_out_refund(plan.refund_id) is RefundState.SUCCEEDED

    assert len([call for call in place.books.calls if _gives_back(call)]) == sent == 1
    assert place.books.kept == 0
    assert order_view(order.id, by=buyer).state is OrderState.REFUNDED
    assert payment_view(payment.id).state is PaymentState.SUCCEEDED


def test_a_refund_that_never_arrived_is_sent_under_the_same_number(place: Place) -> None:
    _, order, _ = paid(place)
    plan = refund_order(order.id, by=makers.OWNER, reason="changed_mind")
    place.books.faults.down = 1
    assert carry_out_refund(plan.refund_id) is RefundState.UNKNOWN

    carry_out_refund(plan.refund_id)
    place.finish_refunds()
    assert carry_out_refund(plan.refund_id) is RefundState.SUCCEEDED

    assert list(place.books.refunds) == [place.ours(plan.refund_id)]
    assert place.books.kept == 0


def test_a_notice_of_a_refund_ends_it(place: Place) -> None:
    buyer, order, _ = paid(place)
    plan = refund_order(order.id, by=makers.OWNER, reason="changed_mind")
    provider_named(place.name).refund(refund_view(plan.refund_id), notify_url="http://shop.example/hook/")
    place.finish_refunds()
    notice = place.desk.notice(place.ours(plan.refund_id))

    assert [place.post(notice).status_code for _ in range(2)] == [200, 200]

    assert refund_view(plan.refund_id).state is RefundState.SUCCEEDED
    assert order_view(order.id, by=buyer).state is OrderState.REFUNDED
    assert kinds(order.id).count("refund") == 1


def test_a_late_notice_that_nothing_is_paid_changes_nothing(place: Place) -> None:
    """Out of order: the page was open, then it was paid, and the first notice comes last."""
    _, order, payment = start(place)
    place.visit(payment)
    early = place.desk.notice(place.ours(payment.id))
    place.pay(payment)
    assert place.post(place.desk.notice(place.ours(payment.id))).status_code == 200

    assert place.post(early).status_code == 200

    assert payment_view(payment.id).state is PaymentState.SUCCEEDED
    assert kinds(order.id) == ["payment"]


def test_a_forged_notice_is_refused_and_changes_nothing(place: Place) -> None:
    _, order, payment = start(place)
    place.pay(payment)
    place.books.faults.bad_signature = True
    response = place.post(place.desk.notice(place.ours(payment.id)))

    assert response.status_code == 401
    assert place.answer not in response.content
    assert payment_view(payment.id).state is PaymentState.PENDING
    assert kinds(order.id) == []


def test_a_notice_that_was_changed_on_its_way_is_refused(place: Place) -> None:
    _, order, payment = start(place)
    place.pay(payment)
    headers, body = place.desk.notice(place.ours(payment.id))
    changed = body.replace(b"1", b"7", 1)
    assert changed != body

    assert place.post((headers, changed)).status_code == 401
    assert kinds(order.id) == []


def test_a_stale_notice_is_refused(place: Place) -> None:
    _, order, payment = start(place)
    place.pay(payment)
    age = {"age": timedelta(hours=27)} if place.name == "alipay" else {"age_seconds": 301}

    assert place.post(place.desk.notice(place.ours(payment.id), **age)).status_code == 401
    assert kinds(order.id) == []


def test_a_success_about_another_sum_is_not_ours(place: Place) -> None:
    _, order, payment = start(place)
    place.pay(payment)
    place.books.faults.wrong_amount = 100

    place.post(place.desk.notice(place.ours(payment.id)))
    check_payment(payment.id)

    found = payment_view(payment.id)
    assert (found.state, found.failure) == (PaymentState.PENDING, "amount_mismatch")
    assert kinds(order.id) == []


def test_an_answer_that_the_provider_has_not_signed_says_nothing(place: Place) -> None:
    if place.name == "stripe":
        pytest.skip("Stripe signs its events, not its answers: those are its TLS")
    _, _, payment = start(place)
    place.pay(payment)
    place.books.faults.bad_signature = True

    assert provider_named(place.name).ask(payment).kind is OutcomeKind.UNKNOWN


def test_a_closed_payment_cannot_be_paid_and_a_paid_one_cannot_be_closed(place: Place) -> None:
    _, _, payment = start(place)
    place.visit(payment)
    assert cancel_at_provider(payment.id).kind is OutcomeKind.CANCELLED
    place.books.pay(place.ours(payment.id))
    assert place.books.kept == 0

    _, _, second = start(place)
    place.pay(second)
    assert cancel_at_provider(second.id).kind is OutcomeKind.SUCCEEDED


def test_the_statement_of_a_day_has_what_moved_with_its_fees(place: Place) -> None:
    _, order, payment = paid(place)
    plan = refund_order(order.id, by=makers.OWNER, reason="changed_mind")
    carry_out_refund(plan.refund_id)
    provider = provider_named(place.name)

    lines = provider.statement(clock.now().astimezone(ZoneInfo(provider.day_zone)).date())

    found = {(line.about, line.intent_id): line for line in lines}
    assert len(lines) == 2
    taken = found["payment", str(payment.id)]
    assert (taken.amount_minor, taken.fee_minor, taken.currency) == (payment.amount_minor, FEE, "CNY")
    assert abs(taken.at - datetime.now(UTC)) < timedelta(minutes=1)
    back = found["refund", str(plan.refund_id)]
    assert back.amount_minor == plan.amount_minor
    assert back.fee_minor == (0 if place.name == "stripe" else -FEE)


def test_an_empty_day_is_empty_and_silence_is_not(place: Place) -> None:
    provider, day = provider_named(place.name), clock.now().date()
    assert provider.statement(day) == []

    place.books.faults.down = 1
    with pytest.raises(ProviderSilent):
        provider.statement(day)


def test_a_damaged_statement_is_silence(place: Place) -> None:
    if place.name == "stripe":
        pytest.skip("Stripe's statement is a list of the API")
    paid(place)
    place.books.faults.damaged_statement = True

    with pytest.raises(ProviderSilent):
        provider_named(place.name).statement(clock.now().date())


def test_a_notice_about_something_that_is_not_ours_is_not_taken(place: Place) -> None:
    _, _, payment = start(place)
    place.pay(payment)
    notice = place.desk.notice(place.ours(payment.id))
    Payment.objects.filter(id=payment.id).delete()

    assert place.post(notice).status_code == 404


def _gives_back(call: str) -> bool:
    return call in ("POST /v1/refunds", "POST /v3/refund/domestic/refunds", "alipay.trade.refund")
