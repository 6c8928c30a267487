"""Refusals of the finance desk."""

from jishi.kernel.errors import Kind, Refusal


class DayNotOver(Refusal):
    kind = Kind.CONFLICT
    code = "day_not_over"
    message = "这一天还没过完（结束后再等十分钟），不能关账。"


class DayOutOfOrder(Refusal):
    """Days are closed one after another; `day` is the one that comes next."""

    kind = Kind.CONFLICT
    code = "day_out_of_order"
    message = "要按天依次关账，下一个该关的是 {day}。"


class DayDoesNotBalance(Refusal):
    """`problems` are stable words; `told` says them for people."""

    kind = Kind.CONFLICT
    code = "day_does_not_balance"
    message = "这一天对不平，不能关账：{told}"


class ExplanationMissing(Refusal):
    code = "explanation_missing"
    message = "请写明原因，以后的人要靠它看懂。"


class NothingToCorrect(Refusal):
    """The ledger has the line already, or this kind of difference is not one that a posting can cure."""

    kind = Kind.CONFLICT
    code = "nothing_to_correct"
    message = "这处差异不能用补记分录解决，账本里没有缺的那一笔。"


class BadEntry(Refusal):
    """A manual entry that cannot stand; `reason` says why."""

    code = "bad_entry"
    message = "{reason}"
