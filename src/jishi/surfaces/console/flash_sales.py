"""Flash sales: the table, and the live monitor of one with the proof that nothing is sold twice."""

import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.kernel import clock
from jishi.kernel.errors import InvalidInput
from jishi.modules.catalog.public import VariantView, variants_by_ids
from jishi.modules.plays.flash_sale.public import (
    ItemBalance,
    ItemView,
    SaleView,
    WaitReason,
    answers_by_item,
    balances_of,
    change_units,
    claims_by_minute,
    close_sale,
    count_arrivals,
    count_reminders,
    publish_sale,
    sale_view,
    sales_table,
    waiting_by_reason,
)
from jishi.modules.plays.life.public import PlayState, budget_left_minor, raise_budget
from jishi.platform.http import actor_of
from jishi.platform.rush import total_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import act_once, once_key
from jishi.surfaces.console.frame import fragment, show
from jishi.surfaces.console.group_buys import BudgetForm
from jishi.surfaces.console.questions import id_of, local
from jishi.surfaces.console.tables import column, number, row, table, tabs, tag, text
from jishi.surfaces.console.timeline import timeline
from jishi.surfaces.templatetags.look import money

SALES_SHOWN = 100
MINUTES_SHOWN = 30
_GROUPS: dict[str, tuple[PlayState, ...]] = {
    "": (),
    "running": (PlayState.OPEN, PlayState.CLOSING),
    "scheduled": (PlayState.SCHEDULED,),
    "draft": (PlayState.DRAFT,),
    "settled": (PlayState.SETTLED,),
}


@guarded("reports.view")
@require_safe
def flash_sales(request: HttpRequest) -> HttpResponse:
    found = sales_table(states=_GROUPS.get(request.GET.get("state", ""), ()), limit=SALES_SHOWN)
    labels = (_("全部"), _("进行中"), _("待开始"), _("草稿"), _("已结束"))
    context = {
        "tabs": tabs(zip(_GROUPS, labels, strict=True), name="state", query=request.GET),
        "sales": _sales(found),
        "may_edit": actor_of(request).may("plays.edit"),
    }
    return show(request, "console/flash_sales.html", section="flash_sales", context=context)


