"""Words of points, rewards and what members do."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jishi.modules.loyalty.public import EntryKind, EntryView, ExchangeState, RewardKind

# kind of entry → (words, icon)
_ENTRIES = {
    EntryKind.PROMISE: (gettext_noop("待到账"), "clock"),
    EntryKind.EARN: (gettext_noop("得到积分"), "plus"),
    EntryKind.RELEASE: (gettext_noop("到账"), "check"),
    EntryKind.SPEND: (gettext_noop("使用积分"), "minus"),
    EntryKind.GIVE_BACK: (gettext_noop("退回积分"), "refund"),
    EntryKind.EXPIRE: (gettext_noop("到期"), "clock"),
    EntryKind.WITHDRAW: (gettext_noop("退款，待到账的积分收回"), "refund"),
    EntryKind.TAKE_BACK: (gettext_noop("退款，积分收回"), "refund"),
    EntryKind.OWE: (gettext_noop("退款，欠下的积分"), "warning"),
    EntryKind.COVER: (gettext_noop("补上欠的积分"), "check"),
}
_SOURCES = {
    "contribution": gettext_noop("社群贡献"),
    "order": gettext_noop("买东西"),
    "team": gettext_noop("团主奖励"),
    "check_in": gettext_noop("签到"),
    "mission": gettext_noop("任务"),
    "birthday": gettext_noop("生日礼"),
    "adjustment": gettext_noop("客服调整"),
    "spending": gettext_noop("用积分"),
    "review": gettext_noop("晒单"),
    "gift": gettext_noop("店家赠送"),
}
_REWARDS = {
    RewardKind.COUPON: (gettext_noop("优惠券"), "tag"),
    RewardKind.WALLET: (gettext_noop("钱包余额"), "wallet"),
    RewardKind.MEMBERSHIP: (gettext_noop("会员时长"), "star"),
    RewardKind.GOODS: (gettext_noop("实物好礼"), "gift"),
}
_EXCHANGES = {
    ExchangeState.DONE: (gettext_noop("已到账"), "leaf"),
    ExchangeState.TO_SEND: (gettext_noop("等寄出"), "gold"),
    ExchangeState.SENT: (gettext_noop("已寄出"), "leaf"),
    ExchangeState.CANCELLED: (gettext_noop("已取消"), "line"),
}


def entry_words(entry: EntryView) -> tuple[str, str]:
    """(words, icon) of a line of the statement."""
    words, icon = _ENTRIES[entry.kind]
    if entry.subject_kind == "adjustment":
        return _("客服调整"), icon
    if entry.subject_kind in _SOURCES and entry.kind in (
        EntryKind.PROMISE,
        EntryKind.EARN,
        EntryKind.RELEASE,
    ):
        return f"{_(_SOURCES[entry.subject_kind])} · {_(words)}", icon
    if entry.subject_kind == "spending" and entry.kind is EntryKind.EXPIRE:
        return _("退回时已过期"), icon
    return _(words), icon


def source_words(kind: str) -> str:
    found = _SOURCES.get(kind)
    return _(found) if found else kind


def reward_words(kind: RewardKind) -> tuple[str, str]:
    words, icon = _REWARDS[kind]
    return _(words), icon


def exchange_words(state: ExchangeState) -> tuple[str, str]:
    words, colour = _EXCHANGES[state]
    return _(words), colour
