"""What waits for a second person: the list, one request with what a yes would do, and the answers."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.approvals import approve_request
from jishi.kernel.actor import Actor
from jishi.modules.approvals.public import (
    ApprovalState,
    ApprovalView,
    count_by_state,
    refuse,
    request_view,
    requests_table,
    withdraw,
)
from jishi.platform.history import Step, steps_of
from jishi.platform.http import actor_of
from jishi.surfaces.console import money_words, words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import act_once, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import local, page_of
from jishi.surfaces.console.tables import column, number, pager, row, table, tabs, tag, text

PAGE_SIZE = 50


@guarded("approvals.view")
@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    """Open ones first seen; the tabs go through what was decided."""
    actor, query = actor_of(request), request.GET
    asked = query.get("state", "open")
    state = ApprovalState(asked) if asked in set(ApprovalState) else None
    page = page_of(request)
    counts = count_by_state(by=actor)
    counts["all"] = sum(counts.values())
    found = requests_table(by=actor, state=state, page=page, limit=PAGE_SIZE)
    choices = [(one.value, money_words.approval_state(one)[0]) for one in ApprovalState]
    shown = query.copy()
    shown["state"] = asked
    context = {
        "tabs": tabs([*choices, ("all", _("全部"))], name="state", query=shown, counts=counts),
        "rows": _table(found, actor),
        "pager": pager(
            query=query,
            page=page,
            size=PAGE_SIZE,
            total=counts.get(asked if state else "all", 0),
        ),
    }
    return show(request, "console/approvals.html", section="approvals", context=context)


@guarded("approvals.view")
@require_safe
def approval(request: HttpRequest, approval_id: uuid.UUID) -> HttpResponse:
    actor = actor_of(request)
    found = request_view(approval_id, by=actor)
    is_open = found.state is ApprovalState.OPEN
    is_own = found.asked_by is not None and found.asked_by == actor.id
    state, colour = money_words.approval_state(found.state)
    steps = steps_of(subject=("approval", approval_id))
    context = {
        "found": found,
        "kind": money_words.approval_kind(found.kind),
        "amount": money_words.approval_amount(found),
        "effect": money_words.approval_effect(found.kind),
        "details": money_words.approval_details(found),
        "subject": _subject(found),
        "state": state,
        "state_colour": colour,
        "events": _events(steps),
        "may_withdraw": is_open and is_own,
        "may_decide": is_open and not is_own and actor.may("approvals.decide"),
        "is_waiting": is_open,
        "once": once_key(),
    }
    crumbs = [(_("审批"), reverse("console:approvals"))]
    return show(request, "console/approval.html", section="approvals", context=context, crumbs=crumbs)


@guarded("approvals.view")
@require_POST
def answer(request: HttpRequest, approval_id: uuid.UUID, verb: str) -> HttpResponse:
    """Approve, refuse, withdraw."""
    actor, note = actor_of(request), request.POST.get("note", "")
    acts = {"approve": approve_request, "refuse": refuse, "withdraw": withdraw}
    said = {"approve": _("已同意，事情已经办了"), "refuse": _("已拒绝"), "withdraw": _("已撤回")}
    if verb in acts:
        act_once(request, lambda: acts[verb](approval_id, by=actor, note=note))
        messages.success(request, said[verb])
    return redirect("console:approval", approval_id)


def _table(found: list[ApprovalView], actor: Actor) -> dict[str, Any]:
    columns = [
        column(_("事项")),
        column(_("金额"), is_number=True),
        column(_("原因")),
        column(_("提出")),
        column(_("状态")),
        column(_("审批")),
    ]
    rows = [_row(one, actor) for one in found]
    empty = (_("没有要审批的事"), _("大额退款、手工分录和对账更正会先来到这里，等另一个人点头。"))
    return table(columns, rows, caption=_("审批"), empty=empty)


def _row(one: ApprovalView, actor: Actor) -> dict[str, Any]:
    own = _("你提出的") if one.asked_by is not None and one.asked_by == actor.id else ""
    decided = f"{local(one.decided_at):%m-%d %H:%M}" if one.decided_at else ""
    return row(
        [
            text(money_words.approval_kind(one.kind), note=_subject(one)["words"]),
            number(money_words.approval_amount(one)),
            text(one.reason[:60]),
            text(one.asked_label or _("系统"), note=own or f"{local(one.asked_at):%m-%d %H:%M}"),
            tag(*money_words.approval_state(one.state)),
            text(one.decided_label or "–", note=decided),
        ],
        url=reverse("console:approval", args=[one.id]),
    )


def _subject(one: ApprovalView) -> dict[str, str]:
    """What it is about, with a way there where there is a page."""
    name = str(one.payload.get("order_number", "")) or money_words.short_id(one.subject_id)
    addresses = {"order": "console:order", "member": "console:member"}
    address = addresses.get(one.subject_kind)
    return {
        "words": f"{words.subject(one.subject_kind)} {name}",
        "url": reverse(address, args=[one.subject_id]) if address else "",
    }


def _events(steps: list[Step]) -> list[dict[str, Any]]:
    said = {
        "ask_approval": _("提出"),
        "approve_approval": _("同意"),
        "refuse_approval": _("拒绝"),
        "withdraw_approval": _("撤回"),
        "expire_approval": _("到期没有人回应"),
    }
    return [
        {
            "label": said.get(step.verb, step.verb),
            "at": step.at,
            "who": _("系统") if step.actor_kind == "system" else step.actor_label,
            "note": step.note,
        }
        for step in reversed(steps)
    ]
