"""Lists of goods: search, suggestions, a category."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jishi.kernel.errors import NotFound
from jishi.kernel.money import parse_minor
from jishi.modules.catalog.public import (
    CategoryView,
    CursorInvalid,
    ProductFilter,
    Sort,
    list_products,
    suggest,
)
from jishi.surfaces.shop.aisles import aisle_chips, aisle_named
from jishi.surfaces.shop.cards import goods_markup, team_rail
from jishi.surfaces.shop.found import FINDERS, search_tabs
from jishi.surfaces.shop.frame import ShareCard, absolute, is_swap, show, show_part

PAGE_LENGTH = 24
TEXT_LENGTH_MAX = 60


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:TEXT_LENGTH_MAX]
    heading = _("“%(text)s”") % {"text": text} if text else _("全部商品")
    tab = request.GET.get("tab", "")
    if text and tab in FINDERS:
        find, part = FINDERS[tab]
        values = find(request, text)
        if is_swap(request):
            return show_part(request, part, values)
        values |= {
            "heading": heading,
            "search_text": text,
            "kind": tab,
            "part": part,
            "search_tabs": search_tabs(text, chosen=tab),
        }
        return show(request, "shop/search.html", values, tab="home")
    return _list(request, heading=heading, text=text, category=None)


@require_safe
def category(request: HttpRequest, handle: str) -> HttpResponse:
    found = aisle_named(handle)
    if found is None:
        raise NotFound()
    return _list(request, heading=found.name, text="", category=found)


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """What the words typed so far may become; one query."""
    found = suggest(prefix=request.GET.get("q", ""), limit=8)
    rows = [
        {"text": text, "url": f"{reverse('shop:search')}?{urlencode({'q': text})}", "note": ""}
        for text in found
    ]
    return show_part(request, "shop/parts/suggestions.html", {"suggestions": rows})


def _list(request: HttpRequest, *, heading: str, text: str, category: CategoryView | None) -> HttpResponse:
    sort = _sort_from(request, has_words=bool(text))
    filters = ProductFilter(
        text=text,
        category_handle=category.handle if category else "",
        price_from_minor=_price_from(request, "from"),
        price_to_minor=_price_from(request, "to"),
    )
    try:
        listing = list_products(
            filters=filters, sort=sort, limit=PAGE_LENGTH, cursor=request.GET.get("cursor", "")
        )
    except CursorInvalid:
        listing = list_products(filters=filters, sort=sort, limit=PAGE_LENGTH)
    values: dict[str, Any] = {
        "goods": goods_markup(listing.cards),
        "next_url": _same_page(request, cursor=listing.next_cursor) if listing.next_cursor else None,
    }
    if is_swap(request):
        return show_part(request, "shop/parts/goods.html", values)
    path = request.path
    values |= {
        "heading": heading,
        "category": category,
        "search_text": text,
        "chips": aisle_chips(current=category),
        "sorts": _sorts(request, chosen=sort, has_words=bool(text)),
        "sort": sort.value,
        "search_tabs": search_tabs(text, chosen="") if text else [],
        "price_from": request.GET.get("from", ""),
        "price_to": request.GET.get("to", ""),
        "share": ShareCard(
            title=f"{heading} · {_('集市')}",
            description=_("和邻居一起拼，时令好物，凑满就发，凑不满就退。"),
            url=absolute(path if not text else f"{path}?{urlencode({'q': text})}"),
        ),
        "is_filtered": bool(request.GET.get("from") or request.GET.get("to")),
        "path": path,
    }
    if not listing.cards:
        values["teams"] = team_rail(limit=4)
    return show(request, "shop/list.html", values, tab="home")


def _sort_from(request: HttpRequest, *, has_words: bool) -> Sort:
    try:
        sort = Sort(request.GET.get("sort", ""))
    except ValueError:
        return Sort.RELEVANCE if has_words else Sort.SALES
    return sort


def _sorts(request: HttpRequest, *, chosen: Sort, has_words: bool) -> list[dict[str, Any]]:
    names = [
        (Sort.SALES, _("卖得多")),
        (Sort.NEWEST, _("新上架")),
        (Sort.PRICE_UP, _("价格从低到高")),
        (Sort.PRICE_DOWN, _("价格从高到低")),
    ]
    if has_words:
        names.insert(0, (Sort.RELEVANCE, _("最相关")))
    return [
        {
            "label": label,
            "url": _same_page(request, sort=sort.value, cursor=""),
            "is_on": sort is chosen,
        }
        for sort, label in names
    ]


def _same_page(request: HttpRequest, **changes: str) -> str:
    kept = {name: request.GET[name] for name in ("q", "sort", "from", "to") if request.GET.get(name)}
    kept.update(changes)
    return f"{request.path}?{urlencode({name: value for name, value in kept.items() if value})}"


def _price_from(request: HttpRequest, name: str) -> int | None:
    """A price in the shop's currency; nonsense counts as no limit."""
    text = request.GET.get(name, "").strip()
    if not text:
        return None
    try:
        minor = parse_minor(text, currency=settings.JISHI_CURRENCY)
    except ValueError:
        return None
    return minor if 0 <= minor < 10**12 else None
