"""Orders paid from a wallet: all of it or nothing, and back into it (docs/algorithms/wallet.md)."""

from datetime import timedelta

import pytest

from jishi.flows.payment import pay_order
from jishi.flows.reconciliation import reconcile
from jishi.flows.refunds import refund_order
from jishi.kernel import clock, ids
from jishi.kernel.errors import NotFound
from jishi.modules.ledger.public import balances, transfers_of, trial_balance
from jishi.modules.orders.public import NotPayable, OrderState, order_view
from jishi.modules.payments.public import PaymentState, UnknownProvider, payments_of_order
from jishi.modules.wallet.public import WalletTooSmall, balance_minor
from tests.world import makers
from tests.world.makers import fill_wallet

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_order_is_paid_from_the_wallet_and_refunded_into_it() -> None:
    buyer = makers.make_member()
    fill_wallet(buyer, 5_000)
    order_id = makers.buy(buyer, makers.make_product(price_minor=4_200))

    payment = pay_order(order_id, by=buyer, provider="wallet")

    assert (payment.state, payment.fee_minor) == (PaymentState.SUCCEEDED, 0)
    assert order_view(order_id, by=buyer).state is OrderState.PAID
    assert balance_minor(buyer.id, currency="CNY") == 800
    with pytest.raises(NotPayable):
        pay_order(order_id, by=buyer, provider="wallet")

    refund_order(order_id, by=makers.OWNER, reason="changed_mind")
    makers.run_jobs(twice=True)

    assert order_view(order_id, by=buyer).state is OrderState.REFUNDED
    assert balance_minor(buyer.id, currency="CNY") == 5_000
    assert trial_balance(unit="CNY") == 0
    sums = {balance.code: balance.net_minor for balance in balances()}
    assert (sums["sales"], sums["wallet"]) == (0, 5_000)
    found = reconcile(clock.now().date(), provider="wallet", by=makers.OWNER)
    assert (found.is_clean, found.matched_count, found.ours.net_minor) == (True, 2, 0)


def test_too_little_says_how_much_is_missing_and_leaves_nothing_behind() -> None:
    buyer = makers.make_member()
    fill_wallet(buyer, 1_000)
    order_id = makers.buy(buyer, makers.make_product(price_minor=4_200))

    with pytest.raises(WalletTooSmall) as refusal:
        pay_order(order_id, by=buyer, provider="wallet")

    assert refusal.value.facts["missing_minor"] == 3_200
    assert payments_of_order(order_id) == []
    assert transfers_of(subject_kind="order", subject_ids=[order_id]) == []
    assert order_view(order_id, by=buyer).state is OrderState.PLACED
    assert balance_minor(buyer.id, currency="CNY") == 1_000


def test_only_ones_own_order_in_its_time_and_only_where_the_wallet_is_switched_on(
    settings: pytest.FixtureRequest,
) -> None:
    buyer, other = makers.make_member(), makers.make_member()
    for actor in (buyer, other):
        fill_wallet(actor, 9_000)
    order_id = makers.buy(buyer, makers.make_product(price_minor=4_200))
    with pytest.raises(NotFound):
        pay_order(order_id, by=other, provider="wallet")
    with clock.held_at(clock.now() + timedelta(hours=1)), pytest.raises(NotPayable):
        pay_order(order_id, by=buyer, provider="wallet")
    settings.JISHI_PAYMENT_PROVIDERS = {}  # type: ignore[attr-defined]
    with pytest.raises(UnknownProvider):
        pay_order(order_id, by=buyer, provider="wallet")
    assert [balance_minor(actor.id, currency="CNY") for actor in (buyer, other)] == [9_000, 9_000]


def test_a_seat_paid_from_the_wallet_comes_back_there_when_the_team_fails() -> None:
    from jishi.flows.teams import end_due_team

    offer = makers.make_offer(makers.make_product(), team_size=3)
    buyer = makers.make_member()
    fill_wallet(buyer, 2_990)
    order_id = makers.take_seat(buyer, offer)
    pay_order(order_id, by=buyer, provider="wallet")
    team_id = order_view(order_id, by=buyer).team_id
    assert balance_minor(buyer.id, currency="CNY") == 0
    with clock.held_at(clock.now() + timedelta(hours=25)):
        end_due_team(team_id)  # type: ignore[arg-type]
        makers.run_jobs()
    assert balance_minor(buyer.id, currency="CNY") == 2_990
    assert ids.derived_id(payments_of_order(order_id)[0].id, "capture")
