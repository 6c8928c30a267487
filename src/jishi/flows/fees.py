"""Fees that are only known from the statement, and corrections of them."""

import uuid

from jishi.flows.books import FEES, clearing, fee_id
from jishi.kernel import ids
from jishi.modules.ledger.public import NewTransfer, post_transfers
from jishi.modules.payments.public import PaymentView, RefundView, learn_fee, learn_refund_fee
from jishi.platform.transactions import in_transaction


def fee_back_id(refund_id: uuid.UUID) -> uuid.UUID:
    return ids.derived_id(refund_id, "fee")


def fee_change_id(payment_id: uuid.UUID, fee_minor: int) -> uuid.UUID:
    return ids.derived_id(payment_id, f"fee:{fee_minor}")


@in_transaction
def book_late_fee(payment: PaymentView, *, fee_minor: int) -> bool:
    """The first word about a payment's fee. False when it was booked before."""
    learn_fee(payment.id, fee_minor=fee_minor)
    subject = ("order", payment.order_id)
    return _post(fee_id(payment.id), payment.provider, fee_minor, payment.currency, subject)


@in_transaction
def book_refund_fee(refund: RefundView, *, fee_minor: int) -> bool:
    """What a refund cost, or gave back (below zero). False when it was booked before."""
    learn_refund_fee(refund.id, fee_minor=fee_minor)
    subject = ("order", refund.order_id)
    return _post(fee_back_id(refund.id), refund.provider, fee_minor, refund.currency, subject)


@in_transaction
def change_fee(payment: PaymentView, *, fee_minor: int) -> uuid.UUID:
    """The fee was another than booked: post what is missing (or too much). Returns the transfer's id."""
    transfer_id = fee_change_id(payment.id, fee_minor)
    _post(
        transfer_id,
        payment.provider,
        fee_minor - payment.fee_minor,
        payment.currency,
        ("order", payment.order_id),
    )
    learn_fee(payment.id, fee_minor=fee_minor)
    return transfer_id


def _post(
    transfer_id: uuid.UUID, provider: str, fee_minor: int, currency: str, subject: tuple[str, uuid.UUID]
) -> bool:
    if fee_minor == 0:
        return False
    sides = (FEES, clearing(provider))
    debit, credit = sides if fee_minor > 0 else sides[::-1]
    transfer = NewTransfer(
        id=transfer_id,
        debit=debit,
        credit=credit,
        amount_minor=abs(fee_minor),
        unit=currency,
        kind="payment_fee" if fee_minor > 0 else "payment_fee_back",
        subject=subject,
    )
    return bool(post_transfers([transfer]))
