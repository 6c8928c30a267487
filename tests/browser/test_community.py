"""A community: coming in by answering, a poll, talk that arrives by itself, an accepted answer; and a report with an appeal."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import EMAIL, PASSWORD
from tests.browser.phone import DESK, Person
from tests.world.market import Market

PLACE = "/communities/orchard/"
QUESTION = "你家阳台朝哪边？"
SECOND_EMAIL = "second@example.com"
STATE = "SELECT state FROM community_post WHERE id = %s"
UNREAD = "SELECT count(*) FROM messaging_notice WHERE kind = %s"


def test_somebody_joins_and_talks_and_the_neighbours_see_it_arrive(
    market: Market, person: Callable[..., Person]
) -> None:
    market.stage("community", phone="13800000061", handle="orchard", name="阳台果园", question=QUESTION)
    keeper, new = person("群主"), person("小夏")
    _come(keeper, "13800000061")
    _come(new, "13800000062")
    _ask_to_join(new)
    _let_in(keeper)
    new.go(PLACE)
    expect(new.page.locator(".write-line")).to_be_visible()

    keeper.page.clock.install()  # the page asks for news by a timer; nobody waits for it here
    keeper.go(PLACE)
    keeper.page.evaluate("window.sameDocument = true")
    poll = _write_poll(new)
    with keeper.page.expect_response(lambda answer: "/newer/" in answer.url):
        keeper.page.clock.fast_forward(21_000)
    keeper.sees("有 1 篇新帖子")
    assert keeper.page.evaluate("window.sameDocument"), "without a reload"
    keeper.tap("有 1 篇新帖子")
    keeper.sees("今年种什么")
    _answer_poll(keeper, new, poll)

    _ask_and_accept(new, keeper)
    for one in (keeper, new):
        assert one.overflow() <= 0


def test_a_report_is_handled_and_appealed(market: Market, person: Callable[..., Person]) -> None:
    market.stage("community", phone="13800000065", handle="terrace", name="露台茶会")
    market.stage("staff", email=SECOND_EMAIL, password=PASSWORD, role="operator")
    author, reporter = person("老唐"), person("小月")
    first, second = person("运营甲", size=DESK), person("运营乙", size=DESK)
    for one, phone in ((author, "13800000065"), (reporter, "13800000066")):
        _come(one, phone)
    address = _post(author, "/communities/terrace/", "自家炒的茶，想要的找我")
    post_id = address.rstrip("/").rsplit("/", 1)[-1]
    stranger = person("路人", script=False)
    stranger.go(address)
    stranger.sees("自家炒的茶")

    _report(reporter, address)
    _staff(first, EMAIL)
    _staff(second, SECOND_EMAIL)
    item = _claim_and_hide(first, second)
    market.eventually(STATE, "hidden", post_id)
    answer = stranger.page.goto(address)
    assert answer is not None and answer.status == 404, "hidden from everybody else"
    reporter.go("/me/reports/")
    reporter.sees("举报成立")

    market.eventually(UNREAD, 1, "content_hidden")
    _appeal(author)
    first.go(item)
    first.sees("第一次是你决定的，申诉要由另一位审核员处理。")
    expect(first.page.locator("input[name=decision]")).to_have_count(0)
    _decide(second, item, "保留", "只是分享，没有卖东西")
    market.eventually(STATE, "shown", post_id)
    stranger.go(address)
    stranger.sees("自家炒的茶")
    market.eventually(UNREAD, 1, "appeal_won")
    author.go("/me/notices/")
    author.sees(re.compile("已恢复"))
    author.go("/me/decisions/")
    author.sees("只是分享，没有卖东西")
    reporter.go("/me/reports/")
    reporter.sees("未发现问题")
    for one in (author, reporter, first, second):
        assert one.overflow() <= 0


# ---- coming in and talking -------------------------------------------------------------------------------


def _come(one: Person, phone: str) -> None:
    one.go("/login/")
    one.register(phone)
    one.page.wait_for_url(re.compile(r"/(me/)?$"))


def _ask_to_join(one: Person) -> None:
    one.go(PLACE)
    one.tap("怎么加入")
    one.page.get_by_label(QUESTION).fill("朝南，种了两棵柠檬")
    one.tap("申请加入")
    one.sees("申请已送到版主手里")
    expect(one.page.locator(".write-line")).to_have_count(0)


def _let_in(keeper: Person) -> None:
    keeper.go(PLACE)
    keeper.tap("1 人申请加入")
    keeper.sees("朝南，种了两棵柠檬")
    keeper.tap("让 TA 进来")
    keeper.sees("没有等着的申请")


def _write_poll(one: Person) -> str:
    one.go(f"{PLACE}write/?kind=poll")
    one.page.locator("input[name=title]").fill("今年种什么")
    one.page.locator("textarea[name=text]").fill("投一票吧 #春天")
    for place, option in enumerate(("草莓", "番茄")):
        one.page.locator("input[name=option]").nth(place).fill(option)
    one.tap("发出来", exact=True)
    one.page.wait_for_url(re.compile(r"/posts/[0-9a-f-]{36}/"))
    return one.page.url


def _answer_poll(keeper: Person, new: Person, poll: str) -> None:
    """Hidden until the vote; a comment and a reaction; both phones see them."""
    keeper.go(poll)
    keeper.sees("投票后看结果")
    keeper.page.get_by_role("button", name="番茄").click()
    keeper.sees("1 人投了票")
    expect(keeper.page.locator(".poll-option.is-mine")).to_contain_text("100%")
    keeper.page.locator(".emoji-more summary").click()
    keeper.page.get_by_role("button", name="👏").click()
    expect(keeper.page.locator(".react.is-on")).to_contain_text("1")
    keeper.page.locator("textarea[name=text]").fill("番茄好养，我有苗")
    keeper.tap("发送")
    keeper.sees("番茄好养，我有苗")
    new.go(poll)
    new.sees("番茄好养，我有苗")
    expect(new.page.locator(".react", has_text="👏").first).to_contain_text("1")


def _ask_and_accept(new: Person, keeper: Person) -> None:
    new.go(f"{PLACE}write/?kind=question")
    new.page.locator("input[name=title]").fill("柠檬为什么落叶？")
    new.page.locator("textarea[name=text]").fill("这周掉了一半")
    new.tap("发出来", exact=True)
    new.page.wait_for_url(re.compile(r"/posts/[0-9a-f-]{36}/"))
    keeper.go(new.page.url)
    expect(keeper.page.get_by_role("button", name="采纳")).to_have_count(0)
    keeper.page.locator("textarea[name=text]").fill("水浇多了，等土干透")
    keeper.tap("发送")
    keeper.sees("水浇多了，等土干透")
    new.page.reload()
    new.tap("采纳", exact=True)
    expect(new.page.locator(".best-answer")).to_contain_text("水浇多了，等土干透")
    keeper.page.reload()
    keeper.sees("已解决")
    keeper.go("/me/notices/")
    keeper.sees(re.compile("采纳"))


# ---- a report -------------------------------------------------------------------------------------------


def _post(author: Person, place: str, text: str) -> str:
    author.go(f"{place}write/")
    author.page.locator("textarea[name=text]").fill(text)
    author.tap("发出来", exact=True)
    author.page.wait_for_url(re.compile(r"/posts/[0-9a-f-]{36}/"))
    return author.page.url


def _report(reporter: Person, address: str) -> None:
    reporter.go(address)
    reporter.tap("举报", exact=True)
    reporter.page.locator("#sheet").get_by_text("广告或骚扰").click()
    reporter.page.locator("#report-note").fill("像是在卖东西")
    reporter.tap("提交举报")
    reporter.sees("收到举报")
    reporter.go("/me/reports/")
    reporter.sees("等待处理")


def _staff(one: Person, email: str) -> None:
    one.go("/console/login/")
    one.page.locator("input[name=email]").fill(email)
    one.page.locator("input[name=password]").fill(PASSWORD)
    one.page.locator("form button").click()
    one.page.wait_for_url(re.compile(r"/console/(?!login)"))


def _claim_and_hide(first: Person, second: Person) -> str:
    """The address of the item. Whoever has not claimed it sees who has, and cannot decide."""
    first.go("/console/moderation/")
    first.page.locator("tbody a", has_text="自家炒的茶").first.click()
    first.sees("像是在卖东西")
    first.tap("认领", exact=True)
    first.sees("处理中")
    item = first.page.url
    second.go(item)
    second.sees(re.compile("正在处理；超过时限没有结果就可以接手"))
    expect(second.page.locator("input[name=decision]")).to_have_count(0)
    _decide(first, item, "隐藏", "")  # who decides against an author says why
    first.sees("理由")
    expect(first.page.locator("input[name=decision]").first).to_be_attached()
    _decide(first, item, "隐藏", "看起来是广告")
    first.sees("看起来是广告")
    return item


def _decide(one: Person, item: str, decision: str, reason: str) -> None:
    one.go(item)
    one.page.locator("label.decision", has_text=decision).click()
    one.page.locator("#reason").fill(reason)
    one.tap("决定", exact=True)
    one.page.wait_for_load_state("networkidle")


def _appeal(author: Person) -> None:
    author.go("/me/notices/")
    author.sees("看起来是广告")
    author.page.locator("a", has_text="看起来是广告").first.click()
    author.page.wait_for_url(re.compile(r"/me/decisions/"))
    author.sees("看起来是广告")
    author.page.locator("summary", has_text="申诉").click()
    author.page.locator("textarea[name=text]").fill("送邻居的，不收钱")
    author.tap("提交申诉")
    author.sees("申诉已提交")
    author.sees("送邻居的，不收钱")
