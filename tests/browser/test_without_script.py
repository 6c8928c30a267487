"""Core shopping without JavaScript: sign up, buy alone, pay, see the order."""

from collections.abc import Callable

from tests.browser.phone import Person
from tests.world.market import Market


def test_somebody_without_a_script_registers_buys_and_pays(
    stocked: Market, person: Callable[..., Person]
) -> None:
    one = person("静静", script=False)
    one.go("/p/wild-honey/")
    one.tap("¥88.00")  # the one button of a product that nobody gathers for
    one.register("13800000021")
    page = one.page
    page.locator("input[name=name]").fill("静静")
    page.locator("input[name=phone]").fill("13900000000")
    page.locator("input[name=line]").fill("南京东路 1 号")
    for field, label in (("province", "上海市"), ("city", "上海市")):
        page.locator(f"select[name={field}]").select_option(label=label)
        one.tap("选下一级")
    page.locator("select[name=district]").select_option(label="黄浦区")
    one.tap("保存地址")
    one.sees("南京东路 1 号")
    one.tap("提交订单")
    one.pay()
    one.sees_heading("付好了")
    one.tap("看订单")
    one.sees_heading("待发货")
    one.sees("秦岭土蜂蜜")

    order_id = page.url.rstrip("/").rsplit("/", 1)[-1]
    [(state, total, paid)] = stocked.rows(
        "SELECT state, total_minor, paid_minor FROM orders_order WHERE id = %s", order_id
    )
    assert (state, paid) == ("paid", total)


def test_the_cart_works_without_a_script(stocked: Market, person: Callable[..., Person]) -> None:
    one = person("小方", script=False)
    one.go("/p/camphor-comb/")
    one.tap("加入购物车")
    one.go("/cart/")
    one.sees("仅余 12 份")
    form = one.page.locator("form").filter(has=one.page.locator("input[name=quantity]"))
    form.locator("input[name=quantity]").fill("2")
    form.get_by_role("button", name="更新").click()
    one.sees("选了 2 件")
    [(quantity, price)] = stocked.rows("SELECT quantity, price_seen_minor FROM orders_cartline")
    assert (quantity, price) == (2, 3500)
