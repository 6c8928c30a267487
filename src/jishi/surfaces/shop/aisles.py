"""The categories as shoppers walk them; read again every half minute."""

from threading import Lock
from typing import Any

from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jishi.kernel import clock
from jishi.modules.catalog.public import CategoryView, category_tree
from jishi.surfaces.memo import Memo

KEPT_SECONDS = 30.0

_lock = Lock()
_chips: Memo[tuple[object, ...], SafeString] = Memo(size=200)
_kept: tuple[float, tuple[CategoryView, ...]] | None = None


def aisles() -> tuple[CategoryView, ...]:
    """The tree of categories that show something; one query every half minute in each process."""
    global _kept  # noqa: PLW0603  (the one thing remembered here)
    now = clock.monotonic_seconds()
    kept = _kept
    if kept is None or now - kept[0] > KEPT_SECONDS:
        kept = (now, category_tree())
        with _lock:
            _kept = kept
    return kept[1]


def forget_aisles() -> None:
    global _kept  # noqa: PLW0603
    with _lock:
        _kept = None


def aisle_named(handle: str) -> CategoryView | None:
    """A category of the tree, wherever it stands."""
    waiting = list(aisles())
    while waiting:
        category = waiting.pop()
        if category.handle == handle:
            return category
        waiting.extend(category.children)
    return None


def aisle_chips(*, current: CategoryView | None = None) -> SafeString:
    """The row of chips, rendered once for each reading of the tree."""
    tree = aisles()
    key = (_kept[0] if _kept else 0.0, current.id if current else None, get_language())
    return _chips.get(key, lambda: _chip_row(tree, current))


def _chip_row(tree: tuple[CategoryView, ...], current: CategoryView | None) -> SafeString:
    return mark_safe(get_template("shop/parts/chips.html").render({"chips": _chip_values(tree, current)}))


def _chip_values(tree: tuple[CategoryView, ...], current: CategoryView | None) -> list[dict[str, Any]]:
    """Everything, then the aisles; inside of one its own children, or its neighbours when it has none."""
    tops = [category for category in tree if category.product_count]
    shown = [child for top in tops for child in (top.children or (top,)) if child.product_count]
    if current is not None:
        family = current.children or next(
            (top.children for top in tops if current in top.children), tuple(tops)
        )
        shown = [child for child in family if child.product_count]
    chips: list[dict[str, Any]] = [
        {"label": _("全部"), "url": reverse("shop:search"), "is_on": False},
    ]
    chips += [
        {
            "label": category.name,
            "url": reverse("shop:category", args=[category.handle]),
            "is_on": current is not None and category.id == current.id,
        }
        for category in shown
    ]
    return chips
