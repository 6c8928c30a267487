"""Reports, decisions about oneself, and the queue for staff."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.flows.moderation import decide, report_subject
from jishi.modules.guard.public import (
    Cause,
    ContentCheck,
    Decision,
    ItemState,
    QueueQuestion,
    ReportOutcome,
    ReportReason,
    SanctionForm,
    SanctionKind,
    Severity,
    Visible,
    appeal,
    check_content,
    claim_item,
    decisions_about_me,
    item_view,
    lift_sanction,
    queue,
    release_item,
    reports_of,
    reports_on,
    sanctions_of,
    sanctions_table,
    set_sanction,
)
from jishi.platform.http import actor_of, scopes

ROWS_MAX = 100
router = Router(tags=["moderation"])


class ModerationReportIn(Schema):
    """`kind` as in the queue: product, profile, post, comment, review, note …"""

    kind: str = Field(min_length=1, max_length=24)
    subject_id: uuid.UUID
    reason: ReportReason
    note: str = Field("", max_length=400)


class ReportMadeOut(Schema):
    received: bool = True


class OwnReportOut(Schema):
    id: uuid.UUID
    kind: str
    reason: ReportReason
    note: str
    outcome: ReportOutcome
    at: datetime


class OwnDecisionOut(Schema):
    """What its author may know of an item."""

    id: uuid.UUID
    kind: str
    subject_id: uuid.UUID
    excerpt: str
    state: ItemState
    visible: Visible
    decision: Decision | None
    reason: str
    opened_at: datetime
    decided_at: datetime | None
    may_appeal: bool
    appealed_at: datetime | None
    appeal_text: str


class AppealIn(Schema):
    text: str = Field(min_length=1, max_length=1000)


class SanctionOut(Schema):
    id: uuid.UUID
    member_id: uuid.UUID
    kind: SanctionKind
    community_id: uuid.UUID | None
    slow_seconds: int
    reason: str
    set_at: datetime
    ends_at: datetime | None
    lifted_at: datetime | None


class SanctionIn(Schema):
    """`hours` null lasts until it is lifted; `slow_seconds` only for slow."""

    kind: SanctionKind
    hours: int | None = Field(None, ge=1, le=8760)
    reason: str = Field(min_length=1, max_length=400)
    slow_seconds: int = Field(0, ge=0, le=86_400)
    community_id: uuid.UUID | None = None

    def form(self) -> SanctionForm:
        return SanctionForm(self.kind, self.hours, self.reason, self.slow_seconds, self.community_id)


class ItemOut(OwnDecisionOut):
    """`score` in hundredths; `version` goes with every act on the item."""

    author_id: uuid.UUID | None
    community_id: uuid.UUID | None
    link: str
    cause: Cause
    reasons: list[str]
    score: int
    reports_count: int
    version: int
    due_at: datetime
    claimed_by: uuid.UUID | None
    decided_by: uuid.UUID | None
    is_appeal: bool


class ReportOut(OwnReportOut):
    """`weight` in hundredths."""

    member_id: uuid.UUID
    weight: int


class ItemFullOut(ItemOut):
    reports: list[ReportOut]


class ItemsOut(Schema):
    items: list[ItemOut]
    total: int


class ItemsAsked(Schema):
    state: str = Field("waiting", max_length=10, description="waiting, open, claimed, decided; empty is all")
    kind: str = Field("", max_length=24)
    cause: Cause | None = None
    overdue: bool = False
    author_id: uuid.UUID | None = None
    community_id: uuid.UUID | None = None
    page: int = Field(1, ge=1, le=1000)
    limit: int = Field(50, ge=1, le=ROWS_MAX)


class VersionIn(Schema):
    version: int = Field(ge=1, description="As you read it; refused when somebody acted meanwhile")


class DecisionIn(VersionIn):
    """A reason is needed for everything but keep; `sanction` only for sanction."""

    decision: Decision
    reason: str = Field("", max_length=400)
    sanction: SanctionIn | None = None


class SanctionsOut(Schema):
    items: list[SanctionOut]
    total: int


class SanctionsAsked(Schema):
    running: bool = True
    page: int = Field(1, ge=1, le=1000)
    limit: int = Field(50, ge=1, le=ROWS_MAX)


class CheckIn(Schema):
    kind: str = Field("post", min_length=1, max_length=24)
    text: str = Field(min_length=1, max_length=20_000)
    is_commercial: bool = False
    is_first: bool = False
    typed_ms: int | None = Field(None, ge=0, le=10**9)


class FindingOut(Schema):
    """Offsets in characters of the text as it was sent."""

    word: str
    written: str
    kind: str
    category: str
    severity: Severity
    how: str
    reason: str
    suggestion: str
    start: int
    end: int


class VerdictOut(Schema):
    action: str
    reasons: list[str]
    score: int
    findings: list[FindingOut]


@router.post(
    "/reports",
    response={201: ReportMadeOut},
    summary="Say that something is wrong",
    openapi_extra=scopes("shop.write"),
)
def create_report(request: HttpRequest, body: ModerationReportIn) -> Any:
    """Once per thing and member. What comes of it stands in `/me/reports`."""
    report_subject(body.kind, body.subject_id, by=actor_of(request), reason=body.reason, note=body.note)
    return Status(201, {"received": True})


@router.get(
    "/me/reports",
    response=list[OwnReportOut],
    summary="What you have reported",
    openapi_extra=scopes("shop.read"),
)
def list_own_reports(request: HttpRequest) -> Any:
    return reports_of(by=actor_of(request), limit=ROWS_MAX)


@router.get(
    "/me/decisions",
    response=list[OwnDecisionOut],
    summary="What was decided about your content",
    openapi_extra=scopes("shop.read"),
)
def list_own_decisions(request: HttpRequest) -> Any:
    return decisions_about_me(by=actor_of(request), limit=ROWS_MAX)


@router.post(
    "/me/decisions/{uuid:item_id}/appeal",
    response=OwnDecisionOut,
    summary="Ask for a second pair of eyes",
    openapi_extra=scopes("shop.write"),
)
def appeal_decision(request: HttpRequest, item_id: uuid.UUID, body: AppealIn) -> Any:
    return appeal(item_id, by=actor_of(request), text=body.text)


@router.get(
    "/me/sanctions",
    response=list[SanctionOut],
    summary="What you may not do for now, and what has been",
    openapi_extra=scopes("shop.read"),
)
def list_own_sanctions(request: HttpRequest) -> Any:
    actor = actor_of(request)
    return sanctions_of(actor.require_member(), by=actor)


@router.get(
    "/staff/moderation/items",
    response=ItemsOut,
    summary="The queue, by its clock",
    tags=["staff"],
    openapi_extra=scopes("moderation.view"),
)
def list_items(request: HttpRequest, asked: Query[ItemsAsked]) -> Any:
    question = QueueQuestion(
        state=asked.state,
        kind=asked.kind,
        cause=asked.cause.value if asked.cause else "",
        is_overdue=asked.overdue,
        author_id=asked.author_id,
        community_id=asked.community_id,
    )
    rows, total = queue(question, by=actor_of(request), page=asked.page, limit=asked.limit)
    return {"items": rows, "total": total}


@router.get(
    "/staff/moderation/items/{uuid:item_id}",
    response=ItemFullOut,
    summary="One item with its reports",
    tags=["staff"],
    openapi_extra=scopes("moderation.view"),
)
def get_item(request: HttpRequest, item_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    actor.require("moderation.view")
    found = ItemOut.from_orm(item_view(item_id, by=actor)).dict()
    return {**found, "reports": reports_on(item_id, by=actor)}


@router.post(
    "/staff/moderation/items/{uuid:item_id}/claim",
    response=ItemOut,
    summary="Take an item for yourself",
    tags=["staff"],
    openapi_extra=scopes("moderation.decide"),
)
def claim_one_item(request: HttpRequest, item_id: uuid.UUID, body: VersionIn) -> Any:
    return claim_item(item_id, by=actor_of(request), version=body.version)


@router.post(
    "/staff/moderation/items/{uuid:item_id}/release",
    response=ItemOut,
    summary="Put an item back",
    tags=["staff"],
    openapi_extra=scopes("moderation.decide"),
)
def release_one_item(request: HttpRequest, item_id: uuid.UUID, body: VersionIn) -> Any:
    return release_item(item_id, by=actor_of(request), version=body.version)


@router.post(
    "/staff/moderation/items/{uuid:item_id}/decide",
    response=ItemOut,
    summary="Decide about an item",
    tags=["staff"],
    openapi_extra=scopes("moderation.decide"),
)
def decide_one_item(request: HttpRequest, item_id: uuid.UUID, body: DecisionIn) -> Any:
    return decide(
        item_id,
        by=actor_of(request),
        version=body.version,
        decision=body.decision,
        reason=body.reason,
        sanction=body.sanction.form() if body.sanction else None,
    )


@router.post(
    "/staff/moderation/check",
    response=VerdictOut,
    summary="What the rules say about a text; nothing is kept",
    tags=["staff"],
    openapi_extra=scopes("moderation.view"),
)
def check_text(request: HttpRequest, body: CheckIn) -> Any:
    actor_of(request).require("moderation.view")
    return check_content(
        ContentCheck(
            body.kind,
            body.text,
            None,
            is_commercial=body.is_commercial,
            typed_ms=body.typed_ms,
            is_first=body.is_first,
        )
    )


@router.get(
    "/staff/moderation/sanctions",
    response=SanctionsOut,
    summary="Who may not write",
    tags=["staff"],
    openapi_extra=scopes("moderation.view"),
)
def list_sanctions(request: HttpRequest, asked: Query[SanctionsAsked]) -> Any:
    rows, total = sanctions_table(
        by=actor_of(request), is_running=asked.running, page=asked.page, limit=asked.limit
    )
    return {"items": rows, "total": total}


@router.post(
    "/staff/moderation/members/{uuid:member_id}/sanctions",
    response={201: SanctionOut},
    summary="Set a sanction",
    tags=["staff"],
    openapi_extra=scopes("moderation.decide"),
)
def create_sanction(request: HttpRequest, member_id: uuid.UUID, body: SanctionIn) -> Any:
    return Status(201, set_sanction(body.form(), by=actor_of(request), member_id=member_id))


@router.post(
    "/staff/moderation/sanctions/{uuid:sanction_id}/lift",
    response=SanctionOut,
    summary="Lift a sanction before its time",
    tags=["staff"],
    openapi_extra=scopes("moderation.decide"),
)
def lift_one_sanction(request: HttpRequest, sanction_id: uuid.UUID) -> Any:
    return lift_sanction(sanction_id, by=actor_of(request))
