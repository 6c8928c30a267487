"""The rewards shop: points for a reward, in one transaction."""

import uuid

from django.db.models import F, Q

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import IllegalStep, NotFound
from jishi.modules.loyalty.errors import AddressWanted, RewardGone, RewardLimit
from jishi.modules.loyalty.facts import RewardTaken
from jishi.modules.loyalty.models import Exchange, Reward
from jishi.modules.loyalty.operations.deeds import note_deed
from jishi.modules.loyalty.operations.entries import lock_account
from jishi.modules.loyalty.operations.memberships import give_membership
from jishi.modules.loyalty.operations.spendings import commit_points, reserve_points, return_points
from jishi.modules.loyalty.queries.rewards import exchange_view
from jishi.modules.loyalty.types import DeedKind, ExchangeState, ExchangeView, RewardKind
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction


@in_transaction
def take_reward(
    reward_id: uuid.UUID, *, by: Actor, exchange_id: uuid.UUID, address_note: str = ""
) -> tuple[ExchangeView, bool]:
    """Pay with points and take one of the stock; `exchange_id` is the idempotency key. Returns it, and whether it is new.

    The account's lock comes before the stock's row. Raises NotFound, AddressWanted, RewardLimit, RewardGone, PointsTooFew.
    """
    member_id = by.require_member()
    lock_account(member_id)
    before = Exchange.objects.filter(id=exchange_id, member_id=member_id).first()
    if before is not None:
        return exchange_view(before), False
    reward = Reward.objects.select_related("plan").filter(id=reward_id, is_open=True).first()
    if reward is None:
        raise NotFound()
    if reward.kind == RewardKind.GOODS.value and len(address_note.strip()) < 10:
        raise AddressWanted()
    _check_limit(reward, member_id)
    _take_stock(reward)
    reserve_points(
        member_id=member_id, points=reward.points, spending_id=exchange_id, currency_minor=0, kind="reward"
    )
    commit_points(exchange_id)
    row = _write(reward, member_id=member_id, exchange_id=exchange_id, address_note=address_note)
    if reward.kind == RewardKind.MEMBERSHIP.value and reward.plan is not None:
        give_membership(
            member_id, plan_id=reward.plan.id, days=reward.days, source=("exchange", exchange_id), by=by
        )
    note_deed(member_id, DeedKind.REWARD_TAKEN)
    record_fact(
        RewardTaken(
            exchange_id=row.id,
            reward_id=reward.id,
            member_id=member_id,
            kind=row.kind,
            points=row.points,
            coupon_code=row.coupon_code,
            amount_minor=row.amount_minor,
            currency=row.currency,
        ),
        by=by,
    )
    return exchange_view(row), True


@in_transaction
def send_exchange(exchange_id: uuid.UUID, *, by: Actor, tracking_note: str) -> None:
    """Goods are on their way. Raises IllegalStep."""
    by.require("loyalty.edit")
    rows = Exchange.objects.filter(id=exchange_id, state=ExchangeState.TO_SEND.value)
    if not rows.update(state=ExchangeState.SENT.value, tracking_note=tracking_note[:80], sent_at=clock.now()):
        raise IllegalStep(state="", verb="send")
    history.record_step(subject=("exchange", exchange_id), verb="send", by=by, note=tracking_note)


@in_transaction
def cancel_exchange(exchange_id: uuid.UUID, *, by: Actor, reason: str) -> None:
    """Goods that cannot be sent: points and stock go back. Raises IllegalStep, NotFound."""
    by.require("loyalty.edit")
    found = Exchange.objects.filter(id=exchange_id).values_list("member_id", flat=True).first()
    if found is None:
        raise NotFound()
    lock_account(found)
    row = locks.lock_one(Exchange, exchange_id)
    if row.state != ExchangeState.TO_SEND.value:
        raise IllegalStep(state=row.state, verb="cancel")
    row.state = ExchangeState.CANCELLED.value
    row.save(update_fields=["state"])
    Reward.objects.filter(id=row.reward_id, taken__gt=0).update(taken=F("taken") - 1)
    return_points(exchange_id, points_so_far=row.points)
    history.record_step(subject=("exchange", exchange_id), verb="cancel", by=by, note=reason)


def _check_limit(reward: Reward, member_id: uuid.UUID) -> None:
    """Under the account's lock: the member cannot take two at once."""
    if not reward.member_limit:
        return
    own = Exchange.objects.filter(reward=reward, member_id=member_id).exclude(
        state=ExchangeState.CANCELLED.value
    )
    if own.count() >= reward.member_limit:
        raise RewardLimit(limit=reward.member_limit)


def _take_stock(reward: Reward) -> None:
    """One conditional write, never by reading first."""
    rows = Reward.objects.filter(Q(stock__isnull=True) | Q(taken__lt=F("stock")), id=reward.id, is_open=True)
    if not rows.update(taken=F("taken") + 1):
        raise RewardGone()


def _write(reward: Reward, *, member_id: uuid.UUID, exchange_id: uuid.UUID, address_note: str) -> Exchange:
    is_goods = reward.kind == RewardKind.GOODS.value
    return Exchange.objects.create(
        id=exchange_id,
        reward=reward,
        member_id=member_id,
        name=reward.name,
        kind=reward.kind,
        points=reward.points,
        state=(ExchangeState.TO_SEND if is_goods else ExchangeState.DONE).value,
        coupon_code=reward.coupon_code,
        amount_minor=reward.amount_minor,
        currency=reward.currency,
        address_note=address_note.strip()[:200] if is_goods else "",
        at=clock.now(),
    )
