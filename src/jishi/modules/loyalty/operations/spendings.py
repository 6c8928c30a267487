"""Points that pay: set aside, kept, released, taken again, given back. All inside the caller's transaction."""

import uuid
from collections.abc import Sequence

from django.db import connection

from jishi.kernel import clock, ids
from jishi.kernel.errors import NotFound
from jishi.modules.ledger.public import NewTransfer, commit_reserved, release_reserved, reserve
from jishi.modules.loyalty.errors import PointsTooFew
from jishi.modules.loyalty.models import Account, Lot, Spending
from jishi.modules.loyalty.operations.entries import REDEEMED, UNIT, lock_account, purse, write_changes
from jishi.modules.loyalty.queries.points import open_lots, parts_of
from jishi.modules.loyalty.rules.points import choose_lots, choose_returns
from jishi.modules.loyalty.types import Change, EntryKind, Part, SpendingState
from jishi.platform import locks
from jishi.platform.transactions import in_transaction


@in_transaction
def reserve_points(
    *, member_id: uuid.UUID, points: int, spending_id: uuid.UUID, currency_minor: int, kind: str = "order"
) -> bool:
    """Set points aside for an order (`spending_id` is its id), the soonest to expire first. False when it was done.

    Locks the account before choosing; five statements. Raises PointsTooFew, after which the transaction is undone.
    """
    if points <= 0:
        raise ValueError("spend at least one point")
    try:
        locks.lock_one(Account, member_id)
    except NotFound as refusal:
        raise PointsTooFew(missing=points) from refusal
    spending = Spending(
        id=spending_id,
        account_id=member_id,
        kind=kind,
        points=points,
        currency_minor=currency_minor,
        at=clock.now(),
    )
    if not _write_once(spending):
        if not Spending.objects.filter(id=spending_id, account_id=member_id).exists():
            raise ValueError("this spending is another member's")
        return False
    _take(spending, _parts_for(member_id, points))
    return True


@in_transaction
def commit_points(spending_id: uuid.UUID) -> bool:
    """Held → kept: what they pay for has been paid. False when nothing is held."""
    spending = _locked(spending_id)
    if spending is None or spending.state != SpendingState.HELD.value:
        return False
    commit_reserved(_transfer_id(spending))
    return _move_to(spending, SpendingState.KEPT)


@in_transaction
def release_points(spending_id: uuid.UUID) -> bool:
    """Held → released: back into the same lots. False when nothing is held."""
    spending = _locked(spending_id)
    if spending is None or spending.state != SpendingState.HELD.value:
        return False
    release_reserved(_transfer_id(spending))
    _give_back(spending, parts_of(spending_id), is_released=True)
    return _move_to(spending, SpendingState.RELEASED)


@in_transaction
def regain_points(spending_id: uuid.UUID) -> bool:
    """Released → held again, because the money came late. False when they are not there any more.

    True as well when they were never released. The order is committed afterwards, as after `reserve_points`.
    """
    spending = _locked(spending_id)
    if spending is None:
        return False
    if spending.state != SpendingState.RELEASED.value:
        return True
    try:
        parts = _parts_for(spending.account_id, spending.points)
    except PointsTooFew:
        return False
    spending.attempt += 1
    spending.returned_expired = 0
    _take(spending, parts)
    return _move_to(spending, SpendingState.HELD)


@in_transaction
def return_points(spending_id: uuid.UUID, *, points_so_far: int) -> int:
    """Give back what a refund gives back, into the lots that paid; `points_so_far` is the total by now.

    Points whose lot has ended meanwhile come back expired. Returns how many went back now (expired ones too);
    asking for less than before, or for a spending that is not kept, gives nothing.
    """
    spending = _locked(spending_id)
    if spending is None or spending.state != SpendingState.KEPT.value:
        return 0
    points = min(points_so_far, spending.points) - spending.returned
    if points <= 0:
        return 0
    _give_back(spending, choose_returns(parts_of(spending_id), points=points), is_released=False)
    spending.returned += points
    spending.save(update_fields=["returned", "returned_expired"])
    return points


