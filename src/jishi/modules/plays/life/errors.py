"""Refusals that every play shares."""

from jishi.kernel.errors import Kind, Refusal


class BadPlay(Refusal):
    """A rule about the play itself is broken; `field` says which."""

    code = "bad_play"
    message = "{field}：{reason}"


class PlayNotOpen(Refusal):
    kind = Kind.CONFLICT
    code = "play_not_open"
    message = "这个活动现在没有开放。"


class PlayIsFixed(Refusal):
    """People take part already: the terms they came for do not change."""

    kind = Kind.CONFLICT
    code = "play_is_fixed"
    message = "活动已经开始，规则不能再改；可以先结束它，再建一个新的。"
