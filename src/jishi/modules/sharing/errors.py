"""Refusals of sharing."""

from jishi.kernel.errors import Kind, Refusal


class LinkUnknown(Refusal):
    kind = Kind.MISSING
    code = "link_unknown"
    message = "这个分享链接已失效。"
