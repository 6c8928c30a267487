"""One order: lines with their reasons, money, parcels, history; and what staff can do with it."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.big_refunds import Wanted, ask_or_refund
from jishi.flows.lifecycle import cancel_unpaid, send_parcel
from jishi.flows.refunds import try_refund_again
from jishi.kernel.actor import Actor
from jishi.kernel.errors import InvalidInput
from jishi.modules.aftersales.public import cases_of_order
from jishi.modules.approvals.public import open_about
from jishi.modules.ledger.public import TransferView, transfers_of
from jishi.modules.orders.public import (
    OrderLineView,
    OrderState,
    OrderView,
    ShipmentView,
    order_view,
    receive_order,
)
from jishi.modules.payments.public import (
    PaymentView,
    RefundState,
    RefundView,
    payments_of_order,
    refunds_of_order,
)
from jishi.modules.people.public import Person, mask_line, mask_phone, people_by_ids
from jishi.modules.plays.group_buy.public import offers_by_ids
from jishi.platform.http import actor_of
from jishi.surfaces import case_words
from jishi.surfaces.console import money_words, words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import act_once, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import local
from jishi.surfaces.console.timeline import timeline

CARRIERS = ("顺丰速运", "京东快递", "中通快递", "圆通速递", "韵达快递", "申通快递", "极兔速递", "邮政 EMS")
UNITS_MAX = 9_999


@guarded("orders.view")
@require_safe
def order(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    actor = actor_of(request)
    view = order_view(order_id, by=actor)
    refunds = refunds_of_order(order_id)
    sharers = [line.sharer_id for line in view.lines if line.sharer_id]
    people = people_by_ids([view.member_id, *sharers])
    transfers = transfers_of(subject_kind="order", subject_ids=[order_id]) if actor.may("ledger.view") else []
    state, colour = words.order_state(view.state)
    context = {
        "order": view,
        "state": state,
        "state_colour": colour,
        "member": people.get(view.member_id),
        "lines": [_line(line, people) for line in view.lines],
        "address": shown_address(view.address, actor=actor),
        "payments": [_payment(payment) for payment in payments_of_order(order_id)],
        "refunds": [_refund(refund) for refund in refunds],
        "transfers": _transfers(transfers),
        "parcels": [_parcel(parcel, view) for parcel in view.shipments],
        "events": timeline("order", order_id),
        "may": _may(view, actor),
        "approvals": [
            {"url": reverse("console:approval", args=[one.id]), "amount": money_words.approval_amount(one)}
            for one in open_about(subject_kind="order", subject_ids=[order_id])
        ]
        if actor.may("approvals.view")
        else [],
        "carriers": CARRIERS,
        "reasons": [(code, words.reason(code)) for code in words.REFUND_REASONS],
        "once": once_key(),
        "left_minor": view.paid_minor - sum(found.amount_minor for found in refunds),
        "cases": _cases(view, actor) if actor.may("cases.view") else [],
        "cancel_words": words.reason(view.cancel_reason) if view.cancel_reason else "",
    }
    crumbs = [(_("订单"), reverse("console:orders"))]
    return show(request, "console/order.html", section="orders", context=context, crumbs=crumbs)


@guarded("orders.fulfil")
@require_POST
def ship(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """All that is left, or the units that were written beside the lines."""
    units = _units(request, "ship")

    def act() -> None:
        send_parcel(
            order_id,
            by=actor_of(request),
            carrier=request.POST.get("carrier", ""),
            tracking_number=request.POST.get("tracking_number", ""),
            units_by_line=units,
        )

    return _done(request, order_id, act, _("已发货"))


@guarded("orders.cancel")
@require_POST
def cancel(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    def act() -> None:
        cancel_unpaid(order_id, by=actor_of(request), reason="by_staff")

    return _done(request, order_id, act, _("订单已取消，库存和席位已放回"))


@guarded("orders.refund")
@require_POST
def refund(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Everything that is left, or some units per line, perhaps with the shipping."""
    reason = request.POST.get("reason", "")
    if reason not in words.REFUND_REASONS:
        raise InvalidInput(field=_("原因"), reason=_("请选择退款原因"))
    is_whole = request.POST.get("scope") == "all"

    wanted = Wanted(
        reason=reason,
        note=request.POST.get("note", ""),
        units_by_line=None if is_whole else _units(request, "refund") or {},
        with_shipping=is_whole or request.POST.get("with_shipping") == "on",
    )
    asked: list[bool] = []

    def act() -> None:
        asked.append(ask_or_refund(order_id, wanted, by=actor_of(request)).approval_id is not None)

    act_once(request, act)
    waits = bool(asked) and asked[0]
    messages.success(
        request,
        _("超过退款上限，已提交审批，另一个人同意后才退") if waits else _("退款已发起，到账后这里会更新"),
    )
    return redirect("console:order", order_id)


