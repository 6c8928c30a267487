"""Campaigns: pages for everyone; writing, reports, what-if and hot dates for staff."""

import uuid
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.insight.campaign_report import campaign_report
from jishi.insight.what_if import REACH_MAX, RUNS, UNITS_MAX, Assumptions, shop_record, simulate
from jishi.kernel import clock
from jishi.kernel.errors import NotFound
from jishi.modules.campaigns.public import (
    BLOCKS_MAX,
    Block,
    BlockKind,
    CampaignForm,
    CampaignState,
    Theme,
    campaign_of_slug,
    campaigns_table,
    change_campaign,
    close_campaign,
    create_campaign,
    festivals_between,
    publish_campaign,
    running_campaigns,
)
from jishi.platform.http import actor_of, anyone, limited_as, next_link, scopes
from jishi.platform.paging import cursor_after, key_of
from jishi.surfaces.api.common import MINOR_MAX, Day, Instant, Page, PageIn, require_look

router = Router(tags=["campaigns"])


class BlockOut(Schema):
    """`ids` are products, plays, one red packet, coupons or notes, as the kind says; `topic` adds its newest notes."""

    kind: BlockKind
    title: str
    text: str
    ids: list[uuid.UUID]
    topic: str


class CampaignOut(Schema):
    id: uuid.UUID
    slug: str
    name: str
    headline: str
    theme: Theme
    state: CampaignState
    opens_at: datetime
    closes_at: datetime
    blocks: list[BlockOut]


class StaffCampaignOut(CampaignOut):
    """`version` goes back with a change: it is refused when somebody else saved meanwhile."""

    goal_minor: int | None
    budget_minor: int | None
    holdout_bps: int
    festival: str
    version: int
    created_at: datetime


class BlockIn(Schema):
    kind: BlockKind
    title: str = Field("", max_length=60)
    text: str = Field("", max_length=600)
    ids: list[uuid.UUID] = Field([], max_length=12)
    topic: str = Field("", max_length=16)


class CampaignIn(Schema):
    name: str = Field(min_length=1, max_length=60)
    slug: str = Field(min_length=3, max_length=40, description="Lower-case letters, digits and hyphens")
    headline: str = Field("", max_length=80)
    theme: Theme = Theme.PERSIMMON
    opens_at: Instant
    closes_at: Instant
    blocks: list[BlockIn] = Field([], max_length=BLOCKS_MAX)
    goal_minor: int | None = Field(None, ge=1, le=MINOR_MAX)
    budget_minor: int | None = Field(None, ge=1, le=MINOR_MAX)
    holdout_bps: int = Field(0, ge=0, le=5_000)
    festival: str = Field("", max_length=24)


class CampaignChangeIn(CampaignIn):
    version: int = Field(ge=1)


class CampaignsIn(PageIn):
    state: list[CampaignState] = Field([], max_length=len(CampaignState))


class FestivalOut(Schema):
    key: str
    day: date
    name: str
    is_lunar: bool
    lead_days: int
    theme: Theme
    idea: str


class FestivalsIn(Schema):
    first: Day | None = None
    last: Day | None = None


class PlayShareOut(Schema):
    play_id: uuid.UUID
    net_minor: int
    spend_minor: int
    roi: float | None


class UpliftOut(Schema):
    """Revenue per member more than in the holdout, with 1.96 standard errors; null below 100 members in an arm."""

    members_shown: int
    members_held: int
    per_person_minor: float | None
    error_minor: float | None
    is_sure: bool


class CampaignReportOut(Schema):
    campaign_id: uuid.UUID
    currency: str
    net_minor: int
    spend_minor: int
    roi: float | None
    goal_percent: int | None
    budget_percent: int | None
    order_count: int
    buyer_count: int
    people_shown: int
    people_held: int
    people_crossed: int
    uplift: UpliftOut
    plays: list[PlayShareOut]


class WhatIfIn(Schema):
    """`conversion` and `k` null: the shop's own last 30 days, or the stated assumption when there is too little."""

    reach: int = Field(ge=0, le=REACH_MAX)
    conversion: float | None = Field(None, ge=0, le=1)
    k: float | None = Field(None, ge=0, le=3)
    units_per_buyer: float = Field(1.0, ge=0.1, le=100)
    stock: int | None = Field(None, ge=0, le=UNITS_MAX)
    price_minor: int = Field(ge=1, le=MINOR_MAX)
    discount_minor: int = Field(0, ge=0, le=MINOR_MAX)
    fixed_cost_minor: int = Field(0, ge=0, le=MINOR_MAX)


class RangeOut(Schema):
    """10 %, 50 % and 90 % of the runs."""

    low: int
    middle: int
    high: int


class WhatIfOut(Schema):
    conversion: float
    k: float
    is_own_conversion: bool
    is_own_k: bool
    runs: int
    buyers: RangeOut
    revenue_minor: RangeOut
    cost_minor: RangeOut
    mean_buyers: float
    mean_cost_minor: int
    stock_for_95: int
    chance_of_running_out: float | None
    brought_share: float
    grows_without_end: bool


