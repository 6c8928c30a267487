"""Writing, publishing and ending campaigns."""

import uuid

from django.db import IntegrityError, transaction

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.flow import advance
from jishi.modules.campaigns import rules
from jishi.modules.campaigns.errors import CampaignChanged, SlugTaken
from jishi.modules.campaigns.facts import CampaignClosed, CampaignOpened, CampaignPublished
from jishi.modules.campaigns.models import Campaign
from jishi.modules.campaigns.queries.campaigns import blocks_as_rows, campaign_view, view_of
from jishi.modules.campaigns.types import CampaignForm, CampaignState, CampaignView
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

PERMISSION = "plays.edit"
SWEEP_MAX = 100


@in_transaction
def create_campaign(form: CampaignForm, *, by: Actor) -> CampaignView:
    """Write a draft. Raises BadCampaign, SlugTaken."""
    by.require(PERMISSION)
    rules.check_form(form)
    campaign = Campaign(id=ids.new_id(), **_columns(form))
    _save(campaign)
    history.record_step(subject=("campaign", campaign.id), verb="create", by=by, after=campaign.state)
    return view_of(campaign)


@in_transaction
def change_campaign(campaign_id: uuid.UUID, form: CampaignForm, *, version: int, by: Actor) -> CampaignView:
    """Change a campaign that is not over; `version` is what the editor saw.

    The page of a running campaign may be changed; its hours may not begin anew. Raises BadCampaign, SlugTaken,
    CampaignChanged, IllegalStep.
    """
    by.require(PERMISSION)
    rules.check_form(form)
    campaign = locks.lock_one(Campaign, campaign_id)
    if campaign.version != version:
        raise CampaignChanged()
    if CampaignState(campaign.state) in (CampaignState.CLOSING, CampaignState.SETTLED):
        advance(rules.LIFECYCLE, CampaignState(campaign.state), "open")
    if CampaignState(campaign.state) is not CampaignState.DRAFT:
        rules.check_ready(form.blocks)
    for name, value in _columns(form).items():
        setattr(campaign, name, value)
    campaign.version += 1
    _save(campaign)
    history.record_step(subject=("campaign", campaign.id), verb="change", by=by, after=campaign.state)
    return view_of(campaign)


@in_transaction
def publish_campaign(campaign_id: uuid.UUID, *, by: Actor) -> CampaignView:
    """Draft → open, or scheduled when its time has not come. Raises BadCampaign for an empty page."""
    by.require(PERMISSION)
    campaign = locks.lock_one(Campaign, campaign_id)
    rules.check_ready(view_of(campaign).blocks)
    verb = "open" if campaign.opens_at <= clock.now() else "schedule"
    _move(campaign, verb, by=by)
    record_fact(CampaignPublished(campaign.id, campaign.slug), by=by)
    if verb == "open":
        record_fact(CampaignOpened(campaign.id, campaign.slug), by=by)
    return campaign_view(campaign_id)


@in_transaction
def close_campaign(campaign_id: uuid.UUID, *, by: Actor) -> CampaignView:
    """Over for shoppers from now on; its plays go on by their own hours."""
    by.require(PERMISSION)
    campaign = locks.lock_one(Campaign, campaign_id)
    _move(campaign, "close", by=by)
    record_fact(CampaignClosed(campaign.id, campaign.slug), by=by)
    return campaign_view(campaign_id)


@in_transaction
def advance_campaigns(*, limit: int = SWEEP_MAX) -> int:
    """By the clock: scheduled → open, open → closing → settled. Returns how many moved."""
    now = clock.now()
    steps = (
        ("open", Campaign.objects.filter(state=CampaignState.SCHEDULED.value, opens_at__lte=now)),
        ("close", Campaign.objects.filter(state=CampaignState.OPEN.value, closes_at__lte=now)),
        ("settle", Campaign.objects.filter(state=CampaignState.CLOSING.value)),
    )
    moved = 0
    for verb, rows in steps:
        for campaign in rows.select_for_update(skip_locked=True)[:limit]:
            _move(campaign, verb, by=SYSTEM)
            if verb == "open":
                record_fact(CampaignOpened(campaign.id, campaign.slug), by=SYSTEM)
            elif verb == "close":
                record_fact(CampaignClosed(campaign.id, campaign.slug), by=SYSTEM)
            moved += 1
    return moved


def _columns(form: CampaignForm) -> dict[str, object]:
    return {
        "name": form.name.strip(),
        "slug": form.slug,
        "headline": form.headline.strip(),
        "theme": form.theme.value,
        "opens_at": form.opens_at,
        "closes_at": form.closes_at,
        "blocks": blocks_as_rows(form.blocks),
        "goal_minor": form.goal_minor,
        "budget_minor": form.budget_minor,
        "holdout_bps": form.holdout_bps,
        "festival": form.festival,
    }


def _save(campaign: Campaign) -> None:
    try:
        with transaction.atomic():
            campaign.save()
    except IntegrityError as error:
        raise SlugTaken() from error


def _move(campaign: Campaign, verb: str, *, by: Actor) -> None:
    before = CampaignState(campaign.state)
    campaign.state = advance(rules.LIFECYCLE, before, verb).value
    campaign.save(update_fields=["state"])
    history.record_step(
        subject=("campaign", campaign.id), verb=verb, by=by, before=before.value, after=campaign.state
    )
