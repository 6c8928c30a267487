"""The queue of what a person has to look at, and one item with everything needed to decide it."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.moderation import decide
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import InvalidInput
from jishi.modules.guard.public import (
    Cause,
    Decision,
    ItemState,
    ItemView,
    QueueQuestion,
    ReportReason,
    ReportView,
    SanctionForm,
    SanctionKind,
    accuracies_of,
    author_past,
    claim_item,
    find_words,
    item_view,
    queue,
    queue_figures,
    release_item,
    reports_on,
)
from jishi.modules.people.public import Person, people_by_ids
from jishi.platform.history import Step, steps_of
from jishi.platform.http import actor_of
from jishi.surfaces import moderation_words as words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.figures import kpi
from jishi.surfaces.console.forms import act_once, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.highlights import finding_rows, highlighted
from jishi.surfaces.console.questions import id_of, local, page_of
from jishi.surfaces.console.tables import column, number, pager, row, select, table, tabs, tag, text

PAGE_SIZE = 50
EXCERPT_SHOWN = 60
SANCTION_HOURS = (1, 24, 72, 168, 720)


@guarded("moderation.view")
@require_safe
def moderation(request: HttpRequest) -> HttpResponse:
    """By the clock: what is due first stands first."""
    actor, query = actor_of(request), request.GET.copy()
    query.setdefault("state", "waiting")
    question = QueueQuestion(
        state=str(query["state"]),
        kind=query.get("kind", ""),
        cause=query.get("cause", ""),
        is_overdue=query.get("overdue") == "1",
        author_id=id_of(query.get("author")),
        community_id=id_of(query.get("community")),
        mine=query.get("mine") == "1",
    )
    page = page_of(request)
    found, total = queue(question, by=actor, page=page, limit=PAGE_SIZE)
    states = [
        ("waiting", _("待处理")),
        *((one.value, words.state(one)[0]) for one in (ItemState.CLAIMED, ItemState.DECIDED)),
    ]
    context = {
        "kpis": _kpis(actor),
        "tabs": tabs(states, name="state", query=query),
        "selects": [
            select("kind", _("种类"), words.kinds(), query=query),
            select("cause", _("来源"), [(one.value, words.cause(one)[0]) for one in Cause], query=query),
            select("overdue", _("时限"), [("1", _("已超时"))], query=query),
            select("mine", _("认领"), [("1", _("我认领的"))], query=query),
        ],
        "state": query["state"],
        "rows": _table(found),
        "pager": pager(query=query, page=page, size=PAGE_SIZE, total=total),
    }
    return show(request, "console/moderation.html", section="moderation", context=context)


@guarded("moderation.view")
@require_safe
def item(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    actor = actor_of(request)
    found = item_view(item_id, by=actor)
    reports = reports_on(item_id, by=actor)
    findings = find_words(found.excerpt)
    names = people_by_ids(
        [one for one in (found.author_id, found.claimed_by, found.decided_by) if one is not None]
        + [report.member_id for report in reports]
    )
    is_own = found.author_id is not None and found.author_id == actor.id
    is_of_other = found.state is ItemState.CLAIMED and found.claimed_by != actor.id
    is_waiting = found.state is not ItemState.DECIDED
    is_second = not (found.is_appeal and found.decided_by == actor.id)
    context = {
        "found": found,
        "kind": words.kind(found.kind),
        "state": words.state(found.state),
        "visible": words.visible(found.visible),
        "cause": words.cause(found.cause),
        "rules": [words.rule(code) for code in found.reasons],
        "score": f"{found.score / 100:.2f}",
        "parts": highlighted(found.excerpt, findings),
        "findings": finding_rows(findings),
        "author": _known(names, found.author_id),
        "claimer": _known(names, found.claimed_by),
        "decider": _known(names, found.decided_by),
        "is_local": found.decided_locally,
        "decision": words.decision(found.decision) if found.decision is not None else None,
        "past": author_past(found.author_id, by=actor) if found.author_id is not None else None,
        "reports": _reports(reports, names),
        "events": _events(steps_of(subject=("guard_item", item_id))),
        "is_late": is_waiting and found.due_at < clock.now(),
        "is_waiting": is_waiting,
        "is_own": is_own,
        "is_of_other": is_of_other,
        "is_second": is_second,
        "may_decide": is_waiting and actor.may("moderation.decide") and not is_own and is_second,
        "decisions": [(one.value, words.decision(one)[0]) for one in Decision],
        "sanction_kinds": [(one.value, words.sanction(one)) for one in SanctionKind],
        "hours": SANCTION_HOURS,
        "once": once_key(),
    }
    crumbs = [(_("审核"), reverse("console:moderation"))]
    return show(request, "console/moderation_item.html", section="moderation", context=context, crumbs=crumbs)


@guarded("moderation.decide")
@require_POST
def item_claim(request: HttpRequest, item_id: uuid.UUID, verb: str) -> HttpResponse:
    """Claim, release."""
    acts = {"claim": claim_item, "release": release_item}
    if verb in acts:
        acts[verb](item_id, by=actor_of(request), version=_number(request, "version"))
    return redirect("console:moderation_item", item_id)


@guarded("moderation.decide")
@require_POST
def item_decide(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """Decide, once for the form; the next one of the queue follows."""
    actor, asked = actor_of(request), request.POST.get("decision", "")
    if asked not in set(Decision):
        raise InvalidInput(field=_("决定"), reason=_("请选一个"))
    decision = Decision(asked)
    act_once(
        request,
        lambda: decide(
            item_id,
            by=actor,
            version=_number(request, "version"),
            decision=decision,
            reason=request.POST.get("reason", ""),
            sanction=_sanction(request) if decision is Decision.SANCTION else None,
        ),
    )
    messages.success(request, _("决定已生效：%(decision)s") % {"decision": words.decision(decision)[0]})
    following, _total = queue(QueueQuestion(state=ItemState.OPEN.value), by=actor, limit=1)
    if request.POST.get("then") == "next" and following:
        return redirect("console:moderation_item", following[0].id)
    return redirect("console:moderation_item", item_id)


def _sanction(request: HttpRequest) -> SanctionForm:
    kind = request.POST.get("sanction", "")
    if kind not in set(SanctionKind):
        raise InvalidInput(field=_("处罚"), reason=_("请选一个"))
    is_slow = kind == SanctionKind.SLOW.value
    return SanctionForm(
        kind=SanctionKind(kind),
        hours=_number(request, "hours") or None,
        reason=request.POST.get("reason", ""),
        slow_seconds=_number(request, "slow_seconds") if is_slow else 0,
    )


def _number(request: HttpRequest, name: str) -> int:
    value = request.POST.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 9 else 0


def _kpis(actor: Actor) -> list[dict[str, Any]]:
    figures = queue_figures(by=actor)
    address = reverse("console:moderation")
    median = (
        _("%(count)s 分钟") % {"count": figures.median_minutes} if figures.median_minutes is not None else "–"
    )
    in_time = f"{figures.in_time_percent}%" if figures.in_time_percent is not None else "–"
    return [
        kpi(_("待处理"), str(figures.open), url=address),
        kpi(_("处理中"), str(figures.claimed), url=f"{address}?state=claimed"),
        kpi(_("已超时"), str(figures.overdue), url=f"{address}?overdue=1", note=_("越靠前越急")),
        kpi(_("24 小时处理"), str(figures.decided_today), url=f"{address}?state=decided"),
        kpi(_("处理用时"), median, note=_("近 30 天中位数")),
        kpi(_("按时处理"), in_time, note=_("近 30 天")),
    ]


def _table(found: list[ItemView]) -> dict[str, Any]:
    names = people_by_ids(
        [person for one in found for person in (one.author_id, one.claimed_by) if person is not None]
    )
    columns = [
        column(_("内容")),
        column(_("作者")),
        column(_("来源")),
        column(_("分"), is_number=True),
        column(_("举报"), is_number=True),
        column(_("可见")),
        column(_("期限")),
        column(_("状态")),
    ]
    empty = (_("没有要处理的内容"), _("举报、自动规则和申诉都会来到这里。"))
    return table(columns, [_row(one, names) for one in found], caption=_("审核队列"), empty=empty)


def _row(one: ItemView, names: dict[uuid.UUID, Person]) -> dict[str, Any]:
    flat = " ".join(one.excerpt.split())
    is_late = one.state is not ItemState.DECIDED and one.due_at < clock.now()
    reasons = " · ".join(words.rule(code) for code in one.reasons)
    shown = (
        words.decision(one.decision)
        if one.state is ItemState.DECIDED and one.decision
        else words.state(one.state)
    )
    claimer = _known(names, one.claimed_by)
    return row(
        [
            text(flat[:EXCERPT_SHOWN] or "–", note=words.kind(one.kind)),
            text(_name(names, one.author_id)),
            tag(*words.cause(one.cause), note=reasons),
            number(f"{one.score / 100:.1f}"),
            number(one.reports_count),
            tag(*words.visible(one.visible)),
            text(
                f"{local(one.due_at):%m-%d %H:%M}",
                mood="bad" if is_late else "",
                note=_("已超时") if is_late else "",
            ),
            tag(*shown, note=claimer.nickname if claimer else ""),
        ],
        url=reverse("console:moderation_item", args=[one.id]),
    )


def _reports(reports: Sequence[ReportView], names: dict[uuid.UUID, Person]) -> list[dict[str, Any]]:
    accuracies = accuracies_of([one.member_id for one in reports])
    rows = []
    for one in reports:
        accuracy = accuracies.get(one.member_id)
        outcome, colour = words.outcome(one.outcome)
        decided = accuracy.total if accuracy is not None else 0
        rows.append(
            {
                "name": _name(names, one.member_id),
                "reason": words.report_reason(one.reason),
                "note": one.note,
                "weight": f"{one.weight / 100:.2f}",
                "accuracy": f"{accuracy.agreed} / {accuracy.total}"
                if accuracy is not None and decided
                else "",
                "outcome": outcome,
                "colour": colour,
                "at": one.at,
            }
        )
    return rows


def _events(steps: list[Step]) -> list[dict[str, Any]]:
    return [
        {
            "label": _event_words(step),
            "at": step.at,
            "who": _("系统") if step.actor_kind == "system" else step.actor_label,
            "note": _event_note(step),
        }
        for step in reversed(steps)
    ]


def _event_note(step: Step) -> str:
    """Codes of rules and reasons become words; what people wrote stays."""
    if step.verb == "open_by_report" and step.note in set(ReportReason):
        return words.report_reason(ReportReason(step.note))
    if step.verb == "open_by_rule":
        return " · ".join(words.rule(code) for code in step.note.split(", "))
    return step.note


def _event_words(step: Step) -> str:
    decision = step.details.get("decision")
    if step.verb == "decide_item" and decision in set(Decision):
        return f"{words.step(step.verb)}：{words.decision(Decision(decision))[0]}"
    return words.step(step.verb)


def _known(names: dict[uuid.UUID, Person], member_id: uuid.UUID | None) -> Person | None:
    return names.get(member_id) if member_id is not None else None


def _name(names: dict[uuid.UUID, Person], member_id: uuid.UUID | None) -> str:
    found = _known(names, member_id)
    return found.nickname if found is not None else "–"
