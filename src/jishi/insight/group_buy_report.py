"""The ROI report of a group buy: the figures of any play, and how its teams did."""

import uuid
from dataclasses import dataclass, replace
from datetime import date

from jishi.insight.periods import Period
from jishi.insight.play_report import PlayReport, play_report
from jishi.kernel.actor import Actor
from jishi.modules.plays.group_buy.public import (
    OfferView,
    TeamCounts,
    TeamState,
    offer_view,
    team_counts,
    teams_by_day,
    teams_settled_between,
    teams_table,
)


@dataclass(frozen=True, slots=True)
class GroupBuyReport:
    offer: OfferView
    figures: PlayReport
    teams: TeamCounts  # ended in the period; `forming` is how many wait now
    teams_before: TeamCounts
    team_days: dict[date, TeamCounts]

    @property
    def success_rate(self) -> float | None:
        return _share(self.teams)

    @property
    def success_rate_before(self) -> float | None:
        return _share(self.teams_before)


def group_buy_report(offer_id: uuid.UUID, *, by: Actor, period: Period) -> GroupBuyReport:
    """Everything about one offer in a period beside the period before; about a dozen queries, whatever its size."""
    by.require("reports.view")
    offer = offer_view(offer_id)
    before = period.before()
    return GroupBuyReport(
        offer=offer,
        figures=play_report(offer_id, by=by, period=period, targets=_targets(offer)),
        teams=_teams(offer_id, period),
        teams_before=teams_settled_between(since=before.since, until=before.until, offer_id=offer_id),
        team_days=teams_by_day(since=period.since, until=period.until, offer_id=offer_id),
    )


def _share(teams: TeamCounts) -> float | None:
    return teams.succeeded / teams.ended if teams.ended else None


def _teams(offer_id: uuid.UUID, period: Period) -> TeamCounts:
    ended = teams_settled_between(since=period.since, until=period.until, offer_id=offer_id)
    forming = team_counts([offer_id]).get(offer_id, TeamCounts()).forming
    return replace(ended, forming=forming)


def _targets(offer: OfferView) -> list[uuid.UUID]:
    """What links to this offer point at: its product and its teams."""
    teams = teams_table(offer_id=offer.id, states=list(TeamState), limit=200)
    return [offer.product_id, offer.id, *(team.id for team in teams)]
