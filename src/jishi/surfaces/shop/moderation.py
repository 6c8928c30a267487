"""Reporting what is wrong, seeing what became of it, and what was decided about oneself with a word against it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jishi.flows.moderation import describe_subject, report_subject
from jishi.kernel import clock
from jishi.kernel.errors import InvalidInput, Refusal
from jishi.modules.guard.public import (
    ItemView,
    ReportReason,
    ReportView,
    appeal,
    decisions_about_me,
    reports_of,
    sanctions_of,
)
from jishi.surfaces import moderation_words as words
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.frame import go, is_swap, require_member, safe_next, show, show_part

EXCERPT_SHOWN = 80


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, kind: str, subject_id: uuid.UUID) -> HttpResponse:
    """The form: a sheet for a swap, a page otherwise. Posting it reports once."""
    actor = require_member(request)
    back = safe_next(request)
    if request.method == "POST":
        try:
            reason = _reason(request.POST.get("reason", ""))
            report_subject(kind, subject_id, by=actor, reason=reason, note=request.POST.get("note", ""))
            messages.success(request, _("收到举报，审核员会尽快看，结果会告诉你"))
        except Refusal as refusal:
            messages.error(request, words_of(refusal))
        return go(back)
    subject = describe_subject(kind, subject_id, by=actor)
    values = {
        "kind": kind,
        "subject_id": subject_id,
        "kind_words": words.kind(kind),
        "excerpt": _short(subject.excerpt),
        "reasons": words.report_reasons(),
        "next": back,
    }
    if is_swap(request):
        return show_part(request, "shop/parts/report_sheet.html", values)
    return show(request, "shop/report.html", values)


@require_safe
def my_reports(request: HttpRequest) -> HttpResponse:
    """One query besides the frame's."""
    actor = require_member(request)
    return show(
        request,
        "shop/my_reports.html",
        {"reports": [_report_row(one) for one in reports_of(by=actor)]},
        tab="me",
    )


@require_safe
def my_decisions(request: HttpRequest) -> HttpResponse:
    """What was decided about one's own content, and what one may not do for now; two queries."""
    actor = require_member(request)
    now = clock.now()
    sanctions = [one for one in sanctions_of(actor.require_member(), by=actor) if one.is_active(now)]
    values = {
        "decisions": [_decision_row(one) for one in decisions_about_me(by=actor)],
        "sanctions": [{"view": one, "words": words.sanction(one.kind)} for one in sanctions],
    }
    return show(request, "shop/my_decisions.html", values, tab="me")


@require_POST
def appeal_decision(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    try:
        appeal(item_id, by=actor, text=request.POST.get("text", ""))
        messages.success(request, _("申诉已提交，会由另一位审核员处理"))
    except Refusal as refusal:
        messages.error(request, words_of(refusal))
    return go(reverse("shop:my_decisions"))


def _reason(text: str) -> ReportReason:
    if text not in set(ReportReason):
        raise InvalidInput(field=_("原因"), reason=_("请选一个"))
    return ReportReason(text)


def _report_row(one: ReportView) -> dict[str, Any]:
    outcome, colour = words.outcome(one.outcome)
    return {
        "view": one,
        "kind": words.kind(one.kind),
        "reason": words.report_reason(one.reason),
        "outcome": outcome,
        "colour": colour,
    }


def _decision_row(one: ItemView) -> dict[str, Any]:
    standing, colour = words.standing(one)
    return {
        "view": one,
        "kind": words.kind(one.kind),
        "excerpt": _short(one.excerpt),
        "standing": standing,
        "colour": colour,
    }


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= EXCERPT_SHOWN else f"{flat[:EXCERPT_SHOWN]}…"