@guarded("reports.view")
@require_safe
def live(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    """The monitor: a fragment when it polls, every two seconds."""
    sale = sale_view(play_id)
    context = _monitor(sale)
    if request.headers.get("HX-Request"):
        return fragment(request, "console/parts/flash_monitor.html", context)
    state, colour = words.offer_state(sale.play.state)
    context |= {
        "state": state,
        "state_colour": colour,
        "events": timeline("play", play_id),
        "roi_url": reverse("console:play_roi", args=[play_id]),
        "may_units": _may(request, sale, PlayState.SCHEDULED, PlayState.OPEN),
        "may_publish": _may(request, sale, PlayState.DRAFT),
        "may_close": _may(request, sale, PlayState.SCHEDULED, PlayState.OPEN),
        "may_raise": sale.play.budget_minor is not None
        and _may(request, sale, PlayState.SCHEDULED, PlayState.OPEN),
        "once": once_key(),
    }
    crumbs = [(_("秒杀"), reverse("console:flash_sales"))]
    return show(request, "console/flash_sale.html", section="flash_sales", context=context, crumbs=crumbs)


@guarded("plays.edit")
@require_POST
def publish(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    publish_sale(play_id, by=actor_of(request))
    messages.success(request, _("已发布：货和预算都留好了，到点自动开抢"))
    return redirect("console:flash_sale_live", play_id)


@guarded("plays.edit")
@require_POST
def close(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    close_sale(play_id, by=actor_of(request))
    messages.success(request, _("已结束：不再接受新的抢购，已抢到的还可以付款"))
    return redirect("console:flash_sale_live", play_id)


@guarded("plays.edit")
@require_POST
def units(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    """More or fewer units of one item while the sale runs."""
    item_id, wanted = id_of(request.POST.get("item")), request.POST.get("units", "")
    if item_id is None or not wanted.isascii() or not wanted.isdigit() or not 0 < int(wanted) <= 1_000_000:
        raise InvalidInput(field=_("件数"), reason=_("请填大于零的整数"))
    if all(item.id != item_id for item in sale_view(play_id).items):
        raise InvalidInput(field=_("商品"), reason=_("不在这一场里"))
    act_once(request, lambda: change_units(item_id, units=int(wanted), by=actor_of(request)))
    messages.success(request, _("件数已改，货和名额一起变了"))
    return redirect("console:flash_sale_live", play_id)


@guarded("plays.edit")
@require_POST
def add_budget(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    form, grant_id = BudgetForm(request.POST), id_of(request.POST.get("once"))
    if not form.is_valid() or grant_id is None:
        raise InvalidInput(field=_("追加金额"), reason=_("请填金额，例如 29.90"))
    sale_view(play_id)
    raise_budget(play_id, by=actor_of(request), by_minor=form.cleaned_data["amount"], grant_id=grant_id)
    messages.success(request, _("预算已追加"))
    return redirect("console:flash_sale_live", play_id)


def _may(request: HttpRequest, sale: SaleView, *states: PlayState) -> bool:
    return actor_of(request).may("plays.edit") and sale.play.state in states


def _monitor(sale: SaleView) -> dict[str, Any]:
    """Everything from the rows themselves; eleven queries however many items."""
    variants = variants_by_ids([item.variant_id for item in sale.items])
    balances = {found.item_id: found for found in balances_of(sale.id)}
    waiting = waiting_by_reason(sale.id)
    since = clock.now() - timedelta(minutes=MINUTES_SHOWN)
    counted = {at: count for at, count in claims_by_minute(sale.id, since=since)}
    answers = answers_by_item(sale.items)
    rows = [
        _item(item, variants[item.variant_id], balances.get(item.id), answers.get(item.id, {}))
        for item in sale.items
        if item.variant_id in variants
    ]
    found = list(balances.values())
    return {
        "sale": sale,
        "items": rows,
        "totals": {
            "arrivals": count_arrivals(sale.id),
            "asked": sum(sum(told.values()) for told in answers.values()),
            "people": sum(balance.people for balance in found),
            "claimed": sum(balance.taken for balance in found),
            "capacity": sum(balance.capacity for balance in found),
            "ordered": sum(balance.units_ordered for balance in found),
            "paid": sum(balance.units_paid for balance in found),
            "in_line": sum(balance.claims_waiting for balance in found) - sum(waiting.values()),
            "returned": sum(balance.units_returned for balance in found),
            "oversold": sum(balance.oversold for balance in found),
        },
        "waiting": [(_WAITING[reason](), count) for reason, count in waiting.items()],
        "refused": _refused(total_of(answers.values())),
        "is_sound": all(balance.is_sound for balance in found),
        "minutes": _bars(counted),
        "reminders": count_reminders(sale.id),
        "budget_left": budget_left_minor(sale.play) if sale.play.published_at else sale.play.budget_minor,
    }


_WAITING = {
    WaitReason.ADDRESS_NEEDED: lambda: _("等会员填地址"),
    WaitReason.REGION_REFUSED: lambda: _("默认地址送不到"),
    WaitReason.REFUSED: lambda: _("下不了单，需要人看"),
}


_REFUSED: dict[str, Callable[[], str]] = {
    "sold_out": lambda: _("抢完了"),
    "limit_reached": lambda: _("超过限购"),
    "too_early": lambda: _("还没开抢"),
    "too_late": lambda: _("已经结束"),
    "waiting": lambda: _("还没叫到号"),
    "turn_needed": lambda: _("先去取号"),
    "slow_down": lambda: _("抢了不付，请歇一歇"),
    "unpaid_member": lambda: _("占着没付（会员）"),
    "unpaid_device": lambda: _("占着没付（设备）"),
    "unpaid_address": lambda: _("占着没付（网络）"),
    "busy": lambda: _("人太多，稍后再试"),
    "key_reused": lambda: _("请求重复使用"),
}


def _refused(told: Mapping[str, int]) -> list[dict[str, Any]]:
    """Who got nothing, by why, the most frequent first; with the share of all refusals for the bar."""
    found = [(word, told[outcome]) for outcome, word in _REFUSED.items() if told.get(outcome)]
    whole = sum(count for _word, count in found)
    return [
        {"label": word(), "count": count, "percent": max(1, count * 100 // whole)}
        for word, count in sorted(found, key=lambda one: -one[1])
    ]


def _item(
    item: ItemView, variant: VariantView, balance: ItemBalance | None, told: Mapping[str, int]
) -> dict[str, Any]:
    return {
        "item": item,
        "title": variant.product_title,
        "option": variant.title,
        "image": variant.cover_address,
        "balance": balance,
        "percent": min(100, balance.taken * 100 // balance.capacity) if balance and balance.capacity else 0,
        "promised": balance.units_ordered + balance.units_paid if balance else 0,
        "asked": sum(told.values()),
        "granted": told.get("granted", 0),
        "replayed": told.get("replayed", 0),
        "refused": _refused(told),
        "claims": balance.claims_held + balance.claims_kept if balance else 0,
    }


def _bars(counted: dict[Any, int]) -> list[dict[str, Any]]:
    """Claims of the last half hour, minute by minute, the latest last; heights in percent of the busiest."""
    most = max(counted.values(), default=0)
    now = clock.now().replace(second=0, microsecond=0)
    minutes = [now - timedelta(minutes=back) for back in range(MINUTES_SHOWN - 1, -1, -1)]
    return [
        {
            "at": f"{local(minute):%H:%M}",
            "count": counted.get(minute, 0),
            "height": counted.get(minute, 0) * 100 // most if most else 0,
        }
        for minute in minutes
    ]


def _sales(found: list[SaleView]) -> dict[str, Any]:
    columns = [
        column(_("场次")),
        column(_("商品"), is_number=True),
        column(_("件数"), is_number=True),
        column(_("最多让利"), is_number=True),
        column(_("预算"), is_number=True),
        column(_("状态")),
        column(_("开始")),
        column(_("结束")),
    ]
    rows = [
        row(
            [
                text(sale.play.name),
                number(len(sale.items)),
                number(sale.unit_count),
                number(money(sale.worst_case_minor) if sale.play.published_at else "–"),
                number(money(sale.play.budget_minor) if sale.play.budget_minor else _("不限")),
                tag(*words.offer_state(sale.play.state)),
                text(f"{local(sale.play.opens_at):%m-%d %H:%M}"),
                text(f"{local(sale.play.closes_at):%m-%d %H:%M}"),
            ],
            url=reverse("console:flash_sale_live", args=[sale.id]),
        )
        for sale in found
    ]
    empty = (_("还没有秒杀"), _("选好时段和商品，留出件数，就能开第一场。"))
    return table(columns, rows, caption=_("秒杀"), empty=empty)
