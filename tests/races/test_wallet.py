"""Two orders paid at once from a balance for one."""

import uuid

import pytest

from jishi.flows.payment import pay_order
from jishi.modules.ledger import operations as ledger
from jishi.modules.ledger.models import Account
from jishi.modules.ledger.public import trial_balance
from jishi.modules.orders.public import OrderState, order_view
from jishi.modules.wallet.public import balance_minor
from tests.world import makers
from tests.world.races import at_once, crashes, line_up, refusals

pytestmark = pytest.mark.django_db(transaction=True)


def two_orders() -> tuple[makers.Actor, list[uuid.UUID]]:
    """Two orders and money for one; an order before them has opened the account of sales."""
    buyer = makers.make_member()
    makers.fill_wallet(buyer, 8_400)
    variant = makers.make_product(price_minor=4_200)
    pay_order(makers.buy(buyer, variant), by=buyer, provider="wallet")
    return buyer, [makers.buy(buyer, variant), makers.buy(buyer, variant)]


def test_without_the_conditional_write_one_balance_pays_two_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: read the balance, then write what is left."""
    buyer, orders = two_orders()
    both_have_read = line_up(2)

    def read_then_write(takings: dict[uuid.UUID, int]) -> None:
        [(account, amount_minor)] = takings.items()
        row = Account.objects.get(id=account)
        both_have_read()
        Account.objects.filter(id=account).update(available_minor=row.available_minor - amount_minor)

    monkeypatch.setattr(ledger, "_take_bounded", read_then_write)

    answers = at_once(*[lambda o=o: pay_order(o, by=buyer, provider="wallet") for o in orders])

    assert refusals(answers) == [] and crashes(answers) == []
    paid = [order_view(order, by=buyer).state for order in orders]
    assert paid == [OrderState.PAID] * 2, "42.00 has paid for 84.00"


def test_one_balance_pays_one_order_and_the_other_is_told_what_is_missing() -> None:
    buyer, orders = two_orders()

    answers = at_once(*[lambda o=o: pay_order(o, by=buyer, provider="wallet") for o in orders])

    assert crashes(answers) == []
    assert refusals(answers) == ["wallet_too_small"]
    states = sorted(order_view(order, by=buyer).state for order in orders)
    assert states == [OrderState.PAID, OrderState.PLACED]
    assert (balance_minor(buyer.id, currency="CNY"), trial_balance(unit="CNY")) == (0, 0)


def test_the_same_order_paid_six_times_at_once_costs_once() -> None:
    buyer, orders = two_orders()
    makers.fill_wallet(buyer, 42_000)  # plus the 42.00 that are there

    answers = at_once(*[lambda: pay_order(orders[0], by=buyer, provider="wallet") for _ in range(6)])

    assert refusals(answers) == ["not_payable"] * 5 and crashes(answers) == []
    assert balance_minor(buyer.id, currency="CNY") == 42_000
