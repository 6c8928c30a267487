"""Writing statements and differences down; twice is once."""

import uuid
from collections.abc import Sequence
from datetime import date

from django.db import connection

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.flow import advance
from jishi.modules.finance import rules
from jishi.modules.finance.errors import ExplanationMissing
from jishi.modules.finance.facts import DifferenceFound
from jishi.modules.finance.models import Correction, DifferenceRow, Line, StatementImport
from jishi.modules.finance.queries import difference_view_of
from jishi.modules.finance.types import (
    DifferenceState,
    DifferenceView,
    NewDifference,
    NewLine,
    Recorded,
)
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

NOTE_LENGTH_MAX = 400
_INSERT = """
INSERT INTO finance_line (id, provider, day, key, about, intent_id, reference, amount_minor, fee_minor, currency, at,
                          imported_at)
VALUES {places} ON CONFLICT (provider, day, key) DO NOTHING RETURNING key
"""
_BATCH = 500


@in_transaction
def record_statement(provider: str, day: date, lines: Sequence[NewLine]) -> Recorded:
    """Write the lines that are not there yet. What was written stays as it was; restated lines are returned."""
    new_count = 0
    changed: list[tuple[NewLine, int]] = []
    for start in range(0, len(lines), _BATCH):
        batch = list({line.key: line for line in lines[start : start + _BATCH]}.values())
        fresh = _insert(provider, day, batch)
        new_count += len(fresh)
        changed += _restated(provider, day, [line for line in batch if line.key not in fresh])
    StatementImport.objects.update_or_create(
        provider=provider,
        day=day,
        defaults={
            "line_count": Line.objects.filter(provider=provider, day=day).count(),
            "payments_minor": sum(line.amount_minor for line in lines if line.about == "payment"),
            "refunds_minor": sum(line.amount_minor for line in lines if line.about == "refund"),
            "fees_minor": sum(line.fee_minor for line in lines),
            "imported_at": clock.now(),
            "failure": "",
        },
    )
    return Recorded(new_count=new_count, changed=tuple(changed))


@in_transaction
def record_silence(provider: str, day: date, *, failure: str) -> None:
    """The statement could not be had; one that is here already is not forgotten for it."""
    StatementImport.objects.get_or_create(provider=provider, day=day, defaults={"failure": failure[:80]})


@in_transaction
def record_differences(provider: str, day: date, found: Sequence[NewDifference]) -> int:
    """The differences of a day as they are now: new ones are opened, those that are gone are settled.

    An explained one stays explained as long as it says the same. Returns how many are new or open again.
    """
    locks.lock_name(f"differences:{provider}:{day}")
    known = {
        (row.kind, row.about, row.intent_id): row
        for row in DifferenceRow.objects.filter(provider=provider, day=day)
    }
    opened = 0
    now_there = {(one.kind.value, one.about, one.intent_id): one for one in found}
    for key, one in now_there.items():
        row = known.get(key)
        if row is None:
            opened += _open(provider, day, one)
        elif _says_otherwise(row, one) or row.state == DifferenceState.SETTLED.value:
            opened += _reopen(row, one)
    for key, row in known.items():
        is_kept = row.kind == "statement_changed"  # only a person can say that it is right so
        if key not in now_there and row.state != DifferenceState.SETTLED.value and not is_kept:
            _step(row, "settle", by=SYSTEM, note=row.note)
    return opened


@in_transaction
def explain_difference(difference_id: uuid.UUID, *, by: Actor, note: str) -> DifferenceView:
    """Say why the books may differ here. Raises NotAllowed, ExplanationMissing, IllegalStep."""
    by.require("ledger.adjust")
    words = " ".join(note.split())[:NOTE_LENGTH_MAX]
    if not words:
        raise ExplanationMissing()
    row = locks.lock_one(DifferenceRow, difference_id)
    _step(row, "explain", by=by, note=words)
    return difference_view_of(row)


@in_transaction
def settle_difference(difference_id: uuid.UUID, *, by: Actor, note: str) -> DifferenceView:
    """It is gone: something was done about it."""
    row = locks.lock_one(DifferenceRow, difference_id)
    if row.state != DifferenceState.SETTLED.value:
        _step(row, "settle", by=by, note=note[:NOTE_LENGTH_MAX])
    return difference_view_of(row)


@in_transaction
def note_correction(
    transfer_id: uuid.UUID, *, difference_id: uuid.UUID, day: date, currency: str, sales_minor: int
) -> bool:
    """A transfer was posted now for a movement of an earlier day. False when that is known."""
    _, is_new = Correction.objects.get_or_create(
        id=transfer_id,
        defaults={
            "difference_id": difference_id,
            "day": day,
            "currency": currency,
            "sales_minor": sales_minor,
        },
    )
    return is_new


def _insert(provider: str, day: date, lines: Sequence[NewLine]) -> set[str]:
    if not lines:
        return set()
    now = clock.now()
    rows = [
        (
            *(ids.new_id(), provider, day, line.key, line.about, line.intent_id[:80], line.reference[:80]),
            *(line.amount_minor, line.fee_minor, line.currency, line.at, now),
        )
        for line in lines
    ]
    places = ", ".join(["(" + ", ".join(["%s"] * len(rows[0])) + ")"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(places=places), [value for row in rows for value in row])
        return {row[0] for row in cursor.fetchall()}


def _restated(provider: str, day: date, lines: Sequence[NewLine]) -> list[tuple[NewLine, int]]:
    rows = Line.objects.filter(provider=provider, day=day, key__in=[line.key for line in lines])
    known = {row.key: row for row in rows}
    found = []
    for line in lines:
        row = known[line.key]
        if rules.is_restated((row.amount_minor, row.fee_minor, row.currency), line):
            found.append((line, row.amount_minor))
    return found


def _open(provider: str, day: date, one: NewDifference) -> int:
    row = DifferenceRow.objects.create(
        provider=provider,
        day=day,
        kind=one.kind.value,
        about=one.about,
        intent_id=one.intent_id[:80],
        reference=one.reference[:80],
        currency=one.currency,
        ours_minor=one.ours_minor,
        theirs_minor=one.theirs_minor,
        order_id=one.order_id,
    )
    history.record_step(subject=("difference", row.id), verb="find_difference", by=SYSTEM, after=row.state)
    record_fact(DifferenceFound(row.id, provider, day, row.kind), by=SYSTEM)
    return 1


def _says_otherwise(row: DifferenceRow, one: NewDifference) -> bool:
    return (row.ours_minor, row.theirs_minor) != (one.ours_minor, one.theirs_minor)


def _reopen(row: DifferenceRow, one: NewDifference) -> int:
    row.ours_minor, row.theirs_minor = one.ours_minor, one.theirs_minor
    row.save(update_fields=["ours_minor", "theirs_minor"])
    if row.state == DifferenceState.OPEN.value:
        return 0
    _step(row, "reopen", by=SYSTEM, note="")
    return 1


def _step(row: DifferenceRow, verb: str, *, by: Actor, note: str) -> None:
    before = DifferenceState(row.state)
    after = advance(rules.DIFFERENCE_LIFECYCLE, before, verb)
    row.state, row.note = after.value, note
    row.closed_at = None if after is DifferenceState.OPEN else clock.now()
    row.closed_by = None if after is DifferenceState.OPEN else by.id
    row.save(update_fields=["state", "note", "closed_at", "closed_by"])
    history.record_step(
        subject=("difference", row.id),
        verb=f"{verb}_difference",
        by=by,
        before=before.value,
        after=after.value,
        note=note,
    )
