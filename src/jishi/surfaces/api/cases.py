"""After-sales: shoppers ask, send back and talk; staff answer, inspect and decide."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from jishi.flows.aftersales import accept_return, agree, sort_returned, take_offer
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.aftersales.public import (
    Answer,
    Ask,
    CaseFilter,
    CaseKind,
    CaseView,
    case_view,
    cases_of_member,
    escalate_case,
    evidence_path,
    limits,
    list_cases,
    note_arrival,
    open_case,
    order_facts,
    reasons_for,
    refuse_case,
    say,
    send_back,
    withdraw_case,
)
from jishi.modules.orders.public import order_view
from jishi.platform.files import read_private
from jishi.platform.history import steps_of
from jishi.platform.http import actor_of, scopes
from jishi.platform.paging import key_of
from jishi.surfaces.api.case_schemas import (
    CaseAnswerIn,
    CaseChoiceOut,
    CaseIn,
    CaseOut,
    CasesIn,
    CaseSummaryOut,
    GoodsIn,
    MessageIn,
    ParcelBackIn,
    WordsIn,
)
from jishi.surfaces.api.common import Page, PageIn, page_of
from jishi.surfaces.api.pictures import Purpose, pictures_of

router = Router(tags=["cases"])


@router.get(
    "/orders/{uuid:order_id}/case-choices",
    response=list[CaseChoiceOut],
    summary="What may be asked for an order now",
    openapi_extra=scopes("shop.read"),
)
def list_case_choices(request: HttpRequest, order_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    order = order_view(order_id, by=actor)
    if not actor.owns(order.member_id):
        raise NotFound()
    facts = order_facts(order)
    ways = [(kind, has_goods) for kind in CaseKind for has_goods in (True, False)]
    found = [(kind, has, limits(facts, kind=kind, has_goods=has)) for kind, has in ways]
    return [
        {"kind": kind, "has_goods": has, "reasons": reasons_for(kind, has_goods=has), "lines": lines}
        for kind, has, lines in found
        if lines and reasons_for(kind, has_goods=has)
    ]


@router.post(
    "/orders/{uuid:order_id}/cases",
    response={201: CaseOut},
    summary="Ask for after-sales",
    openapi_extra=scopes("shop.write"),
)
def open_own_case(request: HttpRequest, order_id: uuid.UUID, body: CaseIn) -> Any:
    actor = actor_of(request)
    stored = pictures_of(body.pictures, purpose=Purpose.CASE, by=actor)
    wish = Ask(
        kind=body.kind,
        reason=body.reason,
        has_goods=body.has_goods,
        units={line.line_id: line.units for line in body.lines},
        amounts={line.line_id: line.amount_minor for line in body.lines if line.amount_minor is not None},
        words=body.words,
        evidence=tuple(picture.path for picture in stored),
    )
    return Status(201, _out(case_view(open_case(order_id, wish, by=actor), by=actor)))


@router.get(
    "/me/cases",
    response=Page[CaseSummaryOut],
    summary="Your cases",
    openapi_extra=scopes("shop.read"),
)
def list_own_cases(request: HttpRequest, wanted: Query[PageIn]) -> Any:
    rows = cases_of_member(by=actor_of(request), after=key_of(wanted.cursor), limit=wanted.limit)
    return page_of(request, rows, limit=wanted.limit, field="opened_at")


@router.get(
    "/cases/{uuid:case_id}",
    response=CaseOut,
    summary="One case, yours or any for staff",
    openapi_extra=scopes("shop.read", "cases.view"),
)
def get_case(request: HttpRequest, case_id: uuid.UUID) -> Any:
    return _out(case_view(case_id, by=actor_of(request)))


@router.get(
    "/case-pictures/{uuid:picture_id}",
    summary="A picture of a case, as WebP",
    openapi_extra=scopes("shop.read", "cases.view"),
)
def get_case_picture(request: HttpRequest, picture_id: uuid.UUID) -> HttpResponse:
    try:
        content = read_private(evidence_path(picture_id, by=actor_of(request)))
    except FileNotFoundError as error:
        raise NotFound() from error
    return HttpResponse(content, content_type="image/webp", headers={"Cache-Control": "private, no-store"})


@router.post(
    "/cases/{uuid:case_id}/withdraw",
    response=CaseOut,
    summary="Withdraw your case",
    openapi_extra=scopes("shop.write"),
)
def withdraw_own_case(request: HttpRequest, case_id: uuid.UUID) -> Any:
    return _out(withdraw_case(case_id, by=actor_of(request)))


@router.post(
    "/cases/{uuid:case_id}/accept",
    response=CaseOut,
    summary="Take what the shop offers",
    openapi_extra=scopes("shop.write"),
)
def accept_own_offer(request: HttpRequest, case_id: uuid.UUID) -> Any:
    return _out(take_offer(case_id, by=actor_of(request)))


@router.post(
    "/cases/{uuid:case_id}/escalate",
    response=CaseOut,
    summary="Ask the platform to decide",
    openapi_extra=scopes("shop.write"),
)
def escalate_own_case(request: HttpRequest, case_id: uuid.UUID, body: WordsIn) -> Any:
    return _out(escalate_case(case_id, by=actor_of(request), words=body.words))


@router.post(
    "/cases/{uuid:case_id}/parcel",
    response=CaseOut,
    summary="Say that the goods are on their way back",
    openapi_extra=scopes("shop.write"),
)
def send_own_parcel(request: HttpRequest, case_id: uuid.UUID, body: ParcelBackIn) -> Any:
    return _out(
        send_back(
            case_id,
            by=actor_of(request),
            carrier=body.carrier,
            tracking_number=body.tracking_number,
            laid_out_minor=body.laid_out_minor,
        )
    )


@router.post(
    "/cases/{uuid:case_id}/messages",
    response={201: CaseOut},
    summary="Say something inside a case",
    openapi_extra=scopes("shop.write", "cases.decide"),
)
def say_in_case(request: HttpRequest, case_id: uuid.UUID, body: MessageIn) -> Any:
    actor = actor_of(request)
    stored = pictures_of(body.pictures, purpose=Purpose.CASE, by=actor)
    say(case_id, by=actor, text=body.text, evidence=tuple(picture.path for picture in stored))
    return Status(201, _out(case_view(case_id, by=actor)))


@router.get(
    "/staff/cases",
    tags=["staff"],
    response=Page[CaseSummaryOut],
    summary="All cases",
    openapi_extra=scopes("cases.view"),
)
def list_all_cases(request: HttpRequest, wanted: Query[CasesIn]) -> Any:
    asked = CaseFilter(
        states=tuple(wanted.state),
        kind=wanted.kind,
        member_id=wanted.member_id,
        order_id=wanted.order_id,
        only_overdue=wanted.overdue,
    )
    rows = list_cases(asked, by=actor_of(request), after=key_of(wanted.cursor), limit=wanted.limit)
    return page_of(request, rows, limit=wanted.limit, field="opened_at")


@router.post(
    "/cases/{uuid:case_id}/agree",
    tags=["staff"],
    response=CaseOut,
    summary="Agree to a case, to all or to less",
    openapi_extra=scopes("cases.decide"),
)
def agree_to_case(request: HttpRequest, case_id: uuid.UUID, body: CaseAnswerIn) -> Any:
    actor = _decider(request)
    amounts = None if body.lines is None else {line.line_id: line.amount_minor for line in body.lines}
    answer = Answer(body.words, amounts, body.with_freight, body.sends_back)
    return _out(agree(case_id, answer, by=actor))


@router.post(
    "/cases/{uuid:case_id}/refuse",
    tags=["staff"],
    response=CaseOut,
    summary="Refuse a case with a reason",
    openapi_extra=scopes("cases.decide"),
)
def refuse_one_case(request: HttpRequest, case_id: uuid.UUID, body: WordsIn) -> Any:
    return _out(refuse_case(case_id, by=_decider(request), words=body.words))


@router.post(
    "/cases/{uuid:case_id}/arrive",
    tags=["staff"],
    response=CaseOut,
    summary="The parcel has come back",
    openapi_extra=scopes("cases.decide"),
)
def note_case_arrival(request: HttpRequest, case_id: uuid.UUID) -> Any:
    return _out(note_arrival(case_id, by=_decider(request)))


@router.post(
    "/cases/{uuid:case_id}/goods",
    tags=["staff"],
    response=CaseOut,
    summary="The goods are in order: shelf or bin, then money or a replacement",
    openapi_extra=scopes("cases.decide"),
)
def accept_case_goods(request: HttpRequest, case_id: uuid.UUID, body: GoodsIn) -> Any:
    fates = {line.line_id: (line.restocked, line.written_off) for line in body.lines}
    return _out(accept_return(case_id, by=_decider(request), fates=fates, words=body.words))


@router.post(
    "/cases/{uuid:case_id}/fates",
    tags=["staff"],
    response=CaseOut,
    summary="Put goods of a case on the shelf or write them off",
    openapi_extra=scopes("cases.decide"),
)
def sort_case_goods(request: HttpRequest, case_id: uuid.UUID, body: GoodsIn) -> Any:
    fates = {line.line_id: (line.restocked, line.written_off) for line in body.lines}
    return _out(sort_returned(case_id, by=_decider(request), fates=fates))


def _decider(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    actor.require("cases.decide")
    return actor


def _out(view: CaseView) -> dict[str, Any]:
    names = [name for name in CaseOut.model_fields if name not in ("pictures", "history")]
    return {
        **{name: getattr(view, name) for name in names},
        "pictures": view.evidence,
        "history": steps_of(subject=("case", view.id)),
    }
