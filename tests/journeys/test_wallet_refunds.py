"""Money that came from the wallet goes back into it, and the notice says so."""

import pytest

from jishi.flows.payment import pay_from_wallet
from jishi.flows.refunds import refund_order
from jishi.modules.messaging.public import notices_of
from jishi.modules.wallet.public import balance_minor
from tests.world.jobs import run_jobs
from tests.world.makers import buy, fill_wallet, make_member, make_product

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_refund_into_the_wallet_says_where_the_money_went() -> None:
    buyer = make_member()
    fill_wallet(buyer, 5_000)
    order_id = buy(buyer, make_product(price_minor=4_200))
    pay_from_wallet(order_id, by=buyer)
    refund_order(order_id, reason="changed_mind")
    run_jobs()

    told = [notice.body for notice in notices_of(by=buyer) if notice.title == "退款成功"]
    assert balance_minor(buyer.require_member(), currency="CNY") == 5_000
    assert len(told) == 1 and "已退回你的钱包" in told[0] and "原路退回" not in told[0]
