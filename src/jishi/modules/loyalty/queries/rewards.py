"""Reading the rewards shop."""

import uuid
from collections.abc import Sequence

from django.db.models import Count

from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.loyalty.models import Exchange, Reward
from jishi.modules.loyalty.types import ExchangeState, ExchangeView, RewardKind, RewardTerms, RewardView
from jishi.platform.paging import Key, older_than

ROWS_MAX = 200


def open_rewards(*, member_id: uuid.UUID | None = None, limit: int = 60) -> list[RewardView]:
    """What can be had, the gone ones last; two queries."""
    rows = list(
        Reward.objects.select_related("plan")
        .filter(is_open=True)
        .order_by("position", "points", "id")[: min(limit, ROWS_MAX)]
    )
    own = _own_counts(member_id, [row.id for row in rows]) if member_id else {}
    found = [reward_view(row, own_count=own.get(row.id, 0)) for row in rows]
    return sorted(found, key=lambda view: view.is_gone)


def rewards_table(*, limit: int = 100) -> list[RewardView]:
    """For the console; one query."""
    rows = Reward.objects.select_related("plan").order_by("-is_open", "position", "points", "id")
    return [reward_view(row) for row in rows[: min(limit, ROWS_MAX)]]


def reward_of(reward_id: uuid.UUID, *, member_id: uuid.UUID | None = None) -> RewardView:
    """One; at most two queries. Raises NotFound."""
    row = Reward.objects.select_related("plan").filter(id=reward_id).first()
    if row is None:
        raise NotFound()
    own = _own_counts(member_id, [row.id]) if member_id else {}
    return reward_view(row, own_count=own.get(row.id, 0))


def exchanges_of(*, by: Actor, after: Key | None = None, limit: int = 30) -> list[ExchangeView]:
    """The actor's own, newest first; one query."""
    rows = Exchange.objects.filter(older_than(after, field="at"), member_id=by.require_member())
    return [exchange_view(row) for row in rows.order_by("-at", "-id")[: min(limit, ROWS_MAX)]]


def exchanges_table(
    *, by: Actor, states: Sequence[ExchangeState] = (), after: Key | None = None, limit: int = 50
) -> list[ExchangeView]:
    """Everybody's, newest first; one query."""
    by.require("loyalty.view")
    rows = Exchange.objects.filter(older_than(after, field="at"))
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    return [exchange_view(row) for row in rows.order_by("-at", "-id")[: min(limit, ROWS_MAX)]]


def count_to_send() -> int:
    return Exchange.objects.filter(state=ExchangeState.TO_SEND.value).count()


def reward_view(row: Reward, *, own_count: int = 0) -> RewardView:
    return RewardView(
        id=row.id,
        terms=RewardTerms(
            name=row.name,
            kind=RewardKind(row.kind),
            points=row.points,
            text=row.text,
            stock=row.stock,
            member_limit=row.member_limit,
            coupon_code=row.coupon_code,
            amount_minor=row.amount_minor,
            currency=row.currency,
            plan_code=row.plan.code if row.plan else "",
            days=row.days,
            is_open=row.is_open,
        ),
        taken=row.taken,
        own_count=own_count,
    )


def exchange_view(row: Exchange) -> ExchangeView:
    return ExchangeView(
        id=row.id,
        reward_id=row.reward_id,
        member_id=row.member_id,
        name=row.name,
        kind=RewardKind(row.kind),
        points=row.points,
        state=ExchangeState(row.state),
        coupon_code=row.coupon_code,
        amount_minor=row.amount_minor,
        currency=row.currency,
        address_note=row.address_note,
        tracking_note=row.tracking_note,
        at=row.at,
        sent_at=row.sent_at,
    )


def _own_counts(member_id: uuid.UUID, reward_ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    rows = Exchange.objects.filter(member_id=member_id, reward_id__in=reward_ids).exclude(
        state=ExchangeState.CANCELLED.value
    )
    return dict(rows.order_by().values("reward_id").annotate(n=Count("id")).values_list("reward_id", "n"))
