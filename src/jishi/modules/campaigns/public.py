"""The door of campaigns."""

from jishi.modules.campaigns.errors import BadCampaign, CampaignChanged, SlugTaken
from jishi.modules.campaigns.facts import CampaignClosed, CampaignOpened, CampaignPublished
from jishi.modules.campaigns.operations.life import (
    advance_campaigns,
    change_campaign,
    close_campaign,
    create_campaign,
    publish_campaign,
)
from jishi.modules.campaigns.operations.sights import note_sight
from jishi.modules.campaigns.queries.campaigns import (
    campaign_of_slug,
    campaign_view,
    campaigns_table,
    members_by_arm,
    running_campaigns,
    sight_counts,
)
from jishi.modules.campaigns.queries.festivals import festivals_between
from jishi.modules.campaigns.rules import BLOCKS_MAX, IDS_MAX, LIFECYCLE, arm_of, is_running
from jishi.modules.campaigns.types import (
    Arm,
    Block,
    BlockKind,
    CampaignForm,
    CampaignState,
    CampaignView,
    Festival,
    Theme,
)

__all__ = [
    "BLOCKS_MAX",
    "IDS_MAX",
    "LIFECYCLE",
    "Arm",
    "BadCampaign",
    "Block",
    "BlockKind",
    "CampaignChanged",
    "CampaignClosed",
    "CampaignForm",
    "CampaignOpened",
    "CampaignPublished",
    "CampaignState",
    "CampaignView",
    "Festival",
    "SlugTaken",
    "Theme",
    "advance_campaigns",
    "arm_of",
    "campaign_of_slug",
    "campaign_view",
    "campaigns_table",
    "change_campaign",
    "close_campaign",
    "create_campaign",
    "festivals_between",
    "is_running",
    "members_by_arm",
    "note_sight",
    "publish_campaign",
    "running_campaigns",
    "sight_counts",
]
