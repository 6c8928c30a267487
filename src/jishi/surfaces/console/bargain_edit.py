"""Making a bargain: choose a product, decide, and see at once how it looks and what it may cost."""

import uuid
from dataclasses import fields
from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jishi.kernel import clock
from jishi.modules.catalog.public import ProductPage, VariantView
from jishi.modules.plays.bargain.public import (
    BargainTerms,
    OfferView,
    change_offer,
    create_offer,
    ended_record,
    expected_cost,
    make_plan,
    offer_view,
    publish_offer,
)
from jishi.modules.plays.life.public import PlayHead, PlayState
from jishi.modules.promotions.public import CouponWay, claimable_batches
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.bargains import crumbs_to
from jishi.surfaces.console.editing import save_change, save_new
from jishi.surfaces.console.forms import LocalTimeField, MoneyField, blame, dress, once_key
from jishi.surfaces.console.frame import fragment, show
from jishi.surfaces.console.picking import page_of_product, products_to_choose, sellable_variants

DEFAULT_DAYS = 7
EXAMPLE_SEED = "00" * 32


class EditForm(forms.Form):
    """Everything an operator decides about a bargain."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    variant_id = forms.ChoiceField(label=gettext_lazy("规格"))
    floor_minor = MoneyField(
        label=gettext_lazy("底价"), may_be_zero=False, help_text=gettext_lazy("砍到最后的价格")
    )
    helpers = forms.IntegerField(
        label=gettext_lazy("帮砍人数"),
        min_value=1,
        max_value=50,
        help_text=gettext_lazy("砍到底要几位朋友，页面上事先写明"),
    )
    units = forms.IntegerField(
        label=gettext_lazy("名额"),
        min_value=1,
        max_value=100_000,
        help_text=gettext_lazy("最多卖几件；发起就占一个，到期没买会放出"),
    )
    hours = forms.IntegerField(label=gettext_lazy("每次砍价时限（小时）"), min_value=1, max_value=168)
    first_cut_bps = forms.IntegerField(
        label=gettext_lazy("第一刀（万分比）"),
        min_value=500,
        max_value=8_000,
        help_text=gettext_lazy("3000 就是先砍掉三成，永远是最大的一刀"),
    )
    new_member_slots = forms.IntegerField(label=gettext_lazy("新朋友一刀顶几刀"), min_value=1, max_value=3)
    member_limit = forms.IntegerField(label=gettext_lazy("每人可买几件"), min_value=1, max_value=100)
    helps_per_day = forms.IntegerField(label=gettext_lazy("每人每天帮砍次数"), min_value=1, max_value=100)
    abuse_cap = forms.IntegerField(
        label=gettext_lazy("风险分上限"),
        min_value=10,
        max_value=200,
        help_text=gettext_lazy("达到就不算这一刀，并写明原因；60 分起拦同一台设备"),
    )
    allows_early_buy = forms.BooleanField(
        label=gettext_lazy("没到底价也能买"), required=False, help_text=gettext_lazy("按砍到的价格买")
    )
    helper_batch_id = forms.ChoiceField(
        label=gettext_lazy("帮砍的人得一张券"),
        required=False,
        help_text=gettext_lazy("从定向发放的批次里选；同一次砍价每人一张"),
    )
    budget_minor = MoneyField(
        label=gettext_lazy("让利预算"),
        required=False,
        may_be_zero=False,
        help_text=gettext_lazy("发起时按砍到底预留，用完就不能再发起；留空表示不设上限"),
    )
    opens_at = LocalTimeField(label=gettext_lazy("开始"))
    closes_at = LocalTimeField(label=gettext_lazy("结束"))

    def __init__(self, *args: Any, variants: list[VariantView], **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields["variant_id"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(str(variant.id), variant.title or variant.sku) for variant in variants]
        gifts = self.fields["helper_batch_id"]
        assert isinstance(gifts, forms.ChoiceField)
        batches = claimable_batches(ways=[CouponWay.TARGETED])
        gifts.choices = [("", "–"), *((str(one.id), f"{one.offer.label} · {one.name}") for one in batches)]
        dress(self)

    def head(self) -> PlayHead:
        values = self.cleaned_data
        return PlayHead(
            name=values["name"],
            currency=settings.JISHI_CURRENCY,
            opens_at=values["opens_at"],
            closes_at=values["closes_at"],
            budget_minor=values["budget_minor"],
        )

    def terms(self, product_id: uuid.UUID) -> BargainTerms:
        names = [
            field.name
            for field in fields(BargainTerms)
            if field.name not in ("product_id", "variant_id", "helper_batch_id")
        ]
        values = {name: self.cleaned_data[name] for name in names}
        variant_id = uuid.UUID(self.cleaned_data["variant_id"])
        batch = self.cleaned_data["helper_batch_id"]
        return BargainTerms(
            product_id=product_id,
            variant_id=variant_id,
            helper_batch_id=uuid.UUID(batch) if batch else None,
            **values,
        )


@guarded("plays.edit")
@require_safe
def choose_product(request: HttpRequest) -> HttpResponse:
    """The first step: what is bargained for."""
    return products_to_choose(
        request,
        section="bargains",
        title=_("选一件商品来砍"),
        page="console:bargain_new",
        crumbs=[(_("砍价"), reverse("console:bargains"))],
    )


@guarded("plays.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, product_id: uuid.UUID) -> HttpResponse:
    page = page_of_product(request, product_id)
    form = EditForm(request.POST or None, variants=sellable_variants(page), initial=_first_values(page))
    if request.method == "POST" and form.is_valid():
        done = save_new(
            request,
            make=lambda by: create_offer(form.head(), form.terms(page.card.id), by=by).id,
            publish=publish_offer,
            blame=partial(blame, form),
            said=_("砍价已保存"),
            live="console:bargain_live",
            table="console:bargains",
        )
        if done is not None:
            return done
    return _editor(request, form, page, offer=None)


@guarded("plays.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    offer = offer_view(play_id)
    page = page_of_product(request, offer.terms.product_id)
    form = EditForm(request.POST or None, variants=sellable_variants(page), initial=_values_of(offer))
    if request.method == "POST" and form.is_valid():
        done = save_change(
            request,
            play_id,
            write=lambda by: change_offer(play_id, form.head(), form.terms(page.card.id), by=by),
            publish=publish_offer if offer.play.state is PlayState.DRAFT else None,
            blame=partial(blame, form),
            said=_("砍价已保存"),
            live="console:bargain_live",
        )
        if done is not None:
            return done
    return _editor(request, form, page, offer=offer)


@guarded("plays.edit")
@require_POST
def preview(request: HttpRequest, product_id: uuid.UUID) -> HttpResponse:
    """The phone and the sums beside the form, for what is written in it now."""
    page = page_of_product(request, product_id)
    form = EditForm(request.POST, variants=sellable_variants(page))
    form.is_valid()
    return fragment(request, "console/parts/bargain_preview.html", preview_of(form, page))


def preview_of(form: EditForm, page: ProductPage) -> dict[str, Any]:
    """How the bargain looks to a shopper, one example of its cuts, and what it may cost."""
    shown: dict[str, Any] = {
        "page": page,
        "cover": page.images[0].address if page.images else page.card.cover_address,
        "name": form.cleaned_data.get("name") or page.card.title,
        "forecast": None,
        "cuts": (),
    }
    wanted = form.cleaned_data.get("variant_id")
    variant = next((found for found in page.variants if str(found.id) == wanted), None)
    if not form.is_valid() or variant is None:
        return shown
    terms = form.terms(page.card.id)
    whole = variant.price_minor - terms.floor_minor
    if whole <= terms.helpers:
        return shown
    ended, bought, mean = ended_record()
    forecast = expected_cost(
        start_minor=variant.price_minor, terms=terms, ended=ended, bought=bought, mean_discount_bps=mean
    )
    cuts = make_plan(
        total_minor=whole, slots=terms.helpers + 1, first_cut_bps=terms.first_cut_bps, seed=EXAMPLE_SEED
    )
    budget = form.cleaned_data.get("budget_minor")
    margin = terms.floor_minor - variant.cost_minor if variant.cost_minor is not None else None
    return shown | {
        "start_minor": variant.price_minor,
        "terms": terms,
        "forecast": forecast,
        "buy_rate": f"{forecast.buy_rate_bps / 100:.0f}%",
        "cuts": cuts,
        "largest": max(cuts),
        "budget_minor": budget,
        "bargains_in_budget": budget // whole if budget else None,
        "margin_minor": margin,
        "is_loss": margin is not None and margin < 0,
    }


def _editor(
    request: HttpRequest, form: EditForm, page: ProductPage, *, offer: OfferView | None
) -> HttpResponse:
    shown = form if form.is_bound else EditForm(_as_sent(form), variants=sellable_variants(page))
    shown.is_valid()
    context = {
        **preview_of(shown, page),
        "form": form,
        "offer": offer,
        "preview_url": reverse("console:bargain_preview", args=[page.card.id]),
        "once": request.POST.get("once") or once_key(),
    }
    crumbs = crumbs_to(offer) if offer else [(_("砍价"), reverse("console:bargains"))]
    return show(
        request,
        "console/bargain_edit.html",
        section="bargains",
        context=context,
        crumbs=crumbs,
        status=422 if form.is_bound else 200,
    )


def _first_values(page: ProductPage) -> dict[str, Any]:
    opens = clock.now().replace(second=0, microsecond=0)
    variants = sellable_variants(page)
    return {
        "name": _("%(title)s · 砍到底价") % {"title": page.card.title[:60]},
        "variant_id": str(variants[0].id) if variants else "",
        "floor_minor": variants[0].price_minor * 6 // 10 if variants else None,
        "helpers": 6,
        "units": 50,
        "hours": 24,
        "first_cut_bps": 3_000,
        "new_member_slots": 2,
        "member_limit": 1,
        "helps_per_day": 5,
        "abuse_cap": 60,
        "allows_early_buy": True,
        "opens_at": opens,
        "closes_at": opens + timedelta(days=DEFAULT_DAYS),
    }


def _values_of(offer: OfferView) -> dict[str, Any]:
    values = {name: getattr(offer.terms, name) for name in EditForm.base_fields if hasattr(offer.terms, name)}
    values |= {name: getattr(offer.play, name) for name in ("name", "opens_at", "closes_at", "budget_minor")}
    batch = offer.terms.helper_batch_id
    return values | {"variant_id": str(offer.terms.variant_id), "helper_batch_id": str(batch or "")}


def _as_sent(form: EditForm) -> dict[str, Any]:
    """The values of a fresh form as if they had been sent, so that the preview can read them."""
    return {
        name: field.prepare_value(form.get_initial_for_field(field, name))
        for name, field in form.fields.items()
    }
