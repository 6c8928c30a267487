"""What the shop decides: terms, badges, missions, rewards, plans. Staff with `loyalty.edit`."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict

from jishi.kernel import ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.loyalty.errors import BadTerms
from jishi.modules.loyalty.models import Badge, CheckInReward, LoyaltyTerms, Mission, Plan, Reward
from jishi.modules.loyalty.operations.standing import LOYALTY_ID
from jishi.modules.loyalty.queries.deeds import CARD_DAYS
from jishi.modules.loyalty.queries.terms import loyalty_terms
from jishi.modules.loyalty.types import BadgeTerms, MissionTerms, PlanTerms, RewardKind, RewardTerms, Terms
from jishi.platform import history
from jishi.platform.transactions import in_transaction

POINTS_MAX = 1_000_000
DAYS_MAX = 3_650
MONTHS_MAX = 120


@in_transaction
def set_terms(terms: Terms, *, by: Actor) -> None:
    """Raises BadTerms."""
    by.require("loyalty.edit")
    _within("points_per_unit", terms.points_per_unit, least=1, most=POINTS_MAX)
    _within("share_basis_points_max", terms.share_basis_points_max, least=0, most=10_000)
    _within("points_step", terms.points_step, least=1, most=POINTS_MAX)
    _within("earn_per_unit", terms.earn_per_unit, least=0, most=1_000)
    _within("return_days", terms.return_days, least=0, most=90)
    _within("expiry_months", terms.expiry_months, least=1, most=MONTHS_MAX)
    _within("grace_days", terms.grace_days, least=0, most=365)
    _within("notice_days", terms.notice_days, least=1, most=90)
    _within("check_in_points", terms.check_in_points, least=0, most=1_000)
    before = loyalty_terms()
    values = asdict(terms) | {
        "return_policy": terms.return_policy.value,
        "fall_policy": terms.fall_policy.value,
    }
    LoyaltyTerms.objects.update_or_create(id=1, defaults=values)
    changed = {
        name: [str(old), str(values[name])] for name, old in asdict(before).items() if old != values[name]
    }
    history.record_step(subject=("loyalty", LOYALTY_ID), verb="set_terms", by=by, details=changed)


@in_transaction
def set_check_in_rewards(points_by_day: Mapping[int, int], *, by: Actor) -> None:
    """Points on top for days of the card. Raises BadTerms."""
    by.require("loyalty.edit")
    for day, points in points_by_day.items():
        _within("day", day, least=1, most=CARD_DAYS)
        _within("points", points, least=0, most=10_000)
        CheckInReward.objects.update_or_create(day_number=day, defaults={"points": points})
    history.record_step(subject=("loyalty", LOYALTY_ID), verb="set_check_in_rewards", by=by)


@in_transaction
def save_badge(terms: BadgeTerms, *, by: Actor) -> uuid.UUID:
    """By its code. Raises BadTerms."""
    by.require("loyalty.edit")
    _named(terms.code, terms.name)
    _within("threshold", terms.threshold, least=1, most=POINTS_MAX)
    values = asdict(terms) | {"deed": terms.deed.value}
    row, _ = Badge.objects.update_or_create(code=values.pop("code"), defaults=values)
    history.record_step(subject=("badge", row.id), verb="save", by=by, after=terms.name)
    return row.id


@in_transaction
def save_mission(terms: MissionTerms, *, by: Actor) -> uuid.UUID:
    """By its code. Raises BadTerms."""
    by.require("loyalty.edit")
    _named(terms.code, terms.name)
    _within("goal", terms.goal, least=1, most=10_000)
    _within("points", terms.points, least=0, most=POINTS_MAX)
    values = asdict(terms) | {"deed": terms.deed.value, "cadence": terms.cadence.value}
    values["badge"] = Badge.objects.filter(code=values.pop("badge_code")).first()
    row, _ = Mission.objects.update_or_create(code=values.pop("code"), defaults=values)
    history.record_step(subject=("mission", row.id), verb="save", by=by, after=terms.name)
    return row.id


@in_transaction
def save_plan(terms: PlanTerms, *, by: Actor) -> uuid.UUID:
    """By its code; who has bought keeps the days they bought. Raises BadTerms."""
    by.require("loyalty.edit")
    _named(terms.code, terms.name)
    _within("price_minor", terms.price_minor, least=1, most=100_000_000)
    _within("days", terms.days, least=1, most=DAYS_MAX)
    _within("discount_basis_points", terms.discount_basis_points, least=0, most=9_999)
    _within("earn_basis_points", terms.earn_basis_points, least=0, most=100_000)
    values = asdict(terms)
    row, _ = Plan.objects.update_or_create(code=values.pop("code"), defaults=values)
    history.record_step(subject=("plan", row.id), verb="save", by=by, after=terms.name)
    return row.id


@in_transaction
def save_reward(reward_id: uuid.UUID | None, terms: RewardTerms, *, by: Actor) -> uuid.UUID:
    """A new one without an id. Raises BadTerms, NotFound."""
    by.require("loyalty.edit")
    _check_reward(terms)
    plan = Plan.objects.filter(code=terms.plan_code).first() if terms.plan_code else None
    if terms.kind is RewardKind.MEMBERSHIP and plan is None:
        raise BadTerms(field="plan_code", reason="请选一个会员方案")
    values = asdict(terms) | {"kind": terms.kind.value, "plan": plan}
    del values["plan_code"]
    if reward_id is None:
        reward_id = Reward.objects.create(id=ids.new_id(), **values).id
    else:
        taken = Reward.objects.filter(id=reward_id).values_list("taken", flat=True).first()
        if taken is None:
            raise NotFound()
        if terms.stock is not None and terms.stock < taken:
            raise BadTerms(field="stock", reason="库存不能少于已经换出的件数")
        Reward.objects.filter(id=reward_id).update(**values)
    history.record_step(subject=("reward", reward_id), verb="save", by=by, after=terms.name)
    return reward_id


def _check_reward(terms: RewardTerms) -> None:
    if not terms.name.strip():
        raise BadTerms(field="name", reason="请填名称")
    _within("points", terms.points, least=1, most=POINTS_MAX)
    _within("member_limit", terms.member_limit, least=0, most=1_000)
    if terms.kind is RewardKind.WALLET and terms.amount_minor <= 0:
        raise BadTerms(field="amount_minor", reason="请填存入钱包的金额")
    if terms.kind is RewardKind.COUPON and not terms.coupon_code.strip():
        raise BadTerms(field="coupon_code", reason="请填优惠券的编号")
    if terms.kind is RewardKind.MEMBERSHIP and not 1 <= terms.days <= DAYS_MAX:
        raise BadTerms(field="days", reason="请填会员天数")


def _named(code: str, name: str) -> None:
    if not code.strip() or not code.isascii() or " " in code:
        raise BadTerms(field="code", reason="代号用英文字母、数字和下划线")
    if not name.strip():
        raise BadTerms(field="name", reason="请填名称")


def _within(field: str, value: int, *, least: int, most: int) -> None:
    if not least <= value <= most:
        raise BadTerms(field=field, reason=f"要在 {least} 到 {most} 之间")
