"""Offers and coupons in the console: how they stand, one closely, and why a price is what it is."""

import uuid
from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jishi.kernel.actor import Actor
from jishi.kernel.errors import Refusal
from jishi.modules.people.public import members_table
from jishi.modules.promotions.public import (
    BatchFigures,
    BatchForm,
    BatchView,
    CouponWay,
    OfferView,
    PriceOfferState,
    RefundRule,
    Stage,
    batch_figures,
    batch_view,
    batches_of,
    budgets_left,
    close_batch,
    close_offer,
    codes_of,
    create_batch,
    make_codes,
    offer_figures,
    offer_table,
    offer_view,
    open_batch,
    publish_offer,
    send_coupons,
)
from jishi.platform.http import actor_of
from jishi.surfaces.console import offer_words as words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.csv_file import csv_response
from jishi.surfaces.console.forms import LocalTimeField, act_once, blame, dress, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import local, page_of
from jishi.surfaces.console.tables import (
    bar,
    column,
    number,
    pager,
    row,
    select,
    table,
    tabs,
    tag,
    text,
)
from jishi.surfaces.console.timeline import timeline
from jishi.surfaces.price_words import offer_words
from jishi.surfaces.refusals import words_of
from jishi.surfaces.templatetags.look import money

PAGE_SIZE = 50
SEND_MAX = 200


