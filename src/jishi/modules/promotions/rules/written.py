"""Offers to JSON and back, and what an operator may write."""

import uuid
from collections.abc import Callable, Iterable
from datetime import date
from itertools import pairwise
from typing import Any

from jishi.modules.promotions.errors import BadOffer
from jishi.modules.promotions.types import (
    AmountOff,
    Audience,
    BatchForm,
    Benefit,
    Calendar,
    CouponWay,
    EveryFull,
    FixedPrice,
    Gift,
    Measure,
    NthOff,
    Offer,
    PercentOff,
    Scope,
    SetFor,
    ShippingOff,
    Stage,
    Step,
    Steps,
    UnitsFor,
)

NAME_MAX, LABEL_MAX, GROUP_MAX = 60, 40, 20
STEPS_MAX, PARTS_MAX, IDS_MAX = 10, 5, 500
CAPACITY_MAX, VALID_DAYS_MAX = 1_000_000, 730
RATE_MAX = 10_000
BENEFITS_OF_STAGE: dict[Stage, tuple[type, ...]] = {
    Stage.ITEM: (PercentOff, AmountOff, FixedPrice, NthOff, UnitsFor, SetFor, Gift),
    Stage.ORDER: (PercentOff, AmountOff, Steps, EveryFull, Gift),
    Stage.COUPON: (PercentOff, AmountOff, Steps, EveryFull),
    Stage.SHIPPING: (ShippingOff,),
}


def check_offer(name: str, offer: Offer) -> None:
    """Raises BadOffer naming the first field that is wrong and what to do."""
    scope = offer.scope
    ids = len(scope.product_ids) + len(scope.category_ids) + len(scope.variant_ids) + len(scope.without)
    opens, closes = offer.opens_at, offer.closes_at
    calendar = offer.calendar
    hours = (calendar.from_hour, calendar.until_hour)
    checks = (
        ("name", 0 < len(name.strip()) <= NAME_MAX, "请填写名称，不超过 60 个字"),
        ("label", 0 < len(offer.label.strip()) <= LABEL_MAX, "请写给顾客看的说法，不超过 40 个字"),
        (
            "benefit",
            isinstance(offer.benefit, BENEFITS_OF_STAGE[offer.stage]),
            "这一阶段不能用这种优惠，请换一种",
        ),
        ("scope", ids <= IDS_MAX, "商品、类目和规格一共不超过 500 个"),
        ("closes_at", opens is None or closes is None or closes > opens, "结束时间要晚于开始时间"),
        ("least_minor", offer.least_minor >= 0 and offer.least_units >= 0, "门槛不能是负数"),
        ("group", len(offer.group) <= GROUP_MAX, "互斥组的名字不超过 20 个字"),
        ("budget_minor", offer.budget_minor is None or offer.budget_minor > 0, "预算要大于零，留空表示不设"),
        (
            "member_limit",
            offer.member_limit is None or offer.member_limit > 0,
            "每人次数要大于零，留空表示不限",
        ),
        (
            "calendar",
            0 <= hours[0] < 24 and 0 < hours[1] <= 24 and hours[0] != hours[1],
            "时段要在 0 到 24 点之间，开始和结束不能相同",
        ),
        (
            "calendar",
            all(0 <= day <= 6 for day in calendar.weekdays)
            and all(1 <= day <= 31 for day in calendar.month_days),
            "请选择周一到周日、每月 1 到 31 日",
        ),
    )
    for field, is_right, reason in checks:
        if not is_right:
            raise BadOffer(field=field, reason=reason)
    problem = _problem_of(offer.benefit)
    if problem:
        raise BadOffer(field="benefit", reason=problem)


def _problem_of(benefit: Benefit) -> str:
    """What is wrong with the numbers; empty when nothing is."""
    times = getattr(benefit, "times", None)
    cap = getattr(benefit, "cap_minor", None)
    if (times is not None and times <= 0) or (cap is not None and cap <= 0):
        return "封顶和次数要大于零，留空表示不限"
    if isinstance(benefit, Steps):
        return _problem_of_steps(benefit.steps)
    is_right, reason = _SENSE[type(benefit)]
    return "" if is_right(benefit) else reason


