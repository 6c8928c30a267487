"""What after-sales cases and reviews are called, for shoppers and for staff."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jishi.kernel import clock
from jishi.modules.aftersales.public import CaseKind, CaseState, Side

_KINDS = {
    CaseKind.REFUND_ONLY: (gettext_noop("仅退款"), gettext_noop("没收到货，或货留着、退一部分钱")),
    CaseKind.RETURN_REFUND: (gettext_noop("退货退款"), gettext_noop("寄回商品，退回货款")),
    CaseKind.EXCHANGE: (gettext_noop("换货"), gettext_noop("寄回后换同款新的")),
    CaseKind.COMPLAINT: (gettext_noop("投诉"), gettext_noop("服务或承诺有问题")),
}
# words for the member, words for staff, colour of the tag
_STATES = {
    CaseState.ASKED: (gettext_noop("等商家处理"), gettext_noop("待处理"), "accent"),
    CaseState.OFFERED: (gettext_noop("商家给了方案"), gettext_noop("待买家确认"), "gold"),
    CaseState.AWAITING_RETURN: (gettext_noop("请寄回商品"), gettext_noop("待买家寄回"), "gold"),
    CaseState.RETURNING: (gettext_noop("退货在路上"), gettext_noop("待收货验货"), "accent"),
    CaseState.INSPECTING: (gettext_noop("商家在验货"), gettext_noop("验货中"), "accent"),
    CaseState.REFUNDING: (gettext_noop("退款中"), gettext_noop("退款中"), "sky"),
    CaseState.REPLACING: (gettext_noop("新货在备货"), gettext_noop("待发新货"), "sky"),
    CaseState.REFUSED: (gettext_noop("没有通过"), gettext_noop("已拒绝"), "line"),
    CaseState.PLATFORM_REVIEW: (gettext_noop("平台介入中"), gettext_noop("待平台裁定"), "accent"),
    CaseState.DONE: (gettext_noop("完成"), gettext_noop("完成"), "leaf"),
    CaseState.WITHDRAWN: (gettext_noop("已撤销"), gettext_noop("买家撤销"), "line"),
    CaseState.CLOSED: (gettext_noop("已关闭"), gettext_noop("已关闭"), "line"),
}
_REASONS = {
    "changed_mind": gettext_noop("不想要了"),
    "late": gettext_noop("发货或送达太慢"),
    "never_arrived": gettext_noop("一直没收到"),
    "no_reason": gettext_noop("七天无理由"),
    "wrong_size": gettext_noop("尺码或规格不合适"),
    "quality": gettext_noop("质量问题"),
    "damaged": gettext_noop("破损或变质"),
    "missing_parts": gettext_noop("少件漏发"),
    "wrong_goods": gettext_noop("发错货"),
    "not_as_described": gettext_noop("与描述不符"),
    "agreed_with_shop": gettext_noop("与商家协商一致"),
    "service": gettext_noop("服务态度"),
    "false_promise": gettext_noop("没有兑现承诺"),
    "other": gettext_noop("其他"),
}
_VERBS = {
    "ask": gettext_noop("提交申请"),
    "agree": gettext_noop("同意退款"),
    "agree_return": gettext_noop("同意寄回"),
    "offer": gettext_noop("给出方案"),
    "resolve": gettext_noop("已答复"),
    "refuse": gettext_noop("没有同意"),
    "withdraw": gettext_noop("撤销申请"),
    "escalate": gettext_noop("请平台介入"),
    "uphold": gettext_noop("平台维持原判"),
    "expire": gettext_noop("超时关闭"),
    "send": gettext_noop("寄出退货"),
    "arrive": gettext_noop("退货到了"),
    "accept_goods": gettext_noop("验货通过"),
    "replace": gettext_noop("安排换货"),
    "finish": gettext_noop("办完了"),
}
_SIDES = {
    Side.MEMBER: gettext_noop("买家"),
    Side.SHOP: gettext_noop("商家"),
    Side.PLATFORM: gettext_noop("平台"),
}
_WAITS = {
    "first_review": gettext_noop("第一次评价，看过就展示"),
    "stopped_words": gettext_noop("有要看一眼的词"),
    "reported": gettext_noop("多人举报"),
}
_REPORTS = {
    "fake": gettext_noop("不真实"),
    "rude": gettext_noop("骂人或引战"),
    "advert": gettext_noop("广告"),
    "private": gettext_noop("泄露隐私"),
    "other": gettext_noop("其他"),
}
TIME_IS_OVER = gettext_noop("到时间没有处理，自动进行")


def kind_words(kind: CaseKind) -> str:
    return _(_KINDS[kind][0])


def kind_help(kind: CaseKind) -> str:
    return _(_KINDS[kind][1])


def member_state(state: CaseState) -> tuple[str, str]:
    """(words, colour of the tag)."""
    return _(_STATES[state][0]), _STATES[state][2]


def staff_state(state: CaseState) -> tuple[str, str]:
    return _(_STATES[state][1]), _STATES[state][2]


def case_reason(reason: str) -> str:
    return _(_REASONS[reason]) if reason in _REASONS else reason


def case_step(verb: str) -> str:
    return _(_VERBS[verb]) if verb in _VERBS else verb


def case_note(note: str) -> str:
    """A note of a step: a known code in words, what a person wrote as it is."""
    return _(TIME_IS_OVER) if note == "time_is_over" else case_reason(note)


def side_words(side: Side) -> str:
    return _(_SIDES[side])


def waits_words(code: str) -> str:
    return _(_WAITS[code]) if code in _WAITS else code


def report_words(code: str) -> str:
    return _(_REPORTS[code]) if code in _REPORTS else code


def time_left(deadline: datetime | None) -> tuple[str, str]:
    """(words, mood) of a deadline in a table."""
    if deadline is None:
        return "–", ""
    minutes = int((deadline - clock.now()).total_seconds() // 60)
    if minutes < 0:
        return _("已超时"), "bad"
    if minutes >= 2 * 1440:
        return _("%(days)d 天") % {"days": minutes // 1440}, ""
    return _("%(hours)d 小时") % {"hours": minutes // 60}, "bad" if minutes < 12 * 60 else ""
