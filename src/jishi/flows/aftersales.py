"""After-sales across rooms: a yes becomes money, goods on the shelf or a replacement, in one transaction."""

import uuid
from datetime import timedelta

from django.db import transaction

from jishi.flows.refunds import refund_parts
from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor, ActorKind
from jishi.kernel.fact import RecordedFact
from jishi.modules.aftersales.public import (
    Answer,
    CaseState,
    CaseView,
    accept_goods,
    accept_offer,
    agree_case,
    case_of_refund,
    case_of_replacement,
    case_view,
    expire_case,
    finish_case,
    note_refund,
    note_replacement,
    postpone_case,
    sort_goods,
)
from jishi.modules.approvals.public import ApprovalView, ask_approval
from jishi.modules.finance.public import REFUND_LIMIT, limit_minor, needs_second_person
from jishi.modules.inventory.public import (
    Cause,
    Figure,
    HoldLine,
    OutOfStock,
    StockLine,
    hold_stock,
    one_per_variant,
    return_stock,
    write_off_stock,
)
from jishi.modules.ledger.public import AccountKind, AccountRef
from jishi.modules.orders.public import (
    Discount,
    NewLine,
    NewOrder,
    NothingToRefund,
    OrderLineView,
    OrderView,
    RefundWish,
    accept_free_order,
    order_view,
    place_order,
)
from jishi.modules.wallet.public import Move, put_into_wallet
from jishi.platform.transactions import in_transaction

REASON = "aftersales"
CASE_REFUND = "case_refund"
EXCHANGE = "exchange"
RETURN_FREIGHT = AccountRef(code="return_freight", kind=AccountKind.EXPENSE)
POSTPONED = timedelta(days=2)
Fates = dict[uuid.UUID, tuple[int, int]]


@in_transaction
def agree(case_id: uuid.UUID, answer: Answer, *, by: Actor) -> CaseView:
    """The shop or the platform says yes. Raises what `agree_case` raises, OutOfStock for a replacement at once."""
    return _follow(agree_case(case_id, answer, by=by), by=by)


@in_transaction
def take_offer(case_id: uuid.UUID, *, by: Actor) -> CaseView:
    """The member takes what the shop offers."""
    return _follow(accept_offer(case_id, by=by), by=SYSTEM)


@in_transaction
def accept_return(case_id: uuid.UUID, *, by: Actor, fates: Fates, words: str = "") -> CaseView:
    """The goods are back and in order: sorted to shelf or bin, and money or a replacement follows.

    Raises GoodsCountWrong, IllegalStep, OutOfStock.
    """
    sort_returned(case_id, by=by, fates=fates)
    return _follow(accept_goods(case_id, by=by, words=words), by=by)


@in_transaction
def sort_returned(case_id: uuid.UUID, *, by: Actor, fates: Fates) -> CaseView:
    """Units that came back go on the shelf or are written off: typed movements, once each."""
    before = case_view(case_id, by=SYSTEM)
    after = sort_goods(case_id, by=by, fates=fates)
    skus = {line.id: line for line in order_view(after.order_id, by=SYSTEM).lines}
    for line in before.lines:
        restocked, written_off = fates.get(line.order_line_id, (0, 0))
        if restocked + written_off:
            done = line.restocked + line.written_off
            key = f"case:{case_id}:{line.order_line_id}:{done}"
            stock = StockLine(line.variant_id, restocked + written_off)
            return_stock(by=by, cause=Cause("case", case_id), lines=[stock], key=key)
        if written_off:
            sold = skus[line.order_line_id]
            figure = Figure(sold.variant_id, sold.product_id, sold.sku, written_off)
            write_off_stock(by=SYSTEM, figure=figure, key=f"{key}:off", note=after.number)
    return after


def expire(case_id: uuid.UUID) -> bool:
    """Nobody acted in time. False when somebody did. A replacement that is not in stock waits two more days."""
    try:
        with transaction.atomic():
            view = expire_case(case_id)
            if view is None:
                return False
            _follow(view, by=SYSTEM)
    except OutOfStock:
        postpone_case(case_id, until=clock.now() + POSTPONED)
        return False
    return True


def finish_refunded_case(fact: RecordedFact) -> None:
    """order_refunded: the case that asked for the money is done."""
    case_id = case_of_refund(uuid.UUID(fact.payload["refund_id"]))
    if case_id is not None:
        finish_case(case_id)


