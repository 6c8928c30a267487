"""Pure decisions of the finance desk (docs/algorithms/reconciliation-and-close.md)."""

import hashlib
import json
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from jishi.modules.finance.types import DayProof, DifferenceState, NewLine, Problem

S = DifferenceState
DIFFERENCE_LIFECYCLE: dict[tuple[DifferenceState, str], DifferenceState] = {
    (S.OPEN, "explain"): S.EXPLAINED,
    (S.OPEN, "settle"): S.SETTLED,
    (S.EXPLAINED, "settle"): S.SETTLED,
    (S.EXPLAINED, "explain"): S.EXPLAINED,  # better words
    (S.EXPLAINED, "reopen"): S.OPEN,
    (S.SETTLED, "reopen"): S.OPEN,
}
THRESHOLDS = (50, 80, 100)
FIRST_HASH = "0" * 64
CLOSE_GRACE_MINUTES = 10


def key_of(*, about: str, intent_id: str, reference: str) -> str:
    return f"{about}:{intent_id or reference}"[:120]


def is_restated(before: tuple[int, int, str], line: NewLine) -> bool:
    """The same line with another amount, fee or currency."""
    return before != (line.amount_minor, line.fee_minor, line.currency)


def day_bounds(day: date, *, zone: str) -> tuple[datetime, datetime]:
    """When a day of a calendar begins and ends; 23 or 25 hours long where clocks are changed."""
    place = ZoneInfo(zone)
    return (
        datetime.combine(day, time.min, place),
        datetime.combine(day + timedelta(days=1), time.min, place),
    )


def is_over(day: date, *, now: datetime, zone: str) -> bool:
    """Transactions that began before midnight have ended by then."""
    return now >= day_bounds(day, zone=zone)[1] + timedelta(minutes=CLOSE_GRACE_MINUTES)


def problems_of(proof: DayProof) -> list[Problem]:
    """Why the day does not balance; empty when it does."""
    found = [
        Problem(
            "unit_unbalanced",
            {"unit": one.unit, "debits_minor": one.debits_minor, "credits_minor": one.credits_minor},
        )
        for one in proof.units
        if one.debits_minor != one.credits_minor
    ]
    found += [Problem("account_unsound", {"account": code}) for code in proof.unsound_accounts]
    found += [
        Problem(
            "orders_differ",
            {
                "currency": one.currency,
                "orders_minor": one.orders_side_minor,
                "ledger_minor": one.ledger_side_minor,
            },
        )
        for one in proof.money
        if one.orders_side_minor != one.ledger_side_minor
    ]
    if proof.open_differences:
        found.append(Problem("open_differences", {"count": proof.open_differences}))
    return found


def totals_of(proof: DayProof) -> dict[str, Any]:
    """What is sealed: plain values, the same text every time."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(proof), default=str))
    return plain


def seal(*, previous: str, day: date, totals: dict[str, Any]) -> str:
    text = json.dumps(totals, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{previous}\n{day.isoformat()}\n{text}".encode()).hexdigest()


def crossed(*, granted_minor: int, used_minor: int) -> list[int]:
    """The thresholds that what is used and reserved has reached."""
    if granted_minor <= 0:
        return []
    return [threshold for threshold in THRESHOLDS if used_minor * 100 >= granted_minor * threshold]


def needs_second_person(amount_minor: int, *, limit_minor: int) -> bool:
    """A limit of 0 is none."""
    return 0 < limit_minor < amount_minor
