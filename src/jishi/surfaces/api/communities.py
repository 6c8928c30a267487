"""Communities: finding and joining them, and standing on their ladder. Talk is in `talk.py`."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.flows.community import claim_community_coupon
from jishi.insight.community_report import community_report
from jishi.insight.periods import last_days
from jishi.kernel import clock
from jishi.modules.community.public import (
    CommunityForm,
    CommunityRole,
    CommunityView,
    Door,
    Joining,
    Openness,
    RefKind,
    ask_to_join,
    channels_of,
    communities_of,
    community_of_code,
    create_community,
    directory,
    door_of,
    join_community,
    leave_community,
    own_standing,
    require_reader,
    shelf_of,
)
from jishi.platform.http import actor_of, anyone, scopes
from jishi.surfaces.api.common import MadeOut

router = Router(tags=["communities"])


class CommunityOut(Schema):
    """Numbers are null for who may not read: they know the door only."""

    id: uuid.UUID
    handle: str
    name: str
    audience: str
    promise: str
    openness: Openness
    joining: Joining
    is_open: bool
    member_count: int | None
    post_count: int | None
    last_post_at: datetime | None


class ChannelOut(Schema):
    id: uuid.UUID
    name: str
    about: str
    writers: str


class ShelfOut(Schema):
    kind: RefKind
    id: uuid.UUID


class CommunityPageOut(CommunityOut):
    """`reads` says whether posts may be asked for; rules, channels and shelf are empty otherwise."""

    questions: list[str]
    house_rules: str
    reads: bool
    is_waiting: bool
    role: CommunityRole | None
    level: str | None
    channels: list[ChannelOut]
    shelf: list[ShelfOut]


class OwnCommunityOut(CommunityOut):
    role: CommunityRole
    level: str


class JoinIn(Schema):
    """A code for those by invitation, answers for those by request."""

    code: str = Field("", max_length=12)
    answers: list[str] = Field([], max_length=3)


class JoinedOut(Schema):
    is_member: bool
    is_waiting: bool


class NeedOut(Schema):
    term: str
    have: int
    need: int
    is_met: bool


class TrustOut(Schema):
    """docs/algorithms/trust-ladder.md; `scale_bps` is how high the ladder stands here."""

    level: str
    since: datetime
    safe_until: datetime | None
    next_level: str | None
    missing: list[NeedOut]
    keeps: list[NeedOut]
    scale_bps: int


class CommunityIn(Schema):
    name: str = Field(min_length=1, max_length=24)
    handle: str = Field(min_length=3, max_length=40)
    audience: str = Field(min_length=1, max_length=120)
    promise: str = Field(min_length=1, max_length=120)
    house_rules: str = Field("", max_length=2_000)
    openness: Openness = Openness.PUBLIC
    joining: Joining = Joining.OPEN
    questions: list[str] = Field([], max_length=3)
    member_limit: int = Field(0, ge=0, le=1_000_000)


class CommunityReportOut(Schema):
    members: int
    joined: int
    left: int
    authors: int
    posts: int
    comments: int
    reactions: int
    health_percent: int
    retention_percent: int | None
    bought_minor: int
    buyers: int
    brought_minor: int
    brought_orders: int


@router.get(
    "/communities",
    response=list[CommunityOut],
    summary="Communities one may know of",
    openapi_extra=anyone(),
)
def list_communities(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=40)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Any:
    del request
    return [_out(one, reads=one.form.openness is Openness.PUBLIC) for one in directory(text=q, limit=limit)]


@router.get(
    "/me/communities",
    response=list[OwnCommunityOut],
    summary="Where you are",
    openapi_extra=scopes("shop.read"),
)
def list_own_communities(request: HttpRequest) -> Any:
    own = communities_of(actor_of(request).require_member())
    return [
        {**_out(one, reads=True), "role": membership.role, "level": membership.level.name.lower()}
        for one, membership in own
    ]


@router.post(
    "/communities",
    response={201: MadeOut},
    summary="Found a community",
    openapi_extra=scopes("community.edit"),
)
def found_community(request: HttpRequest, body: CommunityIn) -> Any:
    actor = actor_of(request)
    values = body.dict() | {"questions": tuple(body.questions)}
    return Status(201, {"id": create_community(CommunityForm(**values), by=actor, owner_id=actor.id).id})


@router.get(
    "/communities/{handle}",
    response=CommunityPageOut,
    summary="One community, or its door",
    openapi_extra=anyone(),
)
def get_community(request: HttpRequest, handle: str) -> Any:
    return _page(door_of(handle, by=actor_of(request)))


@router.post(
    "/communities/{handle}/join",
    response=JoinedOut,
    summary="Join, or ask to",
    openapi_extra=scopes("shop.write"),
)
def join_one_community(request: HttpRequest, handle: str, body: JoinIn) -> Any:
    actor = actor_of(request)
    actor.require_member()
    if body.code:
        community_id = community_of_code(body.code)
        join_community(community_id, by=actor, code=body.code)
        return {"is_member": True, "is_waiting": False}
    door = door_of(handle, by=actor)
    if door.community.form.joining is Joining.REQUEST and door.membership is None:
        ask_to_join(door.community.id, body.answers, by=actor)
        return {"is_member": False, "is_waiting": True}
    join_community(door.community.id, by=actor)
    return {"is_member": True, "is_waiting": False}


@router.post(
    "/communities/{handle}/leave",
    response={204: None},
    summary="Leave a community",
    openapi_extra=scopes("shop.write"),
)
def leave_one_community(request: HttpRequest, handle: str) -> Any:
    actor = actor_of(request)
    actor.require_member()
    leave_community(door_of(handle, by=actor).community.id, by=actor)
    return Status(204, None)


@router.get(
    "/communities/{handle}/trust",
    response=TrustOut,
    summary="Where you stand on the ladder, and why",
    openapi_extra=scopes("shop.read"),
)
def get_own_trust(request: HttpRequest, handle: str) -> Any:
    actor = actor_of(request)
    actor.require_member()
    found = own_standing(door_of(handle, by=actor), by=actor)
    return {
        "level": found.level.name.lower(),
        "since": found.since,
        "safe_until": found.safe_until,
        "next_level": found.next_level.name.lower() if found.next_level is not None else None,
        "missing": list(found.missing),
        "keeps": list(found.keeps),
        "scale_bps": found.scale_bps,
    }


@router.post(
    "/communities/{handle}/coupons/{uuid:batch_id}/claim",
    response={201: MadeOut},
    summary="A coupon for the members of a community",
    openapi_extra=scopes("shop.write"),
)
def claim_coupon_of_community(request: HttpRequest, handle: str, batch_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    actor.require_member()
    require_reader(door_of(handle, by=actor))
    return Status(201, {"id": claim_community_coupon(batch_id, by=actor)})


@router.get(
    "/communities/{handle}/report",
    response=CommunityReportOut,
    summary="A community's numbers",
    openapi_extra=scopes("community.view"),
)
def get_community_report(
    request: HttpRequest, handle: str, days: Annotated[int, Query(ge=1, le=366)] = 30
) -> Any:
    actor = actor_of(request)
    actor.require("community.view")
    door = door_of(handle, by=actor)
    period = last_days(days, now=clock.now(), zone=settings.TIME_ZONE)
    found = community_report(door.community.id, by=actor, period=period)
    names = ("members", "joined", "left", "authors", "posts", "comments", "reactions")
    return {
        **{name: getattr(found.figures, name) for name in names},
        "health_percent": found.figures.health_percent,
        "retention_percent": found.figures.retention_percent,
        "bought_minor": found.bought_minor,
        "buyers": found.buyers,
        "brought_minor": found.brought_minor,
        "brought_orders": found.brought_orders,
    }


def _out(found: CommunityView, *, reads: bool) -> dict[str, Any]:
    form = found.form
    return {
        "id": found.id,
        "handle": form.handle,
        "name": form.name,
        "audience": form.audience,
        "promise": form.promise,
        "openness": form.openness,
        "joining": form.joining,
        "is_open": found.is_open,
        "member_count": found.member_count if reads else None,
        "post_count": found.post_count if reads else None,
        "last_post_at": found.last_post_at if reads else None,
    }


def _page(door: Door) -> dict[str, Any]:
    form, own = door.community.form, door.membership
    return {
        **_out(door.community, reads=door.reads),
        "questions": list(form.questions),
        "house_rules": form.house_rules if door.reads else "",
        "reads": door.reads,
        "is_waiting": door.is_waiting,
        "role": own.role if own else None,
        "level": own.level.name.lower() if own else None,
        "channels": channels_of(door.community.id) if door.reads else [],
        "shelf": shelf_of(door.community.id) if door.reads else [],
    }
