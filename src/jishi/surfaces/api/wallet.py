"""The member's wallet."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router, Schema

from jishi.modules.wallet.public import own_balance_minor, own_statement
from jishi.platform.http import actor_of, scopes
from jishi.platform.paging import key_of
from jishi.surfaces.api.common import Page, PageIn, page_of

router = Router(tags=["wallet"])


class WalletMovementOut(Schema):
    """`change_minor` is positive for money that came in; `kind` is the reason, `subject` what it was about."""

    id: uuid.UUID
    change_minor: int
    kind: str
    subject_kind: str
    subject_id: uuid.UUID
    at: datetime


class WalletOut(Page[WalletMovementOut]):
    """The balance, and a page of the statement, newest first."""

    balance_minor: int
    currency: str


@router.get(
    "/me/wallet",
    response=WalletOut,
    summary="Your wallet: balance and statement",
    openapi_extra=scopes("shop.read"),
)
def get_wallet(request: HttpRequest, wanted: Query[PageIn]) -> Any:
    actor, currency = actor_of(request), settings.JISHI_CURRENCY
    rows = own_statement(by=actor, currency=currency, after=key_of(wanted.cursor), limit=wanted.limit)
    page = page_of(request, rows, limit=wanted.limit, field="at")
    return {**page, "balance_minor": own_balance_minor(by=actor, currency=currency), "currency": currency}
