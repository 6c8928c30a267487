"""Words for states, steps and reasons, as staff read them."""

import uuid
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jishi.modules.campaigns.public import BlockKind
from jishi.modules.catalog.public import ImportState, ProductState
from jishi.modules.inventory.public import MovementKind
from jishi.modules.orders.public import OrderState
from jishi.modules.payments.public import PaymentState, RefundState
from jishi.modules.people.public import Role
from jishi.modules.plays.bargain.public import BargainState
from jishi.modules.plays.group_buy.public import SeatState, TeamState
from jishi.modules.plays.life.public import PlayKind, PlayState
from jishi.modules.sharing.public import Reason
from jishi.modules.webhooks.public import DeliveryState
from jishi.surfaces.console import step_words
from jishi.surfaces.console.account_words import ACCOUNTS

Tag = tuple[str, str]  # words and the colour of their tag

_ORDER = {
    OrderState.PLACED: (gettext_noop("待付款"), "line"),
    OrderState.GATHERING: (gettext_noop("凑团中"), "gold"),
    OrderState.PAID: (gettext_noop("待发货"), "accent"),
    OrderState.PARTLY_SHIPPED: (gettext_noop("部分发货"), "accent"),
    OrderState.SHIPPED: (gettext_noop("已发货"), "sky"),
    OrderState.RECEIVED: (gettext_noop("已收货"), "leaf"),
    OrderState.REFUNDING: (gettext_noop("退款中"), "gold"),
    OrderState.REFUNDED: (gettext_noop("已退款"), "line"),
    OrderState.CANCELLED: (gettext_noop("已取消"), "line"),
}
_PRODUCT = {
    ProductState.DRAFT: (gettext_noop("草稿"), "line"),
    ProductState.PUBLISHED: (gettext_noop("上架"), "leaf"),
    ProductState.ARCHIVED: (gettext_noop("归档"), "gold"),
}
_PLAY = {
    PlayState.DRAFT: (gettext_noop("草稿"), "line"),
    PlayState.SCHEDULED: (gettext_noop("待开始"), "sky"),
    PlayState.OPEN: (gettext_noop("进行中"), "leaf"),
    PlayState.CLOSING: (gettext_noop("收尾中"), "gold"),
    PlayState.SETTLED: (gettext_noop("已结束"), "line"),
}
_KIND = {
    PlayKind.GROUP_BUY: gettext_noop("拼团"),
    PlayKind.BARGAIN: gettext_noop("砍价"),
    PlayKind.FLASH_SALE: gettext_noop("秒杀"),
    PlayKind.RED_PACKET: gettext_noop("红包"),
    PlayKind.LUCKY_DRAW: gettext_noop("抽奖"),
}
_BLOCK = {
    BlockKind.BANNER: gettext_noop("横幅"),
    BlockKind.COUNTDOWN: gettext_noop("倒计时"),
    BlockKind.TEXT: gettext_noop("文字"),
    BlockKind.PRODUCTS: gettext_noop("商品"),
    BlockKind.PLAYS: gettext_noop("玩法"),
    BlockKind.PACKET: gettext_noop("红包"),
    BlockKind.COUPONS: gettext_noop("优惠券"),
    BlockKind.NOTES: gettext_noop("笔记"),
}
_BARGAIN = {
    BargainState.RUNNING: (gettext_noop("砍价中"), "gold"),
    BargainState.ORDERED: (gettext_noop("待付款"), "accent"),
    BargainState.BOUGHT: (gettext_noop("买到了"), "leaf"),
    BargainState.EXPIRED: (gettext_noop("时间到了"), "line"),
    BargainState.REFUNDED: (gettext_noop("已退款"), "line"),
}
_TEAM = {
    TeamState.OPENING: (gettext_noop("团主付款中"), "line"),
    TeamState.FORMING: (gettext_noop("凑人中"), "gold"),
    TeamState.SUCCEEDED: (gettext_noop("已成团"), "leaf"),
    TeamState.FAILED: (gettext_noop("没凑满"), "accent"),
    TeamState.VOID: (gettext_noop("未开成"), "line"),
}
_SEAT = {
    SeatState.HELD: (gettext_noop("付款中"), "gold"),
    SeatState.PAID: (gettext_noop("已付款"), "leaf"),
    SeatState.RELEASED: (gettext_noop("已放弃"), "line"),
}
_PAYMENT = {
    PaymentState.CREATED: (gettext_noop("未发起"), "line"),
    PaymentState.PENDING: (gettext_noop("等待付款"), "gold"),
    PaymentState.UNKNOWN: (gettext_noop("正在确认"), "gold"),
    PaymentState.SUCCEEDED: (gettext_noop("已到账"), "leaf"),
    PaymentState.FAILED: (gettext_noop("失败"), "accent"),
    PaymentState.CANCELLED: (gettext_noop("已关闭"), "line"),
}
_REFUND = {
    RefundState.CREATED: (gettext_noop("待发起"), "gold"),
    RefundState.PENDING: (gettext_noop("处理中"), "gold"),
    RefundState.UNKNOWN: (gettext_noop("正在确认"), "gold"),
    RefundState.SUCCEEDED: (gettext_noop("已退回"), "leaf"),
    RefundState.FAILED: (gettext_noop("失败"), "accent"),
}
_DELIVERY = {
    DeliveryState.QUEUED: (gettext_noop("等待发送"), "gold"),
    DeliveryState.DELIVERED: (gettext_noop("已送达"), "leaf"),
    DeliveryState.GIVEN_UP: (gettext_noop("放弃"), "accent"),
}
_IMPORT = {
    ImportState.WAITING: (gettext_noop("排队中"), "line"),
    ImportState.RUNNING: (gettext_noop("导入中"), "gold"),
    ImportState.FINISHED: (gettext_noop("完成"), "leaf"),
    ImportState.FAILED: (gettext_noop("失败"), "accent"),
}
_MOVEMENT = {
    MovementKind.RECEIVED: gettext_noop("入库"),
    MovementKind.SHIPPED: gettext_noop("发货"),
    MovementKind.RETURNED: gettext_noop("退回"),
    MovementKind.COUNTED: gettext_noop("盘点"),
    MovementKind.ADJUSTED: gettext_noop("调整"),
    MovementKind.WRITTEN_OFF: gettext_noop("报损"),
}
_ROLE = {
    Role.NONE: gettext_noop("会员"),
    Role.OWNER: gettext_noop("店主"),
    Role.OPERATOR: gettext_noop("运营"),
    Role.FINANCE: gettext_noop("财务"),
    Role.SERVICE: gettext_noop("客服"),
    Role.READ_ONLY: gettext_noop("只读"),
}
_ATTRIBUTION = {
    Reason.LAST_SHARE: gettext_noop("最后一次点开的分享"),
    Reason.NOTE: gettext_noop("点了笔记上的商品"),
    Reason.TEAM_SHARE: gettext_noop("这个团的分享链接"),
    Reason.LAST_SOURCE: gettext_noop("没有人带来，最后的来源"),
    Reason.DIRECT: gettext_noop("自己来的"),
    Reason.OWN_LINK: gettext_noop("自己的链接，不算"),
}
_REASONS = {
    "by_member": gettext_noop("会员取消"),
    "by_staff": gettext_noop("商家取消"),
    "changed_mind": gettext_noop("不想要了"),
    "damaged": gettext_noop("商品损坏"),
    "wrong_goods": gettext_noop("发错货"),
    "out_of_stock": gettext_noop("缺货"),
    "late": gettext_noop("送得太晚"),
    "goodwill": gettext_noop("协商补偿"),
    "not_paid_in_time": gettext_noop("超时未付款"),
    "aftersales": gettext_noop("售后"),
    "team_failed": gettext_noop("没成团"),
    "team_gone": gettext_noop("团已结束"),
    "team_tier_reached": gettext_noop("人多更便宜，差价退回"),
    "team_leader_free": gettext_noop("团长免单，货款退回"),
    "seat_gone": gettext_noop("席位没有了"),
    "stock_gone": gettext_noop("货卖完了"),
    "place_gone": gettext_noop("名额没有了"),
    "paid_twice": gettext_noop("重复付款"),
    "automatic": gettext_noop("自动收货"),
    "seed": gettext_noop("初始库存"),
}
_SOURCES = {
    "direct": gettext_noop("直接访问"),
    "share": gettext_noop("会员分享"),
    "link": gettext_noop("链接"),
    "poster": gettext_noop("海报"),
    "native": gettext_noop("转发"),
    "note": gettext_noop("笔记"),
    "wechat": gettext_noop("微信"),
    "search": gettext_noop("搜索"),
    "community": gettext_noop("社群"),
    "weibo": gettext_noop("微博"),
    "douyin": gettext_noop("抖音"),
    "xiaohongshu": gettext_noop("小红书"),
}
_LEDGER_KINDS = {
    "payment": gettext_noop("收款"),
    "payment_fee": gettext_noop("支付手续费"),
    "payment_fee_back": gettext_noop("手续费退回"),
    "adjustment": gettext_noop("手工分录"),
    "refund": gettext_noop("退款"),
    "budget_grant": gettext_noop("预算拨入"),
    "discount": gettext_noop("优惠使用"),
    "red_packet_fund": gettext_noop("红包拨款"),
    "red_packet_send": gettext_noop("会员发红包"),
    "red_packet_open": gettext_noop("领红包"),
    "red_packet_return": gettext_noop("红包退回"),
    "draw_fund": gettext_noop("奖金拨款"),
    "draw_prize": gettext_noop("发奖金"),
    "draw_return": gettext_noop("奖金退回"),
    "return_freight": gettext_noop("退货运费补偿"),
}
_ACCOUNT_KINDS = {
    "asset": gettext_noop("资产"),
    "liability": gettext_noop("负债"),
    "income": gettext_noop("收入"),
    "expense": gettext_noop("费用"),
    "budget": gettext_noop("预算"),
}
_DISCOUNTS = {
    "group_buy": gettext_noop("拼团让利"),
    "group_buy_leader": gettext_noop("团主优惠"),
    "bargain": gettext_noop("砍价"),
    "exchange": gettext_noop("换货"),
}
_SUBJECTS = {
    "case": gettext_noop("售后"),
    "order": gettext_noop("订单"),
    "group_offer": gettext_noop("拼团"),
    "team": gettext_noop("团"),
    "import": gettext_noop("导入"),
    "play": gettext_noop("玩法"),
    "red_packet": gettext_noop("红包"),
    "difference": gettext_noop("对账差异"),
    "ledger_entry": gettext_noop("分录"),
    "approval": gettext_noop("审批"),
    "member": gettext_noop("会员"),
}
REFUND_REASONS = ("changed_mind", "damaged", "wrong_goods", "out_of_stock", "late", "goodwill")


