"""Money into and out of wallets, inside the caller's transaction (docs/algorithms/wallet.md)."""

import uuid
from dataclasses import dataclass

from jishi.kernel.money import format_minor
from jishi.modules.ledger.public import (
    AccountRef,
    BudgetExhausted,
    NewTransfer,
    commit_reserved,
    post_transfers,
    release_reserved,
    reserve,
)
from jishi.modules.wallet.errors import WalletTooSmall
from jishi.modules.wallet.queries import account_of, balance_minor
from jishi.platform.transactions import in_transaction


@dataclass(frozen=True, slots=True)
class Move:
    """Money into or out of a wallet. `id` is the idempotency key; `other` is the account on the other side."""

    id: uuid.UUID
    member_id: uuid.UUID
    other: AccountRef
    amount_minor: int
    currency: str
    kind: str
    subject: tuple[str, uuid.UUID]
    reverses_id: uuid.UUID | None = None


@in_transaction
def take_from_wallet(move: Move) -> bool:
    """Debit the wallet, credit the other side. False when it was done before. Raises WalletTooSmall."""
    try:
        return bool(post_transfers([_transfer(move, is_coming_in=False)]))
    except BudgetExhausted as refusal:
        raise _too_small(move) from refusal


@in_transaction
def put_into_wallet(move: Move) -> bool:
    """Debit the other side, credit the wallet. False when it was done before."""
    return bool(post_transfers([_transfer(move, is_coming_in=True)]))


@in_transaction
def hold_in_wallet(move: Move) -> bool:
    """Set money aside until `keep_held` or `free_held` with the move's id. False when it was done. Raises WalletTooSmall."""
    try:
        return reserve(_transfer(move, is_coming_in=False))
    except BudgetExhausted as refusal:
        raise _too_small(move) from refusal


@in_transaction
def keep_held(move_id: uuid.UUID) -> bool:
    """What was set aside is spent. False when nothing is held under this id."""
    return commit_reserved(move_id)


@in_transaction
def free_held(move_id: uuid.UUID) -> bool:
    """What was set aside is the member's again. False when nothing is held under this id."""
    return release_reserved(move_id)


def _too_small(move: Move) -> WalletTooSmall:
    missing = move.amount_minor - balance_minor(move.member_id, currency=move.currency)
    shown = format_minor(missing, currency=move.currency)
    return WalletTooSmall(missing=shown, missing_minor=missing)


def _transfer(move: Move, *, is_coming_in: bool) -> NewTransfer:
    wallet = account_of(move.member_id)
    return NewTransfer(
        id=move.id,
        debit=move.other if is_coming_in else wallet,
        credit=wallet if is_coming_in else move.other,
        amount_minor=move.amount_minor,
        unit=move.currency,
        kind=move.kind,
        subject=move.subject,
        reverses_id=move.reverses_id,
    )
