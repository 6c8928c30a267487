"""Stock: what lies where, what moved it, and counting, receiving, adjusting, writing off."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jishi.kernel.errors import NotFound, Refusal
from jishi.modules.catalog.public import VariantView, product_table, variants_by_ids
from jishi.modules.inventory.public import (
    UNTRACKED_SELLABLE,
    Figure,
    StockRow,
    adjust_stock,
    change_location,
    count_stock,
    create_location,
    levels_of,
    locations,
    movements_of,
    promises_of,
    receive_stock,
    stock_table,
    write_off_stock,
)
from jishi.modules.orders.public import summaries_by_ids
from jishi.platform.http import actor_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import act_once, blame, dress, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import id_of, local, page_of
from jishi.surfaces.console.tables import column, number, pager, row, table, tabs, tag, text

PAGE_SIZE = 50
SHORT_AT_MOST = 10
MOVEMENTS_SHOWN = 50
_VERBS = ("receive", "count", "adjust", "write_off")


class MovementForm(forms.Form):
    """One movement of one variant."""

    verb = forms.ChoiceField(label=gettext_lazy("做什么"))
    location = forms.ChoiceField(label=gettext_lazy("仓库"))
    quantity = forms.IntegerField(
        label=gettext_lazy("数量"), help_text=gettext_lazy("调整可以是负数；盘点填数到的总数")
    )
    note = forms.CharField(label=gettext_lazy("说明"), max_length=120, required=False)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = zip(_VERBS, (_("入库"), _("盘点"), _("调整"), _("报损")), strict=True)
        self.fields["verb"].choices = list(choices)  # type: ignore[attr-defined]
        self.fields["location"].choices = places  # type: ignore[attr-defined]
        dress(self)


class LocationForm(forms.Form):
    """A place with stock."""

    code = forms.SlugField(label=gettext_lazy("代号"), max_length=40)
    name = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    priority = forms.IntegerField(
        label=gettext_lazy("顺序"),
        min_value=0,
        max_value=9_999,
        initial=100,
        help_text=gettext_lazy("小的先发货"),
    )


@guarded("inventory.view")
@require_safe
def inventory(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    page = page_of(request)
    words_asked = request.GET.get("q", "").strip()
    named: list[uuid.UUID] = []
    if words_asked and actor.may("catalog.view"):
        named = [found.card.id for found in product_table(by=actor, text=words_asked, limit=100)[0]]
    found = stock_table(
        by=actor,
        text=words_asked,
        product_ids=named,
        only_short=request.GET.get("short") == "1",
        at_most=SHORT_AT_MOST,
        page=page,
        limit=PAGE_SIZE,
    )
    variants = variants_by_ids([level.variant_id for level in found.rows])
    short = _("快没货（≤ %(count)s）") % {"count": SHORT_AT_MOST}
    context = {
        "tabs": tabs([("", _("全部")), ("1", short)], name="short", query=request.GET),
        "search_text": words_asked,
        "hidden": [("short", "1")] if request.GET.get("short") == "1" else [],
        "stock": _stock(found.rows, variants),
        "pager": pager(query=request.GET, page=page, size=PAGE_SIZE, total=found.count),
    }
    return show(request, "console/inventory.html", section="inventory", context=context)


@guarded("inventory.view")
@require_http_methods(["GET", "HEAD", "POST"])
def variant_stock(request: HttpRequest, variant_id: uuid.UUID) -> HttpResponse:
    """One variant: its levels, what it is promised to, what moved it, and moving it."""
    actor = actor_of(request)
    variant = variants_by_ids([variant_id]).get(variant_id)
    if variant is None:
        raise NotFound()
    places = [(str(place.id), place.name) for place in locations(by=actor) if place.is_active]
    form = MovementForm(request.POST or None, places=places)
    if request.method == "POST" and form.is_valid():
        try:
            act_once(request, _movement(request, form, variant))
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("库存已更新"))
            return redirect("console:variant_stock", variant_id)
    page = page_of(request)
    context = {
        "variant": variant,
        "form": form,
        "once": request.POST.get("once") or once_key(),
        "levels": _levels(levels_of(by=actor, variant_ids=[variant_id])),
        "promises": _promises(request, variant_id),
        "movements": _movements(request, variant_id, page),
        "page": page,
        "may_edit": actor.may("inventory.edit"),
    }
    crumbs = [(_("库存"), reverse("console:inventory"))]
    status = 422 if form.is_bound else 200
    return show(
        request,
        "console/variant_stock.html",
        section="inventory",
        context=context,
        crumbs=crumbs,
        status=status,
    )


@guarded("inventory.view")
@require_http_methods(["GET", "HEAD", "POST"])
def places(request: HttpRequest) -> HttpResponse:
    """Locations: the ones there are, and one more."""
    actor = actor_of(request)
    form = LocationForm(request.POST or None)
    dress(form)
    if request.method == "POST" and form.is_valid():
        try:
            create_location(by=actor, **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("仓库已添加"))
            return redirect("console:places")
    context = {"places": locations(by=actor), "form": form, "may_edit": actor.may("inventory.edit")}
    crumbs = [(_("库存"), reverse("console:inventory"))]
    status = 422 if form.is_bound else 200
    return show(
        request, "console/places.html", section="inventory", context=context, crumbs=crumbs, status=status
    )


@guarded("inventory.edit")
@require_POST
def change_place(request: HttpRequest, location_id: uuid.UUID) -> HttpResponse:
    priority = request.POST.get("priority", "")
    change_location(
        by=actor_of(request),
        location_id=location_id,
        name=request.POST.get("name", ""),
        priority=int(priority) if priority.isdecimal() and len(priority) < 5 else 100,
        is_active=request.POST.get("is_active") == "on",
    )
    messages.success(request, _("仓库已修改"))
    return redirect("console:places")


def _movement(request: HttpRequest, form: MovementForm, variant: VariantView) -> Callable[[], None]:
    actor = actor_of(request)
    values = form.cleaned_data
    figure = Figure(variant.id, variant.product_id, variant.sku, values["quantity"])
    location_id, note = id_of(values["location"]), values["note"]
    key = f"console:{request.POST.get('once', '')}"

    def act() -> None:
        if values["verb"] == "count":
            count_stock(by=actor, figures=[figure], key=key, location_id=location_id, note=note)
            return
        verb = {"receive": receive_stock, "adjust": adjust_stock, "write_off": write_off_stock}[
            values["verb"]
        ]
        verb(by=actor, figure=figure, key=key, location_id=location_id, note=note)

    return act


def _stock(levels: tuple[StockRow, ...], variants: dict[uuid.UUID, VariantView]) -> dict[str, Any]:
    columns = [
        column(_("商品")),
        column(_("货号")),
        column(_("仓库")),
        column(_("在库"), is_number=True),
        column(_("占用"), is_number=True),
        column(_("可售"), is_number=True),
        column(_("状态")),
    ]
    return table(
        columns,
        [_stock_row(level, variants.get(level.variant_id)) for level in levels],
        caption=_("库存"),
        empty=(_("没有符合的库存"), _("换个词再找，或看看全部。")),
    )


def _stock_row(level: StockRow, variant: VariantView | None) -> dict[str, Any]:
    name = variant.product_title if variant else level.sku
    cells = [
        text(name, image=variant.cover_address if variant else "", note=variant.title if variant else ""),
        text(level.sku),
        text(level.location_name),
    ]
    if not level.is_tracked:
        cells += [number("–"), number("–"), number("∞"), tag(_("不计数"), "line")]
    else:
        state = (
            (_("售完"), "accent")
            if level.sellable <= 0
            else (_("快没货"), "gold")
            if level.sellable <= SHORT_AT_MOST
            else (_("充足"), "leaf")
        )
        mood = "bad" if level.sellable <= 0 else ""
        cells += [number(level.on_hand), number(level.held), number(level.sellable, mood=mood), tag(*state)]
    return row(cells, url=reverse("console:variant_stock", args=[level.variant_id]))


def _levels(levels: list[StockRow]) -> dict[str, Any]:
    columns = [
        column(_("仓库")),
        *(column(head, is_number=True) for head in (_("在库"), _("占用"), _("可售"))),
    ]
    rows = [
        row(
            [
                text(level.location_name),
                number(level.on_hand if level.is_tracked else "–"),
                number(level.held),
                number(level.sellable if level.sellable < UNTRACKED_SELLABLE else "∞"),
            ]
        )
        for level in levels
    ]
    return table(columns, rows, caption=_("各仓库存"), empty=(_("还没有入过库"), _("先做一次入库或盘点。")))


def _promises(request: HttpRequest, variant_id: uuid.UUID) -> dict[str, Any]:
    found = promises_of(by=actor_of(request), variant_id=variant_id)
    orders = summaries_by_ids([promise.cause.id for promise in found if promise.cause.kind == "order"])
    rows = []
    for promise in found:
        order = orders.get(promise.cause.id)
        state = tag(*words.order_state(order.state)) if order else text("–")
        rows.append(
            row(
                [
                    text(order.number if order else words.subject(promise.cause.kind)),
                    number(promise.quantity),
                    state,
                ],
                url=reverse("console:order", args=[order.id]) if order else "",
            )
        )
    columns = [column(_("为谁留着")), column(_("件数"), is_number=True), column(_("状态"))]
    return table(columns, rows, caption=_("占用"), empty=(_("没有占用"), _("没有订单在等这个规格。")))


def _movements(request: HttpRequest, variant_id: uuid.UUID, page: int) -> dict[str, Any]:
    found = movements_of(by=actor_of(request), variant_id=variant_id, page=page, limit=MOVEMENTS_SHOWN)
    rows = [
        row(
            [
                text(f"{local(moved.at):%Y-%m-%d %H:%M}"),
                text(words.movement(moved.kind), note=words.reason(moved.note)),
                number(f"{moved.quantity:+d}", mood="good" if moved.quantity > 0 else "bad"),
                number(moved.on_hand_after),
                text(moved.location_code),
                text(_("系统") if moved.actor_label in ("", "system") else moved.actor_label),
            ]
        )
        for moved in found
    ]
    columns = [
        column(_("时间")),
        column(_("流水")),
        column(_("变化"), is_number=True),
        column(_("变后在库"), is_number=True),
        column(_("仓库")),
        column(_("经手")),
    ]
    return table(
        columns, rows, caption=_("流水"), empty=(_("还没有流水"), _("入库、发货、盘点都会记在这里。"))
    )
