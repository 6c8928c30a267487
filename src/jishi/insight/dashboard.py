"""The first page of the console: how the shop does, beside the period before."""

from dataclasses import dataclass
from datetime import date

from jishi.insight.periods import Compared, Period
from jishi.kernel.actor import Actor
from jishi.modules.orders.public import DayFigures, daily_figures
from jishi.modules.people.public import count_joined, count_visitors, joined_between, visitors_by_day
from jishi.modules.plays.group_buy.public import (
    TeamCounts,
    count_forming,
    teams_by_day,
    teams_settled_between,
)


@dataclass(frozen=True, slots=True)
class DayRow:
    day: date
    order_count: int
    net_minor: int
    refunded_minor: int
    new_member_count: int
    visitor_count: int
    succeeded_count: int
    failed_count: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Money in minor units. Conversion is buyers per visitor, order value is net revenue per paid order."""

    period: Period
    orders: Compared
    net: Compared
    refunded: Compared
    new_members: Compared
    visitors: Compared
    conversion: Compared
    order_value: Compared
    success_rate: Compared
    forming_count: int
    teams: TeamCounts
    days: tuple[DayRow, ...]
    days_before: tuple[DayRow, ...]


def dashboard(*, by: Actor, period: Period) -> Dashboard:
    """About ten queries, whatever the size of the shop."""
    by.require("reports.view")
    before = period.before()
    now_rows, before_rows = _days(period), _days(before)
    now_buyers, before_buyers = _buyers(period), _buyers(before)
    visitors = Compared(_visitors(period), _visitors(before))
    teams = teams_settled_between(since=period.since, until=period.until)
    teams_before = teams_settled_between(since=before.since, until=before.until)
    orders = _sum(now_rows, before_rows, "order_count")
    net = _sum(now_rows, before_rows, "net_minor")
    return Dashboard(
        period=period,
        orders=orders,
        net=net,
        refunded=_sum(now_rows, before_rows, "refunded_minor"),
        new_members=Compared(
            count_joined(since=period.since, until=period.until),
            count_joined(since=before.since, until=before.until),
        ),
        visitors=visitors,
        conversion=Compared(_ratio(now_buyers, visitors.now), _ratio(before_buyers, visitors.before)),
        order_value=Compared(_ratio(net.now, orders.now), _ratio(net.before, orders.before)),
        success_rate=Compared(
            _ratio(teams.succeeded, teams.ended), _ratio(teams_before.succeeded, teams_before.ended)
        ),
        forming_count=count_forming(),
        teams=teams,
        days=tuple(now_rows),
        days_before=tuple(before_rows),
    )


def _days(period: Period) -> list[DayRow]:
    figures: dict[date, DayFigures] = {
        row.day: row for row in daily_figures(since=period.since, until=period.until, zone=period.zone)
    }
    visitors = visitors_by_day(since=period.since, until=period.until)
    teams = teams_by_day(since=period.since, until=period.until)
    joined: dict[date, int] = {}
    for at in joined_between(since=period.since, until=period.until).values():
        day = at.astimezone(period.since.tzinfo).date()
        joined[day] = joined.get(day, 0) + 1
    return [
        DayRow(
            day=day,
            order_count=figures[day].order_count if day in figures else 0,
            net_minor=figures[day].net_minor if day in figures else 0,
            refunded_minor=figures[day].refunded_minor if day in figures else 0,
            new_member_count=joined.get(day, 0),
            visitor_count=visitors.get(day, 0),
            succeeded_count=teams.get(day, TeamCounts()).succeeded,
            failed_count=teams.get(day, TeamCounts()).failed,
        )
        for day in period.days
    ]


def _buyers(period: Period) -> int:
    return sum(
        row.buyer_count for row in daily_figures(since=period.since, until=period.until, zone=period.zone)
    )


def _visitors(period: Period) -> int:
    return count_visitors(since=period.since, until=period.until)


def _sum(now: list[DayRow], before: list[DayRow], name: str) -> Compared:
    return Compared(sum(getattr(row, name) for row in now), sum(getattr(row, name) for row in before))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
