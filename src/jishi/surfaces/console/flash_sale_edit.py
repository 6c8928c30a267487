"""Making a flash sale: hours, items with price and units, and at once how it looks and what it may cost."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from jishi.kernel import clock
from jishi.kernel.errors import Refusal
from jishi.modules.catalog.public import VariantView, product_page, product_table, variants_by_ids
from jishi.modules.inventory.public import sellable_by_variant
from jishi.modules.plays.flash_sale.public import (
    ITEMS_MAX,
    ItemForm,
    SaleView,
    change_sale,
    create_sale,
    publish_sale,
    reserved_until,
    sale_view,
)
from jishi.modules.plays.life.public import PlayHead, PlayIsFixed, PlayState
from jishi.platform.http import actor_of
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.editing import save_change, save_new
from jishi.surfaces.console.forms import LocalTimeField, MoneyField, blame, dress, once_key, written
from jishi.surfaces.console.frame import fragment, show
from jishi.surfaces.console.questions import id_of, local

PRODUCTS_FOUND = 6
FEE_BASIS_POINTS = 60
DEFAULT_HOURS = 2
DEFAULT_UNITS = 50
# what a row is sent as, and what stands there when it is new
_WRITTEN = {
    "variant": "",
    "price": "",
    "units": str(DEFAULT_UNITS),
    "limit": "1",
    "new_units": "0",
    "new_minutes": "0",
}


class HeadForm(forms.Form):
    """The session itself; its items stand in rows of their own."""

    name = forms.CharField(label=gettext_lazy("场次名称"), max_length=80)
    opens_at = LocalTimeField(label=gettext_lazy("开抢"))
    closes_at = LocalTimeField(label=gettext_lazy("结束"))
    budget_minor = MoneyField(
        label=gettext_lazy("让利预算"),
        required=False,
        may_be_zero=False,
        help_text=gettext_lazy("要够全部卖完的让利；留空表示不设上限"),
    )


@dataclass(slots=True)
class Row:
    """One item as it was written, and what is wrong with it."""

    variant: VariantView
    sellable: int
    price: str = ""
    units: str = ""
    limit: str = "1"
    new_units: str = "0"
    new_minutes: str = "0"
    price_minor: int | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def form(self) -> ItemForm | None:
        numbers = (self.units, self.limit, self.new_units, self.new_minutes)
        if self.price_minor is None or not all(_is_whole_number(text) for text in numbers):
            return None
        return ItemForm(self.variant.id, self.price_minor, *map(int, numbers))


@guarded("plays.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    form = HeadForm(request.POST if request.method == "POST" else None, initial=_first_values())
    rows = rows_from(request.POST)
    if request.method == "POST" and _wants_saving(request) and _is_whole(form, rows):
        done = save_new(
            request,
            make=lambda by: create_sale(_head(form), _forms(rows), by=by).id,
            publish=publish_sale,
            blame=partial(_blame, form, rows),
            said=_("秒杀已保存"),
            live="console:flash_sale_live",
            table="console:flash_sales",
        )
        if done is not None:
            return done
    return _editor(request, form, rows, sale=None)


@guarded("plays.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    sale = sale_view(play_id)
    if sale.play.state is not PlayState.DRAFT:
        raise PlayIsFixed()
    form = HeadForm(request.POST if request.method == "POST" else None, initial=_values_of(sale))
    rows = rows_from(request.POST) if request.method == "POST" else rows_of(sale)
    if request.method == "POST" and _wants_saving(request) and _is_whole(form, rows):
        done = save_change(
            request,
            play_id,
            write=lambda by: change_sale(play_id, _head(form), _forms(rows), by=by),
            publish=publish_sale,
            blame=partial(_blame, form, rows),
            said=_("秒杀已保存"),
            live="console:flash_sale_live",
        )
        if done is not None:
            return done
    return _editor(request, form, rows, sale=sale)


@guarded("plays.edit")
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The phone and the sums beside the form, for what is written in it now."""
    form = HeadForm(request.POST)
    form.is_valid()
    return fragment(request, "console/parts/flash_preview.html", preview_of(form, rows_from(request.POST)))


