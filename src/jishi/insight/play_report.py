"""The ROI report of any play: figures, and the rows behind every figure."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from jishi.insight import roi
from jishi.insight.periods import Period
from jishi.insight.roi import Bringer, DayPoint, Spread, Waterfall
from jishi.kernel.actor import Actor
from jishi.modules.ledger.public import spent_on
from jishi.modules.orders.public import SoldLine, first_paid_at, sold_lines
from jishi.modules.payments.public import fees_by_order
from jishi.modules.people.public import Person, people_by_ids
from jishi.modules.sharing.public import visits_to

BRINGERS_SHOWN_MAX = 50
ROWS_EXPORTED_MAX = 100_000


@dataclass(frozen=True, slots=True)
class PlayReport:
    """A play in a period beside the period before."""

    play_id: uuid.UUID
    period: Period
    waterfall: Waterfall
    waterfall_before: Waterfall
    spread: Spread
    spread_before: Spread
    order_count: int
    order_count_before: int
    days: tuple[DayPoint, ...]
    days_before: tuple[DayPoint, ...]
    bringers: tuple[Bringer, ...]
    people: dict[uuid.UUID, Person]

    @property
    def order_value_minor(self) -> int:
        return self.waterfall.net_minor // self.order_count if self.order_count else 0


def play_report(play_id: uuid.UUID, *, by: Actor, period: Period, targets: Sequence[uuid.UUID]) -> PlayReport:
    """Everything that orders, shares and the ledger say of a play; about a dozen queries, whatever its size.

    `targets` are what links to the play point at, for counting visits.
    """
    by.require("reports.view")
    before = period.before()
    lines = sold_lines(since=period.since, until=period.until, play_id=play_id)
    lines_before = sold_lines(since=before.since, until=before.until, play_id=play_id)
    fees = fees_by_order({line.order_id for line in [*lines, *lines_before]})
    new_buyers = _new_buyers(lines, period.since, period.until)
    visitors = dict(visits_to(target_ids=list(targets), since=period.since, until=period.until))
    found = roi.bringers(lines, fees=fees, visitors=visitors, new_buyers=new_buyers)
    return PlayReport(
        play_id=play_id,
        period=period,
        waterfall=roi.waterfall(lines, fees=fees, gifts_minor=_gifts(play_id, period)),
        waterfall_before=roi.waterfall(lines_before, fees=fees, gifts_minor=_gifts(play_id, before)),
        spread=roi.spread(lines, new_buyers=new_buyers),
        spread_before=roi.spread(
            lines_before, new_buyers=_new_buyers(lines_before, before.since, before.until)
        ),
        order_count=len({line.order_id for line in lines}),
        order_count_before=len({line.order_id for line in lines_before}),
        days=tuple(roi.days(lines, zone=period.zone, calendar=period.days)),
        days_before=tuple(roi.days(lines_before, zone=period.zone, calendar=before.days)),
        bringers=tuple(found[:BRINGERS_SHOWN_MAX]),
        people=people_by_ids([row.sharer_id for row in found[:BRINGERS_SHOWN_MAX] if row.sharer_id]),
    )


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows of the report: of a sharer, of a source without one, of a day, or those behind one figure."""

    sharer_id: uuid.UUID | None = None
    source: str = ""
    day: date | None = None
    figure: str = ""  # discount, leader, refunded, new, brought


@dataclass(frozen=True, slots=True)
class ReportRows:
    """The rows that the report adds up, with what providers kept of their orders."""

    lines: list[SoldLine]
    fees: dict[uuid.UUID, int]
    people: dict[uuid.UUID, Person]


def play_rows(
    play_id: uuid.UUID, *, by: Actor, period: Period, wanted: RowFilter | None = None
) -> list[SoldLine]:
    """The rows behind the figures, for the table and the CSV; two queries."""
    by.require("reports.view")
    lines = sold_lines(since=period.since, until=period.until, play_id=play_id)[:ROWS_EXPORTED_MAX]
    wanted = wanted or RowFilter()
    new_buyers = _new_buyers(lines, period.since, period.until) if wanted.figure == "new" else frozenset()
    return [line for line in lines if _is_wanted(line, wanted, zone=period.zone, new_buyers=new_buyers)]


def with_fees_and_people(lines: Sequence[SoldLine]) -> ReportRows:
    """What a page of rows shows besides the rows; two queries."""
    members = [line.member_id for line in lines] + [line.sharer_id for line in lines if line.sharer_id]
    return ReportRows(
        lines=list(lines),
        fees=fees_by_order({line.order_id for line in lines}),
        people=people_by_ids(members),
    )


def _is_wanted(line: SoldLine, wanted: RowFilter, *, zone: str, new_buyers: frozenset[uuid.UUID]) -> bool:
    if wanted.sharer_id and line.sharer_id != wanted.sharer_id:
        return False
    if wanted.source and (line.sharer_id or (line.attribution_source or "direct") != wanted.source):
        return False
    if wanted.day and line.paid_at.astimezone(ZoneInfo(zone)).date() != wanted.day:
        return False
    behind = {
        "discount": lambda: roi.discount_of(line, *roi.PLAY_DISCOUNTS) > 0,
        "leader": lambda: roi.discount_of(line, roi.LEADER_DISCOUNT) > 0,
        "refunded": lambda: roi.refunded_of(line) > 0,
        "new": lambda: line.member_id in new_buyers,
        "brought": lambda: line.sharer_id is not None,
    }
    return wanted.figure not in behind or behind[wanted.figure]()


def _gifts(play_id: uuid.UUID, period: Period) -> int:
    return spent_on(subject=("play", play_id), since=period.since, until=period.until)


def _new_buyers(lines: list[SoldLine], since: datetime, until: datetime) -> frozenset[uuid.UUID]:
    """Buyers whose first paid order ever was in the period."""
    first = first_paid_at(list({line.member_id for line in lines}))
    return frozenset(member for member, at in first.items() if since <= at < until)
