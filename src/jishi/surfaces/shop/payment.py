"""Paying: choose a cashier, go there, come back, and see what became of it."""

import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jishi.flows.books import WALLET
from jishi.flows.payment import check_payment, pay_order
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.kernel.money import format_minor
from jishi.modules.orders.public import NotPayable, OrderState, OrderView, order_view
from jishi.modules.payments.public import (
    PaymentState,
    PaymentView,
    ProviderSilent,
    payer_known,
    payment_view,
    provider_names,
    providers_for,
)
from jishi.modules.plays.group_buy.public import team_view
from jishi.modules.wallet.public import WalletTooSmall, own_balance_minor
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.frame import go, is_swap, require_member, show, show_part
from jishi.surfaces.shop.sharing import qr_markup, team_share
from jishi.surfaces.shop.words import provider_words

POLL_SECONDS = 2
_OPEN = (PaymentState.CREATED, PaymentState.PENDING, PaymentState.UNKNOWN)


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    order = order_view(order_id, by=actor)
    if not actor.owns(order.member_id):
        raise NotFound()
    if order.state is not OrderState.PLACED or order.pay_deadline <= clock.now():
        return go(reverse("shop:order", args=[order_id]))
    problem, status = "", 200
    if request.method == "POST":
        try:
            with payer_known(address=request.META.get("REMOTE_ADDR", "")):
                payment = pay_order(order_id, by=actor, provider=request.POST.get("provider", ""))
        except NotPayable:
            return go(reverse("shop:order", args=[order_id]))
        except WalletTooSmall as refusal:
            problem, status = words_of(refusal), 409
        else:
            if payment.state is PaymentState.SUCCEEDED:
                return go(reverse("shop:pay_return", args=[payment.id]))
            if payment.pay_url:
                return go(payment.pay_url)
            problem, status = words_of(ProviderSilent()), 503
    values = {"order": order, "providers": _providers(order, by=actor), "problem": problem}
    return show(request, "shop/pay.html", values, tab="me", status=status)


@require_safe
def pay_return(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """The browser comes back from the cashier: ask the provider, say what is known, keep asking while it is not.

    Browser return and callback take the same path, so whichever comes first settles the payment.
    """
    actor = require_member(request)
    if not actor.owns(payment_view(payment_id).member_id):
        raise NotFound()
    payment = check_payment(payment_id)
    order = order_view(payment.order_id, by=actor)
    values = _result(request, payment, order)
    if is_swap(request):
        return show_part(request, "shop/parts/pay_result.html", values)
    return show(request, "shop/pay_return.html", values, tab="me")


@require_safe
def pay_code(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """A code to scan with WeChat; the page asks meanwhile whether it is paid."""
    actor = require_member(request)
    payment = payment_view(payment_id)
    if not actor.owns(payment.member_id):
        raise NotFound()
    code = parse_qs(urlsplit(payment.pay_url).query).get("code", [""])[0]
    if payment.state not in _OPEN or not code:
        return go(reverse("shop:pay_return", args=[payment_id]))
    values = {
        "payment": payment,
        "code": qr_markup(code),
        "return_url": reverse("shop:pay_return", args=[payment_id]),
    }
    return show(request, "shop/pay_code.html", values, tab="me")


def _result(request: HttpRequest, payment: PaymentView, order: OrderView) -> dict[str, Any]:
    is_open = payment.state in _OPEN
    team = team_view(order.team_id) if order.team_id and payment.state is PaymentState.SUCCEEDED else None
    is_paid = payment.state is PaymentState.SUCCEEDED
    return {
        "payment": payment,
        "order": order,
        "team": team,
        "is_open": is_open,
        "is_paid": is_paid,
        "is_returned": is_paid and order.state in (OrderState.REFUNDING, OrderState.REFUNDED),
        "can_pay_again": not is_open and not is_paid and order.state is OrderState.PLACED,
        "poll_seconds": POLL_SECONDS,
        "poll_url": request.path,
        "team_share": team_share(request, team) if team else None,
    }


def _providers(order: OrderView, *, by: Actor) -> list[dict[str, Any]]:
    """The ways to pay; a wallet that holds enough comes first, one that does not says what is missing."""
    rows = [
        {"name": name, "title": provider_words(name)[0], "note": provider_words(name)[1], "is_off": False}
        for name in providers_for(order.currency)
        if name != WALLET
    ]
    if WALLET in provider_names():
        balance = own_balance_minor(by=by, currency=order.currency)
        has_enough = balance >= order.due_minor
        amount = format_minor(balance, currency=order.currency)
        missing = format_minor(order.due_minor - balance, currency=order.currency)
        note = _("余额 %(amount)s") % {"amount": amount}
        if not has_enough:
            note = _("余额 %(amount)s，还差 %(missing)s") % {"amount": amount, "missing": missing}
        wallet = {"name": WALLET, "title": provider_words(WALLET)[0], "note": note, "is_off": not has_enough}
        rows.insert(0 if has_enough else len(rows), wallet)
    return [{**row, "is_on": place == 0} for place, row in enumerate(rows)]
