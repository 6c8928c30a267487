"""Refusals of the ledger."""

from jishi.kernel.errors import Kind, Refusal


class BudgetExhausted(Refusal):
    kind = Kind.CONFLICT
    code = "budget_exhausted"
    message = "这个活动的预算已用完。"


class TransferMismatch(Refusal):
    """The same id was used for another transfer: a bug of the caller that must not pass silently."""

    kind = Kind.CONFLICT
    code = "transfer_mismatch"
    message = "同一笔分录编号已用于另一笔金额。"
