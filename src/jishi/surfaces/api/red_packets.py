"""Red packets: open one, send one, check one; and what staff do with them."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.flows.community import open_packet_here
from jishi.modules.people.public import people_by_ids
from jishi.modules.plays.life.public import (
    PlayKind,
    PlayState,
    PlayView,
    play_view,
    plays_table,
)
from jishi.modules.plays.red_packet.public import (
    Audience,
    PacketKind,
    PacketState,
    PacketView,
    ShareView,
    Terms,
    change_packets,
    close_packets,
    create_packets,
    offered_packets,
    own_packets,
    own_share,
    packet_view,
    packets_by_play,
    publish_packets,
    send_packet,
    shares_of,
    terms_by_play,
)
from jishi.platform.http import actor_of, anyone, repeats_by_itself, scopes
from jishi.platform.paging import key_of
from jishi.surfaces.api.common import MINOR_MAX, Instant, Page, PageIn, head_of, page_of

router = Router(tags=["red packets"])


class PacketOut(Schema):
    """`seed` and `plan` are empty until the packet is closed; the commitment is sha256("seed:plan")."""

    id: uuid.UUID
    play_id: uuid.UUID | None
    drop_no: int
    kind: PacketKind
    audience: Audience
    has_password: bool
    greeting: str
    currency: str
    total_minor: int
    share_count: int
    opened_count: int
    opened_minor: int
    state: PacketState
    opens_at: datetime
    closes_at: datetime
    created_at: datetime
    commitment: str
    seed: str
    plan: list[int]


class ShareOut(Schema):
    share_no: int
    amount_minor: int
    opened_at: datetime


class OpenedOut(ShareOut):
    """`name` is masked."""

    name: str
    is_best: bool


class OnePacketOut(PacketOut):
    """`shares` are those opened last, for who has opened one, and for everyone once it is empty or over."""

    own: ShareOut | None
    shares: list[OpenedOut]


class OpenIn(Schema):
    password: str = Field("", max_length=40)


class SendIn(Schema):
    """From your wallet. `id` is yours: the same one again sends nothing more."""

    id: uuid.UUID | None = None
    kind: PacketKind = PacketKind.RANDOM
    total_minor: int = Field(ge=1, le=MINOR_MAX)
    share_count: int = Field(ge=1, le=100)
    greeting: str = Field("", max_length=40)
    password: str = Field("", max_length=20)


class TermsIn(Schema):
    """`total_minor` and `share_count` are for each of `drops` packets."""

    kind: PacketKind = PacketKind.RANDOM
    total_minor: int = Field(ge=1, le=MINOR_MAX)
    share_count: int = Field(ge=1, le=10_000)
    greeting: str = Field("", max_length=40)
    audience: Audience = Audience.EVERYONE
    new_within_days: int = Field(0, ge=0, le=3_650)
    password: str = Field("", max_length=20)
    community_id: uuid.UUID | None = None
    drops: int = Field(1, ge=1, le=60)
    drop_seconds: int = Field(60, ge=1, le=3_600)


class PacketPlayIn(TermsIn):
    name: str = Field(min_length=1, max_length=80)
    opens_at: Instant
    closes_at: Instant
    budget_minor: int | None = Field(None, ge=1, le=MINOR_MAX)


class PacketPlayOut(TermsIn):
    id: uuid.UUID
    name: str
    state: PlayState
    currency: str
    opens_at: datetime
    closes_at: datetime
    budget_minor: int | None
    created_at: datetime
    packets: list[PacketOut]


@router.get("/red-packets", response=list[PacketOut], summary="Packets of the shop", openapi_extra=anyone())
def list_red_packets(request: HttpRequest) -> Any:
    del request
    return offered_packets()


@router.get(
    "/red-packets/{uuid:packet_id}", response=OnePacketOut, summary="One packet", openapi_extra=anyone()
)
def get_red_packet(request: HttpRequest, packet_id: uuid.UUID) -> Any:
    actor, packet = actor_of(request), packet_view(packet_id)
    own = own_share(packet_id, by=actor)
    is_shown = own is not None or packet.is_empty or packet.state is PacketState.CLOSED
    shares = shares_of(packet) if is_shown else []
    return {**_packet(packet), "own": own, "shares": _opened(shares)}


@router.post(
    "/red-packets/{uuid:packet_id}/open",
    response=ShareOut,
    summary="Open a share; the money is in your wallet",
    openapi_extra=scopes("shop.write", **repeats_by_itself("a member opens one share of a packet")),
)
def open_red_packet(request: HttpRequest, packet_id: uuid.UUID, body: OpenIn) -> Any:
    return open_packet_here(packet_id, by=actor_of(request), password=body.password)


@router.get(
    "/me/red-packets",
    response=Page[PacketOut],
    summary="Packets you have sent",
    openapi_extra=scopes("shop.read"),
)
def list_own_red_packets(request: HttpRequest, wanted: Query[PageIn]) -> Any:
    rows = own_packets(by=actor_of(request), after=key_of(wanted.cursor), limit=wanted.limit)
    page = page_of(request, rows, limit=wanted.limit, field="created_at")
    return {**page, "items": [_packet(row) for row in rows]}


@router.post(
    "/me/red-packets",
    response={201: PacketOut},
    summary="Send a packet from your wallet",
    openapi_extra=scopes("shop.write"),
)
def send_red_packet(request: HttpRequest, body: SendIn) -> Any:
    terms = Terms(**body.dict(exclude={"id"}))
    sent = send_packet(terms, by=actor_of(request), currency=settings.JISHI_CURRENCY, packet_id=body.id)
    return Status(201, _packet(sent))


@router.get(
    "/staff/red-packets",
    tags=["staff"],
    response=Page[PacketPlayOut],
    summary="All plays of red packets",
    openapi_extra=scopes("plays.edit", "reports.view"),
)
def list_packet_plays(request: HttpRequest, wanted: Query[PageIn]) -> Any:
    actor = actor_of(request)
    if not actor.may("plays.edit"):
        actor.require("reports.view")
    plays = plays_table(kinds=[PlayKind.RED_PACKET], after=key_of(wanted.cursor), limit=wanted.limit)
    page = page_of(request, plays, limit=wanted.limit, field="created_at")
    return {**page, "items": _plays(plays)}


@router.post(
    "/staff/red-packets",
    tags=["staff"],
    response={201: PacketPlayOut},
    summary="Write a play of red packets; it starts as a draft",
    openapi_extra=scopes("plays.edit"),
)
def create_packet_play(request: HttpRequest, body: PacketPlayIn) -> Any:
    actor = actor_of(request)
    actor.require("plays.edit")
    return Status(201, _plays([create_packets(head_of(body), _terms(body), by=actor)])[0])


@router.put(
    "/staff/red-packets/{uuid:play_id}",
    tags=["staff"],
    response=PacketPlayOut,
    summary="Change a draft",
    openapi_extra=scopes("plays.edit"),
)
def replace_packet_play(request: HttpRequest, play_id: uuid.UUID, body: PacketPlayIn) -> Any:
    actor = actor_of(request)
    actor.require("plays.edit")
    return _plays([change_packets(play_id, head_of(body), _terms(body), by=actor)])[0]


@router.post(
    "/staff/red-packets/{uuid:play_id}/publish",
    tags=["staff"],
    response=PacketPlayOut,
    summary="Fund and seal the packets; they open at their hour",
    openapi_extra=scopes("plays.edit"),
)
def publish_packet_play(request: HttpRequest, play_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    actor.require("plays.edit")
    return _plays([publish_packets(play_id, by=actor)])[0]


@router.post(
    "/staff/red-packets/{uuid:play_id}/close",
    tags=["staff"],
    response=PacketPlayOut,
    summary="End them now; the rest goes back and the seeds are published",
    openapi_extra=scopes("plays.edit"),
)
def close_packet_play(request: HttpRequest, play_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    actor.require("plays.edit")
    close_packets(play_id, by=actor)
    return _plays([play_view(play_id)])[0]


def _terms(body: PacketPlayIn) -> Terms:
    return Terms(**{name: getattr(body, name) for name in TermsIn.model_fields})


def _packet(packet: PacketView) -> dict[str, Any]:
    return {name: getattr(packet, name) for name in PacketOut.model_fields}


def _opened(shares: list[ShareView]) -> list[dict[str, Any]]:
    people = people_by_ids([share.member_id for share in shares])
    return [
        {
            "share_no": share.share_no,
            "amount_minor": share.amount_minor,
            "opened_at": share.opened_at,
            "name": f"{people[share.member_id].nickname[:1]}**" if share.member_id in people else "**",
            "is_best": share.is_best,
        }
        for share in shares
    ]


def _plays(plays: list[PlayView]) -> list[dict[str, Any]]:
    terms = terms_by_play([play.id for play in plays])
    packets = packets_by_play([play.id for play in plays])
    heads = set(PacketPlayOut.model_fields) - set(TermsIn.model_fields) - {"packets"}
    return [
        {
            **{name: getattr(play, name) for name in heads},
            **{name: getattr(terms[play.id], name) for name in TermsIn.model_fields},
            "packets": [_packet(packet) for packet in packets.get(play.id, [])],
        }
        for play in plays
    ]
