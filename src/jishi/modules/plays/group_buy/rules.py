"""Decisions of group buying, from values alone (docs/algorithms/group-settlement.md)."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from jishi.modules.plays.group_buy.errors import BadOffer
from jishi.modules.plays.group_buy.types import LateChoice, OfferState, OfferView, TeamState

SEAT_HOLD_MINUTES = 15
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
