"""Loyalty across rooms: what orders, teams, links and reviews mean for points; memberships and rewards with money."""

import uuid
from datetime import datetime
from typing import Any

from jishi.kernel import ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.fact import RecordedFact
from jishi.modules.approvals.public import ApprovalView, ask_approval
from jishi.modules.ledger.public import AccountKind, AccountRef
from jishi.modules.loyalty.public import (
    BadTerms,
    DeedKind,
    ExchangeView,
    MembershipView,
    Paid,
    PlanClosed,
    PointsTooFew,
    RewardKind,
    adjust_points,
    available_after,
    earn_by_payment,
    give_membership,
    grant_points,
    lower_earning,
    loyalty_terms,
    membership_by_source,
    note_deed,
    plan_of,
    schedule_points,
    spendable_points,
    take_reward,
)
from jishi.modules.orders.public import OrderRefunded, order_view
from jishi.modules.people.public import person
from jishi.modules.wallet.public import Move, put_into_wallet, take_from_wallet
from jishi.platform import locks
from jishi.platform.facts import facts_about
from jishi.platform.transactions import in_transaction

POINTS_MARKETING = AccountRef(code="marketing:points", kind=AccountKind.EXPENSE)
MEMBERSHIP_FEES = AccountRef(code="membership_fees", kind=AccountKind.INCOME)
ADJUSTMENT = "points_adjustment"
ADJUSTMENT_MAX = 1_000_000


def earn_by_order(fact: RecordedFact) -> None:
    """order_paid: points are promised for the goods, and the growth value rises at once.

    Facts may come in any order: what has been received or refunded already is counted here.
    """
    order_id = _id(fact, "order_id")
    _one_at_a_time(order_id)
    order = order_view(order_id, by=SYSTEM)
    earn_by_payment(
        Paid(
            member_id=order.member_id,
            source=("order", order.id),
            paid_minor=max(0, order.paid_minor - order.shipping_minor),
            note=order.number,
        )
    )
    note_deed(order.member_id, DeedKind.ORDER_PAID)
    if order.received_at is not None:
        _schedule(order.id, received_at=order.received_at)
    _take_back(order.id)


def let_points_ripen(fact: RecordedFact) -> None:
    """order_received: the promise comes true when the time to send things back is over."""
    order_id = _id(fact, "order_id")
    _one_at_a_time(order_id)
    order = order_view(order_id, by=SYSTEM)
    _schedule(order.id, received_at=order.received_at or fact.at)
    note_deed(order.member_id, DeedKind.ORDER_RECEIVED)


def take_points_back(fact: RecordedFact) -> None:
    """order_refunded: points and growth go as far as the money for goods has gone, counted from the total."""
    order_id = _id(fact, "order_id")
    _one_at_a_time(order_id)
    _take_back(order_id)


def reward_leader(fact: RecordedFact) -> None:
    """team_succeeded: everybody has completed a team; who led it gets the points the offer promised."""
    team_id, leader = _id(fact, "team_id"), fact.payload.get("leader_id")
    for member in sorted(set(fact.payload["member_ids"])):
        note_deed(uuid.UUID(member), DeedKind.TEAM_COMPLETED)
    points = int(fact.payload.get("leader_points") or 0)
    if leader and points:
        grant_points(
            member_id=uuid.UUID(leader),
            points=points,
            source=("team", team_id),
            available_at=fact.at,
        )


def welcome_into_loyalty(fact: RecordedFact) -> None:
    """member_joined: the first deed."""
    note_deed(_id(fact, "member_id"), DeedKind.JOINED)


def count_visited_link(fact: RecordedFact) -> None:
    """link_visited: somebody else came by one's link."""
    sharer = _id(fact, "sharer_id")
    if fact.payload.get("member_id") != str(sharer):
        note_deed(sharer, DeedKind.LINK_VISITED)


