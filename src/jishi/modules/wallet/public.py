"""The door of the wallet."""

from jishi.modules.wallet.errors import WalletTooSmall
from jishi.modules.wallet.operations import (
    Move,
    free_held,
    hold_in_wallet,
    keep_held,
    put_into_wallet,
    take_from_wallet,
)
from jishi.modules.wallet.queries import account_of, balance_minor, own_balance_minor, own_statement
from jishi.modules.wallet.types import Movement

__all__ = [
    "Move",
    "Movement",
    "WalletTooSmall",
    "account_of",
    "balance_minor",
    "free_held",
    "hold_in_wallet",
    "keep_held",
    "own_balance_minor",
    "own_statement",
    "put_into_wallet",
    "take_from_wallet",
]
