"""Making a group buy: choose a product, decide, and see at once how it looks and what it costs."""

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jishi.kernel import clock
from jishi.kernel.errors import Refusal
from jishi.kernel.money import parse_minor
from jishi.modules.catalog.public import (
    ProductCard,
    ProductPage,
    VariantView,
)
from jishi.modules.inventory.public import sellable_by_variant
from jishi.modules.plays.group_buy.public import (
    Audience,
    LeaderBenefit,
    OfferForm,
    OfferView,
    Tier,
    change_offer,
    create_offer,
    offer_view,
    publish_offer,
)
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.editing import save_change, save_new
from jishi.surfaces.console.forms import LocalTimeField, MoneyField, blame, dress, once_key, written
from jishi.surfaces.console.frame import fragment, show
from jishi.surfaces.console.group_buys import crumbs_to
from jishi.surfaces.console.picking import page_of_product, products_to_choose, sellable_variants

FEE_BASIS_POINTS = 60
DEFAULT_DAYS = 14


class EditForm(forms.Form):
    """Everything an operator decides about an offer, except the prices, which stand beside the variants."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    team_size = forms.IntegerField(
        label=gettext_lazy("成团人数"),
        min_value=2,
        max_value=100,
        help_text=gettext_lazy("含团主，2 到 100 人"),
    )
    team_hours = forms.IntegerField(
        label=gettext_lazy("成团时限（小时）"),
        min_value=1,
        max_value=168,
        help_text=gettext_lazy("开团后多久要凑满，到时没凑满自动全额退款"),
    )
    member_limit = forms.IntegerField(
        label=gettext_lazy("每人限购"), min_value=0, max_value=9_999, help_text=gettext_lazy("0 表示不限")
    )
    leader_discount_minor = MoneyField(
        label=gettext_lazy("团主优惠"), help_text=gettext_lazy("开团的人每单再减多少，0 表示没有")
    )
    leader_benefit = forms.ChoiceField(
        label=gettext_lazy("团主得到"),
        choices=(
            ("discount", gettext_lazy("立减（填在团主优惠）")),
            ("free", gettext_lazy("成团后免单")),
            ("points", gettext_lazy("成团后送积分")),
        ),
    )
    leader_points = forms.IntegerField(label=gettext_lazy("团主积分"), min_value=0, max_value=100_000)
    tiers = forms.CharField(
        label=gettext_lazy("人数阶梯"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("人越多越便宜，如 5:3.00, 10:6.00；结束时差价自动退给每个人"),
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("谁能参加"),
        choices=(
            ("everyone", gettext_lazy("所有人")),
            ("new_joiners", gettext_lazy("老带新：参团的要是新会员")),
            ("new_members", gettext_lazy("只给新会员")),
            ("bought_before", gettext_lazy("只给买过的会员")),
        ),
    )
    budget_minor = MoneyField(
        label=gettext_lazy("让利预算"),
        required=False,
        may_be_zero=False,
        help_text=gettext_lazy("用完就不再开新团；留空表示不设上限"),
    )
    opens_at = LocalTimeField(label=gettext_lazy("开始"))
    closes_at = LocalTimeField(label=gettext_lazy("结束"))
    allows_merchant_completion = forms.BooleanField(
        label=gettext_lazy("允许商家补齐"),
        required=False,
        help_text=gettext_lazy("人没凑满也可由商家宣布成团；页面会如实写明，不会编造团员"),
    )

    def __init__(self, *args: Any, variants: list[VariantView], **options: Any) -> None:
        super().__init__(*args, **options)
        for variant in variants:
            self.fields[price_name(variant.id)] = MoneyField(
                label=variant.title or gettext_lazy("拼团价"), required=False, may_be_zero=False
            )
        dress(self)

    def clean_tiers(self) -> tuple[Tier, ...]:
        """`5:3.00, 10:6.00` → tiers."""
        found = []
        for part in str(self.cleaned_data["tiers"]).replace("，", ",").replace("：", ":").split(","):
            if not part.strip():
                continue
            size, _colon, off = part.partition(":")
            try:
                found.append(Tier(int(size), parse_minor(off, currency=settings.JISHI_CURRENCY)))
            except ValueError as error:
                raise forms.ValidationError(_("写成 人数:优惠，例如 5:3.00, 10:6.00")) from error
        return tuple(found)

    def prices(self) -> dict[uuid.UUID, int]:
        """Group prices of the variants that have one, as far as they can be read."""
        cleaned = getattr(self, "cleaned_data", {})
        return {
            uuid.UUID(name.partition(":")[2]): value
            for name, value in cleaned.items()
            if name.startswith("price:") and value
        }


@guarded("plays.edit")
@require_safe
def choose_product(request: HttpRequest) -> HttpResponse:
    """The first step: what is gathered for."""
    return products_to_choose(
        request,
        section="group_buys",
        title=_("选一件商品来拼"),
        page="console:group_buy_new",
        crumbs=[(_("拼团"), reverse("console:group_buys"))],
    )


@guarded("plays.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, product_id: uuid.UUID) -> HttpResponse:
    page = page_of_product(request, product_id)
    variants = sellable_variants(page)
    form = EditForm(request.POST or None, variants=variants, initial=_first_values(page))
    if request.method == "POST" and form.is_valid():
        done = save_new(
            request,
            make=lambda by: create_offer(_offer_form(form, page.card), by=by).id,
            publish=publish_offer,
            blame=partial(_blame, form),
            said=_("拼团已保存"),
            live="console:live",
            table="console:group_buys",
        )
        if done is not None:
            return done
    return _editor(request, form, page, variants, offer=None)


@guarded("plays.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
    offer = offer_view(offer_id)
    page = page_of_product(request, offer.product_id)
    variants = sellable_variants(page)
    form = EditForm(request.POST or None, variants=variants, initial=_values_of(offer))
    if request.method == "POST" and form.is_valid():
        done = save_change(
            request,
            offer_id,
            write=lambda by: change_offer(offer_id, _offer_form(form, page.card), by=by),
            publish=publish_offer if offer.state.value == "draft" else None,
            blame=partial(_blame, form),
            said=_("拼团已保存"),
            live="console:live",
        )
        if done is not None:
            return done
    return _editor(request, form, page, variants, offer=offer)


@guarded("plays.edit")
@require_POST
def preview(request: HttpRequest, product_id: uuid.UUID) -> HttpResponse:
    """The phone and the sums beside the form, for what is written in it now."""
    page = page_of_product(request, product_id)
    variants = sellable_variants(page)
    form = EditForm(request.POST, variants=variants)
    form.is_valid()
    return fragment(request, "console/parts/offer_preview.html", preview_of(form, page, variants))


def preview_of(form: EditForm, page: ProductPage, variants: list[VariantView]) -> dict[str, Any]:
    """How the offer looks to a shopper and what a full team costs and brings, variant by variant."""
    prices, cleaned = form.prices(), getattr(form, "cleaned_data", {})
    size = cleaned.get("team_size") or 3
    leader = cleaned.get("leader_discount_minor") or 0
    rows = [_sums(variant, prices[variant.id], size, leader) for variant in variants if variant.id in prices]
    cheapest = min(rows, key=lambda found: int(found["price_minor"]), default=None)
    budget = cleaned.get("budget_minor")
    per_team = min((int(found["team_spend_minor"]) for found in rows), default=0)
    return {
        "page": page,
        "cover": page.images[0].address if page.images else page.card.cover_address,
        "rows": rows,
        "cheapest": cheapest,
        "size": size,
        "seats": range(min(size, 8)),
        "hours": cleaned.get("team_hours") or 24,
        "leader_minor": leader,
        "name": cleaned.get("name") or page.card.title,
        "budget_minor": budget,
        "teams_in_budget": budget // per_team if budget and per_team else None,
        "has_loss": any(found["is_loss"] for found in rows),
    }


def _sums(variant: VariantView, price: int, size: int, leader: int) -> dict[str, Any]:
    """What one variant means for a full team of `size` who each take one."""
    given = max(0, variant.price_minor - price)
    fee = price * FEE_BASIS_POINTS // 10_000
    margin = price - variant.cost_minor - fee if variant.cost_minor is not None else None
    team_spend = given * size + min(leader, price) + fee * size
    return {
        "variant": variant,
        "price_minor": price,
        "off": f"{given * 100 / variant.price_minor:.0f}%" if variant.price_minor and given else "–",
        "margin_minor": margin,
        "margin": f"{margin * 100 / price:.0f}%" if margin is not None and price else "–",
        "is_loss": margin is not None and margin < 0,
        "is_above": price > variant.price_minor,
        "team_spend_minor": team_spend,
        "team_net_minor": price * size - min(leader, price),
    }


def _editor(
    request: HttpRequest,
    form: EditForm,
    page: ProductPage,
    variants: list[VariantView],
    *,
    offer: OfferView | None,
) -> HttpResponse:
    if not form.is_bound:
        shown = EditForm(_as_sent(form, variants), variants=variants)
        shown.is_valid()
    else:
        shown = form
    stock = sellable_by_variant([variant.id for variant in variants])
    context = {
        **preview_of(shown, page, variants),
        "form": form,
        "offer": offer,
        "prices": [
            {"variant": variant, "field": form[price_name(variant.id)], "sellable": stock.get(variant.id, 0)}
            for variant in variants
        ],
        "preview_url": reverse("console:group_buy_preview", args=[page.card.id]),
        "once": request.POST.get("once") or once_key(),
    }
    crumbs = crumbs_to(offer) if offer else [(_("拼团"), reverse("console:group_buys"))]
    return show(
        request,
        "console/group_buy_edit.html",
        section="group_buys",
        context=context,
        crumbs=crumbs,
        status=422 if form.is_bound else 200,
    )


def price_name(variant_id: uuid.UUID) -> str:
    return f"price:{variant_id}"


def _first_values(page: ProductPage) -> dict[str, Any]:
    opens = clock.now().replace(second=0, microsecond=0)
    return {
        "name": _("%(title)s · 3 人团") % {"title": page.card.title[:60]},
        "team_size": 3,
        "team_hours": 24,
        "member_limit": 0,
        "leader_discount_minor": 0,
        "leader_benefit": "discount",
        "leader_points": 0,
        "audience": "everyone",
        "opens_at": opens,
        "closes_at": opens + timedelta(days=DEFAULT_DAYS),
    }


def _values_of(offer: OfferView) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: getattr(offer, name) for name in EditForm.base_fields if hasattr(offer, name)
    }
    values["tiers"] = ", ".join(f"{tier.size}:{written(tier.off_minor)}" for tier in offer.tiers)
    return values | {price_name(price.variant_id): price.price_minor for price in offer.prices}


def _as_sent(form: EditForm, variants: list[VariantView]) -> dict[str, Any]:
    """The values of a fresh form as if they had been sent, so that the preview can read them."""
    del variants
    return {
        name: field.prepare_value(form.get_initial_for_field(field, name))
        for name, field in form.fields.items()
    }


def _offer_form(form: EditForm, card: ProductCard) -> OfferForm:
    values = form.cleaned_data
    return OfferForm(
        product_id=card.id,
        name=values["name"],
        currency=settings.JISHI_CURRENCY,
        team_size=values["team_size"],
        team_hours=values["team_hours"],
        member_limit=values["member_limit"],
        leader_discount_minor=values["leader_discount_minor"] or 0,
        budget_minor=values["budget_minor"],
        opens_at=values["opens_at"],
        closes_at=values["closes_at"],
        allows_merchant_completion=values["allows_merchant_completion"],
        prices=form.prices(),
        tiers=values["tiers"],
        leader_benefit=LeaderBenefit(values["leader_benefit"]),
        leader_points=values["leader_points"],
        audience=Audience(values["audience"]),
    )


def _blame(form: EditForm, refusal: Refusal) -> None:
    if refusal.facts.get("field") == "prices":
        form.add_error(None, _(str(refusal.facts.get("reason", ""))))
    else:
        blame(form, refusal)
