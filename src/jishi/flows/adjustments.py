"""A manual entry in the ledger: asked for by one person, posted when a second agrees."""

import uuid

from django.utils.translation import gettext_noop

from jishi.flows.closing import ADJUSTMENT
from jishi.kernel import ids
from jishi.kernel.actor import Actor
from jishi.modules.approvals.public import ApprovalView, ask_approval
from jishi.modules.finance.public import BadEntry
from jishi.modules.ledger.public import (
    AccountKind,
    AccountRef,
    NewTransfer,
    account_ref,
    open_accounts,
    post_transfers,
)
from jishi.platform.transactions import in_transaction

KIND = "ledger_adjustment"
AMOUNT_MINOR_MAX = 10**12
# Accounts that are there for manual entries, opened when the first is posted.
OWN_ACCOUNTS = (
    AccountRef(code="bank", kind=AccountKind.ASSET),
    AccountRef(code="owner_capital", kind=AccountKind.LIABILITY),
    AccountRef(code="other_income", kind=AccountKind.INCOME),
    AccountRef(code="other_expense", kind=AccountKind.EXPENSE),
)


def accounts_for_entries(*, currency: str) -> list[AccountRef]:
    """What a person may post to by hand: no budgets, no purses, no wallets; those belong to their rooms."""
    found = {ref.code: ref for ref in (*OWN_ACCOUNTS, *open_accounts(unit=currency))}
    return [found[code] for code in sorted(found)]


@in_transaction
def ask_adjustment(
    *, debit: str, credit: str, amount_minor: int, currency: str, reason: str, by: Actor
) -> uuid.UUID:
    """Ask for an entry. Raises NotAllowed, BadEntry, ReasonMissing."""
    by.require("ledger.adjust")
    _sides(debit, credit, currency)
    if not 0 < amount_minor <= AMOUNT_MINOR_MAX:
        raise BadEntry(reason=gettext_noop("金额要大于零"))
    entry_id = ids.new_id()
    return ask_approval(
        kind=KIND,
        subject=("ledger_entry", entry_id),
        amount=amount_minor,
        unit=currency,
        payload={"debit": debit, "credit": credit},
        reason=reason,
        by=by,
    )


@in_transaction
def apply_adjustment(request: ApprovalView) -> None:
    """Post the entry under the id it was asked for with. Raises BadEntry."""
    debit, credit = _sides(str(request.payload["debit"]), str(request.payload["credit"]), request.unit)
    post_transfers(
        [
            NewTransfer(
                id=request.subject_id,
                debit=debit,
                credit=credit,
                amount_minor=request.amount,
                unit=request.unit,
                kind=ADJUSTMENT,
                subject=("approval", request.id),
            )
        ]
    )


def _sides(debit: str, credit: str, currency: str) -> tuple[AccountRef, AccountRef]:
    if debit == credit:
        raise BadEntry(reason=gettext_noop("借方和贷方要是两个不同的科目"))
    known = {ref.code: ref for ref in accounts_for_entries(currency=currency)}
    for code in (debit, credit):
        if code not in known or (account_ref(code=code, unit=currency) or known[code]).is_bounded:
            raise BadEntry(reason=gettext_noop("没有这个科目，或它不能手工记账"))
    return known[debit], known[credit]
