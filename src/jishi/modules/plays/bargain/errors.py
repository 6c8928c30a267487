"""Refusals of bargaining."""

from jishi.kernel.errors import Kind, Refusal


class BadBargain(Refusal):
    """A rule about the offer itself is broken; `field` says which."""

    code = "bad_bargain"
    message = "{field}：{reason}"


class BargainSoldOut(Refusal):
    kind = Kind.CONFLICT
    code = "bargain_sold_out"
    message = "名额已经发完了，可以去帮邻居砍一刀。"


class AlreadyBargaining(Refusal):
    kind = Kind.CONFLICT
    code = "already_bargaining"
    message = "你已经在砍这件商品了，分享给朋友一起砍吧。"


class BargainOver(Refusal):
    kind = Kind.CONFLICT
    code = "bargain_over"
    message = "这次砍价已经结束了，你可以自己发起一个。"


class AlreadyHelped(Refusal):
    kind = Kind.CONFLICT
    code = "already_helped"
    message = "你已经帮他砍过一刀了，每人只能砍一次。"


class OwnBargain(Refusal):
    kind = Kind.CONFLICT
    code = "own_bargain"
    message = "自己的第一刀在发起时已经砍下，喊朋友来帮忙吧。"


class HelpsUsedUp(Refusal):
    kind = Kind.CONFLICT
    code = "helps_used_up"
    message = "今天已经帮了 {limit} 次，明天再来吧。"


class HelpRefused(Refusal):
    """`reasons` says what looked wrong, in words."""

    kind = Kind.CONFLICT
    code = "help_refused"
    message = "这一刀不能算：{reasons}。"


class NotAtFloor(Refusal):
    kind = Kind.CONFLICT
    code = "not_at_floor"
    message = "还差 {missing} 刀才到底价，到底价后就能买。"
