"""The door of the ledger."""

from jishi.modules.ledger.errors import BudgetExhausted, TransferMismatch
from jishi.modules.ledger.operations import (
    commit_reserved,
    post_transfers,
    release_reserved,
    reserve,
    reserve_all,
    reserving_together,
)
from jishi.modules.ledger.queries import (
    available_in,
    availables,
    balances,
    balances_of,
    count_journal,
    journal,
    journal_kinds,
    journal_lines,
    movements_in,
    posted_sum,
    spent_on,
    transfers_of,
    trial_balance,
)
from jishi.modules.ledger.types import AccountKind, AccountRef, Balance, NewTransfer, TransferView

__all__ = [
    "AccountKind",
    "AccountRef",
    "Balance",
    "BudgetExhausted",
    "NewTransfer",
    "TransferMismatch",
    "TransferView",
    "available_in",
    "availables",
    "balances",
    "balances_of",
    "commit_reserved",
    "count_journal",
    "journal",
    "journal_kinds",
    "journal_lines",
    "movements_in",
    "post_transfers",
    "posted_sum",
    "release_reserved",
    "reserve",
    "reserve_all",
    "reserving_together",
    "spent_on",
    "transfers_of",
    "trial_balance",
]
