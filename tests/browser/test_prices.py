"""A shopper reads why a coupon does not apply, buys what is missing, finds every cent on the order; finance closes the day."""

import re
from collections.abc import Callable
from pathlib import Path

from tests.browser.conftest import EMAIL, PASSWORD
from tests.browser.phone import DESK, Person
from tests.world.market import Market


def test_a_coupon_says_what_is_missing_and_every_cent_is_on_the_order(
    market: Market, person: Callable[..., Person], tmp_path: Path
) -> None:
    goods = market.stage("prices")
    shopper = person("阿省")
    shopper.go("/login/?next=/me/coupons/")
    shopper.register("13800000101")
    shopper.page.locator("input[name=code]").fill("save 10")
    shopper.tap("兑换")
    shopper.sees("券到手了")
    shopper.picture(tmp_path / "coupons.png")

    _into_the_cart(shopper, goods["first"])
    shopper.sees("再买 ¥8 可减 ¥10")  # the coupon of 60, with 52 in the cart
    shopper.sees("再买 ¥48 可减 ¥15")
    shopper.picture(tmp_path / "near.png")
    assert shopper.overflow() <= 0

    _into_the_cart(shopper, goods["second"])
    shopper.sees("已省 ¥25.00")
    shopper.tap("去结算")
    shopper.fill_address()
    shopper.page.get_by_text("每条优惠为什么用上").click()
    shopper.sees("−¥15.00")
    shopper.picture(tmp_path / "checkout.png")
    assert shopper.overflow() <= 0
    shopper.page.locator("#save details summary").click()
    shopper.page.get_by_text("这次不用券").click()
    shopper.page.wait_for_url(re.compile("coupon=none"))
    shopper.sees("已省 ¥15.00")
    shopper.page.locator("#save details summary").click()
    shopper.page.get_by_text("自动用最划算的").click()
    shopper.page.wait_for_url(re.compile("coupon=(&|$)"))
    shopper.sees("已省 ¥25.00")
    shopper.tap("提交订单")
    shopper.pay()
    shopper.sees_heading(re.compile("付好了"))
    _is_on_the_order(market, shopper.order_id)

    desk = person("运营", size=DESK)
    _log_in(desk)
    desk.go("/console/offers/")
    desk.sees("满 100 减 15")
    desk.picture(tmp_path / "offers.png")
    desk.go("/console/offers/check/")
    desk.tap("算一算")
    desk.sees("每条规则")
    desk.picture(tmp_path / "check.png")


def _into_the_cart(shopper: Person, handle: str) -> None:
    shopper.go(f"/p/{handle}/")
    shopper.page.locator("button[name=action][value=cart]").click()
    shopper.go("/cart/")


def _is_on_the_order(market: Market, order: str) -> None:
    assert market.rows(
        "SELECT discount_minor, total_minor - shipping_minor FROM orders_order WHERE id = %s", order
    ) == [(2_500, 7_600)]
    assert market.value("SELECT state FROM promotions_coupon WHERE order_id = %s", order) == "used"


def test_finance_closes_yesterday(market: Market, person: Callable[..., Person], tmp_path: Path) -> None:
    day = market.stage("yesterday")
    desk = person("财务", size=DESK)
    _log_in(desk)
    desk.go(f"/console/ledger/closes/{day}/")
    desk.sees("可以关账")
    desk.picture(tmp_path / "day.png")
    desk.tap("关账", exact=True)
    desk.sees("已关账")
    assert market.value("SELECT count(*) FROM finance_close") == 1


def _log_in(desk: Person) -> None:
    desk.go("/console/login/")
    desk.page.locator("input[name=email]").fill(EMAIL)
    desk.page.locator("input[name=password]").fill(PASSWORD)
    desk.page.locator("form button").click()
    desk.page.wait_for_url(re.compile(r"/console/(?!login)"))