def _is_rate(rate: int) -> bool:
    return 0 < rate <= RATE_MAX


def _is_set(benefit: SetFor) -> bool:
    parts = benefit.parts
    named = all(units > 0 and not scope.is_all for scope, units in parts)
    return 1 <= len(parts) <= PARTS_MAX and named and benefit.minor >= 0


_SENSE: dict[type, tuple[Callable[[Any], bool], str]] = {
    PercentOff: (lambda b: _is_rate(b.rate), "折扣要在 0 到 100% 之间"),
    AmountOff: (lambda b: b.minor > 0, "减免金额要大于零"),
    FixedPrice: (lambda b: b.minor >= 0, "价格不能是负数"),
    NthOff: (lambda b: b.every >= 1 and _is_rate(b.rate), "请写第几件、减百分之几"),
    UnitsFor: (lambda b: b.units >= 1 and b.minor >= 0, "请写任选几件、一共多少钱"),
    SetFor: (_is_set, "套装要有 1 到 5 部分，各选商品"),
    EveryFull: (lambda b: 0 < b.off_minor <= b.least_minor, "每满的金额要大于减的金额"),
    Gift: (lambda b: 1 <= b.units <= 9, "赠品 1 到 9 件"),
    ShippingOff: (lambda b: b.minor is None or b.minor > 0, "减免金额要大于零"),
}


def _problem_of_steps(steps: tuple[Step, ...]) -> str:
    if not 1 <= len(steps) <= STEPS_MAX:
        return "满减要有 1 到 10 档"
    if any(step.least <= 0 or bool(step.off_minor) == bool(step.rate) for step in steps):
        return "每档写门槛，以及减多少或打几折其中之一"
    if any(not 0 <= step.rate <= RATE_MAX or step.off_minor < 0 for step in steps):
        return "折扣要在 0 到 100% 之间"
    pairs = list(pairwise(steps))
    if any(a.least >= b.least or a.off_minor > b.off_minor or a.rate > b.rate for a, b in pairs):
        return "门槛要一档比一档高，优惠不能一档比一档少"
    return ""


def check_batch(form: BatchForm) -> None:
    """Raises BadOffer."""
    checks = (
        ("name", 0 < len(form.name.strip()) <= NAME_MAX, "请填写名称，不超过 60 个字"),
        ("capacity", 1 <= form.capacity <= CAPACITY_MAX, "张数要在 1 到 1000000 之间"),
        ("member_limit", 0 <= form.member_limit <= 100, "每人张数要在 0 到 100 之间，0 表示不限"),
        (
            "valid_days",
            (form.valid_days is None) != (form.valid_until is None),
            "有效天数和截止时间写一个就好",
        ),
        (
            "valid_days",
            form.valid_days is None or 1 <= form.valid_days <= VALID_DAYS_MAX,
            "有效天数要在 1 到 730 之间",
        ),
        (
            "closes_at",
            form.opens_at is None or form.closes_at is None or form.closes_at > form.opens_at,
            "结束时间要晚于开始时间",
        ),
        (
            "share_visits",
            form.way is not CouponWay.SHARE or 1 <= form.share_visits <= 50,
            "请写要带来几位朋友，1 到 50",
        ),
        ("community_id", form.way is not CouponWay.COMMUNITY or form.community_id is not None, "请选择社群"),
    )
    for field, is_right, reason in checks:
        if not is_right:
            raise BadOffer(field=field, reason=reason)


# -- JSON ------------------------------------------------------------------------------------------------------------

_KINDS: dict[str, type] = {
    "percent": PercentOff,
    "amount": AmountOff,
    "fixed_price": FixedPrice,
    "nth": NthOff,
    "units_for": UnitsFor,
    "set_for": SetFor,
    "steps": Steps,
    "every_full": EveryFull,
    "gift": Gift,
    "shipping": ShippingOff,
}
_NAMES = {cls: name for name, cls in _KINDS.items()}