@router.get(
    "/campaigns", response=list[CampaignOut], summary="Campaigns that are on now", openapi_extra=anyone()
)
def list_campaigns(request: HttpRequest, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> Any:
    del request
    return running_campaigns(limit=limit)


@router.get(
    "/campaigns/{slug:slug}", response=CampaignOut, summary="One campaign page", openapi_extra=anyone()
)
def get_campaign(request: HttpRequest, slug: str) -> Any:
    found = campaign_of_slug(slug)
    if found.state is CampaignState.DRAFT and not actor_of(request).may("plays.edit"):
        raise NotFound()
    return found


@router.get(
    "/staff/campaigns",
    tags=["staff"],
    response=Page[StaffCampaignOut],
    summary="All campaigns",
    openapi_extra=scopes("plays.edit", "reports.view"),
)
def list_all_campaigns(request: HttpRequest, wanted: Query[CampaignsIn]) -> Any:
    require_look(actor_of(request))
    found = campaigns_table(states=wanted.state, after=key_of(wanted.cursor), limit=wanted.limit)
    cursor = cursor_after(found, limit=wanted.limit, field="created_at")
    return {"items": found, "next": next_link(request, cursor)}


@router.post(
    "/staff/campaigns",
    tags=["staff"],
    response={201: StaffCampaignOut},
    summary="Write a campaign; it starts as a draft",
    openapi_extra=scopes("plays.edit"),
)
def create_campaign_page(request: HttpRequest, body: CampaignIn) -> Any:
    return Status(201, create_campaign(_form(body), by=actor_of(request)))


@router.put(
    "/staff/campaigns/{uuid:campaign_id}",
    tags=["staff"],
    response=StaffCampaignOut,
    summary="Change a campaign that is not over",
    openapi_extra=scopes("plays.edit"),
)
def replace_campaign(request: HttpRequest, campaign_id: uuid.UUID, body: CampaignChangeIn) -> Any:
    return change_campaign(campaign_id, _form(body), version=body.version, by=actor_of(request))


@router.post(
    "/staff/campaigns/{uuid:campaign_id}/publish",
    tags=["staff"],
    response=StaffCampaignOut,
    summary="Open a campaign, or schedule it",
    openapi_extra=scopes("plays.edit"),
)
def publish_campaign_page(request: HttpRequest, campaign_id: uuid.UUID) -> Any:
    return publish_campaign(campaign_id, by=actor_of(request))


@router.post(
    "/staff/campaigns/{uuid:campaign_id}/close",
    tags=["staff"],
    response=StaffCampaignOut,
    summary="Over for shoppers; its plays go on by their own hours",
    openapi_extra=scopes("plays.edit"),
)
def close_campaign_page(request: HttpRequest, campaign_id: uuid.UUID) -> Any:
    return close_campaign(campaign_id, by=actor_of(request))


@router.get(
    "/reports/campaigns/{uuid:campaign_id}",
    response=CampaignReportOut,
    summary="What a campaign brought, by play, and more than without it",
    openapi_extra=scopes("reports.view", **limited_as("report")),
)
def get_campaign_report(request: HttpRequest, campaign_id: uuid.UUID) -> Any:
    found = campaign_report(campaign_id, by=actor_of(request))
    uplift = found.uplift
    return {
        **{name: getattr(found, name) for name in CampaignReportOut.model_fields if hasattr(found, name)},
        "campaign_id": found.campaign.id,
        "currency": settings.JISHI_CURRENCY,
        "net_minor": found.waterfall.net_minor,
        "spend_minor": found.waterfall.spend_minor,
        "roi": found.waterfall.roi,
        "uplift": {
            "members_shown": uplift.shown.people,
            "members_held": uplift.held.people,
            "per_person_minor": uplift.per_person_minor,
            "error_minor": uplift.error_minor,
            "is_sure": uplift.is_sure,
        },
        "plays": [
            {
                "play_id": play_id,
                "net_minor": sums.net_minor,
                "spend_minor": sums.spend_minor,
                "roi": sums.roi,
            }
            for play_id, sums in found.by_play.items()
        ],
    }


@router.post(
    "/reports/what-if",
    response=WhatIfOut,
    summary="How far a campaign may spread, what it costs, how much stock it needs",
    openapi_extra=scopes("reports.view", **limited_as("report")),
)
def simulate_campaign(request: HttpRequest, body: WhatIfIn) -> Any:
    record = shop_record(by=actor_of(request))
    values = body.dict()
    told = Assumptions(
        **values
        | {
            "conversion": record.conversion if body.conversion is None else body.conversion,
            "k": record.k if body.k is None else body.k,
            "discount_minor": min(body.discount_minor, body.price_minor),
        },
        is_own_conversion=record.is_own_conversion and body.conversion is None,
        is_own_k=record.is_own_k and body.k is None,
    )
    answer = asdict(simulate(told, runs=RUNS))
    return {**asdict(told), **answer, "runs": RUNS}


@router.get(
    "/festivals",
    tags=["staff"],
    response=list[FestivalOut],
    summary="Hot dates, solar and lunar, with the days to begin beforehand",
    openapi_extra=scopes("plays.edit", "reports.view"),
)
def list_festivals(request: HttpRequest, wanted: Query[FestivalsIn]) -> Any:
    require_look(actor_of(request))
    first = wanted.first or clock.now().date()
    return festivals_between(first, wanted.last or first + timedelta(days=120))


def _form(body: CampaignIn) -> CampaignForm:
    values = body.dict(exclude={"blocks", "version"})
    blocks = tuple(Block(one.kind, one.title, one.text, tuple(one.ids)) for one in body.blocks)
    return CampaignForm(**values, blocks=blocks)