@in_transaction
def buy_membership(plan_id: uuid.UUID, *, by: Actor, purchase_id: uuid.UUID) -> MembershipView:
    """A period paid from the wallet; `purchase_id` is the idempotency key. Raises NotFound, PlanClosed, WalletTooSmall."""
    member_id = by.require_member()
    source = ("membership", purchase_id)
    before = membership_by_source(source)
    if before is not None and before.member_id == member_id:
        return before
    plan = plan_of(plan_id)
    if not plan.terms.is_open:
        raise PlanClosed()
    take_from_wallet(
        Move(
            id=ids.derived_id(purchase_id, "membership"),
            member_id=member_id,
            other=MEMBERSHIP_FEES,
            amount_minor=plan.terms.price_minor,
            currency=plan.terms.currency,
            kind="membership",
            subject=source,
        )
    )
    return give_membership(member_id, plan_id=plan_id, days=plan.terms.days, source=source, by=by)


@in_transaction
def exchange_points(
    reward_id: uuid.UUID, *, by: Actor, exchange_id: uuid.UUID, address_note: str = ""
) -> ExchangeView:
    """Points for a reward; wallet credit arrives in the same transaction. Raises what `take_reward` raises."""
    taken, is_new = take_reward(reward_id, by=by, exchange_id=exchange_id, address_note=address_note)
    if is_new and taken.kind is RewardKind.WALLET:
        put_into_wallet(
            Move(
                id=ids.derived_id(taken.id, "credit"),
                member_id=taken.member_id,
                other=POINTS_MARKETING,
                amount_minor=taken.amount_minor,
                currency=taken.currency,
                kind="points_reward",
                subject=("exchange", taken.id),
            )
        )
    return taken


@in_transaction
def ask_points_adjustment(member_id: uuid.UUID, *, points: int, reason: str, by: Actor) -> uuid.UUID:
    """Ask a second person to give or take points; nothing changes before. Raises BadTerms, PointsTooFew, NotFound."""
    by.require("loyalty.edit")
    if not points or abs(points) > ADJUSTMENT_MAX:
        raise BadTerms(field="积分", reason=f"要在 1 到 {ADJUSTMENT_MAX:,} 之间，扣减写负数")
    who = person(member_id)
    missing = -points - spendable_points(member_id)
    if missing > 0:
        raise PointsTooFew(missing=missing)
    payload: dict[str, Any] = {"member_id": str(member_id), "points": points, "nickname": who.nickname}
    return ask_approval(
        kind=ADJUSTMENT,
        subject=("member", member_id),
        amount=points,
        unit="PTS",
        payload=payload,
        reason=reason,
        by=by,
    )


def apply_points_adjustment(approved: ApprovalView) -> None:
    """A second person has agreed: the points move, in the transaction of the yes. Raises PointsTooFew."""
    adjust_points(
        member_id=uuid.UUID(approved.payload["member_id"]),
        points=int(approved.payload["points"]),
        adjustment_id=approved.id,
        note=approved.reason,
    )


def _one_at_a_time(order_id: uuid.UUID) -> None:
    """Two facts of one order wait for each other, so that neither misses what the other has written."""
    locks.lock_name(f"loyalty:order:{order_id}")


def _take_back(order_id: uuid.UUID) -> None:
    facts = facts_about(subject_kind="order", subject_id=order_id)
    refunds = [fact for fact in facts if fact.name == OrderRefunded.name]
    if refunds:
        goods_refunded = sum(int(amount) for fact in refunds for _line, amount in fact.payload["lines"])
        lower_earning(("order", order_id), refunded_minor_so_far=goods_refunded)


def _schedule(order_id: uuid.UUID, *, received_at: datetime) -> None:
    days = loyalty_terms().return_days
    schedule_points(("order", order_id), available_at=available_after(received_at, return_days=days))


def _id(fact: RecordedFact, name: str) -> uuid.UUID:
    return uuid.UUID(str(fact.payload[name]))
