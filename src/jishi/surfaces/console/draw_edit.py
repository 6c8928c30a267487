"""Making a lucky draw: prizes, odds, tasks; and see at once the phone and what it may cost."""

import uuid
from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from jishi.kernel import clock
from jishi.kernel.errors import Refusal
from jishi.modules.catalog.public import VariantMissing, variant_by_sku, variants_by_ids
from jishi.modules.plays.life.public import PlayHead, PlayView, play_view
from jishi.modules.plays.lucky_draw.public import (
    DrawMode,
    DrawTerms,
    PrizeForm,
    PrizeKind,
    change_draw,
    create_draw,
    expected_cost_minor,
    publish_draw,
    terms_of,
)
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.draws import crumbs_to
from jishi.surfaces.console.editing import save_change, save_new
from jishi.surfaces.console.forms import LocalTimeField, MoneyField, blame, dress, once_key, written
from jishi.surfaces.console.frame import fragment, show

PRIZE_ROWS = 6
DEFAULT_DAYS = 7
EXAMPLE_TICKETS = (100, 1_000, 10_000)
_PRIZE_FIELDS = ("name", "kind", "stock", "odds", "amount", "least", "sku")
_KINDS = [
    ("money", gettext_lazy("现金（进钱包）")),
    ("red_packet", gettext_lazy("红包（随机金额）")),
    ("product", gettext_lazy("实物")),
]


