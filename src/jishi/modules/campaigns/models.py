"""Tables of campaigns: pages, and who has seen them."""

from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.campaigns.types import Arm, CampaignState, Theme


class Campaign(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    name = models.CharField(max_length=60)
    slug = models.CharField(max_length=40, unique=True)
    headline = models.CharField(max_length=80, blank=True)
    theme = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default=CampaignState.DRAFT.value)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    blocks = models.JSONField(default=list)
    goal_minor = models.BigIntegerField(null=True)
    budget_minor = models.BigIntegerField(null=True)
    holdout_bps = models.PositiveSmallIntegerField(default=0)
    festival = models.CharField(max_length=24, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CampaignState]), name="campaign_state"
            ),
            models.CheckConstraint(
                condition=Q(theme__in=[theme.value for theme in Theme]), name="campaign_theme"
            ),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="campaign_window"),
            models.CheckConstraint(condition=Q(holdout_bps__lte=5_000), name="campaign_holdout"),
        ]
        indexes = [models.Index(fields=["state", "opens_at"], name="campaign_state_opens")]


class Sight(models.Model):
    """The first time somebody came near a campaign, and in which arm. Nothing else is kept of them here."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    person_id = models.UUIDField()  # the member, or the visitor who is not one
    is_member = models.BooleanField()
    arm = models.CharField(max_length=8)
    has_crossed = models.BooleanField(default=False)  # held out, and came by the address all the same
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "person_id"], name="campaign_sight_once"),
            models.CheckConstraint(
                condition=Q(arm__in=[arm.value for arm in Arm]), name="campaign_sight_arm"
            ),
        ]
