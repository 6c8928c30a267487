"""`{% load chrome %}`: the parts of the frame that are the same on page after page, rendered once and remembered."""

from collections.abc import Callable
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from jishi.surfaces.memo import Memo

register = template.Library()

PARTS_KEPT = 512
FRAGMENTS_KEPT = 4_000

_kept: Memo[tuple[object, ...], SafeString] = Memo(size=PARTS_KEPT)
_kept_fragments: Memo[tuple[object, ...], SafeString] = Memo(size=FRAGMENTS_KEPT)


@register.simple_tag(takes_context=True)
def chrome(context: template.Context, part: str) -> SafeString:
    """One of shop/chrome/*.html. They may use `tab`, `cart_count` and `search_text`, and nothing else."""
    values: dict[str, Any] = {
        "tab": context.get("tab", ""),
        "cart_count": context.get("cart_count", 0),
        "search_text": context.get("search_text", ""),
    }
    key = (part, get_language(), *values.values())
    return _kept.get(key, lambda: mark_safe(get_template(f"shop/chrome/{part}.html").render(values)))


def kept_markup(name: str, key: tuple[object, ...], values: Callable[[], dict[str, Any]]) -> SafeString:
    """A template whose values are all told by `key` and the language, rendered once for them."""
    return _kept_fragments.get(
        (name, get_language(), *key), lambda: mark_safe(get_template(name).render(values()))
    )
