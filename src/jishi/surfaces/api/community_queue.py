"""The queue of a community for its own moderators: see, claim, put back, keep or hide; and staff at a post itself."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.flows.community_moderation import (
    claim_here,
    decide_here,
    item_here,
    let_show,
    queue_here,
    release_here,
    take_down,
)
from jishi.modules.community.public import door_of
from jishi.modules.guard.public import Cause, Decision, ItemState, ReportReason, Visible
from jishi.platform.http import actor_of, scopes

router = Router(tags=["communities"])
ROWS_MAX = 100


class LocalItemOut(Schema):
    """`version` goes with every act on the item."""

    id: uuid.UUID
    kind: str
    subject_id: uuid.UUID
    author_id: uuid.UUID | None
    excerpt: str
    cause: Cause
    reasons: list[str]
    reports_count: int
    state: ItemState
    visible: Visible
    decision: Decision | None
    reason: str
    version: int
    opened_at: datetime
    due_at: datetime
    claimed_by: uuid.UUID | None


class LocalReportOut(Schema):
    """Who reported is known to the shop alone."""

    reason: ReportReason
    note: str


class LocalItemFullOut(LocalItemOut):
    """`is_reporter`: you reported it yourself, somebody else decides."""

    reports: list[LocalReportOut]
    is_reporter: bool


class LocalItemsOut(Schema):
    items: list[LocalItemOut]
    total: int


class LocalVersionIn(Schema):
    version: int = Field(ge=1, description="As you read it; refused when somebody acted meanwhile")


class LocalDecisionIn(LocalVersionIn):
    """A reason is needed to hide: the author reads it and may appeal to the shop."""

    decision: Literal["keep", "hide"]
    reason: str = Field("", max_length=400)


class StateIn(Schema):
    """A reason is needed for everything but shown: the author reads it and may appeal."""

    state: Literal["shown", "hidden", "removed"]
    reason: str = Field("", max_length=200)


@router.get(
    "/communities/{handle}/queue",
    response=LocalItemsOut,
    summary="What the moderators of a community have to look at",
    openapi_extra=scopes("shop.read"),
)
def list_items_of_community(
    request: HttpRequest,
    handle: str,
    is_decided: bool = False,
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
    limit: Annotated[int, Query(ge=1, le=ROWS_MAX)] = 50,
) -> Any:
    """Posts and comments of this community only; without appeals, which the shop decides, and without your own."""
    actor = actor_of(request)
    actor.require_member()
    community_id = door_of(handle, by=actor).community.id
    rows, total = queue_here(community_id, by=actor, is_decided=is_decided, page=page, limit=limit)
    return {"items": rows, "total": total}


@router.get(
    "/communities/{handle}/queue/{uuid:item_id}",
    response=LocalItemFullOut,
    summary="One item of a community's queue",
    openapi_extra=scopes("shop.read"),
)
def get_item_of_community(request: HttpRequest, handle: str, item_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    actor.require_member()
    community_id = door_of(handle, by=actor).community.id
    found, reports, is_reporter = item_here(item_id, by=actor, community_id=community_id)
    return {
        **LocalItemOut.from_orm(found).dict(),
        "reports": [{"reason": reason, "note": note} for reason, note in reports],
        "is_reporter": is_reporter,
    }


@router.post(
    "/communities/{handle}/queue/{uuid:item_id}/claim",
    response=LocalItemOut,
    summary="Take an item of your community for yourself",
    openapi_extra=scopes("shop.write"),
)
def claim_item_of_community(
    request: HttpRequest, handle: str, item_id: uuid.UUID, body: LocalVersionIn
) -> Any:
    actor = actor_of(request)
    actor.require_member()
    community_id = door_of(handle, by=actor).community.id
    return claim_here(item_id, by=actor, community_id=community_id, version=body.version)


@router.post(
    "/communities/{handle}/queue/{uuid:item_id}/release",
    response=LocalItemOut,
    summary="Put an item of your community back",
    openapi_extra=scopes("shop.write"),
)
def release_item_of_community(
    request: HttpRequest, handle: str, item_id: uuid.UUID, body: LocalVersionIn
) -> Any:
    actor = actor_of(request)
    actor.require_member()
    community_id = door_of(handle, by=actor).community.id
    return release_here(item_id, by=actor, community_id=community_id, version=body.version)


@router.post(
    "/communities/{handle}/queue/{uuid:item_id}/decide",
    response=LocalItemOut,
    summary="Keep or hide a post or a comment of your community",
    openapi_extra=scopes("shop.write"),
)
def decide_item_of_community(
    request: HttpRequest, handle: str, item_id: uuid.UUID, body: LocalDecisionIn
) -> Any:
    actor = actor_of(request)
    actor.require_member()
    return decide_here(
        item_id,
        by=actor,
        community_id=door_of(handle, by=actor).community.id,
        version=body.version,
        decision=Decision(body.decision),
        reason=body.reason,
    )


@router.post(
    "/posts/{uuid:post_id}/state",
    response={204: None},
    summary="Hide a post, show it again, or take it down for good",
    tags=["talk"],
    openapi_extra=scopes("moderation.decide"),
)
def decide_post(request: HttpRequest, post_id: uuid.UUID, body: StateIn) -> Any:
    actor = actor_of(request)
    actor.require("moderation.decide")
    if body.state == "shown":
        let_show("post", post_id, by=actor)
    else:
        decision = Decision.REMOVE if body.state == "removed" else Decision.HIDE
        take_down("post", post_id, by=actor, reason=body.reason, decision=decision)
    return Status(204, None)
