"""One unit, two phones: the first is slow to pay, the second gets it with one tap and adds an address afterwards."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.phone import Person
from tests.world.market import Market


def test_the_unit_that_was_not_paid_is_had_by_the_second_phone(
    market: Market, person: Callable[..., Person]
) -> None:
    sale = market.stage("flash_sale", units=1)
    page = f"/flash/{sale['play']}/"

    slow = person("慢慢")
    slow.go(page)
    slow.sees("剩 1 件")
    slow.tap("马上抢")  # a visitor goes by the log-in and the checkout
    slow.register("13800000031")
    slow.fill_address()
    slow.sees("秒杀优惠")
    slow.tap("提交订单")
    slow.sees(re.compile("付 ¥"))
    order = str(market.value("SELECT id FROM orders_order WHERE play_id = %s", sale["play"]))

    quick = person("快快")
    quick.go(f"/login/?next={page}")
    quick.register("13800000032")
    quick.page.wait_for_url(f"**{page}")
    quick.sees("抢完了")
    expect(quick.page.locator("[data-flash-button]")).to_be_disabled()

    market.change("UPDATE orders_order SET pay_deadline = now() - interval '1 second' WHERE id = %s", order)
    market.eventually("SELECT state FROM orders_order WHERE id = %s", "cancelled", order, seconds=40)
    quick.sees(re.compile(r"有 1 件未付款退回，\d\d:\d\d 再放出"))  # the open page says so by itself
    expect(quick.page.locator("[data-flash-button]")).to_be_enabled()
    assert quick.overflow() <= 0

    quick.tap("马上抢")  # one tap: the hot lane, then the page that waits
    quick.sees_heading("抢到了，差一个地址")
    quick.tap("填地址，下单")
    quick.fill_address()
    quick.tap("提交订单")
    quick.pay()
    quick.sees_heading(re.compile("付好了"))

    assert market.stage("flash_balance", play=sale["play"]) == [True]
    assert market.rows("SELECT state FROM flash_sale_unit ORDER BY state") == [("paid",), ("returned",)]
    assert market.value("SELECT count(*) FROM inventory_stocklevel WHERE held > on_hand") == 0


def test_one_tap_with_an_address_gets_its_number_without_another_word(
    market: Market, person: Callable[..., Person]
) -> None:
    first = market.stage("flash_sale", units=2)
    second = market.stage("flash_sale", units=2)
    buyer = person("小满")
    buyer.go(f"/flash/{first['play']}/")
    buyer.tap("马上抢")
    buyer.register("13800000033")
    buyer.fill_address()
    buyer.tap("提交订单")

    buyer.go(f"/flash/{second['play']}/")
    buyer.tap("马上抢")
    buyer.sees_heading("抢到了")
    number = market.value("SELECT number FROM orders_order WHERE play_id = %s", second["play"])
    buyer.sees(number)
    buyer.tap("去付款")
    buyer.sees(re.compile("付 ¥"))
