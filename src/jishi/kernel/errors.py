"""Refusals: what a person asked for and cannot have, and why. A bug is any other exception."""

from enum import StrEnum
from typing import Any, ClassVar


class Kind(StrEnum):
    """What sort of no it is; the edge turns it into a status."""

    INVALID = "invalid"  # the input is malformed or breaks a rule about itself
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    CONFLICT = "conflict"  # true a moment ago, or needs another state
    LIMITED = "limited"  # too many, too fast
    BUSY = "busy"  # try again in a moment
    UNAVAILABLE = "unavailable"  # something outside does not answer


class Refusal(Exception):
    """Subclass per reason: `code` is stable for clients, `message` a translatable template with named fields.

    The message is the Chinese source text; the edge translates it and fills in `facts`.
    """

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "invalid"
    message: ClassVar[str] = "请求有误，请检查后再试。"

    def __init__(self, **facts: Any) -> None:
        super().__init__(f"{self.code} {facts}" if facts else self.code)
        self.facts = facts


class NotAllowed(Refusal):
    kind = Kind.FORBIDDEN
    code = "not_allowed"
    message = "你没有做这件事的权限。"


class LoginRequired(Refusal):
    kind = Kind.UNAUTHENTICATED
    code = "login_required"
    message = "请先登录。"


class NotFound(Refusal):
    kind = Kind.MISSING
    code = "not_found"
    message = "没有找到你要的内容，它可能已被移走。"


class InvalidInput(Refusal):
    """A field is wrong; `field` names it and `reason` says what to do."""

    kind = Kind.INVALID
    code = "invalid_input"
    message = "{field}：{reason}"


class Busy(Refusal):
    kind = Kind.BUSY
    code = "busy"
    message = "人太多了，请过一会儿再试。"


class IllegalStep(Refusal):
    kind = Kind.CONFLICT
    code = "illegal_step"
    message = "现在的状态不能这样做。"
