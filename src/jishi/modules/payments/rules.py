"""The lives of a payment and a refund, and how patiently we ask about them."""

from datetime import datetime, timedelta

from jishi.modules.payments.types import OutcomeKind, PaymentState, RefundState

P = PaymentState
R = RefundState

PAYMENT_LIFECYCLE: dict[tuple[PaymentState, str], PaymentState] = {
    (P.CREATED, "pend"): P.PENDING,
    (P.CREATED, "lose_sight"): P.UNKNOWN,
    (P.CREATED, "succeed"): P.SUCCEEDED,
    (P.CREATED, "fail"): P.FAILED,
    (P.CREATED, "cancel"): P.CANCELLED,
    (P.PENDING, "pend"): P.PENDING,
    (P.PENDING, "succeed"): P.SUCCEEDED,
    (P.PENDING, "fail"): P.FAILED,
    (P.PENDING, "cancel"): P.CANCELLED,
    (P.UNKNOWN, "pend"): P.PENDING,
    (P.UNKNOWN, "succeed"): P.SUCCEEDED,
    (P.UNKNOWN, "fail"): P.FAILED,
    (P.UNKNOWN, "cancel"): P.CANCELLED,
    # A provider may take back its no: the money moved after all. The order decides what becomes of it.
    (P.FAILED, "succeed"): P.SUCCEEDED,
    (P.CANCELLED, "succeed"): P.SUCCEEDED,
}
REFUND_LIFECYCLE: dict[tuple[RefundState, str], RefundState] = {
    (R.CREATED, "pend"): R.PENDING,
    (R.CREATED, "lose_sight"): R.UNKNOWN,
    (R.CREATED, "succeed"): R.SUCCEEDED,
    (R.CREATED, "fail"): R.FAILED,
    (R.PENDING, "pend"): R.PENDING,
    (R.PENDING, "succeed"): R.SUCCEEDED,
    (R.PENDING, "fail"): R.FAILED,
    (R.UNKNOWN, "pend"): R.PENDING,
    (R.UNKNOWN, "succeed"): R.SUCCEEDED,
    (R.UNKNOWN, "fail"): R.FAILED,
    (R.FAILED, "retry"): R.CREATED,
    (R.FAILED, "succeed"): R.SUCCEEDED,
}
VERB_OF_OUTCOME = {
    OutcomeKind.PENDING: "pend",
    OutcomeKind.SUCCEEDED: "succeed",
    OutcomeKind.FAILED: "fail",
    OutcomeKind.CANCELLED: "cancel",
    OutcomeKind.UNKNOWN: "lose_sight",
}
# A payer at the cashier needs a minute; after that we ask ever more rarely, for about two days.
ASK_AFTER_SECONDS = (20, 20, 40, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 28800, 57600, 57600)


def next_ask_at(*, now: datetime, asks: int) -> datetime | None:
    """When to ask the provider again; None when we have asked often enough and a person must look."""
    if asks >= len(ASK_AFTER_SECONDS):
        return None
    return now + timedelta(seconds=ASK_AFTER_SECONDS[asks])
