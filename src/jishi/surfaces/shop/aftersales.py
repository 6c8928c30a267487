"""After-sales for shoppers: asking, following a case, sending back, talking, going to the platform."""

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.aftersales import take_offer
from jishi.kernel.actor import Actor
from jishi.kernel.errors import InvalidInput, Kind, NotFound, Refusal
from jishi.kernel.money import format_minor, parse_minor
from jishi.modules.aftersales.public import (
    EVIDENCE_MAX,
    RETURN_FREIGHT_CAP_MINOR,
    CaseKind,
    CaseState,
    CaseSummary,
    CaseView,
    Fault,
    TooManyPictures,
    case_view,
    cases_of_member,
    escalate_case,
    evidence_path,
    say,
    send_back,
    withdraw_case,
)
from jishi.modules.orders.public import OrderState, OrderView
from jishi.platform.files import read_private
from jishi.platform.history import Step, steps_of
from jishi.platform.http import actor_of
from jishi.platform.paging import cursor_after, key_of
from jishi.surfaces import case_words as words
from jishi.surfaces.photos import photos_of
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.frame import go, require_member, show

OWN_SHOWN = 20
FOLDER = "cases"
CARRIERS = ("顺丰速运", "京东快递", "中通快递", "圆通速递", "韵达快递", "申通快递", "极兔速递", "邮政 EMS")
S, K = CaseState, CaseKind


@require_safe
def my_cases(request: HttpRequest) -> HttpResponse:
    actor = require_member(request)
    cursor = request.GET.get("cursor", "")
    rows = cases_of_member(by=actor, after=key_of(cursor), limit=OWN_SHOWN)
    values = {
        "cases": [_card(row) for row in rows],
        "next_cursor": cursor_after(rows, limit=OWN_SHOWN, field="opened_at"),
        "is_first_page": not cursor,
    }
    return show(request, "shop/cases.html", values, tab="me")


