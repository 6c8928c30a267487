"""Decisions of group buying, from values alone (docs/algorithms/group-settlement.md)."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from jishi.modules.plays.group_buy.errors import BadOffer
from jishi.modules.plays.group_buy.types import (
    Audience,
    LateChoice,
    LeaderBenefit,
    OfferState,
    OfferView,
    PaidSeat,
    PriceCut,
    TeamState,
    Tier,
)

SEAT_HOLD_MINUTES = 15
FRIEND_HOLD_MINUTES = 30
TIERS_MAX = 5
NUDGE_HOURS_LEFT = 3
TIER_REACHED = "team_tier_reached"
LEADER_FREE = "team_leader_free"
FOR_COMMUNITY, FOR_KNOWN, FOR_NEW = "只给这个社群的人", "只给买过的邻居", "只给还没买过的新邻居"
NAME_LENGTH_MAX = 80

OFFER_LIFECYCLE: dict[tuple[OfferState, str], OfferState] = {
    (OfferState.DRAFT, "schedule"): OfferState.SCHEDULED,
    (OfferState.DRAFT, "open"): OfferState.OPEN,
    (OfferState.SCHEDULED, "open"): OfferState.OPEN,
    (OfferState.SCHEDULED, "withdraw"): OfferState.DRAFT,
    (OfferState.OPEN, "close"): OfferState.CLOSING,
    (OfferState.SCHEDULED, "close"): OfferState.CLOSING,
    (OfferState.CLOSING, "settle"): OfferState.SETTLED,
}
TEAM_LIFECYCLE: dict[tuple[TeamState, str], TeamState] = {
    (TeamState.OPENING, "form"): TeamState.FORMING,
    (TeamState.OPENING, "void"): TeamState.VOID,
    (TeamState.FORMING, "succeed"): TeamState.SUCCEEDED,
    (TeamState.FORMING, "fail"): TeamState.FAILED,
    # a single payment may both form and fill a team that the merchant completes; no other shortcut exists
}
ENDED = frozenset({TeamState.SUCCEEDED, TeamState.FAILED, TeamState.VOID})


def seat_expiry(*, now: datetime, team_deadline: datetime | None) -> datetime:
    """A seat is held for a quarter of an hour, but never past the deadline of its team."""
    hold_end = now + timedelta(minutes=SEAT_HOLD_MINUTES)
    return hold_end if team_deadline is None else min(hold_end, team_deadline)


def lowest_free_seat(*, taken: Collection[int], size: int) -> int | None:
    return next((seat for seat in range(1, size + 1) if seat not in taken), None)


def discount_minor(
    *, list_minor: int, price_minor: int, quantity: int, leader_discount_minor: int, is_leader: bool
) -> tuple[int, int]:
    """What a seat costs the shop: (group discount, leader benefit), both for the whole line.

    A group price above the list price gives no discount, and the leader benefit never takes a line below zero.
    """
    group = max(0, list_minor - price_minor) * quantity
    leader = min(leader_discount_minor, list_minor * quantity - group) if is_leader else 0
    return group, leader


def late_steps(choice: LateChoice) -> tuple[LateChoice, ...]:
    """What to try in order for a payment that came too late; refund always ends the row."""
    if choice is LateChoice.OTHER_TEAM:
        return LateChoice.OTHER_TEAM, LateChoice.NEW_TEAM, LateChoice.REFUND
    if choice is LateChoice.NEW_TEAM:
        return LateChoice.NEW_TEAM, LateChoice.REFUND
    return (LateChoice.REFUND,)


def off_for(tiers: Sequence[Tier], *, paid_count: int) -> int:
    """What every unit costs less because so many have paid; the highest tier reached counts, they do not add up."""
    return max((tier.off_minor for tier in tiers if tier.size <= paid_count), default=0)


def next_tier(tiers: Sequence[Tier], *, paid_count: int) -> Tier | None:
    return next((tier for tier in tiers if tier.size > paid_count), None)


def may_sit(audience: Audience, *, is_leader: bool, has_bought: bool) -> bool:
    """Whether somebody may sit in a team that is made for some people only."""
    if audience is Audience.NEW_JOINERS:
        return is_leader or not has_bought
    if audience is Audience.NEW_MEMBERS:
        return not has_bought
    return audience is not Audience.BOUGHT_BEFORE or has_bought


def cuts_at_the_end(
    seats: Sequence[PaidSeat], *, offer: OfferView, is_merchant_completed: bool
) -> tuple[PriceCut, ...]:
    """What goes back to whom when a team succeeds: the tier that was reached, and the leader's goods when they are free.

    A team that the merchant completed has reached no tier by itself.
    """
    off = 0 if is_merchant_completed else off_for(offer.tiers, paid_count=len(seats))
    cuts = []
    for seat in seats:
        if seat.is_leader and offer.leader_benefit is LeaderBenefit.FREE:
            cuts.append(PriceCut(seat.order_id, None, LEADER_FREE))
        elif off:
            cuts.append(PriceCut(seat.order_id, off * seat.quantity, TIER_REACHED))
    return tuple(cuts)


def is_selling(offer: OfferView, *, now: datetime) -> bool:
    """Whether new teams may open and people may join."""
    return offer.state is OfferState.OPEN and offer.opens_at <= now < offer.closes_at


def check_offer(  # noqa: PLR0913  (the fields of one form)
    *,
    name: str,
    team_size: int,
    team_hours: int,
    member_limit: int,
    leader_discount_minor: int,
    budget_minor: int | None,
    opens_at: datetime,
    closes_at: datetime,
    prices_minor: Sequence[int],
    tiers: Sequence[Tier] = (),
    leader_benefit: LeaderBenefit = LeaderBenefit.DISCOUNT,
    leader_points: int = 0,
) -> None:
    """Raises BadOffer naming the first field that is wrong and what to do."""
    if not name.strip() or len(name) > NAME_LENGTH_MAX:
        raise BadOffer(field="name", reason="请填写名称，不超过 80 个字")
    if not 2 <= team_size <= 100:
        raise BadOffer(field="team_size", reason="成团人数要在 2 到 100 之间")
    if not 1 <= team_hours <= 168:
        raise BadOffer(field="team_hours", reason="成团时限要在 1 到 168 小时之间")
    if member_limit < 0:
        raise BadOffer(field="member_limit", reason="每人限购不能为负，0 表示不限")
    if leader_discount_minor < 0:
        raise BadOffer(field="leader_discount_minor", reason="团主优惠不能为负")
    if budget_minor is not None and budget_minor <= 0:
        raise BadOffer(field="budget_minor", reason="预算要大于零，留空表示不设上限")
    if closes_at <= opens_at:
        raise BadOffer(field="closes_at", reason="结束时间要晚于开始时间")
    if not prices_minor or min(prices_minor) <= 0:
        raise BadOffer(field="prices", reason="至少给一个规格定拼团价，价格要大于零")
    if leader_benefit is LeaderBenefit.POINTS and leader_points <= 0:
        raise BadOffer(field="leader_points", reason="送积分就要写送多少")
    _check_tiers(tiers, team_size=team_size, lowest_minor=min(prices_minor))


def _check_tiers(tiers: Sequence[Tier], *, team_size: int, lowest_minor: int) -> None:
    if len(tiers) > TIERS_MAX:
        raise BadOffer(field="tiers", reason="阶梯最多 5 级")
    sizes, offs = [team_size, *(tier.size for tier in tiers)], [0, *(tier.off_minor for tier in tiers)]
    is_rising = all(a < b for a, b in pairwise(sizes))
    if not is_rising or sizes[-1] > 100:
        raise BadOffer(field="tiers", reason="阶梯人数要一级比一级多，都多于成团人数，不超过 100")
    if not all(a < b for a, b in pairwise(offs)):
        raise BadOffer(field="tiers", reason="阶梯优惠要一级比一级大")
    if offs[-1] >= lowest_minor:
        raise BadOffer(field="tiers", reason="最高一级的优惠要小于拼团价")