def finish_replaced_case(fact: RecordedFact) -> None:
    """order_shipped: the case whose replacement has left is done."""
    case_id = case_of_replacement(uuid.UUID(fact.payload["order_id"]))
    if case_id is not None and fact.payload["is_last"]:
        finish_case(case_id)


def _follow(case: CaseView, *, by: Actor) -> CaseView:
    if case.state is CaseState.REFUNDING:
        _pay(case, by=by)
    elif case.state is CaseState.REPLACING:
        _replace(case)
    else:
        return case
    return case_view(case.id, by=SYSTEM)


def _pay(case: CaseView, *, by: Actor) -> None:
    """The agreed money at once, or when a second person has agreed to that much; until then the case waits in refunding."""
    limit = limit_minor(REFUND_LIMIT) if by.kind is ActorKind.STAFF else 0
    if needs_second_person(case.agreed_minor or 0, limit_minor=limit):
        ask_approval(
            kind=CASE_REFUND,
            subject=("case", case.id),
            amount=case.agreed_minor or 0,
            unit=case.currency,
            payload={"case_number": case.number, "order_id": str(case.order_id)},
            reason=case.number,
            by=by,
        )
        return
    _pay_now(case, by=by)


@in_transaction
def apply_case_refund(request: ApprovalView) -> None:
    """A second person has agreed to the money of a case."""
    _pay_now(case_view(request.subject_id, by=SYSTEM), by=SYSTEM)


def _pay_now(case: CaseView, *, by: Actor) -> None:
    """The agreed money, as much of it as is left of the lines; and the parcel that the member has paid for."""
    wish = RefundWish(
        units_by_line=case.units_by_line if case.takes_units else {},
        amounts_by_line=case.agreed_by_line,
        shipping_minor=case.agreed_freight_minor,
    )
    _give_return_freight(case)
    agent = by if by.may("orders.refund") else SYSTEM
    try:
        with transaction.atomic():  # a refusal leaves nothing of the refund behind
            plan = refund_parts(case.order_id, by=agent, reason=REASON, note=case.number, wish=wish)
    except NothingToRefund:  # it went back another way meanwhile
        finish_case(case.id)
        return
    note_refund(case.id, refund_id=plan.refund_id, paid_minor=plan.amount_minor)


def _give_return_freight(case: CaseView) -> None:
    if case.return_freight_minor <= 0:
        return
    put_into_wallet(
        Move(
            id=ids.derived_id(case.id, "return_freight"),
            member_id=case.member_id,
            other=RETURN_FREIGHT,
            amount_minor=case.return_freight_minor,
            currency=case.currency,
            kind="return_freight",
            subject=("case", case.id),
        )
    )


def _replace(case: CaseView) -> None:
    """The same goods once more, for nothing: an order of its own, ready to ship, its stock held. Raises OutOfStock."""
    order = order_view(case.order_id, by=SYSTEM)
    sold = {line.id: line for line in order.lines}
    order_id = ids.derived_id(case.id, "replacement")
    lines = tuple(
        _replacing_line(sold[line.order_line_id], quantity=line.quantity, case=case) for line in case.lines
    )
    place_order(_replacement(order, order_id, lines, case), by=SYSTEM, expected_total_minor=0)
    hold_stock(
        lines=one_per_variant([HoldLine(line.line_id, line.variant_id, line.quantity) for line in lines]),
        cause=Cause("order", order_id),
        expires_at=None,
    )
    accept_free_order(order_id)
    note_replacement(case.id, order_id=order_id)
    _give_return_freight(case)


def _replacement(
    order: OrderView, order_id: uuid.UUID, lines: tuple[NewLine, ...], case: CaseView
) -> NewOrder:
    return NewOrder(
        order_id=order_id,
        member_id=order.member_id,
        visitor_id=None,
        cart_id=None,
        currency=order.currency,
        lines=lines,
        shipping_minor=0,
        address=order.address,
        note=case.number,
        pay_deadline=clock.now() + POSTPONED,
    )


def _replacing_line(sold: OrderLineView, *, quantity: int, case: CaseView) -> NewLine:
    free = Discount(EXCHANGE, str(case.id), sold.list_minor * quantity, case.number)
    return NewLine(
        line_id=ids.derived_id(case.id, str(sold.id)),
        product_id=sold.product_id,
        variant_id=sold.variant_id,
        sku=sold.sku,
        title=sold.title,
        option_text=sold.option_text,
        cover=sold.cover,
        quantity=quantity,
        list_minor=sold.list_minor,
        cost_minor=sold.cost_minor,
        weight_grams=0,
        discounts=(free,) if free.amount_minor else (),
    )
