"""Writing to the ledger: post, reserve, commit, release. All of it runs inside the caller's transaction."""

import uuid
from collections.abc import Iterable, Sequence

from django.db.models import F

from jishi.kernel import clock
from jishi.modules.ledger.errors import BudgetExhausted, TransferMismatch
from jishi.modules.ledger.models import Account, Transfer
from jishi.modules.ledger.types import AccountRef, NewTransfer, TransferState
from jishi.platform.transactions import in_transaction


@in_transaction
def post_transfers(transfers: Sequence[NewTransfer]) -> int:
    """Write posted transfers; one that exists already is left alone. Returns how many were new.

    Raises TransferMismatch when an id exists with another amount or other sides, BudgetExhausted when a bounded
    account would go below zero.
    """
    return len(_insert(transfers, TransferState.POSTED))


@in_transaction
def reserve(transfer: NewTransfer) -> bool:
    """Set an amount aside (pending). False when the id is already there."""
    return bool(_insert([transfer], TransferState.PENDING))


@in_transaction
def commit_reserved(transfer_id: uuid.UUID) -> bool:
    """Pending → posted. False when it is not pending."""
    row = _close(transfer_id, TransferState.POSTED)
    if row is None:
        return False
    _move_bounded(row.credit_id, row.amount_minor)
    return True


@in_transaction
def release_reserved(transfer_id: uuid.UUID) -> bool:
    """Pending → voided; what was set aside is available again. False when it is not pending."""
    row = _close(transfer_id, TransferState.VOIDED)
    if row is None:
        return False
    _move_bounded(row.debit_id, row.amount_minor)
    return True


def account_ids(refs: Iterable[tuple[AccountRef, str]]) -> dict[tuple[str, str], uuid.UUID]:
    """Accounts by (code, unit), opened on first use; one query when all of them are open."""
    wanted = {(ref.code, unit): ref for ref, unit in refs}
    codes = [code for code, _ in wanted]
    found = {
        (row[0], row[1]): row[2]
        for row in Account.objects.filter(code__in=codes).values_list("code", "unit", "id")
    }
    for (code, unit), ref in wanted.items():
        if (code, unit) not in found:
            account, _ = Account.objects.get_or_create(
                code=code, unit=unit, defaults={"kind": ref.kind.value, "is_bounded": ref.is_bounded}
            )
            found[code, unit] = account.id
    return found


def _insert(transfers: Sequence[NewTransfer], state: TransferState) -> list[NewTransfer]:
    if not transfers:
        return []
    now = clock.now()
    sides = account_ids((ref, t.unit) for t in transfers for ref in (t.debit, t.credit))
    known = {row.id: row for row in Transfer.objects.filter(id__in=[t.id for t in transfers])}
    for t in transfers:
        row = known.get(t.id)
        if row is not None and (row.amount_minor, row.debit_id, row.credit_id) != (
            t.amount_minor,
            sides[t.debit.code, t.unit],
            sides[t.credit.code, t.unit],
        ):
            raise TransferMismatch(transfer_id=str(t.id))
    fresh = [t for t in transfers if t.id not in known]
    Transfer.objects.bulk_create(
        [
            Transfer(
                id=t.id,
                debit_id=sides[t.debit.code, t.unit],
                credit_id=sides[t.credit.code, t.unit],
                amount_minor=t.amount_minor,
                unit=t.unit,
                state=state.value,
                kind=t.kind,
                subject_kind=t.subject[0],
                subject_id=t.subject[1],
                reverses_id=t.reverses_id,
                at=now,
                closed_at=now if state is TransferState.POSTED else None,
            )
            for t in fresh
        ]
    )
    for t in fresh:
        if t.debit.is_bounded:
            _take_bounded(sides[t.debit.code, t.unit], t.amount_minor)
        if t.credit.is_bounded and state is TransferState.POSTED:
            _move_bounded(sides[t.credit.code, t.unit], t.amount_minor)
    return fresh


def _take_bounded(account: uuid.UUID, amount_minor: int) -> None:
    """Take from a bounded account by a conditional write, never by reading first."""
    taken = Account.objects.filter(id=account, available_minor__gte=amount_minor).update(
        available_minor=F("available_minor") - amount_minor
    )
    if not taken:
        raise BudgetExhausted()


def _move_bounded(account: uuid.UUID, amount_minor: int) -> None:
    Account.objects.filter(id=account, is_bounded=True).update(
        available_minor=F("available_minor") + amount_minor
    )


def _close(transfer_id: uuid.UUID, state: TransferState) -> Transfer | None:
    closed = Transfer.objects.filter(id=transfer_id, state=TransferState.PENDING.value).update(
        state=state.value, closed_at=clock.now()
    )
    return Transfer.objects.get(id=transfer_id) if closed else None
