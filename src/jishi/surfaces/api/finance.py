"""The finance desk: differences between the books, closed days, budgets, entries by hand."""

import uuid
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.flows.adjustments import ask_adjustment
from jishi.flows.closing import close_proven_day, prove_day
from jishi.flows.corrections import ask_about, ask_correction
from jishi.flows.statements import import_statement as fetch_statement
from jishi.modules.finance.public import (
    REFUND_LIMIT,
    DifferenceKind,
    DifferenceState,
    close_of,
    closes,
    difference_view,
    differences,
    explain_difference,
    limit_minor,
    problems_of,
    set_limit,
)
from jishi.modules.ledger.public import budget_rows
from jishi.platform.http import actor_of, limited_as, repeats_by_itself, scopes
from jishi.surfaces.api.common import LIMIT_MAX, MINOR_MAX, Day, Minor

router = Router(tags=["staff"])


class DifferenceRowOut(Schema):
    """`ours_minor` and `theirs_minor` are null where one side has nothing."""

    id: uuid.UUID
    provider: str
    day: date
    kind: DifferenceKind
    about: str
    intent_id: str
    reference: str
    currency: str
    ours_minor: int | None
    theirs_minor: int | None
    order_id: uuid.UUID | None
    state: DifferenceState
    note: str
    found_at: datetime
    closed_at: datetime | None


class DifferencesIn(Schema):
    state: DifferenceState | None = None
    provider: str = Field("", max_length=24)
    day: Day | None = None
    page: int = Field(1, ge=1, le=10_000)
    limit: int = Field(50, ge=1, le=LIMIT_MAX)


class NoteIn(Schema):
    note: str = Field(min_length=1, max_length=400)


class StatementIn(Schema):
    provider: str = Field(min_length=1, max_length=24)
    day: Day


class ImportedOut(Schema):
    new_count: int
    fee_count: int
    opened_count: int


class ApprovalMadeOut(Schema):
    """What waits for a second person."""

    approval_id: uuid.UUID


class CloseOut(Schema):
    """`totals` is what was sealed; `hash` is SHA-256 over the hash before, the day and the totals."""

    day: date
    totals: dict[str, Any]
    previous_hash: str
    hash: str
    closed_at: datetime
    closed_label: str


class CloseDayOut(Schema):
    """A day as it is proven now, and its seal where it is closed."""

    proof: dict[str, Any]
    problems: list[str]
    close: CloseOut | None


class BudgetOut(Schema):
    """granted = used + reserved + left, in minor units; `unit` ends in `.b`: a permission to spend, not money."""

    code: str
    unit: str
    granted_minor: int
    used_minor: int
    reserved_minor: int
    left_minor: int
    percent: int


class EntryIn(Schema):
    debit: str = Field(min_length=1, max_length=80)
    credit: str = Field(min_length=1, max_length=80)
    amount_minor: int = Field(ge=1, le=MINOR_MAX)
    reason: str = Field(min_length=1, max_length=400)


class LimitsOut(Schema):
    """0 is no limit."""

    refund_limit_minor: int


class LimitsIn(Schema):
    refund_limit_minor: Minor


@router.get(
    "/ledger/differences",
    response=list[DifferenceRowOut],
    summary="Where orders, ledger and providers differ, newest day first",
    openapi_extra=scopes("ledger.view"),
)
def list_differences(request: HttpRequest, wanted: Query[DifferencesIn]) -> Any:
    return differences(by=actor_of(request), **wanted.dict())


@router.get(
    "/ledger/differences/{uuid:difference_id}",
    response=DifferenceRowOut,
    summary="One difference",
    openapi_extra=scopes("ledger.view"),
)
def get_difference(request: HttpRequest, difference_id: uuid.UUID) -> Any:
    return difference_view(difference_id, by=actor_of(request))


@router.post(
    "/ledger/differences/{uuid:difference_id}/explain",
    response=DifferenceRowOut,
    summary="Say why the books may differ here",
    openapi_extra=scopes("ledger.adjust"),
)
def explain_one_difference(request: HttpRequest, difference_id: uuid.UUID, body: NoteIn) -> Any:
    return explain_difference(difference_id, by=actor_of(request), note=body.note)


