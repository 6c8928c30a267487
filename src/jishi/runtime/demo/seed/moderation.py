"""A small lexicon of the house and a queue with something in it: reports, a held text, an appeal."""

import uuid
from datetime import timedelta

from jishi.flows.moderation import decide, report_subject
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.modules.guard.public import (
    Decision,
    LexiconKind,
    ReportReason,
    SanctionForm,
    SanctionKind,
    Severity,
    WordForm,
    appeal,
    create_lexicon,
    item_view,
    save_word,
)
from jishi.modules.people.public import Role
from jishi.runtime.demo.seed.jobs import let_it_sink_in
from jishi.runtime.demo.seed.people import Neighbour, Street

LAW = "广告法第九条：不得使用绝对化用语"
HEALTH = "广告法第十七条：普通商品不得说有医疗作用"
ADVERTISING = (
    WordForm("最佳", "极限用语", reason=LAW, suggestion="很受欢迎"),
    WordForm("最低价", "极限用语", reason=LAW, suggestion="划算"),
    WordForm("全网第一", "极限用语", reason=LAW, suggestion="邻居常买"),
    WordForm("国家级", "极限用语", reason=LAW, suggestion="获得认证（写明是哪个）"),
    WordForm("永久", "极限用语", reason=LAW, suggestion="长期"),
    WordForm("百分百有效", "保证效果", reason="广告法第二十八条：不得保证效果", suggestion="不少邻居说有用"),
    WordForm("治疗", "医疗用语", reason=HEALTH, suggestion="去掉"),
    WordForm("具有.{0,6}功效", "医疗用语", reason=HEALTH, suggestion="写成分和口感", is_pattern=True),
)
WATCHED = (
    WordForm("加微信", "引流", reason="请在店里联系，有保障", sounds_alike=True),
    WordForm("私下转账", "引流", reason="请在店里付款，有保障", sounds_alike=True),
    WordForm("官方客服", "冒充", Severity.BLOCK, reason="不能冒充官方"),
    WordForm("代开发票", "违法", Severity.BLOCK, reason="代开发票违法", sounds_alike=True),
    WordForm("刷单", "违法", reason="刷单违法"),
)
SPAM = tuple(WordForm(word) for word in ("兼职", "日结", "招代理", "无抵押", "点击领取", "包过", "内部名额"))


def watch_words(*, street: Street) -> None:
    """Words first, so that what is written later meets them."""
    with clock.held_at(clock.now() - timedelta(days=20)):
        for name, kind, words in (
            ("广告法常见用语", LexiconKind.ADVERTISING, ADVERTISING),
            ("关注词", LexiconKind.WATCHED, WATCHED),
            ("垃圾广告", LexiconKind.SPAM, SPAM),
        ):
            lexicon_id = create_lexicon(by=SYSTEM, name=name, kind=kind)
            for word in words:
                save_word(word, by=SYSTEM, lexicon_id=lexicon_id)
    _report_neighbours(street)
    let_it_sink_in()


def _report_neighbours(street: Street) -> None:
    """Three items: one waits, one was decided, one is appealed."""
    reporters = street.neighbours[40:46]
    moderator = street.staff[Role.OPERATOR]
    subjects = street.neighbours[70:73]
    items = []
    for number, subject in enumerate(subjects):
        with clock.held_at(clock.now() - timedelta(hours=30 - number * 4)):
            items.append(_report(subject, reporters[number * 2 : number * 2 + 2]))
    with clock.held_at(clock.now() - timedelta(hours=20)):
        for item_id, decision in zip(items[1:], (Decision.KEEP, Decision.SANCTION), strict=True):
            sanction = SanctionForm(SanctionKind.MUTE, 72, "多次被举报，先冷静三天")
            decide(
                item_id,
                by=moderator,
                version=item_view(item_id, by=SYSTEM).version,
                decision=decision,
                reason="昵称里有联系方式" if decision is Decision.SANCTION else "",
                sanction=sanction if decision is Decision.SANCTION else None,
            )
    with clock.held_at(clock.now() - timedelta(hours=2)):
        appeal(items[2], by=subjects[2].actor, text="这是我家果园的名字，不是联系方式，请再看看。")


def _report(subject: Neighbour, reporters: list[Neighbour]) -> uuid.UUID:
    first, second = (
        report_subject("profile", subject.actor.require_member(), by=one.actor, reason=reason, note=note)
        for one, reason, note in zip(
            reporters, (ReportReason.SPAM, ReportReason.OTHER), ("像是广告", ""), strict=True
        )
    )
    assert first.item_id == second.item_id
    return first.item_id
