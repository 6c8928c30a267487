"""Refusals of red packets."""

from jishi.kernel.errors import Kind, Refusal


class BadPacket(Refusal):
    """A rule about the packet itself is broken; `field` says which."""

    code = "bad_packet"
    message = "{field}：{reason}"


class PasswordWrong(Refusal):
    code = "password_wrong"
    message = "口令不对，还可以试 {left} 次。"


class TooManyTries(Refusal):
    kind = Kind.LIMITED
    code = "too_many_tries"
    message = "口令试得太多了，这个红包不能再试。"


class OnlyForNewMembers(Refusal):
    kind = Kind.FORBIDDEN
    code = "only_for_new_members"
    message = "这个红包只给还没下过单的新邻居。"


class OnlyForCommunity(Refusal):
    kind = Kind.FORBIDDEN
    code = "only_for_community"
    message = "这个红包只给这个社群的人。"
