"""Writing to the ledger: post, reserve, commit, release. All of it runs inside the caller's transaction."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection
from django.db.models import F

from jishi.kernel import clock
from jishi.modules.ledger.errors import BudgetExhausted, TransferMismatch
from jishi.modules.ledger.models import Account, Transfer
from jishi.modules.ledger.types import AccountRef, NewTransfer, TransferState
from jishi.platform.transactions import in_transaction

_gathered: ContextVar[list[NewTransfer] | None] = ContextVar("gathered_reservations", default=None)


@in_transaction
def post_transfers(transfers: Sequence[NewTransfer]) -> int:
    """Write posted transfers; one that exists already is left alone. Returns how many were new.

    Raises TransferMismatch when an id exists with another amount or other sides, BudgetExhausted when a bounded
    account would go below zero.
    """
    return len(_insert(transfers, TransferState.POSTED))


@in_transaction
def reserve(transfer: NewTransfer) -> bool:
    """Set an amount aside (pending). False when the id is already there. Raises BudgetExhausted."""
    gathered = _gathered.get()
    if gathered is not None:
        gathered.append(transfer)
        return True
    return bool(_insert([transfer], TransferState.PENDING))


@contextmanager
def reserving_together() -> Iterator[None]:
    """What is reserved inside is written at the end, in one statement; BudgetExhausted comes then, from here."""
    token = _gathered.set([])
    try:
        yield
        transfers = _gathered.get() or []
    finally:
        _gathered.reset(token)
    reserve_all(transfers)


@in_transaction
def reserve_all(transfers: Sequence[NewTransfer]) -> int:
    """The same for many at once: all or none. Returns how many were new."""
    gathered = _gathered.get()
    if gathered is not None:
        gathered.extend(transfers)
        return len(transfers)
    return len(_insert(transfers, TransferState.PENDING))


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
    """Write what is not there yet, in one statement; what was there must be the same."""
    if not transfers:
        return []
    if state is TransferState.PENDING and _reserve_at_once(transfers):
        return list(transfers)
    sides = account_ids((ref, t.unit) for t in transfers for ref in (t.debit, t.credit))
    written = _write(transfers, state, sides)
    for t in transfers:
        if t.id not in written:
            _refuse_mismatch(t, sides)
    fresh = [t for t in transfers if t.id in written]
    _move_all(fresh, state, sides)
    return fresh


def _move_all(
    fresh: Sequence[NewTransfer], state: TransferState, sides: dict[tuple[str, str], uuid.UUID]
) -> None:
    """What all of them together take from bounded accounts and bring to them."""
    moves: dict[uuid.UUID, int] = {}
    for t in fresh:
        if t.debit.is_bounded:
            account = sides[t.debit.code, t.unit]
            moves[account] = moves.get(account, 0) - t.amount_minor
        if t.credit.is_bounded and state is TransferState.POSTED:
            account = sides[t.credit.code, t.unit]
            moves[account] = moves.get(account, 0) + t.amount_minor
    takings = {account: -moved for account, moved in moves.items() if moved < 0}
    if takings:
        _take_bounded(takings)
    for account, moved in sorted(moves.items()):
        if moved > 0:
            _move_bounded(account, moved)


_RESERVE = """
WITH asked AS (
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::uuid[],
                         %s::uuid[]) AS asked(id, debit, credit, amount, unit, kind, subject_kind, subject_id, reverses_id)
), sided AS (
    SELECT asked.*, d.id AS debit_id, c.id AS credit_id, d.is_bounded FROM asked
    JOIN ledger_account d ON d.code = asked.debit AND d.unit = asked.unit
    JOIN ledger_account c ON c.code = asked.credit AND c.unit = asked.unit
), whole AS (
    SELECT count(*) = %s AND NOT EXISTS (SELECT 1 FROM ledger_transfer t JOIN asked USING (id)) AS is_fresh FROM sided
), written AS (
    INSERT INTO ledger_transfer (id, debit_id, credit_id, amount_minor, unit, state, kind, subject_kind, subject_id,
                                 reverses_id, at)
    SELECT id, debit_id, credit_id, amount, unit, 'pending', kind, subject_kind, subject_id, reverses_id, %s
    FROM sided, whole WHERE is_fresh RETURNING id
), takings AS (
    SELECT debit_id, sum(amount)::bigint AS amount FROM sided, whole WHERE is_bounded AND is_fresh GROUP BY debit_id
), held AS (
    SELECT a.id, takings.amount FROM ledger_account a JOIN takings ON takings.debit_id = a.id ORDER BY a.id FOR UPDATE OF a
), taken AS (
    UPDATE ledger_account a SET available_minor = a.available_minor - held.amount
    FROM held WHERE a.id = held.id AND a.available_minor >= held.amount RETURNING a.id
)
SELECT (SELECT count(*) FROM written), (SELECT count(*) FROM takings), (SELECT count(*) FROM taken)
"""


def _reserve_at_once(transfers: Sequence[NewTransfer]) -> bool:
    """The usual case, all accounts open and all ids new, in one statement. False when it is another case: nothing is written.

    Raises BudgetExhausted.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _RESERVE,
            [
                [t.id for t in transfers],
                [t.debit.code for t in transfers],
                [t.credit.code for t in transfers],
                [t.amount_minor for t in transfers],
                [t.unit for t in transfers],
                [t.kind for t in transfers],
                [t.subject[0] for t in transfers],
                [t.subject[1] for t in transfers],
                [t.reverses_id for t in transfers],
                len(transfers),
                clock.now(),
            ],
        )
        written, wanted, taken = cursor.fetchone()
    if taken != wanted:
        raise BudgetExhausted()
    return bool(written == len(transfers))


