"""After-sales in the console: the queue by deadline, and one case with everything needed to decide it."""

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.aftersales import Fates, accept_return, agree, sort_returned
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import InvalidInput
from jishi.kernel.money import parse_minor
from jishi.modules.aftersales.public import (
    Answer,
    CaseFilter,
    CaseKind,
    CaseState,
    CaseSummary,
    CaseView,
    Fault,
    Side,
    case_view,
    count_cases_by_state,
    find_cases,
    note_arrival,
    refuse_case,
    say,
)
from jishi.modules.orders.public import OrderView, order_view, worth_of
from jishi.modules.people.public import Person, people_by_ids
from jishi.platform.history import Step, steps_of
from jishi.platform.http import actor_of
from jishi.surfaces import case_words as words
from jishi.surfaces.console import words as console_words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import AMOUNT_MINOR_MAX, act_once, once_key, written
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import id_of, local, page_of
from jishi.surfaces.console.tables import (
    column,
    number,
    pager,
    row,
    select,
    table,
    tabs,
    tag,
    text,
    with_query,
)
from jishi.surfaces.templatetags.look import money

PAGE_SIZE = 40
UNITS_MAX = 9_999
S, K = CaseState, CaseKind
FOR_US = (S.ASKED, S.RETURNING, S.INSPECTING, S.PLATFORM_REVIEW)
_GROUPS: dict[str, tuple[CaseState, ...]] = {
    "": FOR_US,
    "asked": (S.ASKED,),
    "parcels": (S.RETURNING, S.INSPECTING),
    "platform": (S.PLATFORM_REVIEW,),
    "member": (S.OFFERED, S.AWAITING_RETURN, S.REFUSED),
    "moving": (S.REFUNDING, S.REPLACING),
    "ended": (S.DONE, S.WITHDRAWN, S.CLOSED),
    "all": (),
}


@guarded("cases.view")
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The queue: what waits for us first, by deadline; five queries."""
    actor, query, page = actor_of(request), request.GET, page_of(request)
    wanted = _filter_of(request)
    ends = bool(wanted.states) and all(state not in FOR_US for state in wanted.states)
    found, total = find_cases(wanted, by=actor, page=page, limit=PAGE_SIZE, by_deadline=not ends)
    people = people_by_ids(case.member_id for case in found)
    context = {
        "tabs": _tabs(request, actor),
        "selects": [
            select("kind", _("全部类型"), [(kind.value, words.kind_words(kind)) for kind in K], query=query),
            select("due", _("全部时限"), [("over", _("已超时"))], query=query),
        ],
        "search_text": query.get("q", ""),
        "hidden": [(name, value) for name, value in query.items() if name in ("state", "member")],
        "reset_url": reverse("console:cases") if set(query) - {"page", "state"} else None,
        "chips": [{"label": _("一位会员"), "url": with_query(query, member=None, page=None)}]
        if query.get("member")
        else [],
        "cases": _table(found, people),
        "pager": pager(query=query, page=page, size=PAGE_SIZE, total=total),
    }
    return show(request, "console/cases.html", section="cases", context=context)


@guarded("cases.view")
@require_safe
def case(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """One case: the wish, the goods, the money and its bounds, the parcel, the talk, the member's other cases."""
    actor = actor_of(request)
    view = case_view(case_id, by=actor)
    order = order_view(view.order_id, by=SYSTEM)
    others, other_count = find_cases(
        CaseFilter(member_id=view.member_id), by=actor, limit=6, by_deadline=False
    )
    state, colour = words.staff_state(view.state)
    context = {
        "case": view,
        "order": order,
        "order_state": console_words.order_state(order.state),
        "state": state,
        "state_colour": colour,
        "kind_label": words.kind_words(view.kind),
        "reason_label": words.case_reason(view.reason),
        "fault_label": _fault_words(view.fault),
        "awaits_label": words.side_words(view.awaits) if view.awaits else "",
        "answer_label": words.side_words(view.answered_by) if view.answered_by else "",
        "member": people_by_ids([view.member_id]).get(view.member_id),
        "lines": [_line(line, order) for line in view.lines],
        "bounds": _bounds(view, order),
        "talk": [{"row": one, "who": _author(one.side, one.author_label)} for one in view.messages],
        "events": [_event(step, view) for step in reversed(steps_of(subject=("case", view.id)))],
        "others": [_other(one) for one in others if one.id != view.id][:5],
        "other_count": max(0, other_count - 1),
        "may": _may(view, actor),
        "once": once_key(),
        "unsorted": any(line.unsorted for line in view.lines),
        "shows_amount": view.kind is not K.EXCHANGE,
    }
    crumbs = [(_("售后"), reverse("console:cases"))]
    return show(request, "console/case.html", section="cases", context=context, crumbs=crumbs)


