"""Where orders, ledger and provider do not say the same: the list, one of them, and what can be done about it."""

import uuid
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.corrections import actions_for, ask_about, ask_correction, send_refund_again
from jishi.flows.statements import import_statement
from jishi.kernel import clock
from jishi.modules.approvals.public import open_about
from jishi.modules.finance.public import (
    DifferenceKind,
    DifferenceState,
    DifferenceView,
    count_differences,
    difference_view,
    differences,
    differences_by_state,
    explain_difference,
    recent_imports,
)
from jishi.modules.payments.public import provider_named, provider_names
from jishi.platform.history import steps_of
from jishi.platform.http import actor_of
from jishi.surfaces.console import money_words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import act_once, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import day_of, local, page_of
from jishi.surfaces.console.tables import column, number, pager, row, select, table, tabs, tag, text
from jishi.surfaces.templatetags.look import money

PAGE_SIZE = 50


@guarded("ledger.view")
@require_safe
def difference_list(request: HttpRequest) -> HttpResponse:
    actor, query, page = actor_of(request), request.GET, page_of(request)
    state = query.get("state", "open")
    asked: dict[str, Any] = {
        "state": DifferenceState(state) if state in set(DifferenceState) else None,
        "provider": query.get("provider", "")[:24],
        "kind": query.get("kind", "") if query.get("kind") in set(DifferenceKind) else "",
        "day": day_of(query.get("day", "")),
    }
    shown = query.copy()
    shown["state"] = state
    kinds = [(kind.value, money_words.difference(kind)) for kind in DifferenceKind]
    counts = differences_by_state(by=actor)
    counts["all"] = sum(counts.values())
    states = [(one.value, money_words.difference_state(one)[0]) for one in DifferenceState]
    context = {
        "tabs": tabs([*states, ("all", _("全部"))], name="state", query=shown, counts=counts),
        "selects": [
            select("kind", _("全部种类"), kinds, query=query),
            select("provider", _("全部渠道"), [(name, name) for name in provider_names()], query=query),
        ],
        "state": state,
        "day": query.get("day", ""),
        "rows": _table(differences(by=actor, **asked, page=page, limit=PAGE_SIZE)),
        "pager": pager(query=query, page=page, size=PAGE_SIZE, total=count_differences(by=actor, **asked)),
        "imports": [
            {"found": one, "is_here": not one.failure, "at": local(one.imported_at)}
            for one in recent_imports(by=actor, limit=8)
        ],
        "providers": provider_names(),
        "yesterday": (clock.now().astimezone(ZoneInfo("UTC")).date() - timedelta(days=1)).isoformat(),
        "may_adjust": actor.may("ledger.adjust"),
        "once": once_key(),
    }
    return show(request, "console/differences.html", section="differences", context=context)


@guarded("ledger.view")
@require_safe
def difference(request: HttpRequest, difference_id: uuid.UUID) -> HttpResponse:
    actor = actor_of(request)
    found = difference_view(difference_id, by=actor)
    state, colour = money_words.difference_state(found.state)
    is_over = found.state is DifferenceState.SETTLED
    may = actor.may("ledger.adjust") and not is_over
    waiting = open_about(subject_kind="difference", subject_ids=[found.id])
    context = {
        "found": found,
        "kind": money_words.difference(found.kind),
        "meaning": money_words.difference_meaning(found.kind),
        "state": state,
        "state_colour": colour,
        "about": money_words.about(found.about),
        "ours": money(found.ours_minor, found.currency) if found.ours_minor is not None else "–",
        "theirs": money(found.theirs_minor, found.currency) if found.theirs_minor is not None else "–",
        "order_url": reverse("console:order", args=[found.order_id]) if found.order_id else "",
        "actions": actions_for(found) if may else frozenset(),
        "waiting": waiting[0] if waiting else None,
        "is_over": is_over,
        "events": [
            {
                "label": money_words.difference_step(step.verb),
                "at": step.at,
                "who": _("系统") if step.actor_kind == "system" else step.actor_label,
                "note": step.note,
            }
            for step in reversed(steps_of(subject=("difference", found.id)))
        ],
        "once": once_key(),
    }
    crumbs = [(_("差异"), reverse("console:differences"))]
    return show(request, "console/difference.html", section="differences", context=context, crumbs=crumbs)


@guarded("ledger.adjust")
@require_POST
def act(request: HttpRequest, difference_id: uuid.UUID, verb: str) -> HttpResponse:
    """Ask the provider, explain, ask for a correction, send the refund again."""
    actor, note = actor_of(request), request.POST.get("note", "")
    if (
        verb == "ask"
    ):  # the provider is called: never inside the transaction of a once-key; asking twice is harmless
        after = ask_about(difference_id, by=actor)
        is_gone = after.state is DifferenceState.SETTLED
        messages.success(request, _("对上了，差异已解决") if is_gone else _("已问过渠道，差异还在"))
    elif verb == "explain":
        act_once(request, lambda: explain_difference(difference_id, by=actor, note=note))
        messages.success(request, _("已记下原因"))
    elif verb == "correct":
        act_once(request, lambda: ask_correction(difference_id, by=actor, reason=note))
        messages.success(request, _("已提交更正，等另一个人审批"))
    elif verb == "retry":
        act_once(request, lambda: send_refund_again(difference_id, by=actor))
        messages.success(request, _("退款已再次发起"))
    return redirect("console:difference", difference_id)


@guarded("ledger.adjust")
@require_POST
def fetch(request: HttpRequest) -> HttpResponse:
    """A provider's statement of a day, now; a statement that is here already changes nothing."""
    provider = request.POST.get("provider", "")
    zone = ZoneInfo(provider_named(provider).day_zone)
    yesterday = clock.now().astimezone(zone).date() - timedelta(days=1)
    day = min(day_of(request.POST.get("day", "")) or yesterday, yesterday + timedelta(days=1))
    done = import_statement(day, provider=provider, by=actor_of(request))
    messages.success(
        request,
        _("账单已对：新增 %(lines)s 行，补记手续费 %(fees)s 笔，新差异 %(opened)s 处")
        % {"lines": done.new_count, "fees": done.fee_count, "opened": done.opened_count},
    )
    return redirect("console:differences")


def _table(found: list[DifferenceView]) -> dict[str, Any]:
    columns = [
        column(_("差在哪")),
        column(_("账单日")),
        column(_("渠道")),
        column(_("我们记的"), is_number=True),
        column(_("对方记的"), is_number=True),
        column(_("状态")),
        column(_("说明")),
    ]
    empty = (_("没有差异"), _("订单、账本和渠道三本账对得上。"))
    return table(columns, [_row(one) for one in found], caption=_("差异"), empty=empty)


def _row(one: DifferenceView) -> dict[str, Any]:
    def said(minor: int | None) -> str:
        return money(minor, one.currency) if minor is not None else "–"

    return row(
        [
            text(money_words.difference(one.kind), note=one.reference[:28]),
            text(one.day.isoformat()),
            text(one.provider, note=money_words.about(one.about)),
            number(said(one.ours_minor)),
            number(said(one.theirs_minor)),
            tag(*money_words.difference_state(one.state)),
            text(one.note[:40] or "–"),
        ],
        url=reverse("console:difference", args=[one.id]),
    )
