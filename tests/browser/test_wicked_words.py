"""Wicked words in everything that people write, looked at with the browser that would run them."""

import html
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.browser.conftest import EMAIL, PASSWORD
from tests.world import wicked
from tests.world.market import Market, open_market

PHONE_OF_MEMBER = "13800000099"
# Before any script of a page: whatever runs of the words leaves its name.
HOOK = """
window.pwned = []
for (const name of ['pwn', 'alert', 'confirm', 'prompt'])
  window[name] = (...said) => { window.pwned.push(name + ' ' + said) }
"""
# What the words have made of the page besides text; the same rules as `wicked.Reader`.
LOOK = """([tags, addresses, shownIn]) => {
  const wild = [...window.pwned]
  const runs = /^[\\x00-\\x20]*(javascript:|data:text|\\/\\/pwn)/i
  const shown = [document.title]
  for (const one of document.querySelectorAll('*')) {
    const tag = one.localName
    if (tags.includes(tag) || (tag === 'meta' && one.httpEquiv === 'refresh')) wild.push(one.outerHTML)
    for (const {name, value} of one.attributes) {
      const isCode = /^(on|hx-on|x-)/.test(name) || name === 'style' || name === 'pwn'
      if ((isCode && (name + value).includes('pwn')) || (addresses.includes(name) && runs.test(value))) wild.push(one.outerHTML)
      if (shownIn.includes(name)) shown.push(value)
    }
    const isCode = (tag === 'script' && !one.type.includes('json')) || tag === 'style'
    if (isCode && one.textContent.includes('pwn')) wild.push(one.outerHTML)
    if (tag === 'script' && one.type.includes('json')) JSON.parse(one.textContent)
  }
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let one = walk.nextNode(); one; one = walk.nextNode())
    if (!['script', 'style'].includes(one.parentNode.localName)) shown.push(one.data)
  return {wild, shown}
}"""


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """Without a worker: what was written in the town stays as it is."""
    with open_market(tmp_path_factory.mktemp("wicked"), parts=("web",)) as opened:
        opened.stage("staff", email=EMAIL, password=PASSWORD, role="owner")
        yield opened


class Watcher:
    """Somebody who looks at pages and hears every complaint."""

    def __init__(self, browser: Browser, market: Market) -> None:
        self.context: BrowserContext = browser.new_context(
            base_url=market.url, locale="zh-CN", service_workers="block"
        )
        self.context.add_init_script(HOOK)
        self.troubles: list[str] = []
        self.texts: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda said: self._note(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self._note(f"script: {error}"))
        self.page.on("dialog", lambda dialog: (self._note(f"dialog: {dialog.message}"), dialog.dismiss()))

    def _note(self, words: str) -> None:
        if "Failed to load resource" not in words:  # a refusal of ours, and pictures of another house
            self.troubles.append(f"{self.page.url}: {words}")

    def look(self) -> list[str]:
        """What is wild on the page; its text is kept."""
        lists = [sorted(wicked.FOREIGN_TAGS), sorted(wicked.ADDRESSES), sorted(wicked.SHOWN_IN)]
        found: dict[str, Any] = self.page.evaluate(LOOK, lists)
        self.texts.append(" ".join(" ".join(found["shown"]).split()))
        return list(found["wild"])


def test_the_browser_runs_nothing_that_people_write(market: Market, browser: Browser) -> None:
    made = market.stage("wicked_town", phone=PHONE_OF_MEMBER, owner_email=EMAIL)
    member, staff = Watcher(browser, market), Watcher(browser, market)
    _log_in(member, staff)
    marks = {mark: (source, words) for mark, (source, words) in made["marks"].items()}
    wild: dict[str, list[str]] = {}
    known: set[tuple[bool, str]] = set()
    for address in made["addresses"]:
        is_console = address.startswith("/console/")
        one = staff if is_console else member
        fresh = {(is_console, source) for source in _words_at(one, address, marks)} - known
        if not fresh and "?q=" not in address:
            continue  # read without a browser by tests/journeys
        known |= fresh
        one.page.goto(address)
        if found := one.look():
            wild[address] = found
    assert wild == {}
    assert member.troubles + staff.troubles == []
    assert wicked.unseen(marks, member.texts + staff.texts) == set(), "nothing is proved by what is not shown"


def test_words_that_run_would_be_noticed(market: Market, browser: Browser) -> None:
    """The control: a page of the shop, with the escape taken away from one word on its way to the browser."""
    for words in (
        one for one in wicked.WORDS if one.startswith(("<svg on", "<img src on", "<script>", "<pwn>"))
    ):
        one = Watcher(browser, market)
        body = one.context.request.get("/promises/").text().replace("<h1", f"{words}<h1", 1)
        assert words in body
        one.page.route("**/promises/", partial(_answer, body))
        one.page.goto("/promises/")
        assert one.look(), words
        one.context.close()


def _answer(body: str, route: Route) -> None:
    route.fulfill(body=body, content_type="text/html; charset=utf-8")


def _log_in(member: Watcher, staff: Watcher) -> None:
    page = member.page
    page.goto("/login/?next=/me/")
    page.locator("input[name=phone]:visible").fill(PHONE_OF_MEMBER)
    page.get_by_role("button", name="发送验证码").click()
    page.locator("input[name=code]").fill(page.locator("b.select-all").inner_text())
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/me/")
    page = staff.page
    page.goto("/console/login/")
    page.locator("input[name=email]").fill(EMAIL)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form button").click()
    page.wait_for_url("**/console/")


def _words_at(one: Watcher, address: str, marks: dict[str, tuple[str, str]]) -> set[str]:
    """The columns whose words stand whole in what this address answers."""
    answer = one.context.request.get(address)
    assert answer.status < 500, address
    if "html" not in answer.headers.get("content-type", ""):
        return set()
    body = " ".join(html.unescape(answer.text()).split())
    return {
        source for mark, (source, words) in marks.items() if mark in body and " ".join(words.split()) in body
    }
