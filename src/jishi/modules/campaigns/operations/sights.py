"""Noting who has come near a campaign, and in which arm they are."""

import uuid

from django.db import connection

from jishi.kernel import clock
from jishi.modules.campaigns import rules
from jishi.modules.campaigns.types import Arm, CampaignView


def note_sight(
    campaign: CampaignView,
    *,
    member_id: uuid.UUID | None,
    visitor_id: uuid.UUID | None,
    came_by_address: bool,
) -> Arm:
    """The arm of whoever asks; the first sight is kept. One statement, and none for people we cannot tell apart.

    `came_by_address`: they opened the page itself, so even the held-out see it, and are noted as crossed over.
    """
    person_id = member_id or visitor_id
    if person_id is None:
        return Arm.SHOWN
    arm = rules.arm_of(campaign.id, person_id, holdout_bps=campaign.holdout_bps)
    has_crossed = came_by_address and arm is Arm.HOLDOUT
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO campaigns_sight AS s (campaign_id, person_id, is_member, arm, has_crossed, at)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (campaign_id, person_id)"
            " DO UPDATE SET has_crossed = true WHERE excluded.has_crossed AND NOT s.has_crossed",
            [campaign.id, person_id, member_id is not None, arm.value, has_crossed, clock.now()],
        )
    return arm
