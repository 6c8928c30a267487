"""Products: the table, and one product with its texts, variants, pictures and history."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jishi.kernel.errors import NotFound, Refusal
from jishi.modules.catalog.public import (
    CategoryView,
    NewVariant,
    ProductPage,
    ProductRow,
    ProductState,
    VariantView,
    add_variant,
    archive_product,
    cards_by_ids,
    category_tree,
    count_products_by_state,
    create_product,
    export_products,
    product_draft,
    product_page,
    product_table,
    publish_product,
    restore_product,
    unpublish_product,
    update_product,
    update_variant,
)
from jishi.modules.inventory.public import UNTRACKED_SELLABLE, sellable_by_product, sellable_by_variant
from jishi.platform.http import actor_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import MoneyField, act_once, blame, dress, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.inventory import SHORT_AT_MOST
from jishi.surfaces.console.questions import id_of, local, page_of
from jishi.surfaces.console.tables import (
    column,
    number,
    pager,
    row,
    select,
    sorted_column,
    table,
    tabs,
    tag,
    text,
)
from jishi.surfaces.console.timeline import timeline
from jishi.surfaces.templatetags.look import money

PAGE_SIZE = 40
_VERBS: dict[str, Callable[..., None]] = {
    "publish": publish_product,
    "unpublish": unpublish_product,
    "archive": archive_product,
    "restore": restore_product,
}
_OFFERED = {
    ProductState.DRAFT: ("publish", "archive"),
    ProductState.PUBLISHED: ("unpublish", "archive"),
    ProductState.ARCHIVED: ("restore",),
}


class ProductForm(forms.Form):
    """The texts of a product."""

    title = forms.CharField(label=gettext_lazy("名称"), max_length=300)
    subtitle = forms.CharField(label=gettext_lazy("副标题"), max_length=300, required=False)
    description_html = forms.CharField(
        label=gettext_lazy("介绍"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("可用简单的 HTML；脚本和样式会被去掉"),
    )
    categories = forms.CharField(
        label=gettext_lazy("分类"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("一行一个，上下级用 > 隔开：水果 > 柑橘"),
    )
    tags = forms.CharField(label=gettext_lazy("标签"), required=False, help_text=gettext_lazy("用逗号隔开"))
    vendor = forms.CharField(label=gettext_lazy("品牌或产地"), max_length=120, required=False)


class VariantForm(forms.Form):
    """A variant: what is bought and stocked."""

    sku = forms.CharField(label=gettext_lazy("货号"), max_length=120, required=False)
    price_minor = MoneyField(label=gettext_lazy("售价"))
    compare_at_minor = MoneyField(label=gettext_lazy("划线价"), required=False)
    cost_minor = MoneyField(label=gettext_lazy("成本"), required=False)
    weight_grams = forms.IntegerField(
        label=gettext_lazy("重量（克）"), min_value=0, max_value=10**6, initial=0
    )


@guarded("catalog.view")
@require_safe
def products(request: HttpRequest) -> HttpResponse:
    actor, query, page = actor_of(request), request.GET, page_of(request)
    rows, total = product_table(
        by=actor,
        text=query.get("q", ""),
        state=query.get("state", "") if query.get("state") in set(ProductState) else "",
        category_id=id_of(query.get("category")),
        sort=query.get("sort", ""),
        page=page,
        limit=PAGE_SIZE,
    )
    counts = count_products_by_state(by=actor)
    counts[""] = sum(counts.values())
    choices = [("", _("全部")), *((state.value, words.product_state(state)[0]) for state in ProductState)]
    context = {
        "tabs": tabs(choices, name="state", query=query, counts=counts),
        "selects": [select("category", _("全部分类"), _categories(category_tree()), query=query)],
        "search_text": query.get("q", ""),
        "hidden": [(name, value) for name, value in query.items() if name in ("state", "sort")],
        "reset_url": reverse("console:products") if query.get("q") or query.get("category") else None,
        "may_edit": actor.may("catalog.edit"),
        "products": _table(request, rows),
        "pager": pager(query=query, page=page, size=PAGE_SIZE, total=total),
    }
    return show(request, "console/products.html", section="products", context=context)


@guarded("catalog.edit")
@require_safe
def products_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The whole catalogue in the shape that imports again."""
    lines: Iterator[str] = export_products(by=actor_of(request))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="products.csv"'
    return response