@guarded("orders.refund")
@require_POST
def retry_refund(request: HttpRequest, order_id: uuid.UUID, refund_id: uuid.UUID) -> HttpResponse:
    def act() -> None:
        try_refund_again(refund_id, by=actor_of(request))

    return _done(request, order_id, act, _("退款已再次发起"))


@guarded("orders.fulfil")
@require_POST
def receive(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    def act() -> None:
        receive_order(order_id, by=actor_of(request))

    return _done(request, order_id, act, _("已标记为收货"))


def shown_address(address: dict[str, Any], *, actor: Actor) -> dict[str, str]:
    """The snapshot of an order's address; masked for who neither ships nor calls."""
    if not address:
        return {}
    is_open = actor.may("orders.fulfil") or actor.may("members.contact")
    name, phone, line = (str(address.get(key, "")) for key in ("name", "phone", "line"))
    city = "" if address.get("city") == address.get("province") else str(address.get("city", ""))
    return {
        "name": name if is_open else f"{name[:1]}**",
        "phone": phone.removeprefix("+86") if is_open else mask_phone(phone),
        "region": f"{address.get('province', '')}{city}{address.get('district', '')}",
        "line": line if is_open else mask_line(line),
    }


def _done(
    request: HttpRequest, order_id: uuid.UUID, act: Callable[[], None], words_done: str
) -> HttpResponse:
    act_once(request, act)
    messages.success(request, words_done)
    return redirect("console:order", order_id)


def _units(request: HttpRequest, name: str) -> dict[uuid.UUID, int] | None:
    """`ship:<line>` fields → units per line; None when there are none."""
    found: dict[uuid.UUID, int] = {}
    fields = [field for field in request.POST if field.startswith(f"{name}:")]
    for field in fields:
        value = request.POST[field].strip() or "0"
        if not value.isdecimal() or int(value) > UNITS_MAX:
            raise InvalidInput(field=_("数量"), reason=_("请填 0 或更大的整数"))
        found[uuid.UUID(field.partition(":")[2])] = int(value)
    return found if fields else None


def _may(view: OrderView, actor: Actor) -> dict[str, bool]:
    state = view.state
    refundable = (
        OrderState.GATHERING,
        OrderState.PAID,
        OrderState.PARTLY_SHIPPED,
        OrderState.SHIPPED,
        OrderState.RECEIVED,
    )
    return {
        "ship": actor.may("orders.fulfil") and state in (OrderState.PAID, OrderState.PARTLY_SHIPPED),
        "cancel": actor.may("orders.cancel") and state is OrderState.PLACED,
        "refund": actor.may("orders.refund") and state in refundable,
        "receive": actor.may("orders.fulfil") and state is OrderState.SHIPPED,
        "retry": actor.may("orders.refund"),
    }


def _cases(view: OrderView, actor: Actor) -> list[dict[str, Any]]:
    return [
        {
            "row": found,
            "kind": case_words.kind_words(found.kind),
            "state": case_words.staff_state(found.state),
        }
        for found in cases_of_order(view.id, by=actor)
    ]


def _line(line: OrderLineView, people: dict[uuid.UUID, Person]) -> dict[str, Any]:
    sharer = people.get(line.sharer_id) if line.sharer_id else None
    return {
        "line": line,
        "discounts": [
            {"label": words.discount(found.kind), "name": found.label, "minor": found.amount_minor}
            for found in line.discounts
        ],
        "sharer": sharer,
        "source": words.source(line.attribution_source) if line.attribution_source else "",
        "why": words.attribution(line.attribution_reason) if line.attribution_reason else "",
        "left": line.quantity - line.refunded_quantity,
    }


def _payment(payment: PaymentView) -> dict[str, Any]:
    state, colour = words.payment_state(payment.state)
    return {"payment": payment, "state": state, "colour": colour}


def _refund(found: RefundView) -> dict[str, Any]:
    state, colour = words.refund_state(found.state)
    return {
        "refund": found,
        "state": state,
        "colour": colour,
        "reason": words.reason(found.reason),
        "has_failed": found.state is RefundState.FAILED,
        "once": once_key(),
    }


def _transfers(transfers: list[TransferView]) -> list[dict[str, Any]]:
    codes = [code for transfer in transfers for code in (transfer.debit, transfer.credit)]
    names = {str(offer.id): offer.name for offer in offers_by_ids(words.offers_in(codes)).values()}
    return [
        {
            "at": local(transfer.at),
            "kind": words.ledger_kind(transfer.kind),
            "debit": words.account(transfer.debit, offers=names),
            "credit": words.account(transfer.credit, offers=names),
            "minor": transfer.amount_minor,
        }
        for transfer in transfers
    ]


def _parcel(parcel: ShipmentView, view: OrderView) -> dict[str, Any]:
    titles = {line.id: f"{line.title} {line.option_text}".strip() for line in view.lines}
    return {
        "parcel": parcel,
        "goods": [{"title": titles.get(line_id, ""), "units": units} for line_id, units in parcel.lines],
    }
