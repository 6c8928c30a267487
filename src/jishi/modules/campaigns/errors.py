"""Refusals of campaigns."""

from jishi.kernel.errors import Kind, Refusal


class BadCampaign(Refusal):
    """A rule about the campaign itself is broken; `field` says which."""

    code = "bad_campaign"
    message = "{field}：{reason}"


class CampaignChanged(Refusal):
    """Somebody else saved it meanwhile; nothing was written."""

    kind = Kind.CONFLICT
    code = "campaign_changed"
    message = "有人刚刚改过这个活动，请刷新后再改，你的内容没有覆盖他的。"


class SlugTaken(Refusal):
    kind = Kind.CONFLICT
    code = "slug_taken"
    message = "这个网址已经有活动在用，请换一个。"
