"""Why a price is what it is, in words: what each rule gave, or what stands against it and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from jishi.kernel.money import format_minor
from jishi.modules.promotions.public import (
    AmountOff,
    EveryFull,
    FixedPrice,
    Gift,
    Measure,
    NthOff,
    Offer,
    PercentOff,
    Reason,
    SetFor,
    ShippingOff,
    Step,
    Steps,
    Trace,
    UnitsFor,
)

_PLAIN = {
    Reason.LEFT_OUT: gettext_noop("不用它反而更省，已为你选最省的组合"),
    Reason.PLAY_PRICE: gettext_noop("拼团、砍价、秒杀价不和它一起用"),
    Reason.OUT_OF_SCOPE: gettext_noop("这些商品用不上它"),
    Reason.AUDIENCE: gettext_noop("只给指定的会员"),
    Reason.NOT_NOW: gettext_noop("现在不在活动时间里"),
    Reason.LIMIT_REACHED: gettext_noop("你的次数用完了"),
    Reason.BUDGET_GONE: gettext_noop("活动名额送完了"),
    Reason.NO_EFFECT: gettext_noop("这次减不了钱"),
    Reason.GIFT_GONE: gettext_noop("赠品送完了"),
}

_DISCOUNTS = {
    "group_buy": gettext_noop("拼团优惠"),
    "group_buy_leader": gettext_noop("开团奖励"),
    "bargain": gettext_noop("砍价"),
    "flash_sale": gettext_noop("秒杀优惠"),
    "prize": gettext_noop("奖品"),
    "member": gettext_noop("会员价"),
    "offer": gettext_noop("优惠"),
    "coupon": gettext_noop("优惠券"),
    "points": gettext_noop("积分抵扣"),
    "gift": gettext_noop("赠品"),
    "tax": gettext_noop("税"),
}


@dataclass(frozen=True, slots=True)
class TraceWords:
    """A rule as a shopper reads it. `tone`: yes, near (something is missing), no."""

    label: str
    text: str
    tone: str
    saved_minor: int = 0


def trace_words(trace: Trace) -> TraceWords:
    if trace.reason is Reason.APPLIED:
        return TraceWords(trace.label, _next(trace), "yes", trace.saved_minor)
    if trace.reason in (Reason.BELOW_AMOUNT, Reason.BELOW_UNITS):
        return TraceWords(trace.label, _next(trace) or _("还没到门槛"), "near")
    if trace.reason is Reason.BETTER_ONE:
        text = _("已用更划算的“%(other)s”") % {"other": trace.other} if trace.other else _("有更划算的")
        return TraceWords(trace.label, text, "no")
    if trace.reason is Reason.EXCLUDED_BY:
        return TraceWords(trace.label, _("不能和“%(other)s”一起用") % {"other": trace.other}, "no")
    return TraceWords(trace.label, _(_PLAIN.get(trace.reason, _PLAIN[Reason.NO_EFFECT])), "no")


def told(traces: Sequence[Trace], *, with_no: bool) -> list[TraceWords]:
    """What was used, then what is nearest, then (if asked) what could not be used and why."""
    used = [t for t in traces if t.reason is Reason.APPLIED]
    near = [t for t in traces if t.reason in (Reason.BELOW_AMOUNT, Reason.BELOW_UNITS)]
    near.sort(key=lambda t: (t.missing_minor or t.missing_units * 100, t.label))
    rest = [t for t in traces if t not in used and t not in near] if with_no else []
    return [trace_words(trace) for trace in (*used, *near, *rest)]


def _next(trace: Trace) -> str:
    """再买 ¥12 可减 ¥20; empty when nothing is missing."""
    if trace.missing_minor:
        missing = _("再买 %s") % _money(trace.missing_minor)
    elif trace.missing_units:
        missing = _("再买 %d 件") % trace.missing_units
    else:
        return ""
    if trace.next_off_minor:
        return _("%(missing)s 可减 %(off)s") % {"missing": missing, "off": _money(trace.next_off_minor)}
    if trace.next_rate:
        return _("%(missing)s 可打 %(rate)s") % {"missing": missing, "rate": rate_words(trace.next_rate)}
    return _("%(missing)s 就能用") % {"missing": missing}


def rate_words(rate: int) -> str:
    """1500 basis points off → 8.5 折 (15% off)."""
    word = _("折")  # in Chinese what is left in tenths, in English what goes in percent
    return f"{(10_000 - rate) / 1_000:g} 折" if word == "折" else f"{rate / 100:g}% {word}"


def offer_words(offer: Offer) -> str:
    """What an offer gives, in one line."""
    words = _benefit_words(offer)
    if offer.least_minor and not isinstance(offer.benefit, Steps | EveryFull):
        words = _("满 %(least)s %(words)s") % {"least": _money(offer.least_minor), "words": words}
    if offer.least_units:
        words = _("满 %(units)d 件 %(words)s") % {"units": offer.least_units, "words": words}
    return words


def _benefit_words(offer: Offer) -> str:  # noqa: C901, PLR0911  (one line for each kind)
    match offer.benefit:
        case PercentOff(rate, cap):
            return rate_words(rate) + (_("，最多减 %s") % _money(cap) if cap else "")
        case AmountOff(minor):
            return (_("每件减 %s") if offer.stage.value == "item" else _("减 %s")) % _money(minor)
        case FixedPrice(minor):
            return _("限时价 %s") % _money(minor)
        case NthOff(every, rate, _times):
            return _("第 %(every)d 件 %(rate)s") % {"every": every, "rate": rate_words(rate)}
        case UnitsFor(units, minor, _times):
            return _("任选 %(units)d 件 %(price)s") % {"units": units, "price": _money(minor)}
        case SetFor(_parts, minor, _times):
            return _("成套 %s") % _money(minor)
        case Steps(steps, measure, _cap):
            return _("，").join(_step_words(step, measure) for step in steps)
        case EveryFull(least, off, times):
            more = _("，最多 %d 次") % times if times else ""
            return _("每满 %(least)s 减 %(off)s") % {"least": _money(least), "off": _money(off)} + more
        case Gift(_variant, units):
            return ngettext("送赠品 %d 件", "送赠品 %d 件", units) % units
        case ShippingOff(None):
            return _("免运费")
        case ShippingOff(minor):
            return _("运费减 %s") % _money(minor or 0)


def _step_words(step: Step, measure: Measure) -> str:
    least = _money(step.least) if measure is Measure.AMOUNT else _("%d 件") % step.least
    if step.rate:
        return _("满 %(least)s 打 %(rate)s") % {"least": least, "rate": rate_words(step.rate)}
    return _("满 %(least)s 减 %(off)s") % {"least": least, "off": _money(step.off_minor)}


def _money(minor: int) -> str:
    shown = format_minor(minor, currency=settings.JISHI_CURRENCY)
    return shown.removesuffix(".00")


def discount_words(kind: str) -> str:
    """Why a line costs less, by the kind on its snapshot."""
    return _(_DISCOUNTS[kind]) if kind in _DISCOUNTS else kind
