"""Every budget with what is used, reserved and left, its alarms; and the limit above which refunds need two people."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.kernel.errors import InvalidInput
from jishi.kernel.money import parse_minor
from jishi.modules.finance.public import (
    REFUND_LIMIT,
    AlarmView,
    alarms,
    limit_minor,
    see_alarms,
    set_limit,
)
from jishi.modules.ledger.public import BudgetRow, budget_rows
from jishi.platform.http import actor_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import act_once, once_key, written
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.money import names_of
from jishi.surfaces.console.questions import local


@guarded("reports.view")
@require_safe
def budgets(request: HttpRequest) -> HttpResponse:
    """Those with an alarm first, then by how much is taken."""
    actor = actor_of(request)
    found = budget_rows()
    told: dict[str, list[AlarmView]] = {}
    for alarm in alarms(by=actor):
        told.setdefault(alarm.account_code, []).append(alarm)
    names = names_of([one.code for one in found])
    rows = [_budget(one, told.get(one.code, []), names) for one in found]
    context = {
        "budgets": sorted(rows, key=lambda one: (not one["is_new"], -one["percent"])),
        "limit": written(limit_minor(REFUND_LIMIT)),
        "has_limit": limit_minor(REFUND_LIMIT) > 0,
        "may_see": actor.may("ledger.view"),
        "may_set": actor.may("ledger.adjust"),
        "once": once_key(),
    }
    return show(request, "console/budgets.html", section="budgets", context=context)


@guarded("ledger.view")
@require_POST
def see(request: HttpRequest) -> HttpResponse:
    see_alarms(by=actor_of(request), account_code=request.POST.get("account", "")[:80])
    messages.success(request, _("知道了"))
    return redirect("console:budgets")


@guarded("ledger.adjust")
@require_POST
def limits(request: HttpRequest) -> HttpResponse:
    text = request.POST.get("limit", "").strip() or "0"
    try:
        minor = parse_minor(text, currency=settings.JISHI_CURRENCY)
    except ValueError:
        raise InvalidInput(field=_("退款上限"), reason=_("请填金额，例如 500")) from None
    act_once(request, lambda: set_limit(REFUND_LIMIT, value_minor=minor, by=actor_of(request)))
    messages.success(request, _("退款上限已保存"))
    return redirect("console:budgets")


def _budget(one: BudgetRow, told: list[AlarmView], names: dict[str, str]) -> dict[str, Any]:
    currency, granted = one.unit.partition(".")[0], max(one.granted_minor, 1)
    used = min(100, one.used_minor * 100 // granted)
    reserved = min(100 - used, one.reserved_minor * 100 // granted)
    colour = "accent" if one.percent >= 100 else "gold" if one.percent >= 80 else "leaf"
    play_id = one.code.rpartition(":")[2]
    return {
        "code": one.code,
        "name": names.get(play_id) or words.account(one.code),
        "kind": _("拼团") if one.code.startswith("budget:group_buy:") else _("玩法"),
        "url": f"{reverse('console:ledger')}?account={one.code}",
        "currency": currency,
        "granted": one.granted_minor,
        "used": one.used_minor,
        "reserved": one.reserved_minor,
        "left": one.left_minor,
        "percent": one.percent,
        "colour": colour,
        "used_percent": used,
        "reserved_percent": reserved,
        "reserved_from": used,
        "alarms": [{"threshold": a.threshold, "at": local(a.at), "is_new": a.seen_at is None} for a in told],
        "is_new": any(alarm.seen_at is None for alarm in told),
    }