def _write(
    transfers: Sequence[NewTransfer], state: TransferState, sides: dict[tuple[str, str], uuid.UUID]
) -> set[uuid.UUID]:
    now = clock.now()
    closed_at = now if state is TransferState.POSTED else None
    rows = [
        (
            *(t.id, sides[t.debit.code, t.unit], sides[t.credit.code, t.unit], t.amount_minor, t.unit),
            *(state.value, t.kind, t.subject[0], t.subject[1], t.reverses_id, now, closed_at),
        )
        for t in transfers
    ]
    places = ", ".join(["(" + ", ".join(["%s"] * len(rows[0])) + ")"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_transfer (id, debit_id, credit_id, amount_minor, unit, state, kind, subject_kind,"
            f" subject_id, reverses_id, at, closed_at) VALUES {places} ON CONFLICT (id) DO NOTHING RETURNING id",
            [value for row in rows for value in row],
        )
        return {row[0] for row in cursor.fetchall()}


def _refuse_mismatch(t: NewTransfer, sides: dict[tuple[str, str], uuid.UUID]) -> None:
    row = Transfer.objects.get(id=t.id)
    wanted = (t.amount_minor, sides[t.debit.code, t.unit], sides[t.credit.code, t.unit])
    if (row.amount_minor, row.debit_id, row.credit_id) != wanted:
        raise TransferMismatch(transfer_id=str(t.id))


def _take_bounded(takings: dict[uuid.UUID, int]) -> None:
    """Take from bounded accounts by one conditional write, never by reading first; rows are locked in their order."""
    accounts = sorted(takings)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH asked AS (SELECT * FROM unnest(%s::uuid[], %s::bigint[]) AS asked(id, amount)), held AS ("
            " SELECT a.id, asked.amount FROM ledger_account a JOIN asked USING (id) ORDER BY a.id FOR UPDATE OF a)"
            " UPDATE ledger_account a SET available_minor = a.available_minor - held.amount"
            " FROM held WHERE a.id = held.id AND a.available_minor >= held.amount",
            [accounts, [takings[account] for account in accounts]],
        )
        if cursor.rowcount != len(accounts):
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