def rows_from(sent: QueryDict) -> list[Row]:
    """The rows of a form that was sent: a value of each name as often as there are items; then add or drop."""
    verb, _colon, key = sent.get("then", "").partition(":")
    count = len(sent.getlist("variant"))
    texts = [sent.getlist(name) or [usual] * count for name, usual in _WRITTEN.items()]
    wanted = [(id_of(values[0]), *values[1:]) for values in zip(*texts, strict=False)][:ITEMS_MAX]
    if verb == "add" and len(wanted) < ITEMS_MAX:
        wanted.append((id_of(key), *list(_WRITTEN.values())[1:]))
    ids = [variant_id for variant_id, *_rest in wanted if variant_id is not None]
    variants, stock = variants_by_ids(ids), sellable_by_variant(ids)
    rows: list[Row] = []
    for variant_id, *texts_written in wanted:
        is_known = variant_id in variants and all(row.variant.id != variant_id for row in rows)
        if variant_id is None or not is_known or (verb == "drop" and str(variant_id) == key):
            continue
        row = Row(variants[variant_id], stock.get(variant_id, 0), *[text.strip() for text in texts_written])
        _read(row)
        rows.append(row)
    return rows


def rows_of(sale: SaleView) -> list[Row]:
    ids = [item.variant_id for item in sale.items]
    variants, stock = variants_by_ids(ids), sellable_by_variant(ids)
    return [
        Row(
            variant=variants[item.variant_id],
            sellable=stock.get(item.variant_id, 0),
            price=written(item.price_minor),
            units=str(item.units),
            limit=str(item.member_limit),
            new_units=str(item.new_member_units),
            new_minutes=str(item.new_member_minutes),
            price_minor=item.price_minor,
        )
        for item in sale.items
        if item.variant_id in variants
    ]


def preview_of(form: HeadForm, rows: list[Row]) -> dict[str, Any]:
    """How the session looks to a shopper, and what it costs and brings when everything is sold."""
    cleaned = getattr(form, "cleaned_data", {})
    hours = (cleaned.get("opens_at"), cleaned.get("closes_at"))
    sums = [
        _sums(row, item) | {"reserved_words": _reserved_words(item, hours)}
        for row in rows
        if (item := row.form) is not None
    ]
    cost = sum(int(found["given_minor"]) for found in sums)
    budget = cleaned.get("budget_minor")
    opens_at = cleaned.get("opens_at")
    return {
        "name": cleaned.get("name") or _("整点秒杀"),
        "opens_at": opens_at,
        "sums": sums,
        "cost_minor": cost,
        "revenue_minor": sum(int(found["revenue_minor"]) for found in sums),
        "budget_minor": budget,
        "is_budget_short": budget is not None and cost > budget,
        "budget_missing_minor": cost - (budget or 0),
        "has_loss": any(found["is_loss"] for found in sums),
        "is_stock_short": any(found["is_short"] for found in sums),
    }


def _sums(row: Row, item: ItemForm) -> dict[str, Any]:
    given = max(0, row.variant.price_minor - item.price_minor)
    fee = item.price_minor * FEE_BASIS_POINTS // 10_000
    cost = row.variant.cost_minor
    margin = item.price_minor - cost - fee if cost is not None else None
    return {
        "row": row,
        "item": item,
        "off": f"{given * 100 // row.variant.price_minor}%" if row.variant.price_minor else "–",
        "margin_minor": margin,
        "is_loss": margin is not None and margin < 0,
        "is_short": item.units > row.sellable,
        "given_minor": given * item.units,
        "revenue_minor": item.price_minor * item.units,
    }


def _reserved_words(item: ItemForm, hours: tuple[datetime | None, datetime | None]) -> str:
    """What the page will say of units for new members; empty when there are none, or no hours yet."""
    opens_at, closes_at = hours
    if not item.new_member_units or opens_at is None or closes_at is None:
        return ""
    until = reserved_until(opens_at=opens_at, closes_at=closes_at, minutes=item.new_member_minutes)
    at = f"{local(until):%H:%M}"
    return _("其中 %(count)d 件留给新会员到 %(at)s") % {"count": item.new_member_units, "at": at}