@router.post(
    "/ledger/differences/{uuid:difference_id}/ask",
    response=DifferenceRowOut,
    summary="Ask the provider again and take its word",
    openapi_extra=scopes("ledger.adjust", **repeats_by_itself("asking changes nothing twice")),
)
def ask_about_difference(request: HttpRequest, difference_id: uuid.UUID) -> Any:
    return ask_about(difference_id, by=actor_of(request))


@router.post(
    "/ledger/differences/{uuid:difference_id}/correct",
    response={202: ApprovalMadeOut},
    summary="Ask a second person to post what the ledger misses",
    openapi_extra=scopes("ledger.adjust"),
)
def correct_difference(request: HttpRequest, difference_id: uuid.UUID, body: NoteIn) -> Any:
    request_id = ask_correction(difference_id, by=actor_of(request), reason=body.note)
    return Status(202, {"approval_id": request_id})


@router.post(
    "/ledger/statements",
    response=ImportedOut,
    summary="Fetch a provider's statement of a day and compare; again is nothing new",
    openapi_extra=scopes(
        "ledger.adjust", **repeats_by_itself("a statement is written once"), **limited_as("report")
    ),
)
def import_statement(request: HttpRequest, body: StatementIn) -> Any:
    return fetch_statement(body.day, provider=body.provider, by=actor_of(request))


@router.post(
    "/ledger/entries",
    response={202: ApprovalMadeOut},
    summary="Ask a second person for an entry by hand",
    openapi_extra=scopes("ledger.adjust"),
)
def create_entry(request: HttpRequest, body: EntryIn) -> Any:
    request_id = ask_adjustment(**body.dict(), currency=settings.JISHI_CURRENCY, by=actor_of(request))
    return Status(202, {"approval_id": request_id})


@router.get(
    "/ledger/closes",
    response=list[CloseOut],
    summary="Closed days, newest first",
    openapi_extra=scopes("ledger.view"),
)
def list_closes(request: HttpRequest) -> Any:
    return closes(by=actor_of(request))


@router.get(
    "/ledger/days/{day}",
    response=CloseDayOut,
    summary="A day as it is proven now, with its seal",
    openapi_extra=scopes("ledger.view", **limited_as("report")),
)
def get_day(request: HttpRequest, day: Day) -> Any:
    actor_of(request).require("ledger.view")
    proof = prove_day(day)
    return {
        "proof": asdict(proof),
        "problems": [one.code for one in problems_of(proof)],
        "close": close_of(day),
    }


@router.post(
    "/ledger/days/{day}/close",
    response=CloseOut,
    summary="Close a day; a closed one is answered as it was sealed",
    openapi_extra=scopes("ledger.adjust"),
)
def close_one_day(request: HttpRequest, day: Day) -> Any:
    return close_proven_day(day, by=actor_of(request))


@router.get(
    "/ledger/budgets",
    response=list[BudgetOut],
    summary="Every budget with what is used, reserved and left",
    openapi_extra=scopes("reports.view"),
)
def list_budgets(request: HttpRequest) -> Any:
    actor_of(request).require("reports.view")
    return [{**asdict(row), "percent": row.percent} for row in budget_rows()]


@router.get(
    "/ledger/limits",
    response=LimitsOut,
    summary="Above which sum a refund by staff needs a second person",
    openapi_extra=scopes("ledger.view"),
)
def get_limits(request: HttpRequest) -> Any:
    actor_of(request).require("ledger.view")
    return {REFUND_LIMIT: limit_minor(REFUND_LIMIT)}


@router.put(
    "/ledger/limits",
    response=LimitsOut,
    summary="Set the limits",
    openapi_extra=scopes("ledger.adjust"),
)
def replace_limits(request: HttpRequest, body: LimitsIn) -> Any:
    set_limit(REFUND_LIMIT, value_minor=body.refund_limit_minor, by=actor_of(request))
    return {REFUND_LIMIT: limit_minor(REFUND_LIMIT)}
