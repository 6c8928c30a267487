"""Refusals of flash sales."""

from jishi.kernel.errors import Kind, Refusal


class BadItem(Refusal):
    """A rule about an item is broken; `row` says which (from 0), `field` what."""

    code = "bad_item"
    message = "第 {place} 件商品：{reason}"


class TooManyUnitsWanted(Refusal):
    """The shelf has fewer than the session should set aside."""

    kind = Kind.CONFLICT
    code = "flash_stock_short"
    message = "{sku} 只有 {sellable} 件可以放进秒杀，想要 {wanted} 件。"


class UnitsTaken(Refusal):
    kind = Kind.CONFLICT
    code = "flash_units_taken"
    message = "已经被抢走 {taken} 件，不能减到 {wanted} 件。"


class ClaimGone(Refusal):
    """The claim has lapsed, belongs to somebody else or has its order already."""

    kind = Kind.CONFLICT
    code = "flash_claim_gone"
    message = "这次占位已经过期或已经下单了，没有扣款。"


class ReminderTooLate(Refusal):
    kind = Kind.CONFLICT
    code = "flash_reminder_too_late"
    message = "这一场已经开始了，直接去抢吧。"


class TooManyReminders(Refusal):
    kind = Kind.CONFLICT
    code = "flash_reminders_full"
    message = "最多同时提醒 {limit} 场，先取消几场再来。"