class EditForm(forms.Form):
    """The head and the tasks; each prize is a row of fields of its own."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    mode = forms.ChoiceField(
        label=gettext_lazy("方式"),
        choices=[("instant", gettext_lazy("当场揭晓")), ("final", gettext_lazy("到时开奖"))],
    )
    order_daily = forms.IntegerField(
        label=gettext_lazy("下单得券（每人每天）"),
        min_value=0,
        max_value=50,
        help_text=gettext_lazy("0 表示不送"),
    )
    order_min_minor = MoneyField(label=gettext_lazy("订单满多少才送"))
    share_daily = forms.IntegerField(label=gettext_lazy("分享得券（每人每天）"), min_value=0, max_value=50)
    check_in_daily = forms.IntegerField(label=gettext_lazy("签到得券（每人每天）"), min_value=0, max_value=1)
    consolation = forms.CharField(label=gettext_lazy("没中奖时说"), max_length=40)
    opens_at = LocalTimeField(label=gettext_lazy("开始"))
    closes_at = LocalTimeField(label=gettext_lazy("结束"))
    budget_minor = MoneyField(
        label=gettext_lazy("预算"),
        required=False,
        may_be_zero=False,
        help_text=gettext_lazy("不能少于全部奖品；留空表示不设上限"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for place in range(PRIZE_ROWS):
            self.fields[f"p{place}_name"] = forms.CharField(label=_("奖品"), max_length=40, required=False)
            self.fields[f"p{place}_kind"] = forms.ChoiceField(label=_("种类"), choices=_KINDS, required=False)
            self.fields[f"p{place}_stock"] = forms.IntegerField(label=_("数量"), min_value=1, required=False)
            self.fields[f"p{place}_odds"] = forms.DecimalField(
                label=_("概率 %"), min_value=0, max_value=100, decimal_places=2, required=False
            )
            self.fields[f"p{place}_amount"] = MoneyField(label=_("金额或价值"), required=False)
            self.fields[f"p{place}_least"] = MoneyField(label=_("最小金额"), required=False)
            self.fields[f"p{place}_sku"] = forms.CharField(label="SKU", max_length=80, required=False)
        dress(self)

    def rows(self) -> list[dict[str, Any]]:
        return [
            {name: self[f"p{place}_{name}"] for name in _PRIZE_FIELDS} | {"number": place + 1}
            for place in range(PRIZE_ROWS)
        ]

    def head(self) -> PlayHead:
        values = self.cleaned_data
        return PlayHead(
            name=values["name"],
            currency=settings.JISHI_CURRENCY,
            opens_at=values["opens_at"],
            closes_at=values["closes_at"],
            budget_minor=values["budget_minor"],
        )

    def terms(self) -> DrawTerms:
        """Raises VariantMissing for a SKU that is not there."""
        values = self.cleaned_data
        prizes = [self._prize(place) for place in range(PRIZE_ROWS) if values.get(f"p{place}_name")]
        return DrawTerms(
            mode=DrawMode(values["mode"]),
            prizes=tuple(prizes),
            order_daily=values["order_daily"],
            order_min_minor=values["order_min_minor"] or 0,
            share_daily=values["share_daily"],
            check_in_daily=values["check_in_daily"],
            consolation=values["consolation"],
        )

    def _prize(self, place: int) -> PrizeForm:
        def value(name: str) -> Any:
            return self.cleaned_data.get(f"p{place}_{name}")

        kind = PrizeKind(value("kind") or "money")
        amount = value("amount") or 0
        is_product = kind is PrizeKind.PRODUCT
        return PrizeForm(
            name=value("name"),
            kind=kind,
            stock=value("stock") or 0,
            odds_bp=int((value("odds") or 0) * 100),
            amount_minor=0 if is_product else amount,
            min_minor=(value("least") or 0) if kind is PrizeKind.RED_PACKET else 0,
            variant_id=variant_by_sku(value("sku")).id if is_product and value("sku") else None,
            value_minor=amount if is_product else 0,
        )


@guarded("plays.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    form = EditForm(request.POST or None, initial=_first_values())
    if request.method == "POST" and form.is_valid():
        done = save_new(
            request,
            make=lambda by: create_draw(form.head(), form.terms(), by=by).id,
            publish=publish_draw,
            blame=partial(_blame, form),
            said=_("抽奖已保存"),
            live="console:draw_live",
            table="console:draws",
        )
        if done is not None:
            return done
    return _editor(request, form, play=None)


@guarded("plays.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    play = play_view(play_id)
    form = EditForm(request.POST or None, initial=_values_of(play, terms_of(play_id)))
    if request.method == "POST" and form.is_valid():
        done = save_change(
            request,
            play_id,
            write=lambda by: change_draw(play_id, form.head(), form.terms(), by=by),
            publish=publish_draw,
            blame=partial(_blame, form),
            said=_("抽奖已保存"),
            live="console:draw_live",
        )
        if done is not None:
            return done
    return _editor(request, form, play=play)


@guarded("plays.edit")
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    return fragment(request, "console/parts/draw_preview.html", preview_of(EditForm(request.POST)))


def preview_of(form: EditForm) -> dict[str, Any]:
    """The phone, what is left for the consolation, and the expected cost of some numbers of tickets."""
    shown: dict[str, Any] = {"terms": None}
    if not form.is_valid():
        return shown
    try:
        terms = form.terms()
    except VariantMissing:
        return shown
    if not terms.prizes:
        return shown
    rest = 10_000 - sum(prize.odds_bp for prize in terms.prizes)
    budget = form.cleaned_data["budget_minor"]
    return {
        "name": form.cleaned_data["name"],
        "terms": terms,
        "is_instant": terms.mode is DrawMode.INSTANT,
        "prizes": [{"row": prize, "odds": f"{prize.odds_bp / 100:.2f}%"} for prize in terms.prizes],
        "rest": f"{rest / 100:.2f}%",
        "is_too_much": rest < 0 and terms.mode is DrawMode.INSTANT,
        "costs": [
            {"tickets": tickets, "cost_minor": expected_cost_minor(terms, tickets=tickets)}
            for tickets in EXAMPLE_TICKETS
        ],
        "budget_minor": budget,
        "is_over_budget": budget is not None and budget < terms.cost_minor,
        "cap_minor": settings.JISHI_PRIZE_VALUE_MAX_MINOR,
        "is_over_cap": any(
            prize.worth_minor > settings.JISHI_PRIZE_VALUE_MAX_MINOR for prize in terms.prizes
        ),
    }


def _editor(request: HttpRequest, form: EditForm, *, play: PlayView | None) -> HttpResponse:
    shown = form if form.is_bound else EditForm(_as_sent(form))
    context = {
        **preview_of(shown),
        "form": form,
        "rows": form.rows(),
        "play": play,
        "preview_url": reverse("console:draw_preview"),
        "once": request.POST.get("once") or once_key(),
    }
    crumbs = crumbs_to(play) if play else [(_("抽奖"), reverse("console:draws"))]
    return show(
        request,
        "console/draw_edit.html",
        section="draws",
        context=context,
        crumbs=crumbs,
        status=422 if form.is_bound else 200,
    )


def _first_values() -> dict[str, Any]:
    opens = clock.now().replace(second=0, microsecond=0)
    return {
        "name": _("邻里抽奖"),
        "mode": "instant",
        "order_daily": 3,
        "order_min_minor": 0,
        "share_daily": 2,
        "check_in_daily": 1,
        "consolation": _("谢谢参与"),
        "opens_at": opens,
        "closes_at": opens + timedelta(days=DEFAULT_DAYS),
        "p0_name": _("红包"),
        "p0_kind": "red_packet",
        "p0_stock": 100,
        "p0_odds": "20.00",
        "p0_amount": 500,
        "p0_least": 50,
    }


def _values_of(play: PlayView, terms: DrawTerms) -> dict[str, Any]:
    variants = variants_by_ids([prize.variant_id for prize in terms.prizes if prize.variant_id])
    values: dict[str, Any] = {
        name: getattr(terms, name) for name in EditForm.base_fields if hasattr(terms, name)
    }
    for place, prize in enumerate(terms.prizes[:PRIZE_ROWS]):
        found = variants.get(prize.variant_id) if prize.variant_id else None
        values |= {
            f"p{place}_name": prize.name,
            f"p{place}_kind": prize.kind.value,
            f"p{place}_stock": prize.stock,
            f"p{place}_odds": f"{prize.odds_bp / 100:.2f}",
            f"p{place}_amount": written(prize.worth_minor),
            f"p{place}_least": written(prize.min_minor) if prize.min_minor else "",
            f"p{place}_sku": found.sku if found else "",
        }
    return values | {
        "mode": terms.mode.value,
        "name": play.name,
        "opens_at": play.opens_at,
        "closes_at": play.closes_at,
        "budget_minor": play.budget_minor,
    }


def _as_sent(form: EditForm) -> dict[str, Any]:
    """The values of a fresh form as if they had been sent, so that the preview can read them."""
    return {
        name: field.prepare_value(form.get_initial_for_field(field, name))
        for name, field in form.fields.items()
    }


def _blame(form: EditForm, refusal: Refusal) -> None:
    if refusal.facts.get("field") == "prizes":
        form.add_error(None, _(str(refusal.facts.get("reason", ""))))
    else:
        blame(form, refusal)
