"""Refusals of lucky draws."""

from jishi.kernel.errors import Kind, Refusal


class BadDraw(Refusal):
    """A rule about the draw itself is broken; `field` says which."""

    code = "bad_draw"
    message = "{field}：{reason}"


class PrizeTooBig(Refusal):
    """The law caps what a single prize may be worth (反不正当竞争法, 有奖销售)."""

    code = "prize_too_big"
    message = "单个奖品价值不能超过 {limit}（有奖销售的法定上限）。"


class NotInstant(Refusal):
    kind = Kind.CONFLICT
    code = "not_instant"
    message = "这个抽奖到时统一开奖，不用自己抽。"


class TicketVoid(Refusal):
    kind = Kind.CONFLICT
    code = "ticket_void"
    message = "这张奖券对应的订单已退款，奖券作废了。"


class AlreadyCheckedIn(Refusal):
    kind = Kind.CONFLICT
    code = "already_checked_in"
    message = "今天已经签到过了，明天再来。"


class CheckInOff(Refusal):
    kind = Kind.CONFLICT
    code = "check_in_off"
    message = "这个抽奖不送签到奖券。"


class VoucherUsed(Refusal):
    kind = Kind.CONFLICT
    code = "voucher_used"
    message = "这份奖品已经下单了。"
