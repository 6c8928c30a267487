"""The first shop, as people live it: a product file becomes a group order that is delivered and counted.

One market, one operator at a desk, a phone for everybody else; the worker, the gateway and its callbacks are real.
"""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from jishi.kernel.money import format_minor
from tests.browser.conftest import EMAIL, FILES, PASSWORD
from tests.browser.phone import DESK, Person, money_on
from tests.world.market import Market

GROUP, ALONE = "29.90", "42.00"
STATE = "SELECT state FROM orders_order WHERE id = %s"
NET = (
    "SELECT coalesce(sum(CASE WHEN t.kind = 'payment' THEN amount_minor ELSE -amount_minor END), 0)::bigint"
    " FROM ledger_transfer t JOIN orders_order o ON o.id = t.subject_id AND t.subject_kind = 'order'"
    " WHERE t.kind IN ('payment', 'refund') AND t.state = 'posted' AND o.play_id = %s"
)


@pytest.fixture(scope="module")
def offers() -> dict[str, str]:
    """What the first chapter made and the later ones use."""
    return {}


def test_from_a_product_file_to_a_delivered_group_order(
    market: Market, person: Callable[..., Person], offers: dict[str, str]
) -> None:
    boss = person("店主", size=DESK)
    _log_in_to_console(boss)
    _import_products(boss)
    offers["id"] = _publish_group_buy(boss)

    a = person("阿苏")
    a.go("/p/gannan-navel-orange/")
    a.tap("发起 3 人团")
    a.register("13800000001")
    a.fill_address()
    a.sees("你付")
    a.tap("提交，去付款开团")
    a.pay()
    a.sees_heading("付好了，还差 2 席")
    first = a.order_id
    link = _copy_share_link(a)

    b = _come_by_link(person, "小北", link, "13800000002")
    b.pay()
    b.sees_heading("付好了，还差 1 席")
    c = _come_by_link(person, "老陈", link, "13800000003")
    c.pay("duplicate", "reorder")
    c.sees_heading("付好了，成团了")

    orders = {one: one.order_id for one in (b, c)} | {a: first}
    for one, order_id in orders.items():
        one.go(f"/orders/{order_id}/")
        one.sees_heading("待发货")
        one.page.locator("a[href^='/t/']").first.click()
        one.sees_heading("成团了")
    assert market.value("SELECT count(*) FROM group_buy_seat WHERE state = 'paid'") == 3

    for place, order_id in enumerate(orders.values()):
        _ship(boss, order_id, f"SF10000000{place}")
    a.go(f"/orders/{first}/")
    a.sees("SF100000002")
    a.tap("我收到了")
    a.sees_heading("已收货")
    assert [market.value(STATE, order_id) for order_id in orders.values()] == [
        "shipped",
        "shipped",
        "received",
    ]
    assert market.value("SELECT count(*) FROM ledger_transfer WHERE kind = 'payment'") == 3, (
        "C's callback came three times"
    )


def test_a_team_that_does_not_fill_gives_everybody_their_money_back(
    market: Market, person: Callable[..., Person], offers: dict[str, str]
) -> None:
    if not offers:
        pytest.skip("the first chapter made no offer")
    d = _open_team(person, "丁丁", "13800000004")
    d.pay()
    d.sees_heading("付好了，还差 2 席")
    first, team = d.order_id, _team_of(market, d.order_id)
    e = _come_by_link(person, "二毛", _copy_share_link(d), "13800000005")
    e.pay("lost")  # nobody tells us: the browser's return asks
    e.sees_heading("付好了，还差 1 席")
    second = e.order_id

    market.change("UPDATE group_buy_team SET deadline = now() - interval '1 second' WHERE id = %s", team)
    for one, order_id in ((d, first), (e, second)):
        market.eventually(STATE, "refunded", order_id, seconds=40)
        one.go(f"/orders/{order_id}/")
        one.sees_heading("已退款")
        one.sees("没凑满，全额退回")
        one.go(f"/t/{team}/")
        one.sees_heading("钱全额原路退回")
    _gateway_and_books_agree(market)
    given_back = {line["amount_minor"] for line in market.statement() if line["about"] == "refund"}
    assert given_back == {2990 + _shipping(market, first)}


