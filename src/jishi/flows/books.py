"""What goes into the ledger for payments, fees and refunds (docs/algorithms/ledger.md)."""

import uuid

from jishi.kernel import ids
from jishi.modules.ledger.public import AccountKind, AccountRef, NewTransfer, post_transfers
from jishi.modules.payments.public import PaymentView, RefundView
from jishi.modules.wallet.public import Move, put_into_wallet, take_from_wallet

SALES = AccountRef(code="sales", kind=AccountKind.INCOME)
FEES = AccountRef(code="payment_fees", kind=AccountKind.EXPENSE)


WALLET = "wallet"


def clearing(provider: str) -> AccountRef:
    """What a provider owes us."""
    return AccountRef(code=f"clearing:{provider}", kind=AccountKind.ASSET)


def capture_id(payment_id: uuid.UUID) -> uuid.UUID:
    return ids.derived_id(payment_id, "capture")


def fee_id(payment_id: uuid.UUID) -> uuid.UUID:
    return ids.derived_id(payment_id, "fee")


def refund_posting_id(refund_id: uuid.UUID) -> uuid.UUID:
    return ids.derived_id(refund_id, "refund")


def post_payment(payment: PaymentView) -> None:
    """Debit the provider, credit sales; what the provider keeps is a fee. A wallet is debited itself.

    Raises WalletTooSmall.
    """
    subject = ("order", payment.order_id)
    if payment.provider == WALLET:
        take_from_wallet(
            Move(
                id=capture_id(payment.id),
                member_id=payment.member_id,
                other=SALES,
                amount_minor=payment.amount_minor,
                currency=payment.currency,
                kind="payment",
                subject=subject,
            )
        )
        return
    transfers = [
        NewTransfer(
            id=capture_id(payment.id),
            debit=clearing(payment.provider),
            credit=SALES,
            amount_minor=payment.amount_minor,
            unit=payment.currency,
            kind="payment",
            subject=subject,
        )
    ]
    if payment.fee_minor > 0:
        transfers.append(
            NewTransfer(
                id=fee_id(payment.id),
                debit=FEES,
                credit=clearing(payment.provider),
                amount_minor=payment.fee_minor,
                unit=payment.currency,
                kind="payment_fee",
                subject=subject,
            )
        )
    post_transfers(transfers)


def post_refund(refund: RefundView) -> None:
    """The inverse of the payment for the part that went back; the fee stays with the provider."""
    if refund.provider == WALLET:
        put_into_wallet(
            Move(
                id=refund_posting_id(refund.id),
                member_id=refund.member_id,
                other=SALES,
                amount_minor=refund.amount_minor,
                currency=refund.currency,
                kind="refund",
                subject=("order", refund.order_id),
                reverses_id=capture_id(refund.payment_id),
            )
        )
        return
    post_transfers(
        [
            NewTransfer(
                id=refund_posting_id(refund.id),
                debit=SALES,
                credit=clearing(refund.provider),
                amount_minor=refund.amount_minor,
                unit=refund.currency,
                kind="refund",
                subject=("order", refund.order_id),
                reverses_id=capture_id(refund.payment_id),
            )
        ]
    )
