"""Figures with what they were before: KPI cards, sparks and lines for charts."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from jishi.insight.periods import Compared
from jishi.surfaces.templatetags.look import short_money

SPARK_WIDTH, SPARK_HEIGHT = 80, 32
NOTHING = "–"
DAYS_SHOWN_MAX = 45
MULTIPLE_FROM = 10  # from ten times on a percentage says nothing


def whole(value: float) -> str:
    return f"{round(value):,}"


def percent(value: float | None) -> str:
    return NOTHING if value is None else f"{value * 100:.1f}%"


def decimals(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"


def money(value: float) -> str:
    return short_money(round(value))


def kpi(  # noqa: PLR0913  (what a card shows)
    label: str,
    value: str,
    *,
    delta: str = "",
    way: str = "same",
    mood: str = "",
    url: str = "",
    note: str = "",
    series: Sequence[float] = (),
) -> dict[str, Any]:
    return {
        "label": label,
        "value": value,
        "delta": delta,
        "way": way,
        "mood": mood,
        "url": url,
        "note": note,
        "spark": spark(series),
    }


def compared(  # noqa: PLR0913  (what a card shows)
    label: str,
    figure: Compared,
    *,
    words: Callable[[float], str],
    good: str = "up",
    url: str = "",
    series: Sequence[float] = (),
    is_rate: bool = False,
) -> dict[str, Any]:
    """A card with the change against the period before. `good` is the way one hopes for, or nothing."""
    way = {"flat": "same"}.get(figure.direction, figure.direction)
    mood = "" if way == "same" or not good else "good" if way == good else "bad"
    return kpi(
        label,
        words(figure.now),
        delta=_change(figure, is_rate=is_rate),
        way=way,
        mood=mood,
        url=url,
        note=_("上期没有") if not figure.before and figure.now else "",
        series=series,
    )


def optional(
    label: str,
    now: float | None,
    before: float | None,
    *,
    words: Callable[[float | None], str],
    is_rate: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """A figure that may not exist, such as a rate of nothing; differences are absolute."""
    if now is None or before is None:
        return kpi(label, words(now), note=_("上期没有") if now is not None else _("还没有数据"), **more)
    difference = now - before
    way = "up" if difference > 0 else "down" if difference < 0 else "same"
    delta = _points(difference) if is_rate else f"{abs(difference):.2f}"
    mood = {"up": "good", "down": "bad"}.get(way, "")
    return kpi(label, words(now), delta=delta if difference else _("持平"), way=way, mood=mood, **more)


def groups(count: int) -> list[range]:
    """Days of a chart gathered so that no more than DAYS_SHOWN_MAX points are drawn: single days, else weeks."""
    size = 1 if count <= DAYS_SHOWN_MAX else 7
    return [range(start, min(start + size, count)) for start in range(0, count, size)]


def gathered(values: Sequence[int], count: int) -> list[int]:
    """Sums of the groups of a chart."""
    return [sum(values[index] for index in group if index < len(values)) for group in groups(count)]


def spark(series: Sequence[float]) -> str:
    """A small line of a figure's days; nothing when there is nothing to see."""
    if len(series) < 3 or not any(series):
        return ""
    values = _gathered(series, SPARK_WIDTH // 4)
    low, high = min(values), max(values)
    span = (high - low) or 1
    step = SPARK_WIDTH / (len(values) - 1)
    points = [
        f"{index * step:.1f} {SPARK_HEIGHT - 3 - (value - low) / span * (SPARK_HEIGHT - 6):.1f}"
        for index, value in enumerate(values)
    ]
    return "M" + " L".join(points)


def _gathered(series: Sequence[float], most: int) -> list[float]:
    """No more than `most` points, each the mean of its neighbours."""
    size = -(-len(series) // most)
    groups = [series[start : start + size] for start in range(0, len(series), size)]
    return [sum(group) / len(group) for group in groups]


def _change(figure: Compared, *, is_rate: bool) -> str:
    if is_rate:
        difference = figure.now - figure.before
        return _points(difference) if difference else _("持平")
    if figure.change is None:
        return ""
    if figure.change >= MULTIPLE_FROM - 1:
        return _("%(times)s 倍") % {"times": f"{figure.now / figure.before:,.0f}"}
    return f"{abs(figure.change) * 100:.1f}%" if figure.change else _("持平")


def _points(difference: float) -> str:
    return _("%(points)s 点") % {"points": f"{abs(difference) * 100:.1f}"}
