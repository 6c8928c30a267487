"""Two phones bargain to the floor and check every cut; a team grows past its least size with a seat kept for a friend."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.phone import DESK, Person
from tests.world.market import Market


def test_a_friend_cuts_the_price_and_the_launcher_buys_at_the_floor(
    market: Market, person: Callable[..., Person], tmp_path: Path
) -> None:
    made = market.stage("bargain", start_minor=4_200, floor_minor=2_200, helpers=2)
    a, b = person("阿砍"), person("小帮", script=False)
    _come(a, "13800000091", "/bargains/")
    a.picture(tmp_path / "bargains.png")
    a.tap("发起砍价")
    a.sees_heading("还差 2 刀到底价")
    page = a.page.url
    before = _price(market, page)
    assert 2_200 < before < 4_200, "the first cut is the launcher's own"

    _come(b, "13800000092", page)
    b.picture(tmp_path / "help.png")
    b.tap("帮忙砍一刀")  # without a script; somebody new takes two slots
    b.sees(re.compile("你帮忙砍下 ¥"))
    a.go(page)
    a.sees_heading("到底价了")
    a.sees("新朋友")
    a.picture(tmp_path / "floor.png")
    assert a.overflow() <= 0

    a.tap("¥22.00 买下")
    a.fill_address()
    a.tap("提交订单")
    a.pay()
    a.sees_heading(re.compile("付好了"))
    a.go(page)
    a.sees_heading("已经买到了")
    expect(a.page.locator("[data-verify=bargain]")).to_have_text("在你的浏览器里重算过：一致")
    a.picture(tmp_path / "proof.png")
    desk = person("路人", size=DESK)
    desk.go(page)
    expect(desk.page.locator("[data-verify=bargain]")).to_have_text("在你的浏览器里重算过：一致")
    desk.picture(tmp_path / "proof-desk.png")
    desk.go("/bargains/")
    desk.picture(tmp_path / "bargains-desk.png")
    order = (
        "SELECT o.total_minor - o.shipping_minor FROM orders_order o WHERE play_id = %s AND state = 'paid'"
    )
    assert market.rows(order, made["play"]) == [(2_200,)]
    assert (
        market.value("SELECT count(*) FROM inventory_hold WHERE cause_kind = 'bargain' AND state = 'held'")
        == 0
    )


def test_a_team_with_a_friends_seat_grows_to_the_next_tier_and_everybody_gets_the_difference(
    market: Market, person: Callable[..., Person], tmp_path: Path
) -> None:
    made = market.stage("tiered_offer", size=2, tier=3, off_minor=500)
    a, friend = person("团长"), person("朋友")
    a.go(f"/p/{made['handle']}/")
    a.tap("发起 2 人团")
    a.register("13800000093")
    a.fill_address()
    a.tap("提交，去付款开团")
    a.pay()
    a.sees_heading("付好了，还差 1 席")
    first = a.order_id
    team = str(market.value("SELECT team_id FROM orders_order WHERE id = %s", first))
    a.go(f"/t/{team}/")
    a.tap("给朋友留一席")
    a.sees(re.compile("只有这个链接能坐"))
    a.picture(tmp_path / "kept.png")
    link = a.page.locator("[data-copy*='?friend=']").get_attribute("data-copy")
    assert link is not None

    friend.go(link)
    friend.picture(tmp_path / "friend.png")
    friend.tap("占下这一席")
    friend.register("13800000094")
    friend.fill_address()
    friend.tap("占下这一席")
    friend.pay()
    friend.sees_heading("付好了，人够了")
    second = friend.order_id
    a.go(f"/t/{team}/")
    a.sees_heading("人够了，多来更便宜")
    a.sees("再来 1 人到下一级")
    a.sees("人够了，现在成团")
    a.picture(tmp_path / "assured.png")
    desk = person("路人", size=DESK)
    desk.go(f"/t/{team}/")
    desk.picture(tmp_path / "assured-desk.png")

    market.stage("join_from_wallet", offer=made["offer"], team=team)
    for one, order_id in ((a, first), (friend, second)):
        _sees_the_difference_come_back(one, order_id, team)
    a.picture(tmp_path / "order.png")
    assert (
        market.value("SELECT count(*) FROM group_buy_seat WHERE team_id = %s AND state = 'paid'", team) == 3
    )


def _sees_the_difference_come_back(one: Person, order_id: str, team: str) -> None:
    one.market.eventually("SELECT refunded_minor FROM orders_order WHERE id = %s", 500, order_id, seconds=40)
    one.go(f"/t/{team}/")
    one.sees_heading("成团了")
    one.go(f"/orders/{order_id}/")
    one.sees_heading("待发货")
    one.sees("差价退回")
    one.sees("人多更便宜，差价退回")
    assert one.overflow() <= 0


def _come(one: Person, phone: str, page: str) -> None:
    one.go(f"/login/?next={page.removeprefix(one.market.url)}")
    one.register(phone)
    one.page.wait_for_url(f"**{page.removeprefix(one.market.url)}")


def _price(market: Market, page: str) -> int:
    bargain_id = page.rstrip("/").rsplit("/", 1)[-1]
    return int(market.value("SELECT start_minor - cut_minor FROM bargain_bargain WHERE id = %s", bargain_id))
