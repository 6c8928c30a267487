"""The ROI report of a group buy: figures, and the rows behind every figure."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from jishi.insight import roi
from jishi.insight.periods import Period
from jishi.insight.roi import Bringer, DayPoint, Spread, Waterfall
from jishi.kernel.actor import Actor
from jishi.modules.orders.public import SoldLine, first_paid_at, sold_lines
from jishi.modules.payments.public import fees_by_order
from jishi.modules.people.public import Person, people_by_ids
from jishi.modules.plays.public import OfferView, TeamCounts, TeamState, offer_view, team_counts, teams_table
from jishi.modules.sharing.public import visits_to

BRINGERS_SHOWN_MAX = 50
ROWS_EXPORTED_MAX = 100_000


@dataclass(frozen=True, slots=True)
class GroupBuyReport:
    offer: OfferView
    period: Period
    waterfall: Waterfall
    waterfall_before: Waterfall
    spread: Spread
    spread_before: Spread
    teams: TeamCounts
    order_count: int
    order_count_before: int
    days: tuple[DayPoint, ...]
    days_before: tuple[DayPoint, ...]
    bringers: tuple[Bringer, ...]
    people: dict[uuid.UUID, Person]

    @property
    def success_rate(self) -> float | None:
        return self.teams.succeeded / self.teams.ended if self.teams.ended else None

    @property
    def order_value_minor(self) -> int:
        return self.waterfall.net_minor // self.order_count if self.order_count else 0


def group_buy_report(offer_id: uuid.UUID, *, by: Actor, period: Period) -> GroupBuyReport:
    """Everything about one offer in a period beside the period before; about a dozen queries, whatever its size."""
    by.require("reports.view")
    offer = offer_view(offer_id)
    before = period.before()
    lines = sold_lines(since=period.since, until=period.until, play_id=offer_id)
    lines_before = sold_lines(since=before.since, until=before.until, play_id=offer_id)
    fees = fees_by_order({line.order_id for line in [*lines, *lines_before]})
    new_buyers = _new_buyers(lines, period.since, period.until)
    visitors = dict(visits_to(target_ids=_targets(offer), since=period.since, until=period.until))
    found = roi.bringers(lines, fees=fees, visitors=visitors, new_buyers=new_buyers)
    return GroupBuyReport(
        offer=offer,
        period=period,
        waterfall=roi.waterfall(lines, fees=fees),
        waterfall_before=roi.waterfall(lines_before, fees=fees),
        spread=roi.spread(lines, new_buyers=new_buyers),
        spread_before=roi.spread(
            lines_before, new_buyers=_new_buyers(lines_before, before.since, before.until)
        ),
        teams=team_counts([offer_id]).get(offer_id, TeamCounts()),
        order_count=len({line.order_id for line in lines}),
        order_count_before=len({line.order_id for line in lines_before}),
        days=tuple(roi.days(lines, zone=period.zone, calendar=period.days)),
        days_before=tuple(roi.days(lines_before, zone=period.zone, calendar=before.days)),
        bringers=tuple(found[:BRINGERS_SHOWN_MAX]),
        people=people_by_ids([row.sharer_id for row in found[:BRINGERS_SHOWN_MAX] if row.sharer_id]),
    )


def group_buy_rows(offer_id: uuid.UUID, *, by: Actor, period: Period) -> list[SoldLine]:
    """The rows that the report adds up, for the table and the CSV."""
    by.require("reports.view")
    return sold_lines(since=period.since, until=period.until, play_id=offer_id)[:ROWS_EXPORTED_MAX]


def _targets(offer: OfferView) -> list[uuid.UUID]:
    """What links to this offer point at: its product and its teams."""
    teams = teams_table(offer_id=offer.id, states=list(TeamState), limit=200)
    return [offer.product_id, offer.id, *(team.id for team in teams)]


def _new_buyers(lines: list[SoldLine], since: datetime, until: datetime) -> frozenset[uuid.UUID]:
    """Buyers whose first paid order ever was in the period."""
    first = first_paid_at(list({line.member_id for line in lines}))
    return frozenset(member for member, at in first.items() if since <= at < until)
