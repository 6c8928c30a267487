"""Words for states and steps, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jishi.modules.orders.public import OrderState
from jishi.modules.payments.public import PaymentState
from jishi.modules.plays.group_buy.public import TeamState, TeamView
from jishi.modules.plays.red_packet.public import PacketKind

S = OrderState

_STATES = {
    S.PLACED: (gettext_noop("等你付款"), "wait"),
    S.GATHERING: (gettext_noop("凑团中"), "go"),
    S.PAID: (gettext_noop("待发货"), "go"),
    S.PARTLY_SHIPPED: (gettext_noop("部分已发货"), "go"),
    S.SHIPPED: (gettext_noop("待收货"), "go"),
    S.RECEIVED: (gettext_noop("已收货"), "done"),
    S.REFUNDING: (gettext_noop("退款中"), "wait"),
    S.REFUNDED: (gettext_noop("已退款"), "off"),
    S.CANCELLED: (gettext_noop("已取消"), "off"),
}
_STEPS = {
    "place": gettext_noop("下单了"),
    "pay": gettext_noop("付款成功"),
    "pay_for_team": gettext_noop("付款成功，等人凑满"),
    "complete_team": gettext_noop("成团了，准备发货"),
    "move_to_team": gettext_noop("换到了另一个团"),
    "revive": gettext_noop("款到了，订单恢复"),
    "revive_for_team": gettext_noop("款到了，订单恢复，等人凑满"),
    "return_late_payment": gettext_noop("付款来晚了，钱退回去"),
    "ship_part": gettext_noop("发出了一部分"),
    "ship": gettext_noop("全部发出"),
    "receive": gettext_noop("收货了"),
    "cancel": gettext_noop("订单取消"),
    "request_refund": gettext_noop("开始退款"),
    "refund": gettext_noop("退款到账"),
    "retry_refund": gettext_noop("再次发起退款"),
    "cut_price": gettext_noop("差价退回"),
}
_REASONS = {
    "by_member": gettext_noop("你取消了订单"),
    "changed_mind": gettext_noop("不想要了"),
    "not_paid_in_time": gettext_noop("没有在时限内付款"),
    "team_failed": gettext_noop("没凑满，全额退回"),
    "team_gone": gettext_noop("团已经结束"),
    "team_tier_reached": gettext_noop("人多更便宜，差价退回"),
    "team_leader_free": gettext_noop("团长免单，货款退回"),
    "seat_gone": gettext_noop("席位没有了"),
    "stock_gone": gettext_noop("货卖完了"),
    "promise_gone": gettext_noop("券或积分已用在别处，钱退回去"),
    "place_gone": gettext_noop("名额没有了"),
    "paid_twice": gettext_noop("多付的一笔退回"),
    "automatic": gettext_noop("发货十天后自动收货"),
    "damaged": gettext_noop("商品损坏"),
    "wrong_goods": gettext_noop("发错货"),
    "out_of_stock": gettext_noop("缺货"),
    "late": gettext_noop("送得太晚"),
    "goodwill": gettext_noop("协商补偿"),
    "by_staff": gettext_noop("商家取消"),
}
_PROVIDERS = {
    "sandbox": (gettext_noop("沙盒收银台"), gettext_noop("练习用的收银台，不会真的扣钱")),
    "stripe": ("Stripe", gettext_noop("银行卡")),
    "wechat": (gettext_noop("微信支付"), ""),
    "alipay": (gettext_noop("支付宝"), ""),
    "wallet": (gettext_noop("钱包"), ""),
}
_MOVEMENTS = {
    "payment": gettext_noop("付款"),
    "refund": gettext_noop("退款回到钱包"),
    "red_packet_open": gettext_noop("领到红包"),
    "red_packet_send": gettext_noop("发出红包"),
    "red_packet_return": gettext_noop("红包没领完，退回"),
    "draw_prize": gettext_noop("抽奖奖金"),
    "points_reward": gettext_noop("积分换的余额"),
    "membership": gettext_noop("付费会员"),
}
_PAYMENT_STATES = {
    PaymentState.CREATED: gettext_noop("还没开始"),
    PaymentState.PENDING: gettext_noop("等待付款"),
    PaymentState.UNKNOWN: gettext_noop("正在确认"),
    PaymentState.SUCCEEDED: gettext_noop("已付"),
    PaymentState.FAILED: gettext_noop("没有成功"),
    PaymentState.CANCELLED: gettext_noop("已关闭"),
}
_TEAM_STATES = {
    TeamState.OPENING: gettext_noop("等团主付款"),
    TeamState.FORMING: gettext_noop("凑团中"),
    TeamState.SUCCEEDED: gettext_noop("成团了"),
    TeamState.FAILED: gettext_noop("没凑满"),
    TeamState.VOID: gettext_noop("没有开成"),
}
_REFUND_PHASES = {
    "requested": gettext_noop("退款在路上"),
    "succeeded": gettext_noop("已退回"),
    "failed": gettext_noop("渠道没退成，客服会处理"),
}


def state_words(state: OrderState) -> str:
    return _(_STATES[state][0])


def state_mood(state: OrderState) -> str:
    """wait | go | done | off: which colour the state has."""
    return _STATES[state][1]


def step_words(verb: str) -> str:
    return _(_STEPS[verb]) if verb in _STEPS else verb


def reason_words(reason: str) -> str:
    """A known reason in words; what a person wrote stays as it is."""
    return _(_REASONS[reason]) if reason in _REASONS else reason


def provider_words(name: str) -> tuple[str, str]:
    """(name, what to know about it)."""
    title, note = _PROVIDERS.get(name, (name, ""))
    return _(title), _(note) if note else ""


def movement_words(kind: str) -> str:
    """Why money came into or went out of a wallet."""
    return _(_MOVEMENTS[kind]) if kind in _MOVEMENTS else kind


def packet_words(kind: PacketKind) -> str:
    return _("拼手气红包") if kind is PacketKind.RANDOM else _("普通红包")


def masked_name(name: str) -> str:
    """A winner as others may see them: 阿苏 → 阿**."""
    return f"{name[:1]}**"


def payment_words(state: PaymentState) -> str:
    return _(_PAYMENT_STATES[state])


def team_words(state: TeamState) -> str:
    return _(_TEAM_STATES[state])


def refund_words(phase: str) -> str:
    return _(_REFUND_PHASES[phase]) if phase in _REFUND_PHASES else phase


def promises() -> list[str]:
    """What a shopper may count on; each is tested."""
    return [
        _("占到的席位一定能付款，卖完立刻告诉你，绝不超卖。"),
        _("没有虚拟成团。到时没凑满，钱自动原路退回。"),
        _("付款晚了？按你选的来：换团、开新团或退款。"),
    ]


def team_call(team: TeamView) -> str:
    """What a sharer says of a team: how many it needs, or that more make it cheaper."""
    if team.is_assured:
        return _("已经能成团，再来几位更便宜，来不来？")
    return _("还差 %(missing)d 席就成团，来不来？") % {"missing": team.missing_count}