def test_a_late_payer_cannot_pay_or_gets_what_they_chose(
    market: Market, person: Callable[..., Person], offers: dict[str, str]
) -> None:
    if not offers:
        pytest.skip("the first chapter made no offer")
    f = _open_team(person, "方方", "13800000006")
    f.to_cashier()
    cashier = f.page.url
    slow = str(market.value("SELECT id FROM orders_order ORDER BY placed_at DESC LIMIT 1"))
    market.change("UPDATE orders_order SET pay_deadline = now() - interval '1 second' WHERE id = %s", slow)
    market.eventually(STATE, "cancelled", slow, seconds=40)
    f.page.get_by_role("button", name="确认付款").click()  # the page was open all the time
    f.go(cashier)
    f.sees("已关闭")
    expect(f.page.get_by_role("button", name="确认付款")).to_have_count(0)
    f.go(f"/orders/{slow}/")
    f.sees_heading("已取消")
    assert market.value("SELECT count(*) FROM ledger_transfer WHERE subject_id = %s", slow) == 0

    doomed = _open_team(person, "高高", "13800000007")
    doomed.pay()
    doomed.sees_heading("付好了，还差 2 席")
    lucky = _open_team(person, "花花", "13800000008")
    lucky.pay()
    lucky.sees_heading("付好了，还差 2 席")
    team, other = _team_of(market, doomed.order_id), _team_of(market, lucky.order_id)

    late = _come_by_link(person, "慢慢", _copy_share_link(doomed), "13800000009", late="换到快满的团")
    late.to_cashier()
    order_id = str(market.value("SELECT id FROM orders_order ORDER BY placed_at DESC LIMIT 1"))
    market.kill("worker")  # so that nobody asks before the deadline
    late.pay_at_cashier("lost", "no_return")
    past = "now() - interval '1 second'"
    market.change(f"UPDATE group_buy_team SET deadline = {past} WHERE id = %s", team)
    market.change(f"UPDATE orders_order SET pay_deadline = {past} WHERE id = %s", order_id)
    market.start("worker")

    market.eventually("SELECT state FROM group_buy_team WHERE id = %s", "failed", team, seconds=40)
    market.eventually(STATE, "gathering", order_id, seconds=40)
    late.go(f"/orders/{order_id}/")
    late.sees_heading("凑团中")
    assert _team_of(market, order_id) == other, "the seat that its owner had chosen"
    market.eventually(
        "SELECT count(*) FROM orders_order WHERE play_id = %s AND state = 'refunding'",
        0,
        offers["id"],
        seconds=40,
    )
    _gateway_and_books_agree(market)


def test_the_report_and_the_ledger_agree_to_the_cent(
    market: Market, person: Callable[..., Person], offers: dict[str, str]
) -> None:
    if not offers:
        pytest.skip("the first chapter made no offer")
    boss = person("店主", size=DESK)
    _log_in_to_console(boss)
    boss.go(f"/console/group-buys/{offers['id']}/roi/")
    net = market.value(NET, offers["id"])

    assert net > 0
    assert _exact(boss, "净收入") == format_minor(net, currency="CNY")
    assert money_on(boss.page, "净收入").startswith("¥")
    debits = market.value(
        "SELECT sum(amount_minor) FROM ledger_transfer WHERE state = 'posted' AND unit = 'CNY'"
    )
    assert debits == sum(line["amount_minor"] + line["fee_minor"] for line in market.statement())


# ---- the operator -----------------------------------------------------------------------------------------


def _log_in_to_console(boss: Person) -> None:
    boss.go("/console/login/")
    boss.page.locator("input[name=email]").fill(EMAIL)
    boss.page.locator("input[name=password]").fill(PASSWORD)
    boss.page.get_by_role("button", name="登录", exact=True).click()
    boss.page.wait_for_url(re.compile(r"/console/(?!login)"))


