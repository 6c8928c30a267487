"""Decisions of campaigns, from values alone (docs/algorithms/campaigns.md)."""

import hmac
import re
import uuid
from collections.abc import Sequence
from datetime import datetime

from jishi.kernel.money import BASIS_POINTS
from jishi.modules.campaigns.errors import BadCampaign
from jishi.modules.campaigns.types import Arm, Block, BlockKind, CampaignForm, CampaignState, CampaignView

S = CampaignState
LIFECYCLE: dict[tuple[CampaignState, str], CampaignState] = {
    (S.DRAFT, "schedule"): S.SCHEDULED,
    (S.DRAFT, "open"): S.OPEN,
    (S.SCHEDULED, "open"): S.OPEN,
    (S.SCHEDULED, "withdraw"): S.DRAFT,
    (S.SCHEDULED, "close"): S.CLOSING,
    (S.OPEN, "close"): S.CLOSING,
    (S.CLOSING, "settle"): S.SETTLED,
}
BLOCKS_MAX = 20
IDS_MAX = {
    BlockKind.PRODUCTS: 12,
    BlockKind.PLAYS: 8,
    BlockKind.PACKET: 1,
    BlockKind.COUPONS: 6,
    BlockKind.NOTES: 12,
}
NAME_MAX, HEADLINE_MAX, TITLE_MAX, TEXT_MAX, TOPIC_MAX = 60, 80, 60, 600, 16
HOLDOUT_MAX_BPS = 5_000
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")


def arm_of(campaign_id: uuid.UUID, person_id: uuid.UUID, *, holdout_bps: int) -> Arm:
    """Which arm somebody belongs to: the same on every node and at every visit, without a table."""
    digest = hmac.digest(campaign_id.bytes, person_id.bytes, "sha256")
    place = int.from_bytes(digest[:8], "big") % BASIS_POINTS
    return Arm.HOLDOUT if place < holdout_bps else Arm.SHOWN


def is_running(campaign: CampaignView, *, now: datetime) -> bool:
    """By the clock, so that nobody waits for a sweep."""
    return campaign.state in (S.SCHEDULED, S.OPEN) and campaign.opens_at <= now < campaign.closes_at


def check_form(form: CampaignForm) -> None:
    """Raises BadCampaign naming the first field that is wrong and what to do."""
    checks = (
        ("name", 0 < len(form.name.strip()) <= NAME_MAX, "请填写名称，不超过 60 个字"),
        ("headline", len(form.headline) <= HEADLINE_MAX, "主标语不超过 80 个字"),
        ("slug", _SLUG.fullmatch(form.slug) is not None, "网址用小写字母、数字和短横线，3 到 40 个"),
        ("closes_at", form.closes_at > form.opens_at, "结束时间要晚于开始时间"),
        ("goal_minor", form.goal_minor is None or form.goal_minor > 0, "目标要大于零，留空表示不设"),
        ("budget_minor", form.budget_minor is None or form.budget_minor > 0, "预算要大于零，留空表示不设"),
        ("holdout_bps", 0 <= form.holdout_bps <= HOLDOUT_MAX_BPS, "对照组要在 0 到 50% 之间"),
        ("blocks", len(form.blocks) <= BLOCKS_MAX, "页面最多 20 块"),
    )
    for field, is_right, reason in checks:
        if not is_right:
            raise BadCampaign(field=field, reason=reason)
    for block in form.blocks:
        _check_block(block)


def check_ready(blocks: Sequence[Block]) -> None:
    """A page that people will see has something to see. Raises BadCampaign."""
    if not any(block.is_filled or block.kind is BlockKind.BANNER for block in blocks):
        raise BadCampaign(field="blocks", reason="先放一块商品、玩法或横幅再发布")


def _check_block(block: Block) -> None:
    if len(block.title) > TITLE_MAX or len(block.text) > TEXT_MAX:
        raise BadCampaign(field="blocks", reason="每块的标题不超过 60 个字，正文不超过 600 个字")
    most = IDS_MAX.get(block.kind, 0)
    if len(block.ids) > most:
        raise BadCampaign(
            field="blocks", reason="一块里的商品和笔记最多 12 件、玩法最多 8 个、红包 1 个、券 6 种"
        )
    if block.topic and block.kind is not BlockKind.NOTES:
        raise BadCampaign(field="blocks", reason="只有笔记块有话题")
    if len(block.topic) > TOPIC_MAX:
        raise BadCampaign(field="blocks", reason="话题不超过 16 个字")
    if block.kind is BlockKind.TEXT and not block.text.strip():
        raise BadCampaign(field="blocks", reason="文字块要有正文")
