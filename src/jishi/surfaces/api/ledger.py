"""The books: balances, the journal, and a provider's statement beside them."""

import uuid
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from jishi.flows.reconciliation import reconcile
from jishi.kernel import clock
from jishi.modules.finance.public import DifferenceKind
from jishi.modules.ledger.public import balances, journal
from jishi.modules.payments.public import provider_names
from jishi.platform.http import actor_of, limited_as, scopes
from jishi.platform.paging import key_of
from jishi.surfaces.api.common import MINOR_MAX, Day, Instant, Page, PageIn, page_of

router = Router(tags=["staff"])


class BalanceOut(Schema):
    """Both sides in minor units of `unit`; `net_minor` in the account's own direction."""

    code: str
    kind: str
    unit: str
    debits_minor: int
    credits_minor: int
    net_minor: int


class TransferOut(Schema):
    id: uuid.UUID
    debit: str
    credit: str
    amount_minor: int
    unit: str
    state: str
    kind: str
    subject_kind: str
    subject_id: uuid.UUID
    at: datetime


class JournalIn(PageIn):
    """`about` is the id of an order, a play or a transfer."""

    kind: str = Field("", max_length=40)
    account: str = Field("", max_length=80)
    amount_minor: int | None = Field(None, ge=1, le=MINOR_MAX)
    about: uuid.UUID | None = None
    since: Instant | None = None
    until: Instant | None = None


class ReconciliationIn(Schema):
    """A day of the provider's calendar, yesterday unless said otherwise; the first provider unless named."""

    day: Day | None = None
    provider: str = Field("", max_length=24)


class SumsOut(Schema):
    payments_minor: int
    refunds_minor: int
    fees_minor: int
    net_minor: int


class DifferenceOut(Schema):
    kind: DifferenceKind
    about: str
    intent_id: str
    reference: str
    ours_minor: int | None
    theirs_minor: int | None


class ReconciliationOut(Schema):
    day: date
    provider: str
    is_clean: bool
    matched_count: int
    ours: SumsOut
    theirs: SumsOut
    differences: list[DifferenceOut]


@router.get(
    "/ledger/balances",
    response=list[BalanceOut],
    summary="Every account with its two sides",
    openapi_extra=scopes("ledger.view"),
)
def list_balances(request: HttpRequest) -> Any:
    actor_of(request).require("ledger.view")
    return [{**asdict(balance), "net_minor": balance.net_minor} for balance in balances()]


@router.get(
    "/ledger/journal",
    response=Page[TransferOut],
    summary="Transfers, newest first",
    openapi_extra=scopes("ledger.view"),
)
def list_journal(request: HttpRequest, wanted: Query[JournalIn]) -> Any:
    actor_of(request).require("ledger.view")
    rows = journal(
        kind=wanted.kind,
        account=wanted.account,
        amount_minor=wanted.amount_minor,
        subject_id=wanted.about,
        since=wanted.since,
        until=wanted.until,
        after=key_of(wanted.cursor),
        limit=wanted.limit,
    )
    return page_of(request, rows, limit=wanted.limit, field="at")


@router.get(
    "/ledger/reconciliation",
    response=ReconciliationOut,
    summary="A provider's statement of a day beside our books",
    openapi_extra=scopes("ledger.view", **limited_as("report")),
)
def get_reconciliation(request: HttpRequest, wanted: Query[ReconciliationIn]) -> Any:
    day = wanted.day or (clock.now() - timedelta(days=1)).date()
    return reconcile(day, provider=wanted.provider or provider_names()[0], by=actor_of(request))
