"""What two people must agree on, for staff."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from jishi.flows.approvals import approve_request
from jishi.modules.approvals.public import ApprovalState, refuse, request_view, requests_table, withdraw
from jishi.platform.http import actor_of, scopes
from jishi.platform.paging import key_of
from jishi.surfaces.api.common import Page, PageIn, page_of

router = Router(tags=["staff"])


class ApprovalOut(Schema):
    """`amount` is in minor units of `unit`, or in points; `payload` is what a yes will work from."""

    id: uuid.UUID
    kind: str
    subject_kind: str
    subject_id: uuid.UUID
    amount: int
    unit: str
    payload: dict[str, Any]
    reason: str
    state: ApprovalState
    asked_by: uuid.UUID | None
    asked_label: str
    asked_at: datetime
    expires_at: datetime
    decided_by: uuid.UUID | None
    decided_label: str
    decided_at: datetime | None
    note: str


class ApprovalsIn(PageIn):
    state: ApprovalState | None = None
    kind: str = Field("", max_length=40)


class AnswerIn(Schema):
    note: str = Field("", max_length=400)


@router.get(
    "/approvals",
    response=Page[ApprovalOut],
    summary="Requests for a second person, newest first",
    openapi_extra=scopes("approvals.view"),
)
def list_approvals(request: HttpRequest, wanted: Query[ApprovalsIn]) -> Any:
    rows = requests_table(
        by=actor_of(request),
        state=wanted.state,
        kind=wanted.kind,
        after=key_of(wanted.cursor),
        limit=wanted.limit,
    )
    return page_of(request, rows, limit=wanted.limit, field="asked_at")


@router.get(
    "/approvals/{uuid:approval_id}",
    response=ApprovalOut,
    summary="One request",
    openapi_extra=scopes("approvals.view"),
)
def get_approval(request: HttpRequest, approval_id: uuid.UUID) -> Any:
    return request_view(approval_id, by=actor_of(request))


@router.post(
    "/approvals/{uuid:approval_id}/approve",
    response=ApprovalOut,
    summary="Agree, and do it in the same transaction",
    openapi_extra=scopes("approvals.decide"),
)
def approve_approval(request: HttpRequest, approval_id: uuid.UUID, body: AnswerIn) -> Any:
    return approve_request(approval_id, by=actor_of(request), note=body.note)


@router.post(
    "/approvals/{uuid:approval_id}/refuse",
    response=ApprovalOut,
    summary="Do not agree",
    openapi_extra=scopes("approvals.decide"),
)
def refuse_approval(request: HttpRequest, approval_id: uuid.UUID, body: AnswerIn) -> Any:
    return refuse(approval_id, by=actor_of(request), note=body.note)


@router.post(
    "/approvals/{uuid:approval_id}/withdraw",
    response=ApprovalOut,
    summary="Take back what one asked for oneself",
    openapi_extra=scopes("approvals.view"),
)
def withdraw_approval(request: HttpRequest, approval_id: uuid.UUID, body: AnswerIn) -> Any:
    return withdraw(approval_id, by=actor_of(request), note=body.note)