@guarded("catalog.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A draft with its first variant; more variants and pictures follow on its page."""
    form, variant = ProductForm(request.POST or None), VariantForm(request.POST or None)
    dress(form)
    dress(variant)
    if request.method == "POST" and form.is_valid() and variant.is_valid():
        made: list[uuid.UUID] = []

        def act() -> None:
            fields = _fields(form)
            made.append(
                create_product(
                    by=actor_of(request),
                    title=fields.pop("title"),
                    variants=[NewVariant(**_variant_values(variant))],
                    **fields,
                )
            )

        try:
            is_new = act_once(request, act)
        except Refusal as refusal:
            blame(variant if str(refusal.facts.get("field")) in variant.fields else form, refusal)
        else:
            messages.success(request, _("商品已建好，是草稿；加上图片就可以上架"))
            return redirect("console:product", made[0]) if is_new else redirect("console:products")
    context = {"form": form, "variant_form": variant, "once": request.POST.get("once") or once_key()}
    crumbs = [(_("商品"), reverse("console:products"))]
    status = 422 if form.is_bound else 200
    return show(
        request, "console/product_new.html", section="products", context=context, crumbs=crumbs, status=status
    )


@guarded("catalog.view")
@require_http_methods(["GET", "HEAD", "POST"])
def product(request: HttpRequest, product_id: uuid.UUID) -> HttpResponse:
    """One product; posting saves its texts. Who may only look gets the same page with nothing to press."""
    actor = actor_of(request)
    if request.method == "POST":
        actor.require("catalog.edit")
    may_edit = actor.may("catalog.edit")
    page = _page(request, product_id)
    form = ProductForm(request.POST or None, initial=_values_of(request, product_id))
    dress(form)
    if request.method == "POST" and form.is_valid():
        stamp = request.POST.get("stamp", "")
        try:
            update_product(
                by=actor_of(request),
                product_id=product_id,
                fields=_fields(form),
                stamp=int(stamp) if stamp.isdecimal() else None,
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("商品已保存"))
            return redirect("console:product", product_id)
    state, colour = words.product_state(page.card.state)
    stock = sellable_by_variant([variant.id for variant in page.variants])
    context = {
        "page": page,
        "form": form,
        "state": state,
        "state_colour": colour,
        "may_edit": may_edit,
        "may_offer": actor.may("plays.edit"),
        "verbs": [(verb, words.step(verb)) for verb in _OFFERED[page.card.state]] if may_edit else [],
        "images": [(image, place - 1, place + 1) for place, image in enumerate(page.images)],
        "variants": [_variant(variant, stock.get(variant.id, 0)) for variant in page.variants],
        "new_variant": dress(VariantForm(prefix="new")),
        "events": timeline("product", product_id),
        "once": once_key(),
        "sellable": sum(stock.values()),
    }
    crumbs = [(_("商品"), reverse("console:products"))]
    status = 422 if form.is_bound else 200
    return show(
        request, "console/product.html", section="products", context=context, crumbs=crumbs, status=status
    )


@guarded("catalog.edit")
@require_POST
def step(request: HttpRequest, product_id: uuid.UUID, verb: str) -> HttpResponse:
    """Publish, unpublish, archive, restore."""
    if verb not in _VERBS:
        raise NotFound()
    _VERBS[verb](by=actor_of(request), product_id=product_id)
    messages.success(request, _("已%(verb)s") % {"verb": words.step(verb)})
    return redirect("console:product", product_id)


@guarded("catalog.edit")
@require_POST
def change_variant(request: HttpRequest, product_id: uuid.UUID, variant_id: uuid.UUID) -> HttpResponse:
    form = VariantForm(request.POST, prefix=f"v{variant_id}")
    if not form.is_valid():
        messages.error(request, _first_error(form))
        return redirect("console:product", product_id)
    values = _variant_values(form)
    if not values["sku"]:
        values.pop("sku")
    values["is_active"] = request.POST.get("is_active") == "on"
    update_variant(by=actor_of(request), variant_id=variant_id, fields=values)
    messages.success(request, _("规格已保存"))
    return redirect("console:product", product_id)


@guarded("catalog.edit")
@require_POST
def new_variant(request: HttpRequest, product_id: uuid.UUID) -> HttpResponse:
    page = _page(request, product_id)
    form = VariantForm(request.POST, prefix="new")
    if not form.is_valid():
        messages.error(request, _first_error(form))
        return redirect("console:product", product_id)
    options = tuple(request.POST.get(f"option:{place}", "").strip() for place in range(len(page.options)))
    variant = NewVariant(**_variant_values(form), option_values=options)
    act_once(request, lambda: add_variant(by=actor_of(request), product_id=product_id, variant=variant))
    messages.success(request, _("规格已添加"))
    return redirect("console:product", product_id)


def _page(request: HttpRequest, product_id: uuid.UUID) -> ProductPage:
    card = cards_by_ids([product_id]).get(product_id)
    if card is None:
        raise NotFound()
    return product_page(handle=card.handle, by=actor_of(request))


def _values_of(request: HttpRequest, product_id: uuid.UUID) -> dict[str, str]:
    draft = product_draft(by=actor_of(request), product_id=product_id)
    return {
        "title": draft.title,
        "subtitle": draft.subtitle,
        "description_html": draft.description_html,
        "vendor": draft.vendor,
        "tags": ", ".join(draft.tags),
        "categories": "\n".join(" > ".join(path) for path in draft.categories),
    }


def _fields(form: ProductForm) -> dict[str, Any]:
    values = dict(form.cleaned_data)
    lines = [line for line in values["categories"].splitlines() if line.strip()]
    values["categories"] = [
        tuple(name.strip() for name in line.replace("＞", ">").split(">") if name.strip()) for line in lines
    ]
    tags = values["tags"].replace("，", ",").split(",")
    values["tags"] = [name.strip() for name in tags if name.strip()]
    return values


def _variant_values(form: VariantForm) -> dict[str, Any]:
    return dict(form.cleaned_data)


def _first_error(form: forms.Form) -> str:
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return _("%(field)s：%(reason)s") % {"field": label, "reason": errors[0]}


def _variant(variant: VariantView, sellable: int) -> dict[str, Any]:
    values = {
        "sku": variant.sku,
        "price_minor": variant.price_minor,
        "compare_at_minor": variant.compare_at_minor,
        "cost_minor": variant.cost_minor,
        "weight_grams": variant.weight_grams,
    }
    return {
        "variant": variant,
        "form": dress(VariantForm(initial=values, prefix=f"v{variant.id}")),
        "sellable": "∞" if sellable >= UNTRACKED_SELLABLE else sellable,
    }


def _table(request: HttpRequest, rows: list[ProductRow]) -> dict[str, Any]:
    query, sort = request.GET, request.GET.get("sort", "")
    stock = sellable_by_product([found.card.id for found in rows])
    columns = [
        sorted_column(_("商品"), name="title", sort=sort, query=query),
        column(_("规格"), is_number=True),
        sorted_column(_("售价"), name="price", sort=sort, query=query, is_number=True),
        column(_("可售"), is_number=True),
        sorted_column(_("已售"), name="sold", sort=sort, query=query, is_number=True),
        column(_("状态")),
        sorted_column(_("更新"), name="updated", sort=sort, query=query),
    ]
    empty = (_("没有符合的商品"), _("放宽筛选，或导入一份商品表。"))
    return table(
        columns, [_row(found, stock.get(found.card.id, 0)) for found in rows], caption=_("商品"), empty=empty
    )


def _row(found: ProductRow, sellable: int) -> dict[str, Any]:
    card = found.card
    highest = card.max_price_minor if card.max_price_minor != card.min_price_minor else None
    price = money(card.min_price_minor, card.currency) if card.min_price_minor is not None else "–"
    mood = "bad" if sellable <= 0 else ""
    note = _("快没货") if 0 < sellable <= SHORT_AT_MOST else ""
    return row(
        [
            text(card.title, image=card.cover_address, note=card.subtitle or found.vendor),
            number(found.variant_count),
            number(
                price, note=_("至 %(price)s") % {"price": money(highest, card.currency)} if highest else ""
            ),
            number("∞" if sellable >= UNTRACKED_SELLABLE else sellable, mood=mood, note=note),
            number(card.sold_count),
            tag(*words.product_state(card.state)),
            text(f"{local(found.updated_at):%m-%d %H:%M}"),
        ],
        url=reverse("console:product", args=[card.id]),
    )


def _categories(tree: tuple[CategoryView, ...]) -> list[tuple[str, str]]:
    """All categories in the order of the tree, those below set in."""
    found: list[tuple[str, str]] = []
    for category in tree:
        found.append((str(category.id), f"{'　' * category.depth}{category.name}"))
        found += _categories(category.children)
    return found
