"""Two phones and some luck: the envelope that opens, the money that pays, the spin that anyone can check."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.phone import Person
from tests.world.market import Market


def test_two_phones_open_a_packet_and_the_second_finds_it_empty(
    market: Market, person: Callable[..., Person]
) -> None:
    made = market.stage("packet", total_minor=1_000, share_count=1)
    a, b = person("阿苏"), person("小北", script=False)
    _come(a, "13800000071")
    _come(b, "13800000072")
    for one in (a, b):
        one.go(f"/h/{made['packet']}/")
        one.sees("还有 1 个")
    a.tap("拆红包")
    a.sees("已放进你的钱包")
    b.tap("拆红包")  # without a script
    b.sees("手慢了，领完了")
    a.go("/me/wallet/")
    a.sees("+¥10.00")

    a.go("/me/packets/new/")
    a.page.locator("#total").fill("6")
    a.page.locator("#count").fill("2")
    a.page.locator("#password").fill("橙子")
    a.tap("装进红包")
    a.page.wait_for_url(re.compile(r"/h/[0-9a-f-]{36}/"))
    b.go(a.page.url)
    b.page.locator("input[name=password]").fill("苹果")
    b.tap("拆红包")
    b.sees("还可以试 4 次")
    b.page.locator("input[name=password]").fill("橙子")
    b.tap("拆红包")
    b.sees("已放进你的钱包")
    a.go("/me/wallet/")
    a.sees("发出红包")


def test_two_phones_spin_and_check_every_number_in_their_own_browser(
    market: Market, person: Callable[..., Person]
) -> None:
    packet = market.stage("packet", total_minor=2_000, share_count=6)
    draw = market.stage("draw", stock=1, odds_bp=10_000)
    a, b = person("阿苏"), person("小北")
    for one, phone in ((a, "13800000073"), (b, "13800000074")):
        _come(one, phone)
        one.go(f"/h/{packet['packet']}/")
        one.tap("拆红包")
        one.sees("已放进你的钱包")
        one.go(f"/d/{draw}/")
        one.tap("签到")
        one.sees(re.compile("签到成功"))
    a.page.locator("input[name=words]").fill("我的字")
    a.tap("抽 1 号券")
    a.sees("恭喜，抽中了")
    b.tap("抽 2 号券")
    b.sees("谢谢参与")
    b.sees("抽完了")

    market.stage("end_luck", packet_play=packet["play"], draw=draw)

    for address in (f"/d/{draw}/verify/", f"/h/{packet['packet']}/verify/"):
        b.go(address)
        b.tap("开始验算")
        expect(b.page.locator("[data-verify]")).to_have_attribute("data-done", "right")
        b.sees("全部对得上")


def _come(one: Person, phone: str) -> None:
    one.go("/login/")
    one.register(phone)
    one.page.wait_for_url(re.compile(r"/(me/)?$"))