def _read(row: Row) -> None:
    """The price as an amount; what cannot be read is said beside it."""
    if row.price:
        try:
            row.price_minor = MoneyField(may_be_zero=False).clean(row.price)
        except forms.ValidationError as error:
            row.problems.extend(error.messages)
    row.new_units, row.new_minutes = row.new_units or "0", row.new_minutes or "0"
    for text, words in (
        (row.units, _("件数请填整数")),
        (row.limit, _("限购请填整数")),
        (row.new_units, _("留给新会员的件数请填整数")),
        (row.new_minutes, _("留给新会员的分钟请填整数")),
    ):
        if not _is_whole_number(text):
            row.problems.append(words)


def _is_whole_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _wants_saving(request: HttpRequest) -> bool:
    return request.POST.get("then", "save") in ("save", "publish")


def _is_whole(form: HeadForm, rows: list[Row]) -> bool:
    if not rows:
        form.is_valid()
        form.add_error(None, _("先加一件商品"))
    for row in rows:
        if row.price_minor is None and not row.problems:
            row.problems.append(_("请填秒杀价"))
    return form.is_valid() and not any(row.problems for row in rows)


def _forms(rows: list[Row]) -> list[ItemForm]:
    return [item for row in rows if (item := row.form) is not None]


def _head(form: HeadForm) -> PlayHead:
    values = form.cleaned_data
    return PlayHead(
        name=values["name"],
        currency=settings.JISHI_CURRENCY,
        opens_at=values["opens_at"],
        closes_at=values["closes_at"],
        budget_minor=values["budget_minor"],
    )


def _blame(form: HeadForm, rows: list[Row], refusal: Refusal) -> None:
    place = refusal.facts.get("row")
    if isinstance(place, int) and place < len(rows):
        rows[place].problems.append(_(str(refusal.facts.get("reason", ""))))
    else:
        blame(form, refusal)


def _editor(request: HttpRequest, form: HeadForm, rows: list[Row], *, sale: SaleView | None) -> HttpResponse:
    is_saving = request.method == "POST" and _wants_saving(request)
    shown = form if form.is_bound else HeadForm({name: form[name].value() for name in form.fields})
    shown.is_valid()
    if form.is_bound and not is_saving:  # an item was added or looked for: nothing is wrong yet
        form = HeadForm(initial={name: form.data.get(name) for name in form.fields})
    words_asked = request.POST.get("q", "")
    context = {
        **preview_of(shown, rows),
        "form": dress(form),
        "rows": rows,
        "sale": sale,
        "search_text": words_asked,
        "goods": _goods(request, words_asked, taken={row.variant.id for row in rows}),
        "once": request.POST.get("once") or once_key(),
    }
    crumbs = [(_("秒杀"), reverse("console:flash_sales"))]
    if sale is not None:
        crumbs.append((sale.play.name, reverse("console:flash_sale_live", args=[sale.id])))
    status = 422 if is_saving else 200
    return show(
        request,
        "console/flash_sale_edit.html",
        section="flash_sales",
        context=context,
        crumbs=crumbs,
        status=status,
    )


def _goods(request: HttpRequest, words_asked: str, *, taken: set[uuid.UUID]) -> list[dict[str, Any]]:
    """Variants that could be put in, by name or SKU; the best sellers when nothing is looked for."""
    actor = actor_of(request)
    if not actor.may("catalog.view"):
        return []
    found, _count = product_table(
        by=actor, text=words_asked, state="published", sort="-sold", limit=PRODUCTS_FOUND
    )
    pages = [product_page(handle=row.card.handle, by=actor) for row in found]
    variants = [variant for page in pages for variant in page.variants if variant.is_active]
    variants = [variant for variant in variants if variant.id not in taken][: PRODUCTS_FOUND * 2]
    stock = sellable_by_variant([variant.id for variant in variants])
    return [{"variant": variant, "sellable": stock.get(variant.id, 0)} for variant in variants]


def _first_values() -> dict[str, Any]:
    opens = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return {
        "name": _("整点秒杀"),
        "opens_at": opens,
        "closes_at": opens + timedelta(hours=DEFAULT_HOURS),
    }


def _values_of(sale: SaleView) -> dict[str, Any]:
    return {name: getattr(sale.play, name) for name in HeadForm.base_fields}
