"""Paying: open at a provider, go to the cashier, ask what became of it.

A provider is called between two transactions, never inside one, so these routes keep no idempotency answers: opening a
payment again finds the open one, and asking again changes nothing.
"""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from jishi.flows.payment import check_payment as ask_provider
from jishi.flows.payment import pay_order
from jishi.kernel.errors import NotFound
from jishi.modules.orders.public import order_view
from jishi.modules.payments.public import (
    PaymentState,
    bridge_of,
    payer_known,
    payment_view,
    payments_of_order,
    providers_for,
)
from jishi.platform.http import actor_of, anyone, repeats_by_itself, scopes

router = Router(tags=["payments"])


class PayIn(Schema):
    provider: str = Field(min_length=1, max_length=24, description="From /payment-providers")
    open_id: str = Field(
        "", max_length=64, description="Who pays inside WeChat; only its `jsapi` kind asks for it"
    )


class PaymentOut(Schema):
    """Send the payer to `pay_url`; it is empty when there is nothing to pay any more."""

    id: uuid.UUID
    order_id: uuid.UUID
    provider: str
    amount_minor: int
    currency: str
    state: PaymentState
    pay_url: str
    failure: str
    created_at: datetime
    settled_at: datetime | None


class NewPaymentOut(PaymentOut):
    """`bridge` is what WeChat's own browser is called with (`getBrandWCPayRequest`); null for every other cashier."""

    bridge: dict[str, str] | None


@router.get("/payment-providers", response=list[str], summary="Ways to pay", openapi_extra=anyone())
def list_payment_providers(request: HttpRequest) -> Any:
    del request
    return providers_for(settings.JISHI_CURRENCY)


@router.post(
    "/orders/{uuid:order_id}/payments",
    response={201: NewPaymentOut},
    summary="Pay for an order: open a payment and get the cashier's address",
    openapi_extra=scopes("shop.write", **repeats_by_itself("an open payment is found again")),
)
def create_payment(request: HttpRequest, order_id: uuid.UUID, body: PayIn) -> Any:
    with payer_known(address=str(request.META.get("REMOTE_ADDR", "")), open_id=body.open_id):
        payment = pay_order(order_id, by=actor_of(request), provider=body.provider)
    shown = {name: getattr(payment, name) for name in PaymentOut.model_fields}
    return Status(201, {**shown, "bridge": bridge_of(payment)})


@router.get(
    "/orders/{uuid:order_id}/payments",
    response=list[PaymentOut],
    summary="Payments of an order, oldest first",
    openapi_extra=scopes("shop.read", "orders.view"),
)
def list_payments(request: HttpRequest, order_id: uuid.UUID) -> Any:
    return payments_of_order(order_view(order_id, by=actor_of(request)).id)


@router.post(
    "/payments/{uuid:payment_id}/check",
    response=PaymentOut,
    summary="Ask the provider what became of a payment",
    openapi_extra=scopes("shop.write", "orders.view", **repeats_by_itself("asking changes nothing twice")),
)
def check_payment(request: HttpRequest, payment_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    payment = payment_view(payment_id)
    if not actor.owns(payment.member_id) and not actor.may("orders.view"):
        raise NotFound()
    return ask_provider(payment_id)
