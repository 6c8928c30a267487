"""`{% load look %}`: money, deadlines, faces and icons. Values come in, words and marks go out."""

from datetime import datetime
from zlib import crc32

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from jishi.kernel import clock
from jishi.kernel.money import exponent_of, format_minor
from jishi.modules.orders.public import Discount
from jishi.surfaces.price_words import discount_words
from jishi.surfaces.templatetags.icons import ICONS

register = template.Library()

_AVATAR_COLOURS = 8
DAYS_FROM_SECONDS = 2 * 86_400
_PREFIXES = "阿小老大"


@register.filter
def money(minor: int | None, currency: str = "") -> str:
    """`2990` → `¥29.90`; nothing for None."""
    return "" if minor is None else format_minor(minor, currency=currency or settings.JISHI_CURRENCY)


@register.filter
def reason(discount: Discount) -> str:
    """Why a line costs less: what the rule is called, else its kind."""
    return discount.label or discount_words(discount.kind)


@register.filter
def price(minor: int | None, currency: str = "") -> SafeString:
    """The shop's big price: a small sign, big units, small fraction; a fraction of zero is left out."""
    if minor is None:
        return mark_safe("")
    code = currency or settings.JISHI_CURRENCY
    text = format_minor(minor, currency=code)
    amount = format_minor(minor, currency=code, symbol=False)
    sign = text[: len(text) - len(amount)]
    units, _, fraction = amount.partition(".")
    tail = "" if not fraction.strip("0") else f".{fraction}"
    return format_html('<span class="price"><i>{}</i>{}<small>{}</small></span>', sign, units, tail)


@register.filter
def short_money(minor: int | None, currency: str = "") -> str:
    """For dense tables and KPI: no fraction from a hundred up, `4821650` → `¥48,217`."""
    if minor is None:
        return "–"
    code = currency or settings.JISHI_CURRENCY
    unit = 10 ** exponent_of(code)
    if abs(minor) < 100 * unit:
        return format_minor(minor, currency=code)
    rounded = (abs(minor) + unit // 2) // unit * unit
    return format_minor(rounded if minor > 0 else -rounded, currency=code).partition(".")[0]


@register.filter
def initial(name: str) -> str:
    """The one character a face shows: 阿苏 → 苏, 周姐 → 周, Ann → A."""
    text = name.strip() or "·"
    return text[1] if len(text) > 1 and text[0] in _PREFIXES else text[0].upper()


@register.filter
def face(name: str) -> str:
    """The colour class of a person's face; the same name always has the same colour."""
    return f"av-{crc32(name.encode()) % _AVATAR_COLOURS}"


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An inline line icon, hidden from screen readers. Raises KeyError for an unknown name."""
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', css, ICONS[name]
    )


@register.simple_tag
def countdown(deadline: datetime, css: str = "") -> SafeString:
    """Time left, in days from two days on; the page's script keeps it honest by the server's clock."""
    left = max(0, int((deadline - clock.now()).total_seconds()))
    days = left // 86_400 if left >= DAYS_FROM_SECONDS else 0
    urgent = " is-urgent" if 0 < left <= 3600 else ""
    return format_html(
        '<time class="countdown {}{}" datetime="{}" data-deadline="{}" data-days="{}"><i>{}</i>'
        "<b>{}</b>:<b>{}</b>:<b>{}</b></time>",
        css,
        urgent,
        deadline.isoformat(),
        deadline.isoformat(),
        gettext("{days} 天"),
        gettext("{days} 天").format(days=days) if days else "",
        f"{(left - days * 86_400) // 3600:02d}",
        f"{left // 60 % 60:02d}",
        f"{left % 60:02d}",
    )


@register.simple_tag
def server_now() -> str:
    return clock.now().isoformat()


@register.filter
def seats(count: int) -> range:
    """So that a template can draw that many marks; never more than twenty."""
    return range(max(0, min(count, 20)))