@guarded("cases.decide")
@require_POST
def agree_to(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Yes to all, or to the amounts that were written beside the lines."""
    view = case_view(case_id, by=actor_of(request))
    answer = Answer(
        words=request.POST.get("words", ""),
        amounts=_amounts(request, view) if view.kind is not K.EXCHANGE else None,
        with_freight=not view.freight_minor or request.POST.get("with_freight") == "on",
        sends_back=request.POST.get("sends_back") == "on" if "asks_return" in request.POST else None,
    )
    return _done(request, case_id, lambda: agree(case_id, answer, by=actor_of(request)), _("已答复买家"))


@guarded("cases.decide")
@require_POST
def refuse(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    text_given = request.POST.get("words", "")
    return _done(
        request,
        case_id,
        lambda: refuse_case(case_id, by=actor_of(request), words=text_given),
        _("已答复买家，理由买家看得到"),
    )


@guarded("cases.decide")
@require_POST
def arrive(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    return _done(request, case_id, lambda: note_arrival(case_id, by=actor_of(request)), _("已签收，接着验货"))


@guarded("cases.decide")
@require_POST
def accept(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """What came back is in order: to the shelf or the bin, and the money or the replacement on its way."""
    fates = _fates(request)

    def act() -> None:
        accept_return(case_id, by=actor_of(request), fates=fates, words=request.POST.get("words", ""))

    return _done(request, case_id, act, _("验货通过，后面的已经安排好"))


@guarded("cases.decide")
@require_POST
def sort(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Goods of a case that went on without a look."""
    fates = _fates(request)
    return _done(
        request, case_id, lambda: sort_returned(case_id, by=actor_of(request), fates=fates), _("库存已更新")
    )


@guarded("cases.decide")
@require_POST
def talk(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    def act() -> None:
        say(case_id, by=actor_of(request), text=request.POST.get("text", ""))

    return _done(request, case_id, act, _("已发给买家"))


def _filter_of(request: HttpRequest) -> CaseFilter:
    query = request.GET
    kind = query.get("kind", "")
    return CaseFilter(
        states=_GROUPS.get(query.get("state", ""), FOR_US),
        kind=K(kind) if kind in set(K) else None,
        member_id=id_of(query.get("member")),
        text=query.get("q", ""),
        only_overdue=query.get("due") == "over",
    )


def _tabs(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    counts = count_cases_by_state(by=actor)
    sums = {name: sum(counts.get(state.value, 0) for state in group) for name, group in _GROUPS.items()}
    sums["all"] = sum(counts.values())
    names = [
        ("", _("等我们")),
        ("asked", _("待处理")),
        ("parcels", _("待验货")),
        ("platform", _("待裁定")),
        ("member", _("等买家")),
        ("moving", _("办理中")),
        ("ended", _("已结束")),
        ("all", _("全部")),
    ]
    return tabs(names, name="state", query=request.GET, counts=sums)


def _table(found: list[CaseSummary], people: dict[uuid.UUID, Person]) -> dict[str, Any]:
    columns = [
        column(_("售后单")),
        column(_("会员")),
        column(_("类型")),
        column(_("金额"), is_number=True),
        column(_("状态")),
        column(_("时限")),
        column(_("申请时间")),
    ]
    empty = (_("没有要处理的售后"), _("买家申请后，按时限排在这里。"))
    return table(columns, [_row(one, people) for one in found], caption=_("售后单"), empty=empty)


def _row(one: CaseSummary, people: dict[uuid.UUID, Person]) -> dict[str, Any]:
    person = people.get(one.member_id)
    left, mood = words.time_left(one.deadline)
    amount = one.asked_minor if one.agreed_minor is None else one.agreed_minor
    state = words.staff_state(one.state)
    return row(
        [
            text(one.number, image=one.cover, note=one.title),
            text(person.nickname if person else "–", note=one.order_number),
            text(words.kind_words(one.kind), note=words.case_reason(one.reason)),
            number(money(amount, one.currency) if amount else "–"),
            tag(*state),
            text(left, mood=mood),
            text(f"{local(one.opened_at):%m-%d %H:%M}"),
        ],
        url=reverse("console:case", args=[one.id]),
    )


def _line(line: Any, order: OrderView) -> dict[str, Any]:
    sold = next(found for found in order.lines if found.id == line.order_line_id)
    return {
        "row": line,
        "sold": sold,
        "asked": written(line.asked_minor),
        "restock": line.unsorted,
    }


def _bounds(view: CaseView, order: OrderView) -> list[dict[str, Any]]:
    """What could go back at most of each line, and why."""
    rows = []
    for line in view.lines:
        sold = next(found for found in order.lines if found.id == line.order_line_id)
        left_units = sold.quantity - sold.refunded_quantity
        units = min(line.quantity, left_units)
        rows.append(
            {
                "title": sold.title,
                "paid": sold.total_minor,
                "quantity": sold.quantity,
                "back": sold.refunded_minor,
                "left": sold.refundable_minor,
                "left_units": left_units,
                "units": units,
                "most": worth_of(sold, units=units) if view.refund_id is None else None,
            }
        )
    return rows


def _may(view: CaseView, actor: Actor) -> dict[str, bool]:
    decides = actor.may("cases.decide")
    may_answer = view.state in (S.ASKED, S.PLATFORM_REVIEW)
    return {
        "answer": decides and may_answer,
        "arrive": decides and view.state is S.RETURNING,
        "inspect": decides and view.state in (S.RETURNING, S.INSPECTING),
        "refuse_goods": decides and view.state is S.INSPECTING,
        "sort": decides
        and bool(view.tracking_number)
        and view.state in (S.REFUNDING, S.REPLACING, S.DONE, S.REFUSED, S.CLOSED)
        and any(line.unsorted for line in view.lines),
        "talk": decides and view.state not in (S.DONE, S.WITHDRAWN, S.CLOSED),
        "choose_return": view.kind in (K.RETURN_REFUND, K.EXCHANGE) and not view.tracking_number,
    }


def _fault_words(fault: Fault) -> str:
    return {
        Fault.SHOP: _("商家责任：运费商家承担"),
        Fault.MEMBER: _("买家原因：寄回运费买家承担"),
        Fault.NOBODY: _("协商：运费按约定"),
    }[fault]


def _author(side: Side, label: str) -> str:
    return words.side_words(side) if side is Side.MEMBER or not label else label


def _event(step: Step, view: CaseView) -> dict[str, Any]:
    notes = []
    if step.details.get("amount_minor"):
        notes.append(money(int(step.details["amount_minor"]), view.currency))
    if step.note:
        notes.append(words.case_note(step.note))
    who = _("系统") if step.actor_kind == "system" else step.actor_label or _("会员")
    return {"label": words.case_step(step.verb), "at": step.at, "who": who, "note": " · ".join(notes)}


def _other(one: CaseSummary) -> dict[str, Any]:
    return {
        "row": one,
        "url": reverse("console:case", args=[one.id]),
        "kind": words.kind_words(one.kind),
        "reason": words.case_reason(one.reason),
        "state": words.staff_state(one.state),
    }


def _amounts(request: HttpRequest, view: CaseView) -> dict[uuid.UUID, int] | None:
    found: dict[uuid.UUID, int] = {}
    for line in view.lines:
        given = request.POST.get(f"amount:{line.order_line_id}")
        if given is None:
            continue
        try:
            minor = parse_minor(given.strip().removeprefix("¥") or "0", currency=settings.JISHI_CURRENCY)
        except ValueError as error:
            raise InvalidInput(field=_("金额"), reason=_("请填金额，例如 29.90")) from error
        if not 0 <= minor <= AMOUNT_MINOR_MAX:
            raise InvalidInput(field=_("金额"), reason=_("金额超出范围"))
        found[line.order_line_id] = minor
    return found or None


def _fates(request: HttpRequest) -> Fates:
    """`restock:<line>` and `off:<line>` → units to the shelf and to the bin."""
    found: Fates = {}
    for name in request.POST:
        head, _colon, line = name.partition(":")
        if head not in ("restock", "off"):
            continue
        value = request.POST[name].strip() or "0"
        if not value.isdecimal() or int(value) > UNITS_MAX or id_of(line) is None:
            raise InvalidInput(field=_("数量"), reason=_("请填 0 或更大的整数"))
        shelf, bin_ = found.get(uuid.UUID(line), (0, 0))
        found[uuid.UUID(line)] = (int(value), bin_) if head == "restock" else (shelf, int(value))
    return found


def _done(
    request: HttpRequest, case_id: uuid.UUID, act: Callable[[], object], words_done: str
) -> HttpResponse:
    act_once(request, act)
    messages.success(request, words_done)
    return redirect("console:case", case_id)
