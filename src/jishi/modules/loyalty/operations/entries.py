"""The one place where points move: entries, lots, the account and the ledger, in step.

Whoever calls has locked the account. Entries are the truth; lots and account follow them in the same statement, and
their check constraints refuse what does not add up.
"""

import uuid
from collections.abc import Sequence

from django.db import connection

from jishi.kernel import clock, ids
from jishi.modules.ledger.public import AccountKind, AccountRef, NewTransfer, post_transfers
from jishi.modules.loyalty.models import Account
from jishi.modules.loyalty.rules.points import EFFECTS
from jishi.modules.loyalty.types import Change, EntryKind
from jishi.platform import locks

UNIT = "PTS"
ISSUED = AccountRef(code="points_issued", kind=AccountKind.EXPENSE)
PENDING = AccountRef(code="points_pending", kind=AccountKind.LIABILITY)
REDEEMED = AccountRef(code="points_redeemed", kind=AccountKind.INCOME)
EXPIRED = AccountRef(code="points_expired", kind=AccountKind.INCOME)
OWED = AccountRef(code="points_owed", kind=AccountKind.ASSET)


def purse(member_id: uuid.UUID) -> AccountRef:
    """What the shop owes one member: bounded, so the database refuses an overdraft."""
    return AccountRef(code=f"points:{member_id}", kind=AccountKind.LIABILITY, is_bounded=True)


def lock_account(member_id: uuid.UUID) -> Account:
    """The member's account, opened on first use and locked until the transaction ends. Raises Busy."""
    row = Account(member_id=member_id, opened_at=clock.now())
    Account.objects.bulk_create([row], ignore_conflicts=True)
    return locks.lock_one(Account, member_id)


def write_changes(
    member_id: uuid.UUID,
    changes: Sequence[Change],
    *,
    subject: tuple[str, uuid.UUID],
    note: str = "",
    outside: frozenset[EntryKind] = frozenset(),
) -> None:
    """Write entries and what follows from them. Kinds in `outside` are posted to the ledger by the caller."""
    rows = [change for change in changes if change.points > 0]
    if not rows:
        return
    now = clock.now()
    entry_ids = sorted(ids.new_id() for _ in rows)
    lots = _counters(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "ids": entry_ids,
                "lots": [row.lot_id for row in rows],
                "kinds": [row.kind.value for row in rows],
                "points": [row.points for row in rows],
                "pending": [EFFECTS[row.kind].pending * row.points for row in rows],
                "active": [EFFECTS[row.kind].active * row.points for row in rows],
                "debt": [EFFECTS[row.kind].debt * row.points for row in rows],
                "member": member_id,
                "subject_kind": subject[0],
                "subject_id": subject[1],
                "note": note[:120],
                "now": now,
                "lot_ids": list(lots),
                **{name: [values[name] for values in lots.values()] for name in _LOT_COLUMNS},
            },
        )
    post_transfers(
        [
            _transfer(member_id, row, entry_id=entry_id, subject=subject)
            for row, entry_id in zip(rows, entry_ids, strict=True)
            if row.kind not in outside
        ]
    )


_LOT_COLUMNS = ("remaining", "spent", "expired", "taken_back", "covered")
_BORN = frozenset({EntryKind.PROMISE, EntryKind.EARN})  # the lot was written with these points

_WRITE = """
WITH given AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(lots)s::uuid[], %(kinds)s::text[], %(points)s::bigint[],
                         %(pending)s::bigint[], %(active)s::bigint[], %(debt)s::bigint[])
             AS g(id, lot_id, kind, points, pending, active, debt)
), written AS (
    INSERT INTO loyalty_entry (id, account_id, lot_id, kind, points, pending, active, debt, subject_kind, subject_id, note, at)
    SELECT id, %(member)s, lot_id, kind, points, pending, active, debt, %(subject_kind)s, %(subject_id)s, %(note)s, %(now)s
    FROM given
), lots AS (
    UPDATE loyalty_lot l SET remaining = l.remaining + d.remaining, spent = l.spent + d.spent,
        expired = l.expired + d.expired, taken_back = l.taken_back + d.taken_back, covered = l.covered + d.covered
    FROM unnest(%(lot_ids)s::uuid[], %(remaining)s::bigint[], %(spent)s::bigint[], %(expired)s::bigint[],
                %(taken_back)s::bigint[], %(covered)s::bigint[])
         AS d(id, remaining, spent, expired, taken_back, covered)
    WHERE l.id = d.id
)
UPDATE loyalty_account a SET active = a.active + sums.active, pending = a.pending + sums.pending, debt = a.debt + sums.debt
FROM (SELECT sum(active) AS active, sum(pending) AS pending, sum(debt) AS debt FROM given) sums
WHERE member_id = %(member)s
"""


def _counters(rows: Sequence[Change]) -> dict[uuid.UUID, dict[str, int]]:
    """What changes at each lot that exists already."""
    lots: dict[uuid.UUID, dict[str, int]] = {}
    for row in rows:
        if row.lot_id is None or row.kind in _BORN:
            continue
        values = lots.setdefault(row.lot_id, dict.fromkeys(_LOT_COLUMNS, 0))
        effect = EFFECTS[row.kind]
        values["remaining"] += (effect.pending + effect.active) * row.points
        if effect.counter:
            values[effect.counter] += effect.counter_sign * row.points
    return lots


def _transfer(
    member_id: uuid.UUID, row: Change, *, entry_id: uuid.UUID, subject: tuple[str, uuid.UUID]
) -> NewTransfer:
    debit, credit = _sides(member_id)[row.kind]
    return NewTransfer(
        id=entry_id,
        debit=debit,
        credit=credit,
        amount_minor=row.points,
        unit=UNIT,
        kind=f"points_{row.kind.value}",
        subject=subject,
    )


def _sides(member_id: uuid.UUID) -> dict[EntryKind, tuple[AccountRef, AccountRef]]:
    own = purse(member_id)
    return {
        EntryKind.PROMISE: (ISSUED, PENDING),
        EntryKind.EARN: (ISSUED, own),
        EntryKind.RELEASE: (PENDING, own),
        EntryKind.SPEND: (own, REDEEMED),
        EntryKind.GIVE_BACK: (REDEEMED, own),
        EntryKind.EXPIRE: (own, EXPIRED),
        EntryKind.WITHDRAW: (PENDING, ISSUED),
        EntryKind.TAKE_BACK: (own, ISSUED),
        EntryKind.OWE: (OWED, ISSUED),
        EntryKind.COVER: (own, OWED),
    }
