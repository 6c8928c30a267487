"""Sharing: links, touches of visitors, and what sharing brought."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from jishi.kernel import clock
from jishi.kernel.errors import InvalidInput, LoginRequired
from jishi.modules.catalog.public import ProductMissing, cards_by_ids
from jishi.modules.people.public import people_by_ids
from jishi.modules.plays.bargain.public import bargain_view
from jishi.modules.plays.group_buy.public import team_view
from jishi.modules.plays.life.public import play_view
from jishi.modules.plays.red_packet.public import packet_view
from jishi.modules.sharing.public import (
    Channel,
    LinkUnknown,
    LinkView,
    TargetKind,
    credits_table,
    figures_of_sharer,
    link_of_code,
    record_touch,
    share,
    sharers,
)
from jishi.platform.http import actor_of, anyone, next_link, scopes
from jishi.platform.paging import cursor_after, key_of
from jishi.surfaces.api.common import Instant, Page, PageIn, PersonOut, page_of

FIRST_DAY_BACK = 366
router = Router(tags=["sharing"])


class LinkIn(Schema):
    """`target_id` of a product or a team; none for the whole shop."""

    target_kind: TargetKind
    target_id: uuid.UUID | None = None
    channel: Channel = Channel.LINK


class LinkOut(Schema):
    id: uuid.UUID
    code: str
    address: str
    target_kind: TargetKind
    target_id: uuid.UUID | None
    channel: Channel
    created_at: datetime


class SharedOut(Schema):
    """What a link leads to, and who shared it."""

    code: str
    target_kind: TargetKind
    target_id: uuid.UUID | None
    sharer: PersonOut | None


class TouchIn(Schema):
    """Somebody arrived by a link (`code`) or from a named source."""

    code: str = Field("", max_length=12)
    source: str = Field("", max_length=24)


class TouchOut(Schema):
    """Null: a direct visit leaves no touch."""

    touch_id: uuid.UUID | None


class OwnCreditOut(Schema):
    order_line_id: uuid.UUID
    source: str
    reason: str
    amount_minor: int
    reversed_minor: int
    at: datetime


class CreditOut(OwnCreditOut):
    order_id: uuid.UUID
    buyer_id: uuid.UUID
    sharer_id: uuid.UUID


class FiguresOut(Schema):
    visitor_count: int
    order_count: int
    member_count: int
    amount_minor: int
    reversed_minor: int
    net_minor: int


class SharerOut(FiguresOut):
    sharer: PersonOut | None


class SharingPeriodIn(Schema):
    """The last year unless said otherwise."""

    since: Instant | None = None
    until: Instant | None = None


class CreditsIn(PageIn, SharingPeriodIn):
    sharer_id: uuid.UUID | None = None


class SharersIn(SharingPeriodIn):
    limit: int = Field(50, ge=1, le=100)


@router.post(
    "/share-links",
    response={201: LinkOut},
    summary="Your link to the shop, a product or a team",
    openapi_extra=scopes("shop.write"),
)
def create_share_link(request: HttpRequest, body: LinkIn) -> Any:
    """Asking again gives the same link."""
    actor = actor_of(request)
    _check_target(body)
    link = share(by=actor, target_kind=body.target_kind, target_id=body.target_id, channel=body.channel)
    return Status(201, _link_out(link))


@router.get(
    "/share-links/{code}",
    response=SharedOut,
    summary="What a share link leads to",
    openapi_extra=anyone(),
)
def get_share_link(request: HttpRequest, code: str) -> Any:
    del request
    link = link_of_code(code)
    if link is None:
        raise LinkUnknown()
    return {
        "code": link.code,
        "target_kind": link.target_kind,
        "target_id": link.target_id,
        "sharer": people_by_ids([link.member_id]).get(link.member_id),
    }


@router.post(
    "/touches",
    response={201: TouchOut},
    summary="Note by which link or from which source somebody arrived",
    openapi_extra=scopes("shop.write", or_visitor=True),
)
def create_touch(request: HttpRequest, body: TouchIn) -> Any:
    """Needs an X-Visitor; what a visitor touched is theirs when they log in."""
    actor = actor_of(request)
    if actor.visitor_id is None:
        raise LoginRequired()
    member_id = actor.id if actor.is_member else None
    touch_id = record_touch(
        visitor_id=actor.visitor_id, member_id=member_id, code=body.code, source=body.source
    )
    return Status(201, {"touch_id": touch_id})


@router.get(
    "/me/credits",
    response=Page[OwnCreditOut],
    summary="What your sharing brought, order line by order line",
    openapi_extra=scopes("shop.read"),
)
def list_own_credits(request: HttpRequest, wanted: Query[PageIn]) -> Any:
    since, until = _period(SharingPeriodIn())
    rows = credits_table(
        since=since,
        until=until,
        sharer_id=actor_of(request).require_member(),
        after=key_of(wanted.cursor),
        limit=wanted.limit,
    )
    return page_of(request, rows, limit=wanted.limit, field="at", id_field="order_line_id")


@router.get(
    "/me/sharing",
    response=FiguresOut,
    summary="What your sharing brought in a year",
    openapi_extra=scopes("shop.read"),
)
def get_own_sharing(request: HttpRequest) -> Any:
    since, until = _period(SharingPeriodIn())
    return figures_of_sharer(actor_of(request).require_member(), since=since, until=until)


@router.get(
    "/staff/sharers",
    response=list[SharerOut],
    summary="Who brought how many visitors, members and orders",
    tags=["staff"],
    openapi_extra=scopes("sharing.view"),
)
def list_sharers(request: HttpRequest, wanted: Query[SharersIn]) -> Any:
    actor_of(request).require("sharing.view")
    since, until = _period(wanted)
    rows = sharers(since=since, until=until, limit=wanted.limit)
    people = people_by_ids([row.sharer_id for row in rows])
    figures = [name for name in FiguresOut.model_fields]
    return [
        {"sharer": people.get(row.sharer_id), **{name: getattr(row, name) for name in figures}}
        for row in rows
    ]


@router.get(
    "/staff/credits",
    response=Page[CreditOut],
    summary="Every credit behind the figures of sharers",
    tags=["staff"],
    openapi_extra=scopes("sharing.view"),
)
def list_credits(request: HttpRequest, wanted: Query[CreditsIn]) -> Any:
    actor_of(request).require("sharing.view")
    since, until = _period(wanted)
    rows = credits_table(
        since=since,
        until=until,
        sharer_id=wanted.sharer_id,
        after=key_of(wanted.cursor),
        limit=wanted.limit,
    )
    cursor = cursor_after(rows, limit=wanted.limit, field="at", id_field="order_line_id")
    return {"items": rows, "next": next_link(request, cursor)}


def _check_target(body: LinkIn) -> None:
    """A link leads somewhere. Raises ProductMissing, NotFound, InvalidInput."""
    if body.target_kind is TargetKind.SHOP:
        if body.target_id is not None:
            raise InvalidInput(field="target_id", reason=gettext_noop("不需要填写"))
        return
    if body.target_id is None:
        raise InvalidInput(field="target_id", reason=gettext_noop("请填写"))
    if body.target_kind is TargetKind.TEAM:
        team_view(body.target_id)
    elif body.target_kind is TargetKind.BARGAIN:
        bargain_view(body.target_id)
    elif body.target_kind is TargetKind.PACKET:
        packet_view(body.target_id)
    elif body.target_kind is TargetKind.DRAW:
        play_view(body.target_id)
    elif body.target_id not in cards_by_ids([body.target_id]):
        raise ProductMissing(id=str(body.target_id))


def _link_out(link: LinkView) -> dict[str, Any]:
    names = [name for name in LinkOut.model_fields if name != "address"]
    return {"address": f"{settings.JISHI_BASE_URL}/s/{link.code}/", **{n: getattr(link, n) for n in names}}


def _period(wanted: SharingPeriodIn) -> tuple[datetime, datetime]:
    now = clock.now()
    return wanted.since or now - timedelta(days=FIRST_DAY_BACK), wanted.until or now + timedelta(minutes=1)
