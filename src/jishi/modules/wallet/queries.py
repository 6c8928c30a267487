"""Reading wallets."""

import uuid

from jishi.kernel.actor import Actor
from jishi.modules.ledger.public import AccountKind, AccountRef, available_in, movements_in
from jishi.modules.wallet.types import Movement
from jishi.platform.paging import Key

STATEMENT_MAX = 100


def account_of(member_id: uuid.UUID) -> AccountRef:
    """The member's account in the ledger."""
    return AccountRef(code=f"wallet:{member_id}", kind=AccountKind.LIABILITY, is_bounded=True)


def balance_minor(member_id: uuid.UUID, *, currency: str) -> int:
    """What the member has; one query."""
    return available_in(code=account_of(member_id).code, unit=currency) or 0


def own_balance_minor(*, by: Actor, currency: str) -> int:
    return balance_minor(by.require_member(), currency=currency)


def own_statement(
    *, by: Actor, currency: str, after: Key | None = None, limit: int = STATEMENT_MAX
) -> list[Movement]:
    """The actor's own movements, newest first; two queries."""
    code = account_of(by.require_member()).code
    return [
        Movement(
            id=row.id,
            change_minor=row.amount_minor if row.credit == code else -row.amount_minor,
            kind=row.kind,
            subject_kind=row.subject_kind,
            subject_id=row.subject_id,
            at=row.at,
        )
        for row in movements_in(code=code, unit=currency, after=after, limit=min(limit, STATEMENT_MAX))
    ]
