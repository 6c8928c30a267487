"""Paying for an order: one path for the browser's return, the callback, the question and the job.

`take_outcome` is that path. Its transaction locks payment → order → team, so callbacks that arrive twice, late or out
of order, and a payment racing its deadline, come one after another and have one effect.
"""

import uuid

from django.db import transaction

from jishi.flows.books import WALLET, post_payment
from jishi.flows.places import has_goods, keep_place, regain_place
from jishi.flows.promises import keep_promises, regain_promises
from jishi.flows.refunds import defer_refund, refund_order
from jishi.flows.teams import finish_team
from jishi.flows.web_addresses import notify_url, return_url
from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.inventory.public import Cause, HoldLine, OutOfStock, hold_stock, one_per_variant
from jishi.modules.orders.public import (
    NotPayable,
    OrderState,
    PaymentTaken,
    PaymentVerdict,
    accept_free_order,
    accept_payment_to_return,
    lines_by_order,
    lock_payable,
    move_to_team,
    order_view,
    record_payment,
    revive_order,
)
from jishi.modules.payments.public import (
    Outcome,
    OutcomeKind,
    PaymentState,
    PaymentView,
    ask_payment,
    open_payment,
    payment_view,
    record_outcome,
    request_refund,
    start_payment,
)
from jishi.modules.plays.group_buy.public import Landing, Settlement, settle_late, settle_seat
from jishi.platform.transactions import in_transaction


def pay_order(order_id: uuid.UUID, *, by: Actor, provider: str) -> PaymentView:
    """Open (or reuse) a payment and get the cashier's address; a wallet pays at once. Raises NotPayable, WalletTooSmall.

    Run outside of a transaction: the provider is called between two of them.
    """
    if provider == WALLET:
        return pay_from_wallet(order_id, by=by)
    with transaction.atomic():
        order = order_view(order_id, by=by)
        if (
            order.state is not OrderState.PLACED
            or order.pay_deadline <= clock.now()
            or not by.owns(order.member_id)
        ):
            raise NotPayable(state=order.state.value)
        payment = open_payment(
            order_id=order.id,
            member_id=order.member_id,
            provider=provider,
            amount_minor=order.due_minor,
            currency=order.currency,
            title=order.lines[0].title,
        )
    return start_payment(
        payment.id,
        title=order.lines[0].title,
        return_url=return_url(payment.id),
        notify_url=notify_url(provider),
    )


@in_transaction
def pay_from_wallet(order_id: uuid.UUID, *, by: Actor) -> PaymentView:
    """The whole order from the member's own wallet, or nothing. Raises NotFound, NotPayable, WalletTooSmall.

    The order's row is held from the start, so a second tap finds it paid.
    """
    lock_payable(order_id, by=by)
    order = order_view(order_id, by=by)
    payment = open_payment(
        order_id=order.id,
        member_id=order.member_id,
        provider=WALLET,
        amount_minor=order.due_minor,
        currency=order.currency,
        title=order.lines[0].title,
    )
    word = Outcome(
        kind=OutcomeKind.SUCCEEDED,
        reference=f"wallet-{payment.id.hex}",
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        at=clock.now(),
    )
    take_outcome(payment.id, word)
    return payment_view(payment.id)


def check_payment(payment_id: uuid.UUID) -> PaymentView:
    """The payer came back, or time has passed: ask the provider and take its word. Not inside a transaction."""
    payment = payment_view(payment_id)
    if payment.state in (PaymentState.CREATED, PaymentState.PENDING, PaymentState.UNKNOWN):
        take_outcome(payment_id, ask_payment(payment_id))
    return payment_view(payment_id)


@in_transaction
def take_outcome(payment_id: uuid.UUID, outcome: Outcome) -> bool:
    """Record a provider's word with all its consequences. True when this word made the payment successful."""
    capture = record_outcome(payment_id, outcome)
    if capture is None:
        return False
    payment = capture.payment
    post_payment(payment)
    taken = record_payment(payment.order_id, payment_id=payment.id)
    if taken.verdict is PaymentVerdict.ACCEPTED:
        _settle(payment.order_id, taken)
    elif taken.verdict is PaymentVerdict.LATE:
        _settle_late(payment, taken)
    else:
        _send_back(payment, reason="paid_twice")
    return True


