"""Days that are proven and sealed; budgets and their alarms."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from jishi.flows import big_refunds, budgets, closing, corrections, statements
from jishi.flows.approvals import approve_request
from jishi.flows.payment import take_outcome
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.finance.models import DayClose
from jishi.modules.finance.public import (
    DayDoesNotBalance,
    DayNotOver,
    DayOutOfOrder,
    DifferenceKind,
    alarms,
    broken_seals,
    close_of,
)
from jishi.modules.ledger.public import BudgetRow, budget_rows
from jishi.modules.orders.public import order_view
from jishi.modules.payments.models import Payment
from jishi.modules.plays.life.public import raise_budget
from jishi.platform.models import FactRow
from tests.flows.test_finance import finance, lose_capture, open_ones, paid_order
from tests.journeys import test_prices as prices
from tests.world import fake_provider, makers
from tests.world.races import at_once, crashes

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)  # of Shanghai
TODAY = date(2026, 6, 1)


def test_a_day_is_closed_once_in_order_and_cannot_be_changed() -> None:
    anna = finance()
    with clock.held_at(NOON):
        _, order_id = paid_order()
        with pytest.raises(DayNotOver):
            closing.close_proven_day(TODAY, by=anna)
    with clock.held_at(NOON + timedelta(days=1)):
        first = closing.close_proven_day(TODAY, by=anna)
        assert closing.close_proven_day(TODAY, by=anna) == first
    with clock.held_at(NOON + timedelta(days=9)), pytest.raises(DayOutOfOrder):
        closing.close_proven_day(TODAY + timedelta(days=3), by=anna)
    with clock.held_at(NOON + timedelta(days=2)):
        second = closing.close_proven_day(TODAY + timedelta(days=1), by=anna)

    assert second.previous_hash == first.hash
    assert first.totals["money"][0]["orders_paid_minor"] == order_view(order_id, by=makers.OWNER).total_minor
    assert broken_seals() == []
    for change in (DayClose.objects.all().delete, lambda: DayClose.objects.update(closed_label="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_twenty_who_close_at_once_seal_one_row() -> None:
    with clock.held_at(NOON):
        paid_order()
    people = [finance() for _ in range(6)]

    def close(by: Actor) -> str:
        with clock.held_at(NOON + timedelta(days=1)):
            return closing.close_proven_day(TODAY, by=by).hash

    answers = at_once(*[lambda by=by: close(by) for by in people])

    assert crashes(answers) == []
    assert len(set(answers)) == 1
    assert DayClose.objects.count() == 1


def test_a_day_that_does_not_balance_is_refused_until_it_is_corrected() -> None:
    anna, bo = finance(), finance()
    with clock.held_at(NOON):
        _, order_id = paid_order()
        lose_capture(order_id)
        statements.import_statement(TODAY, provider="fake", by=SYSTEM)
    with clock.held_at(NOON + timedelta(days=1)):
        with pytest.raises(DayDoesNotBalance) as refused:
            closing.close_proven_day(TODAY, by=anna)
        assert refused.value.facts["problems"] == ["orders_differ", "open_differences"]
        assert close_of(TODAY) is None
        found = next(one for one in open_ones() if one.kind is DifferenceKind.LEDGER_DIFFERS)
        approve_request(corrections.ask_correction(found.id, by=anna, reason="补记"), by=bo)

        sealed = closing.close_proven_day(TODAY, by=anna)

        assert sealed.totals["money"][0]["corrections_minor"] == 4_200
    with clock.held_at(NOON + timedelta(days=2)):  # the correction is of the first, not of the second
        closing.close_proven_day(TODAY + timedelta(days=1), by=anna)


def test_a_payment_that_came_twice_balances_on_both_days() -> None:
    anna = finance()
    with clock.held_at(NOON):
        buyer, order_id = paid_order()
        second = Payment.objects.create(
            order_id=order_id, member_id=buyer.id, provider="fake", amount_minor=4_200, currency="CNY"
        )
        fake_provider.book.payments[second.id] = "paid"
        fake_provider.book.amounts[second.id] = 4_200
        take_outcome(second.id, fake_provider.outcome_of(second.id))
    with clock.held_at(NOON + timedelta(days=1)):
        first = closing.close_proven_day(TODAY, by=anna)
        makers.run_jobs()
    with clock.held_at(NOON + timedelta(days=2)):
        later = closing.close_proven_day(TODAY + timedelta(days=1), by=anna)

    assert first.totals["money"][0]["paid_twice_minor"] == 4_200
    assert later.totals["money"][0]["sent_back_minor"] == 4_200


def test_what_a_refund_gives_back_is_in_the_close_of_its_day() -> None:
    with clock.held_at(NOON):
        _, order_id = paid_order()
        big_refunds.ask_or_refund(order_id, big_refunds.Wanted(reason="changed_mind"), by=makers.OWNER)
        makers.run_jobs()
    with clock.held_at(NOON + timedelta(days=1)):
        sealed = closing.close_proven_day(TODAY, by=finance())

    money = sealed.totals["money"][0]
    assert (money["orders_paid_minor"], money["orders_refunded_minor"], money["sales_minor"]) == (
        4_200,
        4_200,
        0,
    )


def test_each_threshold_of_a_budget_is_told_once_and_again_after_a_raise() -> None:
    variant = makers.make_product()
    offer = makers.make_bargain_offer(variant, budget_minor=4_000, units=3)
    buyer = makers.make_member()
    makers.launch(buyer, offer)  # reserves the whole cut of 20.00

    assert [budgets.watch_budgets() for _ in range(3)] == [1, 0, 0]
    (row,) = [one for one in budget_rows() if one.code.endswith(str(offer.id))]
    assert row == BudgetRow(row.code, "CNY.b", 4_000, 0, 2_000, 2_000)
    assert [(one.threshold, one.used_minor) for one in alarms(by=makers.OWNER)] == [(50, 2_000)]
    makers.launch(makers.make_member(), offer)
    assert budgets.watch_budgets() == 2  # 80 and 100
    raise_budget(offer.id, by=makers.OWNER, by_minor=3_000, grant_id=uuid.uuid4())
    assert budgets.watch_budgets() == 1  # 57 % of 70.00
    assert FactRow.objects.filter(name="finance.budget_alarm.v1").count() == 4


def test_many_who_watch_at_once_tell_it_once() -> None:
    offer = makers.make_bargain_offer(makers.make_product(), budget_minor=2_000, units=3)
    makers.launch(makers.make_member(), offer)

    answers = at_once(*[budgets.watch_budgets for _ in range(4)])

    assert crashes(answers) == []
    assert sum(int(str(one)) for one in answers) == 3


def test_an_order_of_points_wallet_and_money_balances_with_its_refund() -> None:
    """Part of it from the wallet, part from points, the rest at the cashier; a line of it goes back."""
    with clock.held_at(NOON):
        buyer = prices.shopper(points=600, wallet_minor=1_500)
        prices.fill_cart(buyer, 4_000, 2_500)
        order_id = prices.order(buyer, points=500, wallet_minor=1_500)
        makers.pay(buyer, order_id)
        view = order_view(order_id, by=buyer)
        assert view.wallet_minor == 1_500
        line = view.lines[0]
        big_refunds.ask_or_refund(
            order_id,
            big_refunds.Wanted(reason="damaged", units_by_line={line.id: 1}),
            by=makers.OWNER,
        )
        makers.run_jobs()
        statements.import_statement(TODAY, provider="fake", by=SYSTEM)
        assert open_ones() == []
    with clock.held_at(NOON + timedelta(days=1)):
        sealed = closing.close_proven_day(TODAY, by=finance())

    money = next(one for one in sealed.totals["money"] if one["currency"] == "CNY")
    assert money["orders_refunded_minor"] > 0
    assert money["sales_minor"] == money["orders_paid_minor"] - money["orders_refunded_minor"]
