"""What a campaign brought: its plays added up, its goal, and the uplift over the people who did not see it."""

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from jishi.insight import roi
from jishi.insight.roi import Waterfall
from jishi.kernel.actor import Actor
from jishi.modules.campaigns.public import Arm, CampaignView, campaign_view, members_by_arm, sight_counts
from jishi.modules.ledger.public import spent_on
from jishi.modules.orders.public import SoldLine, paid_by_members, sold_lines
from jishi.modules.payments.public import fees_by_order

DAYS_AFTER = 7
PEOPLE_LEAST = 100
SURE = 1.96


@dataclass(frozen=True, slots=True)
class ArmFigures:
    """People of an arm and what they paid: sum and sum of squares of minor units."""

    people: int
    paid_minor: int
    squares: float

    @property
    def mean_minor(self) -> float:
        return self.paid_minor / self.people if self.people else 0.0

    @property
    def variance(self) -> float:
        if self.people < 2:
            return 0.0
        return max(0.0, (self.squares - self.people * self.mean_minor**2) / (self.people - 1))


@dataclass(frozen=True, slots=True)
class Uplift:
    """Revenue per person more than without, in minor units, with 1.96 standard errors; None: not enough people."""

    shown: ArmFigures
    held: ArmFigures
    per_person_minor: float | None
    error_minor: float | None

    @property
    def is_sure(self) -> bool:
        return (
            self.per_person_minor is not None
            and self.error_minor is not None
            and abs(self.per_person_minor) > self.error_minor
        )


@dataclass(frozen=True, slots=True)
class CampaignReport:
    campaign: CampaignView
    waterfall: Waterfall
    by_play: dict[uuid.UUID, Waterfall]
    order_count: int
    buyer_count: int
    people_shown: int
    people_held: int
    people_crossed: int
    uplift: Uplift

    @property
    def goal_percent(self) -> int | None:
        goal = self.campaign.goal_minor
        return self.waterfall.net_minor * 100 // goal if goal else None

    @property
    def budget_percent(self) -> int | None:
        budget = self.campaign.budget_minor
        return self.waterfall.spend_minor * 100 // budget if budget else None


def campaign_report(campaign_id: uuid.UUID, *, by: Actor) -> CampaignReport:
    """Two queries per play and half a dozen more."""
    by.require("reports.view")
    campaign = campaign_view(campaign_id)
    since, until = campaign.opens_at, campaign.closes_at + timedelta(days=DAYS_AFTER)
    lines = {play_id: sold_lines(since=since, until=until, play_id=play_id) for play_id in campaign.play_ids}
    every = [line for found in lines.values() for line in found]
    fees = fees_by_order({line.order_id for line in every})
    gifts = {
        play_id: spent_on(subject=("play", play_id), since=since, until=until)
        for play_id in campaign.play_ids
    }
    shown, held, crossed = sight_counts(campaign_id)
    return CampaignReport(
        campaign=campaign,
        waterfall=roi.waterfall(every, fees=fees, gifts_minor=sum(gifts.values())),
        by_play=_by_play(lines, fees=fees, gifts=gifts),
        order_count=len({line.order_id for line in every}),
        buyer_count=len({line.member_id for line in every}),
        people_shown=shown,
        people_held=held,
        people_crossed=crossed,
        uplift=_measured(campaign),
    )


def uplift_of(shown: ArmFigures, held: ArmFigures) -> Uplift:
    """The difference of two means with its error (Welch); nothing is claimed for fewer than 100 people in an arm."""
    if min(shown.people, held.people) < PEOPLE_LEAST:
        return Uplift(shown, held, None, None)
    error = math.sqrt(shown.variance / shown.people + held.variance / held.people)
    return Uplift(shown, held, shown.mean_minor - held.mean_minor, SURE * error)


def _measured(campaign: CampaignView) -> Uplift:
    arms = members_by_arm(campaign.id)
    until = campaign.closes_at + timedelta(days=DAYS_AFTER)
    paid = paid_by_members(
        [one for people in arms.values() for one in people], since=campaign.opens_at, until=until
    )
    return uplift_of(_figures(arms[Arm.SHOWN], paid), _figures(arms[Arm.HOLDOUT], paid))


def _figures(people: Sequence[uuid.UUID], paid: Mapping[uuid.UUID, int]) -> ArmFigures:
    amounts = [paid.get(one, 0) for one in people]
    return ArmFigures(len(people), sum(amounts), float(sum(amount * amount for amount in amounts)))


def _by_play(
    lines: Mapping[uuid.UUID, Sequence[SoldLine]],
    *,
    fees: Mapping[uuid.UUID, int],
    gifts: Mapping[uuid.UUID, int],
) -> dict[uuid.UUID, Waterfall]:
    return {
        play_id: roi.waterfall(found, fees=fees, gifts_minor=gifts[play_id])
        for play_id, found in lines.items()
    }