@in_transaction
def settle_free_order(order_id: uuid.UUID) -> None:
    """An order that costs nothing is paid at once. Raises NotPayable for any other."""
    _settle(order_id, accept_free_order(order_id))


def _settle(order_id: uuid.UUID, taken: PaymentTaken) -> None:
    """Paid in time: promises and place are its own now."""
    if taken.has_promises:
        keep_promises(order_id)
    if taken.is_for_team:
        _settle_seat_of(order_id)
    elif not keep_place(taken.play_kind, order_id):
        refund_order(order_id, reason="place_gone")


def _settle_seat_of(order_id: uuid.UUID) -> None:
    settlement = settle_seat(order_id)
    if settlement.landing is Landing.REFUND:
        # paid in time for the order, too late for its team: the goods are held, only the seat must be found anew
        settlement = settle_late(order_id)
    if settlement.landing is Landing.REFUND:
        refund_order(order_id, reason="team_gone")
        return
    _follow(order_id, settlement)


def _settle_late(payment: PaymentView, taken: PaymentTaken) -> None:
    """The order was cancelled before the money came: honour it if goods, place and promises can be had, else send it back."""
    order_id, play_kind = payment.order_id, taken.play_kind
    is_for_team = play_kind == "group_buy"
    try:
        with transaction.atomic():
            if not is_for_team and not regain_place(play_kind, order_id):
                raise _NoPlace()
            if not has_goods(play_kind):  # after the place, which may set goods free
                _hold_again(payment)
            if taken.has_promises and not regain_promises(order_view(order_id, by=SYSTEM)):
                raise _NoPromise()
            settlement = settle_late(order_id) if is_for_team else None
            if settlement is not None and settlement.landing is Landing.REFUND:
                raise _NoPlace()
    except (OutOfStock, _NoPlace) as refusal:
        if order_view(order_id, by=SYSTEM).wallet_minor:  # the payment is not the whole of the order
            _send_back(payment, reason="promise_gone")
            return
        accept_payment_to_return(order_id, payment_id=payment.id)
        refund_order(order_id, reason=_why(refusal))
        return
    if taken.has_promises:
        keep_promises(order_id)
    revive_order(order_id, payment_id=payment.id, team_id=settlement.team_id if settlement else None)
    if settlement is not None:
        _follow(order_id, settlement)


def _why(refusal: Exception) -> str:
    if isinstance(refusal, _NoPromise):
        return "promise_gone"
    return "seat_gone" if isinstance(refusal, _NoPlace) else "stock_gone"


def _hold_again(payment: PaymentView) -> None:
    lines = [
        HoldLine(ids.derived_id(line.id, str(payment.id)), line.variant_id, line.quantity)
        for line in lines_by_order([payment.order_id])[payment.order_id]
    ]
    hold_stock(lines=one_per_variant(lines), cause=Cause("order", payment.order_id), expires_at=None)


class _NoPlace(Exception):
    """Undoes the stock that was held for a seat or place which could not be had."""


class _NoPromise(_NoPlace):
    """A coupon, points or a budget that the price stood on is gone."""


def _follow(order_id: uuid.UUID, settlement: Settlement) -> None:
    """The order goes where its seat went; a full team frees all its orders for shipping."""
    if settlement.team_id is None:
        return
    move_to_team(order_id, team_id=settlement.team_id)
    if settlement.ready_order_ids:
        finish_team(
            settlement.team_id, order_ids=settlement.ready_order_ids, price_cuts=settlement.price_cuts
        )


def _send_back(payment: PaymentView, *, reason: str) -> None:
    """The whole of a payment that the order did not need."""
    request_refund(
        refund_id=ids.derived_id(payment.id, "send_back"),
        payment_id=payment.id,
        amount_minor=payment.amount_minor,
        reason=reason,
    )
    defer_refund(ids.derived_id(payment.id, "send_back"))