def kind_of(benefit: Benefit) -> str:
    """The short name of a benefit's kind."""
    return _NAMES[type(benefit)]


def benefit_as_json(benefit: Benefit) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": kind_of(benefit)}
    match benefit:
        case PercentOff(rate, cap):
            found |= {"rate": rate, "cap_minor": cap}
        case AmountOff(minor) | FixedPrice(minor) | ShippingOff(minor):
            found |= {"minor": minor}
        case NthOff(every, rate, times):
            found |= {"every": every, "rate": rate, "times": times}
        case UnitsFor(units, minor, times):
            found |= {"units": units, "minor": minor, "times": times}
        case SetFor(parts, minor, times):
            rows = [{"scope": scope_as_json(scope), "units": units} for scope, units in parts]
            found |= {"parts": rows, "minor": minor, "times": times}
        case Steps(steps, measure, cap):
            rows = [{"least": s.least, "off_minor": s.off_minor, "rate": s.rate} for s in steps]
            found |= {"steps": rows, "measure": measure.value, "cap_minor": cap}
        case EveryFull(least, off, times):
            found |= {"least_minor": least, "off_minor": off, "times": times}
        case Gift(variant_id, units):
            found |= {"variant_id": str(variant_id), "units": units}
    return found


def benefit_from_json(row: dict[str, Any]) -> Benefit:
    """Raises BadOffer for what is not a benefit."""
    try:
        return _benefit(row)
    except (KeyError, TypeError, ValueError) as error:
        raise BadOffer(field="benefit", reason="请选择一种优惠并填好它的数字") from error


def _benefit(row: dict[str, Any]) -> Benefit:
    kind = _KINDS[row["kind"]]
    plain = {name: value for name, value in row.items() if name != "kind"}
    if kind is SetFor:
        parts = tuple((scope_from_json(part["scope"]), int(part["units"])) for part in row["parts"])
        return SetFor(parts, int(row["minor"]), row.get("times"))
    if kind is Steps:
        steps = tuple(
            Step(int(s["least"]), int(s.get("off_minor") or 0), int(s.get("rate") or 0)) for s in row["steps"]
        )
        return Steps(steps, Measure(row.get("measure", "amount")), row.get("cap_minor"))
    if kind is Gift:
        return Gift(uuid.UUID(str(row["variant_id"])), int(row.get("units", 1)))
    benefit: Benefit = kind(**plain)
    return benefit


def scope_as_json(scope: Scope) -> dict[str, list[str]]:
    return {
        name: sorted(str(one) for one in getattr(scope, name))
        for name in ("product_ids", "category_ids", "variant_ids", "without")
        if getattr(scope, name)
    }


def scope_from_json(row: dict[str, Any]) -> Scope:
    def ids(name: str) -> frozenset[uuid.UUID]:
        found: Iterable[Any] = row.get(name) or ()
        return frozenset(uuid.UUID(str(one)) for one in found)

    return Scope(ids("product_ids"), ids("category_ids"), ids("variant_ids"), ids("without"))


def audience_as_json(audience: Audience) -> dict[str, Any]:
    rows = {
        "new_members": audience.new_members,
        "paid_members": audience.paid_members,
        "from_rank": audience.from_rank,
    }
    return {name: value for name, value in rows.items() if value}


def audience_from_json(row: dict[str, Any]) -> Audience:
    return Audience(**row)


def calendar_as_json(calendar: Calendar) -> dict[str, Any]:
    if calendar.is_always:
        return {}
    return {
        "dates": [day.isoformat() for day in calendar.dates],
        "weekdays": list(calendar.weekdays),
        "month_days": list(calendar.month_days),
        "from_hour": calendar.from_hour,
        "until_hour": calendar.until_hour,
    }


def calendar_from_json(row: dict[str, Any]) -> Calendar:
    return Calendar(
        dates=tuple(date.fromisoformat(day) for day in row.get("dates", ())),
        weekdays=tuple(row.get("weekdays", ())),
        month_days=tuple(row.get("month_days", ())),
        from_hour=row.get("from_hour", 0),
        until_hour=row.get("until_hour", 24),
    )