def order_state(state: str) -> Tag:
    return _tag(_ORDER[OrderState(state)])


def product_state(state: str) -> Tag:
    return _tag(_PRODUCT[ProductState(state)])


def offer_state(state: str) -> Tag:
    return _tag(_PLAY[PlayState(state)])  # the same life


def play_state(state: str) -> Tag:
    return _tag(_PLAY[PlayState(state)])


def play_kind(kind: str) -> str:
    return _(_KIND[PlayKind(kind)])


def block_kind(kind: str) -> str:
    return _(_BLOCK[BlockKind(kind)])


def festival(text: str) -> str:
    """The name or the idea of a hot date."""
    return _(text)


def bargain_state(state: str) -> Tag:
    return _tag(_BARGAIN[BargainState(state)])


def team_state(state: str) -> Tag:
    return _tag(_TEAM[TeamState(state)])


def seat_state(state: str) -> Tag:
    return _tag(_SEAT[SeatState(state)])


def payment_state(state: str) -> Tag:
    return _tag(_PAYMENT[PaymentState(state)])


def refund_state(state: str) -> Tag:
    return _tag(_REFUND[RefundState(state)])


def delivery_state(state: str) -> Tag:
    return _tag(_DELIVERY[DeliveryState(state)])


def import_state(state: str) -> Tag:
    return _tag(_IMPORT[ImportState(state)])


