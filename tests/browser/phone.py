"""A person at a screen: their browser, what they tap, and every complaint of the page they see."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Response, expect

from tests.world.market import Market

PHONE, DESK = (390, 844), (1280, 900)
# Whatever the browser says about an answer that is a page of ours (a refusal in words) is no complaint.
_AN_ANSWER = re.compile(
    r"Failed to load resource: the server responded with a status of (401|403|404|409|422)"
)


class Person:
    """`troubles` must be empty at the end: script errors, console errors, answers of 500 and above."""

    def __init__(
        self,
        browser: Browser,
        market: Market,
        name: str,
        *,
        size: tuple[int, int] = PHONE,
        script: bool = True,
    ) -> None:
        self.name, self.market = name, market
        is_phone = size == PHONE
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            base_url=market.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            is_mobile=is_phone,
            has_touch=is_phone,
            java_script_enabled=script,
        )
        self.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=market.url)
        self.context.set_default_timeout(20_000)
        expect.set_options(timeout=20_000)
        self.troubles: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._note(f"script: {error}"))
        self.page.on("response", self._look)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _AN_ANSWER.match(message.text):
            self._note(f"console: {message.text}")

    def _look(self, response: Response) -> None:
        if response.status >= 500:
            self._note(f"{response.status} from {response.url}")

    def _note(self, words: str) -> None:
        self.troubles.append(f"{self.name} at {self.page.url}: {words}")

    # ---- what people do -------------------------------------------------------------------------------

    def go(self, address: str) -> None:
        self.page.goto(address)

    def tap(self, words: str, *, exact: bool = False) -> None:
        """The visible button or link that says so."""
        target = self.page.get_by_role("button", name=words, exact=exact).or_(
            self.page.get_by_role("link", name=words, exact=exact)
        )
        target.locator("visible=true").first.click()

    def sees(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(words).locator("visible=true").first).to_be_visible()

    def sees_heading(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.locator("h1:visible").first).to_have_text(words)

    def register(self, phone: str) -> None:
        """At the log-in page: a number, the code that the demo shows, in."""
        self.page.locator("input[name=phone]:visible").fill(phone)
        self.tap("发送验证码")
        code = self.page.locator("b.select-all").inner_text()
        self.page.locator("input[name=code]").fill(code)
        self.page.get_by_role("button", name="登录", exact=True).click()

    def fill_address(self) -> None:
        """In the form at the checkout: each list of regions asks for the next."""
        page = self.page
        page.wait_for_load_state("networkidle")  # the scripts listen from here on
        page.locator("input[name=name]:visible").fill(f"{self.name}的家")
        page.locator("input[name=phone]:visible").fill("13900000000")
        for field, label in (("province", "上海市"), ("city", "上海市"), ("district", "黄浦区")):
            choice = page.locator(f"select[name={field}]:visible")
            expect(choice.locator("option", has_text=label).first).to_be_attached()
            with page.expect_response(lambda answer: "/regions/" in answer.url):
                choice.select_option(label=label)
            page.wait_for_timeout(300)  # the next list has taken the place of the last
        expect(page.locator("select[name=district]:visible")).to_have_value("310101")
        page.locator("input[name=line]:visible").fill("南京东路 1 号")
        page.wait_for_load_state("networkidle")
        self.tap("保存地址")

    def pay(self, *switches: str) -> None:
        """From the checkout's last button to the cashier's, with the troubles asked for there."""
        self.to_cashier()
        self.pay_at_cashier(*switches)

    def to_cashier(self) -> None:
        self.page.get_by_role("button", name=re.compile(r"^付 ¥")).click()
        self.page.wait_for_url(f"{self.market.sandbox_url}/pay/**")

    def pay_at_cashier(self, *switches: str) -> None:
        if switches:
            self.page.locator("summary").click()
            for name in switches:
                self.page.locator(f"input[name={name}]").check()
        self.page.get_by_role("button", name="确认付款").click()
        if "no_return" in switches:
            self.sees("已付款")
        else:
            self.page.wait_for_url("**/pay/*/return/")

    # ---- where they are -------------------------------------------------------------------------------

    @property
    def order_id(self) -> str:
        """The order of the link on the page, or of the page itself."""
        found = re.search(r"/orders/([0-9a-f-]{36})/", self.page.url + self.page.content())
        assert found, self.page.url
        return found[1]

    def overflow(self) -> int:
        """How many pixels the page is wider than the screen."""
        return int(
            self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )

    def picture(self, path: Path) -> None:
        self.page.screenshot(path=path, full_page=True)


def money_on(page: Any, label: str) -> str:
    """The number of the console's card with that label."""
    return str(page.locator(".kpi", has_text=label).first.locator("b").first.inner_text())