def _import_products(boss: Person) -> None:
    boss.go("/console/products/imports/")
    boss.page.locator("input[type=file]").set_input_files(FILES / "shop.csv")
    boss.tap("开始导入")
    expect(boss.page.locator("#run")).to_contain_text("没有问题", timeout=30_000)
    expect(boss.page.locator("#run .mini-figures")).to_contain_text("3")
    boss.go("/console/products/")
    boss.sees("赣南脐橙")


def _publish_group_buy(boss: Person) -> str:
    page = boss.page
    boss.go("/console/group-buys/new/")
    boss.tap("赣南脐橙")
    page.locator("input[name=name]").fill("赣南脐橙 3 人团")
    page.locator("input[name=team_size]").fill("3")
    prices = page.locator("input[name^='price:']")
    for place in range(prices.count()):
        prices.nth(place).fill(GROUP if place == 0 else "49.90")
    boss.tap("保存并发布")
    page.wait_for_url(re.compile(r"/console/group-buys/[0-9a-f-]{36}/$"))
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def _ship(boss: Person, order_id: str, number: str) -> None:
    boss.go(f"/console/orders/{order_id}/")
    boss.tap("发货", exact=True)
    boss.page.locator("#carrier").fill("顺丰速运")
    boss.page.locator("#tracking").fill(number)
    boss.tap("确认发货")
    boss.sees(number)


def _exact(boss: Person, label: str) -> str:
    """The exact sum of the table "where the money went", whose last row is the net revenue."""
    row = (
        boss.page.locator("tr, li, div.row, .waterfall > *").filter(has_text=label).filter(has_text="¥").first
    )
    found = re.search(r"-?¥[\d,]+\.\d\d", row.inner_text())
    assert found, row.inner_text()
    return found[0]


# ---- the shoppers -----------------------------------------------------------------------------------------


def _open_team(person: Callable[..., Person], name: str, phone: str) -> Person:
    one = person(name)
    one.go("/p/gannan-navel-orange/")
    one.tap("发起 3 人团")
    one.register(phone)
    one.fill_address()
    one.tap("提交，去付款开团")
    return one


def _come_by_link(
    person: Callable[..., Person], name: str, link: str, phone: str, *, late: str = ""
) -> Person:
    """Arrive by somebody's link on a phone that has never been here, sign up on the way, take the seat."""
    one = person(name)
    one.go(link)
    expect(one.page).to_have_url(re.compile(r"/t/[0-9a-f-]{36}/"))
    if late:
        one.page.locator("label.chip", has_text=late).first.click()
    one.tap("占下这一席")
    one.register(phone)
    one.fill_address()
    one.tap("占下这一席")
    return one


def _copy_share_link(one: Person) -> str:
    one.tap("海报与二维码")
    one.page.locator("#sheet [data-copy]:visible").first.click()
    one.page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('/s/'))")
    link = str(one.page.evaluate("navigator.clipboard.readText()"))
    assert re.fullmatch(rf"{re.escape(one.market.url)}/s/[2-9A-Z]{{8}}/", link), link
    return link


# ---- what is true -----------------------------------------------------------------------------------------


def _team_of(market: Market, order_id: str) -> str:
    return str(market.value("SELECT team_id FROM orders_order WHERE id = %s", order_id))


def _shipping(market: Market, order_id: str) -> int:
    return int(market.value("SELECT shipping_minor FROM orders_order WHERE id = %s", order_id))


def _gateway_and_books_agree(market: Market) -> None:
    """Line by line: every movement at the gateway is one transfer of ours, and there are no others."""
    theirs = sorted((line["about"], line["amount_minor"]) for line in market.statement())
    ours = sorted(
        (kind, amount)
        for kind, amount in market.rows(
            "SELECT kind, amount_minor FROM ledger_transfer WHERE kind IN ('payment', 'refund') AND state = 'posted'"
        )
    )
    assert ours == theirs
    assert httpx.get(f"{market.url}/readyz").status_code == 200