def settle_incoming(account: Account, lot: Lot, *, points: int) -> list[Change]:
    """What spendable points meet on arrival: first what a refund still asks of this lot, then the member's debt."""
    changes: list[Change] = []
    asked = min(points, lot.short)
    if asked:
        lot.short -= asked
        lot.save(update_fields=["short"])
        changes.append(Change(EntryKind.TAKE_BACK, asked, lot.id))
    covered = min(points - asked, account.debt)
    if covered:
        account.debt -= covered  # the statement writes it; here it is counted for the next lot
        changes.append(Change(EntryKind.COVER, covered, lot.id))
    return changes


def _write_once(spending: Spending) -> bool:
    """False when the spending is there already; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO loyalty_spending (id, account_id, kind, points, currency_minor, state, attempt, returned,"
            " returned_expired, at) VALUES (%s, %s, %s, %s, %s, %s, 1, 0, 0, %s) ON CONFLICT (id) DO NOTHING",
            [
                *(spending.id, spending.account_id, spending.kind, spending.points, spending.currency_minor),
                *(spending.state, spending.at),
            ],
        )
        return bool(cursor.rowcount == 1)


def _parts_for(member_id: uuid.UUID, points: int) -> tuple[Part, ...]:
    """Raises PointsTooFew. The account is locked."""
    parts = choose_lots(open_lots(member_id), points=points)
    found = sum(part.points for part in parts)
    if found < points:
        raise PointsTooFew(missing=points - found)
    return parts


def _take(spending: Spending, parts: Sequence[Part]) -> None:
    reserve(
        NewTransfer(
            id=_transfer_id(spending),
            debit=purse(spending.account_id),
            credit=REDEEMED,
            amount_minor=spending.points,
            unit=UNIT,
            kind="points_spend",
            subject=(spending.kind, spending.id),
        )
    )
    write_changes(
        spending.account_id,
        [Change(EntryKind.SPEND, part.points, part.lot_id) for part in parts],
        subject=("spending", spending.id),
        note=spending.kind,
        outside=frozenset({EntryKind.SPEND}),
    )


def _give_back(spending: Spending, parts: Sequence[Part], *, is_released: bool) -> None:
    """Into the same lots. The account is locked; a release has freed the ledger's reservation already."""
    account = lock_account(spending.account_id)
    lots = Lot.objects.in_bulk([part.lot_id for part in parts])
    now, changes = clock.now(), []
    for part in parts:
        lot = lots[part.lot_id]
        changes.append(Change(EntryKind.GIVE_BACK, part.points, lot.id))
        if lot.expires_at is not None and lot.expires_at <= now:
            changes.append(Change(EntryKind.EXPIRE, part.points, lot.id))
            spending.returned_expired += part.points
        else:
            changes += settle_incoming(account, lot, points=part.points)
    write_changes(
        spending.account_id,
        changes,
        subject=("spending", spending.id),
        note="released" if is_released else "refunded",
        outside=frozenset({EntryKind.GIVE_BACK}) if is_released else frozenset(),
    )


def _locked(spending_id: uuid.UUID) -> Spending | None:
    """The spending under its account's lock; the account comes first, always."""
    member_id = Spending.objects.filter(id=spending_id).values_list("account_id", flat=True).first()
    if member_id is None:
        return None
    locks.lock_one(Account, member_id)
    return Spending.objects.get(id=spending_id)


def _move_to(spending: Spending, state: SpendingState) -> bool:
    spending.state = state.value
    spending.save(update_fields=["state", "attempt", "returned_expired"])
    return True


def _transfer_id(spending: Spending) -> uuid.UUID:
    return ids.derived_id(spending.id, f"points:{spending.attempt}")
