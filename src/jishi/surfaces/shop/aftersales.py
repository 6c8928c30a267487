"""After-sales for shoppers: asking, following a case, sending back, talking, going to the platform."""

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.aftersales import take_offer
from jishi.kernel import ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import InvalidInput, Kind, NotFound, Refusal
from jishi.kernel.money import format_minor, parse_minor
from jishi.modules.aftersales.public import (
    EVIDENCE_MAX,
    REASONS,
    RETURN_FREIGHT_CAP_MINOR,
    Ask,
    CaseKind,
    CaseState,
    CaseSummary,
    CaseView,
    Fault,
    LineLimit,
    TooManyPictures,
    case_view,
    cases_of_member,
    escalate_case,
    evidence_path,
    limits,
    open_case,
    order_facts,
    reasons_for,
    say,
    send_back,
    takes_units,
    withdraw_case,
)
from jishi.modules.orders.public import OrderState, OrderView, order_view
from jishi.platform.files import read_private
from jishi.platform.history import Step, steps_of
from jishi.platform.http import actor_of
from jishi.platform.once import answer_once, fingerprint_of
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


def ask(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """The form: which kind, which goods, how much, why; and what it was sent for."""
    actor = require_member(request)
    order = order_view(order_id, by=actor)
    if not actor.owns(order.member_id):
        raise NotFound()
    if request.method == "POST":
        try:
            return go(reverse("shop:case", args=[_open(request, order, actor)]))
        except Refusal as refusal:
            if refusal.kind in (Kind.MISSING, Kind.UNAUTHENTICATED):
                raise
            return _ask_page(request, order, request.POST, problem=words_of(refusal))
    return _ask_page(request, order, request.GET, problem="")


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
            laid_out_minor=_minor(request.POST.get("laid_out", ""), _("运费")) or 0,
        )

    return _act(request, case_id, act, _("收到单号了，商家收货后验货"))