@require_safe
def case(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    return _page(request, _own(request, case_id))


@require_POST
def withdraw(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    return _act(request, case_id, lambda by: withdraw_case(case_id, by=by), _("申请撤销了"))


@require_POST
def escalate(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    text = request.POST.get("words", "")
    return _act(
        request, case_id, lambda by: escalate_case(case_id, by=by, words=text), _("平台会看双方的说法再裁定")
    )


@require_POST
def accept(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    return _act(request, case_id, lambda by: take_offer(case_id, by=by), _("好，按这个方案办"))


@require_POST
def send(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """The parcel's number and what it cost."""

    def act(by: Actor) -> object:
        return send_back(
            case_id,
            by=by,
            carrier=request.POST.get("carrier", ""),
            tracking_number=request.POST.get("tracking_number", ""),
            laid_out_minor=minor_from(request.POST.get("laid_out", ""), _("运费")) or 0,
        )

    return _act(request, case_id, act, _("收到单号了，商家收货后验货"))


@require_POST
def talk(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    def act(by: Actor) -> object:
        return say(case_id, by=by, text=request.POST.get("text", ""), evidence=evidence_of(request))

    return _act(request, case_id, act, _("发出去了"))


@require_safe
def picture(request: HttpRequest, evidence_id: uuid.UUID) -> HttpResponse:
    """Only for the member of the case and for staff who may see cases."""
    try:
        content = read_private(evidence_path(evidence_id, by=actor_of(request)))
    except FileNotFoundError as error:
        raise NotFound() from error
    response = HttpResponse(content, content_type="image/webp")
    response["Cache-Control"] = "private, max-age=86400"
    response["Content-Disposition"] = "inline"
    return response


def ask_url(order: OrderView) -> str:
    """Where after-sales of an order begin; empty when there is nothing to ask for."""
    if order.state not in (
        OrderState.PAID,
        OrderState.PARTLY_SHIPPED,
        OrderState.SHIPPED,
        OrderState.RECEIVED,
    ):
        return ""
    if all(line.refunded_quantity >= line.quantity for line in order.lines) or not order.total_minor:
        return ""
    return reverse("shop:ask_case", args=[order.id])


def case_rows(cases: list[CaseSummary]) -> list[dict[str, Any]]:
    return [_card(row) for row in cases]


def evidence_of(request: HttpRequest) -> tuple[str, ...]:
    stored = photos_of(request, limit=EVIDENCE_MAX, too_many=TooManyPictures, folder=FOLDER, is_private=True)
    return tuple(photo.path for photo in stored)


def minor_from(text: str, field: str) -> int | None:
    if not text.strip():
        return None
    try:
        minor = parse_minor(text.strip().removeprefix("¥"), currency=settings.JISHI_CURRENCY)
    except ValueError as error:
        raise InvalidInput(field=field, reason=_("请填金额，例如 29.90")) from error
    if not 0 <= minor <= 10**11:
        raise InvalidInput(field=field, reason=_("金额超出范围"))
    return minor


def _own(request: HttpRequest, case_id: uuid.UUID) -> CaseView:
    actor = require_member(request)
    view = case_view(case_id, by=actor)
    if not actor.owns(view.member_id):
        raise NotFound()
    return view


def _act(request: HttpRequest, case_id: uuid.UUID, act: Callable[[Actor], object], done: str) -> HttpResponse:
    actor = require_member(request)
    try:
        act(actor)
        messages.success(request, done)
    except Refusal as refusal:
        if refusal.kind in (Kind.MISSING, Kind.UNAUTHENTICATED, Kind.FORBIDDEN):
            raise
        messages.error(request, words_of(refusal))
    return go(reverse("shop:case", args=[case_id]))


def _page(request: HttpRequest, view: CaseView) -> HttpResponse:
    label, colour = words.member_state(view.state)
    steps = steps_of(subject=("case", view.id))
    values = {
        "case": view,
        "state_label": label,
        "state_colour": colour,
        "kind_label": words.kind_words(view.kind),
        "reason_label": words.case_reason(view.reason),
        "lead": _lead(view),
        "events": [_event(step, view) for step in reversed(steps)],
        "answer": {"who": words.side_words(view.answered_by), "text": view.answer_words}
        if view.answered_by and view.answer_words
        else None,
        "talk": [{"row": row, "who": words.side_words(row.side)} for row in view.messages],
        "money": _money(view),
        "carriers": CARRIERS,
        "shop_pays_return": view.fault is Fault.SHOP,
        "return_cap_minor": RETURN_FREIGHT_CAP_MINOR,
        "can": _can(view),
        "mood": _mood(view.state),
    }
    return show(request, "shop/case.html", values, tab="me")


def _can(view: CaseView) -> dict[str, bool]:
    return {
        "withdraw": view.state in (S.ASKED, S.OFFERED, S.AWAITING_RETURN, S.REFUSED, S.PLATFORM_REVIEW),
        "escalate": view.state in (S.OFFERED, S.REFUSED),
        "accept": view.state is S.OFFERED,
        "send": view.state is S.AWAITING_RETURN,
        "talk": view.state not in (S.DONE, S.WITHDRAWN, S.CLOSED),
    }


def _mood(state: CaseState) -> str:
    if state is S.DONE:
        return "done"
    return "off" if state in (S.CLOSED, S.WITHDRAWN, S.REFUSED) else "go"


def _lead(view: CaseView) -> str:
    agreed = format_minor(view.agreed_minor or 0, currency=view.currency)
    asked = format_minor(view.asked_minor, currency=view.currency)
    after_asked = {
        K.REFUND_ONLY: _("到时没答复，按你申请的金额自动退款。"),
        K.COMPLAINT: _("到时没答复，自动交给平台。"),
    }.get(view.kind, _("到时没答复，自动同意你寄回。"))
    sentences = {
        S.ASKED: after_asked,
        S.OFFERED: _("商家愿意退 %(agreed)s，你申请的是 %(asked)s。到时没回复视为接受。")
        % {"agreed": agreed, "asked": asked},
        S.AWAITING_RETURN: _("把商品寄回，填上运单号。到时没寄，售后单关闭。"),
        S.RETURNING: _("商家收到后验货。到时没处理，自动完成。"),
        S.INSPECTING: _("包裹到了，商家在验货。到时没处理，自动完成。"),
        S.REFUNDING: _("钱正在原路退回。"),
        S.REPLACING: _("同款新货在备货，发出后这里会更新。"),
        S.REFUSED: _("看看商家的理由。不认可，可以请平台裁定。"),
        S.PLATFORM_REVIEW: _("平台在看双方的说法和凭证，通常 5 天内裁定。"),
        S.DONE: _done_words(view),
        S.WITHDRAWN: _("你撤销了申请，还在期限内可以再申请。"),
        S.CLOSED: _("售后单关闭了。"),
    }
    return sentences[view.state]


def _done_words(view: CaseView) -> str:
    if view.replacement_id is not None:
        return _("新货已经发出。")
    if view.paid_minor:
        return _("%(amount)s 已经退回。") % {"amount": format_minor(view.paid_minor, currency=view.currency)}
    return _("已经处理完了。")


def _event(step: Step, view: CaseView) -> dict[str, Any]:
    notes = []
    if step.details.get("amount_minor"):
        notes.append(format_minor(int(step.details["amount_minor"]), currency=view.currency))
    if step.note:
        notes.append(words.case_note(step.note))
    return {"label": words.case_step(step.verb), "at": step.at, "note": " · ".join(notes)}


def _money(view: CaseView) -> list[dict[str, Any]]:
    if view.kind is K.EXCHANGE:
        return []
    rows = [{"label": _("申请退款"), "minor": view.asked_minor, "note": ""}]
    if view.freight_minor:
        rows[0]["note"] = _("含运费 %(freight)s") % {
            "freight": format_minor(view.freight_minor, currency=view.currency)
        }
    if view.agreed_minor is not None:
        rows.append({"label": _("同意退款"), "minor": view.agreed_minor, "note": ""})
    if view.return_freight_minor:
        rows.append({"label": _("寄回运费"), "minor": view.return_freight_minor, "note": _("退到钱包")})
    return rows


def _card(row: CaseSummary) -> dict[str, Any]:
    label, colour = words.member_state(row.state)
    return {
        "row": row,
        "url": reverse("shop:case", args=[row.id]),
        "state_label": label,
        "state_colour": colour,
        "kind_label": words.kind_words(row.kind),
        "reason_label": words.case_reason(row.reason),
        "is_my_turn": row.awaits is not None and row.awaits.value == "member",
    }