class BatchEdit(forms.Form):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    way = forms.ChoiceField(label=gettext_lazy("怎么到会员手里"))
    capacity = forms.IntegerField(label=gettext_lazy("张数"), min_value=1, max_value=1_000_000)
    member_limit = forms.IntegerField(label=gettext_lazy("每人几张"), min_value=0, max_value=100)
    valid_days = forms.IntegerField(
        label=gettext_lazy("领到后几天有效"), required=False, min_value=1, max_value=730
    )
    valid_until = LocalTimeField(label=gettext_lazy("或者有效到"), required=False)
    opens_at = LocalTimeField(label=gettext_lazy("开始领"), required=False)
    closes_at = LocalTimeField(label=gettext_lazy("停止领"), required=False)
    share_visits = forms.IntegerField(
        label=gettext_lazy("带来几位朋友可领"), required=False, min_value=0, max_value=50
    )
    returns = forms.BooleanField(label=gettext_lazy("整单退款时退回券"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        way = self.fields["way"]
        assert isinstance(way, forms.ChoiceField)
        way.choices = [
            (one.value, words.coupon_way(one)) for one in CouponWay if one is not CouponWay.COMMUNITY
        ]
        dress(self)

    def batch(self, offer_id: uuid.UUID) -> BatchForm:
        v = self.cleaned_data
        return BatchForm(
            offer_id=offer_id,
            name=v["name"],
            way=CouponWay(v["way"]),
            capacity=v["capacity"],
            member_limit=v["member_limit"],
            valid_days=v["valid_days"],
            valid_until=v["valid_until"],
            opens_at=v["opens_at"],
            closes_at=v["closes_at"],
            refund_rule=RefundRule.WHOLE if v["returns"] else RefundRule.NEVER,
            share_visits=v["share_visits"] or 0,
        )


@guarded("promotions.view")
@require_safe
def price_offers(request: HttpRequest) -> HttpResponse:
    """All offers; four queries."""
    query, page, actor = request.GET, page_of(request), actor_of(request)
    stage, state = query.get("stage", ""), query.get("state", "")
    found, total = offer_table(
        by=actor, stage=stage, state=state, text=query.get("q", ""), page=page, limit=PAGE_SIZE
    )
    states = [(one.value, words.offer_state(one)[0]) for one in PriceOfferState]
    context = {
        "tabs": tabs(
            [("", _("全部")), *((one.value, words.offer_stage(one)) for one in Stage)],
            name="stage",
            query=query,
        ),
        "selects": [select("state", _("全部状态"), states, query=query)],
        "offers": _offers(found),
        "pager": pager(query=query, page=page, size=PAGE_SIZE, total=total),
        "may_edit": actor.may("promotions.edit"),
        "search_text": query.get("q", ""),
        "new_url": f"{reverse('console:price_offer_new')}?stage={stage or 'order'}",
    }
    return show(request, "console/price_offers.html", section="price_offers", context=context)


@guarded("promotions.view")
@require_http_methods(["GET", "HEAD", "POST"])
def price_offer(request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
    """One offer: what it gives, what it gave, its coupons."""
    actor = actor_of(request)
    found = offer_view(offer_id)
    form = BatchEdit(
        request.POST or None,
        initial={"capacity": 500, "member_limit": 1, "valid_days": 7, "way": "public", "returns": True},
    )
    if request.method == "POST":
        actor.require("promotions.edit")
        if form.is_valid():
            try:
                act_once(request, lambda: create_batch(form.batch(offer_id), by=actor))
                messages.success(request, _("批次建好了，点“开始发”就能领"))
                return redirect("console:price_offer", offer_id)
            except Refusal as refusal:
                blame(form, refusal)
    batches = batches_of(offer_id) if found.is_coupon else []
    figures = offer_figures([offer_id]).get(offer_id, {})
    budget = budgets_left([found.rule], currency=settings.JISHI_CURRENCY).get(offer_id)
    context = {
        "offer": found,
        "rule": found.rule,
        "words": offer_words(found.rule),
        "stage_words": words.offer_stage(found.rule.stage),
        "state": words.offer_state(found.state),
        "figures": figures,
        "left_minor": budget,
        "batches": _batches(batches, actor),
        "form": form,
        "once": once_key(),
        "may_edit": actor.may("promotions.edit"),
        "may_publish": found.state is not PriceOfferState.LIVE,
        "events": timeline("offer", offer_id),
    }
    crumbs = [(_("优惠"), reverse("console:price_offers"))]
    status = 422 if form.is_bound else 200
    return show(
        request,
        "console/price_offer.html",
        section="price_offers",
        context=context,
        crumbs=crumbs,
        status=status,
    )


@guarded("promotions.edit")
@require_POST
def price_offer_step(request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
    """Publish or close."""
    actor = actor_of(request)
    try:
        if request.POST.get("verb") == "publish":
            publish_offer(offer_id, by=actor, currency=settings.JISHI_CURRENCY)
            messages.success(request, _("优惠生效了"))
        else:
            close_offer(offer_id, by=actor)
            messages.success(request, _("优惠停用了；已下的订单不受影响"))
    except Refusal as refusal:
        messages.error(request, words_of(refusal))
    return redirect("console:price_offer", offer_id)


@guarded("promotions.edit")
@require_POST
def batch_step(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Open, close, make codes, send to members by phone."""
    actor, verb = actor_of(request), request.POST.get("verb")
    batch = batch_view(batch_id)
    try:
        if verb == "open":
            open_batch(batch_id, by=actor)
        elif verb == "close":
            close_batch(batch_id, by=actor)
        elif verb == "codes":
            made = make_codes(
                batch_id,
                count=int(request.POST.get("count") or 0),
                shared=request.POST.get("shared", ""),
                by=actor,
            )
            messages.success(request, _("生成了 %d 个券码") % len(made))
        elif verb == "send":
            _send(request, batch_id, by=actor)
    except Refusal as refusal:
        messages.error(request, words_of(refusal))
    except ValueError:
        messages.error(request, _("请填数字"))
    return redirect("console:price_offer", batch.offer.id)


@guarded("promotions.edit")
@require_safe
def batch_codes(request: HttpRequest, batch_id: uuid.UUID) -> StreamingHttpResponse:
    """The codes as a file."""
    codes = codes_of(batch_id, by=actor_of(request))

    def rows() -> Iterator[list[str]]:
        for code, is_used in codes:
            yield [code, _("已用") if is_used else ""]

    return csv_response("codes", head=[_("券码"), _("状态")], rows=rows())


def _send(request: HttpRequest, batch_id: uuid.UUID, *, by: Actor) -> None:
    wanted = [line.strip() for line in request.POST.get("members", "").splitlines() if line.strip()]
    found = [members_table(by=by, text=contact, limit=1) for contact in wanted[:SEND_MAX]]
    known = [rows[0].id for rows in found if rows]
    given = send_coupons(batch_id, member_ids=known, by=by)
    said = _("发出 %(given)d 张，%(missing)d 位没找到") % {
        "given": given,
        "missing": len(wanted) - len(known),
    }
    messages.success(request, said)


def _offers(found: list[OfferView]) -> dict[str, Any]:
    figures = offer_figures([one.id for one in found])
    left = budgets_left([one.rule for one in found], currency=settings.JISHI_CURRENCY)
    columns = [
        column(_("优惠")),
        column(_("阶段")),
        column(_("互斥组")),
        column(_("用过的订单"), is_number=True),
        column(_("让利"), is_number=True),
        column(_("预算剩余")),
        column(_("结束")),
        column(_("状态")),
    ]
    rows = []
    for one in found:
        count = figures.get(one.id, {})
        budget, rest = one.rule.budget_minor, left.get(one.id)
        closes = one.rule.closes_at
        rows.append(
            row(
                [
                    text(one.rule.label, note=f"{one.name} · {offer_words(one.rule)}"),
                    text(words.offer_stage(one.rule.stage)),
                    text(one.rule.group or _("都能一起用"), mood="" if one.rule.group else "soft"),
                    number(count.get("orders", 0)),
                    number(money(count.get("given_minor", 0))),
                    bar(100 * rest / budget) if budget and rest is not None else text("–"),
                    text(f"{local(closes):%m-%d %H:%M}" if closes else "–"),
                    tag(*words.offer_state(one.state)),
                ],
                url=reverse("console:price_offer", args=[one.id]),
            )
        )
    empty = (_("还没有优惠"), _("写一条满减、会员日折扣或优惠券，发布后马上在购物车里生效。"))
    return table(columns, rows, caption=_("优惠"), empty=empty)


def _batches(found: list[BatchView], by: Actor) -> list[dict[str, Any]]:
    figures = batch_figures([one.id for one in found])
    return [
        {
            "batch": one,
            "way": words.coupon_way(one.way),
            "count": figures.get(one.id, BatchFigures()),
            "percent": figures.get(one.id, BatchFigures()).claimed * 100 // one.capacity,
            "has_codes": one.way is CouponWay.CODE,
            "is_sent": one.way is CouponWay.TARGETED,
            "may_edit": by.may("promotions.edit"),
        }
        for one in found
    ]
