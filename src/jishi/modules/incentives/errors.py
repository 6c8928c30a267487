"""Refusals of incentives."""

from jishi.kernel.errors import Kind, Refusal


class ThanksToOneself(Refusal):
    code = "thanks_to_oneself"
    message = "不能感谢自己。"


class ThankedAlready(Refusal):
    kind = Kind.CONFLICT
    code = "thanked_already"
    message = "你已经为这件事谢过了。"


class TooManyThanks(Refusal):
    kind = Kind.LIMITED
    code = "too_many_thanks"
    message = "今天的感谢送完了（{limit} 次），明天再来。"
