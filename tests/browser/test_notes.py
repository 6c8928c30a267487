"""A neighbour writes a note with two tagged goods on a phone, another phone buys from it, the author sees the credit."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import EMAIL, PASSWORD
from tests.browser.phone import DESK, Person
from tests.world.makers import picture
from tests.world.market import Market

AUTHOR, BUYER = "13800000081", "13800000082"
WICKED = "<img src=x onerror=alert(1)>{{7*7}}'\"><script>document.title='taken'</script>"


def test_a_note_is_written_bought_from_and_credited(market: Market, person: Callable[..., Person]) -> None:
    market.stage("received", phone=BUYER, quantity=1, price_minor=5_000)
    author, buyer, agent = person("周姐"), person("林果"), person("运营", size=DESK)
    author.go("/login/")
    author.register(AUTHOR)
    author.page.wait_for_url(re.compile(r"/(me/)?$"))
    address = _write(author)
    stranger = person("路人", script=False)
    answer = stranger.page.goto(address)
    assert answer is not None and answer.status == 404, "it waits for a look"
    _approve(agent)
    stranger.go(address)
    stranger.sees("真的好用")
    stranger.sees(WICKED)
    assert stranger.page.title() != "taken"

    buyer.go("/login/")
    buyer.register(BUYER)
    buyer.page.wait_for_url(re.compile(r"/(me/)?$"))
    buyer.go("/feed/")
    buyer.tap("真的好用")
    assert buyer.page.title().startswith("真的好用")
    buyer.page.locator(".goods-dot").first.click()  # the first tap
    expect(buyer.page.locator("#sheet .sheet-body")).to_be_visible()
    buyer.tap("立即买", exact=True)  # the second
    buyer.page.wait_for_url(re.compile(r"/checkout/"))
    buyer.tap("提交订单")
    buyer.page.wait_for_url(re.compile(r"/orders/[0-9a-f-]{36}/pay/"))
    order_id = buyer.order_id
    buyer.page.get_by_role("button", name=re.compile(r"^付 ¥")).click()  # from the wallet
    market.eventually("SELECT state FROM orders_order WHERE id = %s", "paid", order_id)
    row = market.rows(
        "SELECT l.attribution_reason, l.attribution_source, t.target_kind FROM orders_orderline l"
        " JOIN sharing_touch t ON t.id = l.touch_id WHERE l.order_id = %s",
        order_id,
    )
    assert [tuple(one) for one in row] == [("note", "note", "note")]
    market.eventually("SELECT orders FROM notes_note", 1)
    author.go("/me/notes/")
    expect(author.page.locator("[data-note-credit]")).to_contain_text("带来 1 单")
    agent.page.reload()
    agent.sees("成交（退款后）")
    for one in (author, buyer, stranger, agent):
        assert one.overflow() <= 0


def _write(author: Person) -> str:
    photo = {"name": "../../x.svg", "mimeType": "image/png", "buffer": picture(size=(900, 700))}
    author.go("/me/notes/new/")
    author.page.locator("#photos").set_input_files(files=[photo])  # type: ignore[list-item]
    author.page.wait_for_url(re.compile(r"/me/notes/[0-9a-f-]{36}/"))
    frame = author.page.locator(".note-frame")
    for x, y in ((80, 60), (180, 120)):
        frame.click(position={"x": x, "y": y})
        author.page.locator("[data-choose]").first.click()
    expect(author.page.locator("[data-dot]")).to_have_count(2)
    author.page.locator("#title").fill("真的好用")
    author.page.locator("#text").fill(f"用了一个月。\n{WICKED}")
    author.page.locator("#topics").fill("#真话")
    author.sees("已自动存好")
    author.tap("发布", exact=True)
    author.sees("第一篇笔记，看过就发布")
    return author.page.url


def _approve(agent: Person) -> None:
    agent.go("/console/login/")
    agent.page.locator("input[name=email]").fill(EMAIL)
    agent.page.locator("input[name=password]").fill(PASSWORD)
    agent.page.locator("form button").click()
    agent.page.wait_for_url(re.compile(r"/console/(?!login)"))
    agent.go("/console/notes/")
    agent.page.locator("tbody a").first.click()
    agent.sees("用了一个月")
    agent.tap("通过", exact=True)
    agent.sees("通过了")