def movement(kind: str) -> str:
    return _(_MOVEMENT[MovementKind(kind)])


def role(value: str) -> str:
    return _(_ROLE[Role(value)])


def attribution(reason: str) -> str:
    return _known(_ATTRIBUTION, reason)


def step(verb: str, *, of: str = "") -> str:
    """What the history of a kind of thing calls a step."""
    return step_words.words(verb, of=of)


def reason(code: str) -> str:
    return _known(_REASONS, code)


def source(name: str) -> str:
    return _known(_SOURCES, name)


def ledger_kind(kind: str) -> str:
    return _known(_LEDGER_KINDS, kind)


def account(code: str, *, offers: Mapping[str, str] | None = None) -> str:
    """`clearing:sandbox` → what a provider owes us; a budget by the name of its offer, else by its id's end."""
    head, _colon, rest = code.partition(":")
    if head == "clearing":
        return _("待结算 · %(provider)s") % {"provider": rest}
    if head == "budget":
        offer_id = rest.rpartition(":")[2]
        return _("预算 · %(offer)s") % {"offer": (offers or {}).get(offer_id) or offer_id[-6:]}
    if head in ("wallet", "points", "red_packet", "lucky_draw") and rest:
        return f"{_known(ACCOUNTS, head)} · {(offers or {}).get(rest) or rest[-6:]}"
    return _known(ACCOUNTS, code)


def offers_in(codes: Iterable[str]) -> list[uuid.UUID]:
    """The offers whose budgets are among some accounts."""
    return [uuid.UUID(code.rpartition(":")[2]) for code in set(codes) if code.startswith("budget:group_buy:")]


def plays_in(codes: Iterable[str]) -> list[uuid.UUID]:
    """The plays whose budgets and purses are among some accounts."""
    heads = ("budget:play:", "red_packet:", "lucky_draw:")
    return [uuid.UUID(code.rpartition(":")[2]) for code in set(codes) if code.startswith(heads)]


def account_kind(kind: str) -> str:
    return _known(_ACCOUNT_KINDS, kind)


def discount(kind: str) -> str:
    return _known(_DISCOUNTS, kind)


def subject(kind: str) -> str:
    return _known(_SUBJECTS, kind)


def _known(words: dict[str, str] | dict[Reason, str], name: str) -> str:
    """The words of a name; a name without words is shown as it is."""
    found = dict(words).get(name)  # type: ignore[call-overload]
    return _(found) if found else name


def _tag(value: Tag) -> Tag:
    return _(value[0]), value[1]
