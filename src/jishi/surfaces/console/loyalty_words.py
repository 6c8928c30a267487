"""Words of loyalty in the console, and the tabs between its pages."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jishi.kernel.actor import Actor
from jishi.modules.loyalty.public import (
    Cadence,
    DeedKind,
    EntryKind,
    ExchangeState,
    FallPolicy,
    LotState,
    LotView,
    ReturnPolicy,
    RewardKind,
)

_LOTS = {LotState.PENDING: (gettext_noop("待到账"), "gold"), LotState.ACTIVE: (gettext_noop("可用"), "leaf")}
_ENTRIES = {
    EntryKind.PROMISE: gettext_noop("答应"),
    EntryKind.EARN: gettext_noop("发放"),
    EntryKind.RELEASE: gettext_noop("到账"),
    EntryKind.SPEND: gettext_noop("使用"),
    EntryKind.GIVE_BACK: gettext_noop("退回"),
    EntryKind.EXPIRE: gettext_noop("过期"),
    EntryKind.WITHDRAW: gettext_noop("收回待到账"),
    EntryKind.TAKE_BACK: gettext_noop("收回"),
    EntryKind.OWE: gettext_noop("记欠"),
    EntryKind.COVER: gettext_noop("补欠"),
}
_SOURCES = {
    "order": gettext_noop("订单"),
    "team": gettext_noop("团主奖励"),
    "check_in": gettext_noop("签到"),
    "mission": gettext_noop("任务"),
    "birthday": gettext_noop("生日礼"),
    "adjustment": gettext_noop("人工调整"),
    "spending": gettext_noop("用积分"),
    "member": gettext_noop("到期"),
    "review": gettext_noop("晒单"),
    "gift": gettext_noop("赠送"),
}
DEEDS = {
    DeedKind.JOINED: gettext_noop("加入"),
    DeedKind.CHECKED_IN: gettext_noop("签到的天数"),
    DeedKind.ORDER_PAID: gettext_noop("付款的订单"),
    DeedKind.ORDER_RECEIVED: gettext_noop("收货的订单"),
    DeedKind.TEAM_COMPLETED: gettext_noop("拼成的团"),
    DeedKind.LINK_VISITED: gettext_noop("分享带来的到访"),
    DeedKind.REVIEWED: gettext_noop("晒单"),
    DeedKind.REWARD_TAKEN: gettext_noop("换过的好礼"),
    DeedKind.CONTRIBUTED: gettext_noop("算数的贡献"),
}
CADENCES = {Cadence.DAILY: gettext_noop("每天"), Cadence.ONCE: gettext_noop("一次")}
REWARDS = {
    RewardKind.COUPON: gettext_noop("优惠券"),
    RewardKind.WALLET: gettext_noop("钱包余额"),
    RewardKind.MEMBERSHIP: gettext_noop("会员时长"),
    RewardKind.GOODS: gettext_noop("实物"),
}
_EXCHANGES = {
    ExchangeState.DONE: (gettext_noop("已到账"), "leaf"),
    ExchangeState.TO_SEND: (gettext_noop("等寄出"), "gold"),
    ExchangeState.SENT: (gettext_noop("已寄出"), "leaf"),
    ExchangeState.CANCELLED: (gettext_noop("已取消"), "line"),
}
RETURN_POLICIES = {
    ReturnPolicy.PENDING_ONLY: gettext_noop("只收回还没到账的"),
    ReturnPolicy.WITHIN_BALANCE: gettext_noop("收回到余额为止"),
    ReturnPolicy.ALLOW_NEGATIVE: gettext_noop("不够就记欠"),
}
FALL_POLICIES = {
    FallPolicy.ONE_STEP: gettext_noop("一次降一级"),
    FallPolicy.BY_VALUE: gettext_noop("按成长值直接降"),
}


def lot_state(state: LotState) -> tuple[str, str]:
    words, colour = _LOTS[state]
    return _(words), colour


def lot_tag(lot: LotView) -> tuple[str, str]:
    """The state of a lot, or how it came to be empty."""
    if lot.remaining:
        return lot_state(lot.state)
    if lot.spent:
        return _("用完"), "line"
    return (_("已过期"), "line") if lot.expired else (_("已收回"), "line")


def entry_kind(kind: EntryKind) -> str:
    return _(_ENTRIES[kind])


def source(kind: str) -> str:
    found = _SOURCES.get(kind)
    return _(found) if found else kind


def deed(kind: DeedKind) -> str:
    return _(DEEDS[kind])


def exchange_state(state: ExchangeState) -> tuple[str, str]:
    words, colour = _EXCHANGES[state]
    return _(words), colour


def sections(current: str, *, actor: Actor) -> list[dict[str, Any]]:
    """The pages of loyalty as tabs."""
    pages = [
        ("loyalty", _("负债报表"), "loyalty.view"),
        ("loyalty_tiers", _("等级"), "loyalty.view"),
        ("loyalty_missions", _("任务和徽章"), "loyalty.view"),
        ("loyalty_rewards", _("积分好礼"), "loyalty.view"),
        ("loyalty_exchanges", _("兑换"), "loyalty.view"),
        ("loyalty_plans", _("付费会员"), "loyalty.view"),
        ("loyalty_terms", _("规则"), "loyalty.edit"),
    ]
    return [
        {"label": label, "url": reverse(f"console:{name}"), "is_on": name == current, "count": None}
        for name, label, permission in pages
        if actor.may(permission)
    ]
