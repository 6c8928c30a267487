"""Words of moderation, the same for members and moderators."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jishi.modules.guard.public import (
    Cause,
    Decision,
    ItemState,
    ItemView,
    LexiconKind,
    ReportOutcome,
    ReportReason,
    SanctionKind,
    Severity,
    Visible,
)

Tag = tuple[str, str]  # words and the colour of their tag

_KIND = {
    "post": gettext_noop("帖子"),
    "comment": gettext_noop("评论"),
    "review": gettext_noop("评价"),
    "note": gettext_noop("笔记"),
    "note_comment": gettext_noop("笔记评论"),
    "event_photo": gettext_noop("活动照片"),
    "profile": gettext_noop("昵称"),
    "product": gettext_noop("商品文案"),
    "community": gettext_noop("社群资料"),
}
_STATE = {
    ItemState.OPEN: (gettext_noop("待处理"), "accent"),
    ItemState.CLAIMED: (gettext_noop("处理中"), "gold"),
    ItemState.DECIDED: (gettext_noop("已处理"), "line"),
}
_VISIBLE = {
    Visible.SHOWN: (gettext_noop("公开"), "leaf"),
    Visible.HELD: (gettext_noop("等待审核"), "gold"),
    Visible.HIDDEN: (gettext_noop("已隐藏"), "accent"),
    Visible.REMOVED: (gettext_noop("已移除"), "line"),
}
_DECISION = {
    Decision.KEEP: (gettext_noop("保留"), "leaf"),
    Decision.WARN: (gettext_noop("提醒"), "gold"),
    Decision.HIDE: (gettext_noop("隐藏"), "accent"),
    Decision.REMOVE: (gettext_noop("移除"), "accent"),
    Decision.SANCTION: (gettext_noop("处罚"), "accent"),
}
_CAUSE = {
    Cause.RULE: (gettext_noop("自动规则"), "sky"),
    Cause.REPORT: (gettext_noop("举报"), "gold"),
    Cause.APPEAL: (gettext_noop("申诉"), "accent"),
}
_REPORT_REASON = {
    ReportReason.SPAM: gettext_noop("广告或骚扰"),
    ReportReason.ABUSE: gettext_noop("辱骂或攻击"),
    ReportReason.FALSE_CLAIM: gettext_noop("虚假宣传"),
    ReportReason.ILLEGAL: gettext_noop("违法违规"),
    ReportReason.PRIVACY: gettext_noop("泄露隐私"),
    ReportReason.OTHER: gettext_noop("其他"),
}
_OUTCOME = {
    ReportOutcome.PENDING: (gettext_noop("等待处理"), "gold"),
    ReportOutcome.AGREED: (gettext_noop("举报成立"), "leaf"),
    ReportOutcome.DISAGREED: (gettext_noop("未发现问题"), "line"),
}
_SANCTION = {
    SanctionKind.MUTE: gettext_noop("禁言"),
    SanctionKind.SLOW: gettext_noop("慢速发言"),
    SanctionKind.BAN: gettext_noop("限制参与"),
    SanctionKind.HIDE_ALL: gettext_noop("内容仅自己可见"),
}
_LEXICON = {
    LexiconKind.WATCHED: gettext_noop("关注词"),
    LexiconKind.ADVERTISING: gettext_noop("广告法"),
    LexiconKind.SPAM: gettext_noop("垃圾广告"),
}
_SEVERITY = {
    Severity.NOTE: (gettext_noop("记录"), "line"),
    Severity.REVIEW: (gettext_noop("送审"), "gold"),
    Severity.BLOCK: (gettext_noop("禁止"), "accent"),
}
_RULE = {
    "watched_word": gettext_noop("关注词"),
    "advertising_word": gettext_noop("广告法用语"),
    "spam_words": gettext_noop("多个垃圾广告词"),
    "blocked_word": gettext_noop("禁止词"),
    "first_post": gettext_noop("第一次发布"),
    "first_link": gettext_noop("第一次发布就带链接"),
    "many_links": gettext_noop("链接太多"),
    "typed_too_fast": gettext_noop("打字太快"),
    "seen_by_moderator": gettext_noop("版主看到"),
}
_STEP = {
    "open_by_rule": gettext_noop("自动规则送审"),
    "open_by_report": gettext_noop("有人举报"),
    "hide_provisionally": gettext_noop("举报达到阈值，先隐藏"),
    "claim_item": gettext_noop("认领"),
    "release_item": gettext_noop("放回队列"),
    "decide_item": gettext_noop("作出决定"),
    "appeal_item": gettext_noop("作者申诉"),
}


def kind(value: str) -> str:
    return _(_KIND[value]) if value in _KIND else value


def kinds() -> list[tuple[str, str]]:
    return [(value, _(words)) for value, words in _KIND.items()]


def state(value: ItemState) -> Tag:
    return _tag(_STATE[value])


def visible(value: Visible) -> Tag:
    return _tag(_VISIBLE[value])


def decision(value: Decision) -> Tag:
    return _tag(_DECISION[value])


def cause(value: Cause) -> Tag:
    return _tag(_CAUSE[value])


def outcome(value: ReportOutcome) -> Tag:
    return _tag(_OUTCOME[value])


def severity(value: Severity) -> Tag:
    return _tag(_SEVERITY[value])


def report_reason(value: ReportReason) -> str:
    return _(_REPORT_REASON[value])


def report_reasons() -> list[tuple[str, str]]:
    return [(value.value, _(words)) for value, words in _REPORT_REASON.items()]


def sanction(value: SanctionKind) -> str:
    return _(_SANCTION[value])


def lexicon(value: LexiconKind) -> str:
    return _(_LEXICON[value])


def rule(code: str) -> str:
    return _(_RULE[code]) if code in _RULE else code


def step(verb: str) -> str:
    return _(_STEP[verb]) if verb in _STEP else verb


def standing(item: ItemView) -> Tag:
    """What an author reads about their content: the decision, or that it waits."""
    if item.state is not ItemState.DECIDED:
        return (_("申诉处理中"), "gold") if item.is_appeal else (_("审核中"), "gold")
    return decision(item.decision) if item.decision is not None else state(item.state)


def _tag(pair: tuple[str, str]) -> Tag:
    return _(pair[0]), pair[1]