@require_POST
def talk(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    def act(by: Actor) -> object:
        return say(case_id, by=by, text=request.POST.get("text", ""), evidence=_evidence(request))

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


def _open(request: HttpRequest, order: OrderView, actor: Actor) -> uuid.UUID:
    """Once per form that was shown."""
    posted = request.POST
    found: list[uuid.UUID] = []

    def act() -> tuple[int, str]:
        kind = K(posted.get("kind", ""))
        wish = Ask(
            kind=kind,
            reason=posted.get("reason", ""),
            has_goods=posted.get("has_goods", "1") == "1",
            units=_units(order, posted),
            amounts=_amounts(order, posted),
            words=posted.get("words", ""),
            evidence=_evidence(request),
        )
        found.append(open_case(order.id, wish, by=actor))
        return 201, str(found[0])

    if posted.get("kind", "") not in set(K):
        raise InvalidInput(field=_("类型"), reason=_("请选择"))
    values = {name: rows for name, rows in posted.lists() if name != "csrfmiddlewaretoken"}
    answer = answer_once(
        scope=f"case:{actor.id}",
        key=posted.get("once", ""),
        fingerprint=fingerprint_of(str(order.id), values),
        act=act,
    )
    return uuid.UUID(answer.body)


def _evidence(request: HttpRequest) -> tuple[str, ...]:
    stored = photos_of(request, limit=EVIDENCE_MAX, too_many=TooManyPictures, folder=FOLDER, is_private=True)
    return tuple(photo.path for photo in stored)


def _units(order: OrderView, posted: QueryDict) -> dict[uuid.UUID, int]:
    units = {}
    for line in order.lines:
        text = posted.get(f"units:{line.id}", "0").strip() or "0"
        if not text.isdecimal() or len(text) > 4:
            raise InvalidInput(field=_("件数"), reason=_("请填数字"))
        units[line.id] = int(text)
    return units


def _amounts(order: OrderView, posted: QueryDict) -> dict[uuid.UUID, int]:
    found = {line.id: _minor(posted.get(f"amount:{line.id}", ""), _("金额")) for line in order.lines}
    return {line_id: minor for line_id, minor in found.items() if minor is not None}


def _minor(text: str, field: str) -> int | None:
    if not text.strip():
        return None
    try:
        minor = parse_minor(text.strip().removeprefix("¥"), currency=settings.JISHI_CURRENCY)
    except ValueError as error:
        raise InvalidInput(field=field, reason=_("请填金额，例如 29.90")) from error
    if not 0 <= minor <= 10**11:
        raise InvalidInput(field=field, reason=_("金额超出范围"))
    return minor


def _ask_page(request: HttpRequest, order: OrderView, given: QueryDict, *, problem: str) -> HttpResponse:
    facts = order_facts(order)
    ways = _ways(order)
    may = {way: limits(facts, kind=way[0], has_goods=way[1]) for way in ways}
    ways = [way for way in ways if may[way]]
    wanted = (given.get("kind", ""), given.get("has_goods", "1") == "1")
    chosen = next((way for way in ways if (way[0].value, way[1]) == wanted), None)
    values: dict[str, Any] = {
        "order": order,
        "ways": [_way(order, way, is_on=way == chosen) for way in ways],
        "problem": problem,
        "once": given.get("once") or str(ids.new_id()),
        "given": given,
        "evidence_max": EVIDENCE_MAX,
    }
    if chosen is not None:
        kind, has_goods = chosen
        values |= {
            "kind": kind.value,
            "kind_label": _way(order, chosen, is_on=True)["title"],
            "has_goods": has_goods,
            "shows_amount": kind is not K.EXCHANGE,
            "amount_is_optional": kind is K.COMPLAINT,
            "lines": [_ask_line(order, limit, given, kind) for limit in may[chosen]],
            "reasons": [
                {
                    "value": name,
                    "label": words.case_reason(name),
                    "is_on": given.get("reason") == name,
                    "needs_pictures": REASONS[name].needs_pictures,
                }
                for name in reasons_for(kind, has_goods=has_goods)
            ],
            "lead": _ask_lead(kind, has_goods),
        }
    return show(request, "shop/case_ask.html", values, tab="me", status=422 if problem else 200)


def _ways(order: OrderView) -> list[tuple[CaseKind, bool]]:
    """Which kinds, and with or without the goods in hand, in the order they are offered."""
    ways = [(K.RETURN_REFUND, True), (K.EXCHANGE, True), (K.REFUND_ONLY, True)]
    if order.state is not OrderState.RECEIVED:
        ways.insert(0, (K.REFUND_ONLY, False))
    return [*ways, (K.COMPLAINT, order.state is OrderState.RECEIVED)]


def _way(order: OrderView, way: tuple[CaseKind, bool], *, is_on: bool) -> dict[str, Any]:
    kind, has_goods = way
    title, help_text = words.kind_words(kind), words.kind_help(kind)
    if kind is K.REFUND_ONLY:
        title = _("部分退款") if has_goods else _("退款（没收到货）")
        help_text = _("货留着，退一部分钱") if has_goods else _("还没发货，或一直没收到")
    icons = {K.REFUND_ONLY: "wallet", K.RETURN_REFUND: "refund", K.EXCHANGE: "box", K.COMPLAINT: "bell"}
    query = f"?kind={kind.value}&has_goods={int(has_goods)}"
    return {
        "title": title,
        "text": help_text,
        "icon": icons[kind],
        "url": f"{reverse('shop:ask_case', args=[order.id])}{query}",
        "is_on": is_on,
    }


def _ask_line(order: OrderView, limit: LineLimit, given: QueryDict, kind: CaseKind) -> dict[str, Any]:
    line = next(found for found in order.lines if found.id == limit.line_id)
    is_only = sum(1 for found in order.lines if found.refunded_quantity < found.quantity) == 1
    return {
        "row": line,
        "most_units": limit.units,
        "most_minor": limit.amount_minor,
        "each_minor": limit.amount_minor // limit.units,
        "units": given.get(f"units:{line.id}") or (str(limit.units) if is_only else "0"),
        "amount": given.get(f"amount:{line.id}", ""),
        "takes_units": takes_units(kind, has_goods=True),
    }


def _ask_lead(kind: CaseKind, has_goods: bool) -> str:
    cap = format_minor(RETURN_FREIGHT_CAP_MINOR, currency=settings.JISHI_CURRENCY)
    if kind is K.REFUND_ONLY and not has_goods:
        return _("商家 48 小时内答复，没答复就自动退款。")
    if kind is K.REFUND_ONLY:
        return _("货不用寄回。商家 48 小时内答复，没答复就按你填的金额退。")
    if kind is K.COMPLAINT:
        return _("商家 48 小时内答复，没答复就交给平台。")
    return _("收货 7 天内可以无理由退换；商家的问题 15 天内可以提，寄回运费由商家承担（最多 %(cap)s）。") % {
        "cap": cap
    }


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
