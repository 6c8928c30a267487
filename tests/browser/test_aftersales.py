"""A cup comes broken: its buyer asks with a photo, the agent settles it in the console, and the buyer says so in a review."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import EMAIL, PASSWORD
from tests.browser.phone import DESK, Person
from tests.world.makers import picture
from tests.world.market import Market

PHONE = "13800000091"
PHOTO = {"name": "../../cup.svg.png", "mimeType": "image/png", "buffer": picture(size=(2_400, 1_800))}


def test_a_broken_cup_is_sent_back_and_paid_and_its_buyer_tells_the_neighbours(
    market: Market, person: Callable[..., Person]
) -> None:
    made = market.stage("received", phone=PHONE, quantity=2, price_minor=5_000)
    buyer, agent, stranger = person("阿苏"), person("客服", size=DESK), person("路人", script=False)
    buyer.go("/login/")
    buyer.register(PHONE)
    buyer.page.wait_for_url(re.compile(r"/(me/)?$"))

    case_address, photo_address = _ask_with_a_photo(buyer, made["order"])
    answer = stranger.page.goto(photo_address)
    assert answer is not None and answer.status == 404, "nobody else's"
    _settle(agent, buyer, case_address)
    market.eventually("SELECT state FROM aftersales_case WHERE order_id = %s", "done", made["order"])
    buyer.go(case_address)
    buyer.sees_heading("完成")
    back = market.value("SELECT refunded_minor FROM orders_order WHERE id = %s", made["order"])
    freight = market.value("SELECT freight_minor FROM aftersales_case WHERE order_id = %s", made["order"])
    assert back == 5_000 + freight
    buyer.go("/me/wallet/")
    buyer.sees("+¥15.00")
    _review(buyer, agent)
    stranger.go(f"/p/{made['handle']}/")
    stranger.sees("裂了一个，退得很快")
    for one in (buyer, stranger, agent):
        assert one.overflow() <= 0


def _ask_with_a_photo(buyer: Person, order_id: str) -> tuple[str, str]:
    """The addresses of the case and of its photo."""
    buyer.go(f"/orders/{order_id}/")
    buyer.tap("申请售后")
    buyer.tap("退货退款")
    buyer.sees("最多 2")
    buyer.page.get_by_role("button", name="减一").click()
    buyer.page.get_by_text("破损或变质").click()
    buyer.page.locator("#words").fill("杯口裂了")
    buyer.tap("提交申请")
    buyer.sees("请至少上传一张照片")  # and what was written is still there
    expect(buyer.page.locator("#words")).to_have_value("杯口裂了")
    buyer.page.locator("#photos").set_input_files(files=[PHOTO])  # type: ignore[arg-type]
    expect(buyer.page.locator(".photo-row figure img")).to_have_count(1)
    buyer.tap("提交申请")
    buyer.sees_heading("等商家处理")
    photo = buyer.page.locator("img[alt^=凭证照片]")
    assert photo.evaluate("image => image.complete && image.naturalWidth") == 1_600, "it was made smaller"
    return buyer.page.url, str(photo.get_attribute("src"))


def _settle(agent: Person, buyer: Person, case_address: str) -> None:
    agent.go("/console/login/")
    agent.page.locator("input[name=email]").fill(EMAIL)
    agent.page.locator("input[name=password]").fill(PASSWORD)
    agent.page.locator("form button").click()
    agent.page.wait_for_url(re.compile(r"/console/(?!login)"))
    agent.go("/console/cases/")
    agent.page.locator("tbody a").first.click()
    agent.sees("杯口裂了")
    agent.sees("商家责任")
    agent.tap("同意", exact=True)
    agent.page.locator("#agree-words").fill("非常抱歉，请寄回")
    agent.tap("确认", exact=True)
    agent.sees("待买家寄回")

    buyer.go(case_address)
    buyer.sees("非常抱歉，请寄回")
    buyer.page.locator("#carrier").fill("中通快递")
    buyer.page.locator("#tracking").fill("ZT-CUP")
    buyer.page.locator("#laid-out").fill("18")
    buyer.tap("寄出了")
    buyer.sees_heading("退货在路上")

    agent.page.reload()
    agent.tap("签收", exact=True)
    agent.tap("验货通过", exact=True)
    dialog = agent.page.locator("#accept-sheet")
    dialog.locator("input[name^=restock]").fill("0")
    dialog.locator("input[name^=off]").fill("1")
    dialog.get_by_role("button", name="确认").click()
    agent.sees("验货通过，后面的已经安排好")
    agent.sees("报损 1 件")


def _review(buyer: Person, agent: Person) -> None:
    buyer.go("/me/reviews/")
    buyer.tap("写评价")
    buyer.page.locator("label[for=stars-4]").click()
    buyer.page.locator("#words").fill("裂了一个，退得很快")
    buyer.tap("发布", exact=True)
    buyer.sees("第一次评价，看过就展示")
    agent.go("/console/reviews/")
    agent.tap("展示", exact=True)
    agent.sees("展示了")
