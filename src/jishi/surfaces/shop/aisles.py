"""The categories as shoppers walk them; read again every half minute."""

from threading import Lock
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jishi.kernel import clock
from jishi.modules.catalog.public import CategoryView, category_tree

KEPT_SECONDS = 30.0

_lock = Lock()
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


def aisle_chips(*, current: CategoryView | None = None) -> list[dict[str, Any]]:
    """Everything, then the aisles; inside of one its own children, or its neighbours when it has none."""
    tops = [category for category in aisles() if category.product_count]
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
