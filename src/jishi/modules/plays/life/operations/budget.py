"""A play's budget: granted when it is published, reserved before anything is promised, spent or given back.

A play without a ceiling reserves nothing; what it costs is read from its orders and postings.
"""

import uuid

from jishi.kernel import ids
from jishi.modules.ledger.public import (
    AccountKind,
    AccountRef,
    NewTransfer,
    commit_reserved,
    post_transfers,
    release_reserved,
    reserve,
)
from jishi.modules.plays.life.queries import budget_code, budget_unit
from jishi.modules.plays.life.types import PlayView

GRANTS = AccountRef(code="budget_grants", kind=AccountKind.LIABILITY)
GIVEN = AccountRef(code="discounts_given", kind=AccountKind.EXPENSE)


def grant_budget(play: PlayView, *, amount_minor: int, grant_id: uuid.UUID) -> int:
    """Returns 1 when the grant is new."""
    return post_transfers(
        [
            NewTransfer(
                id=grant_id,
                debit=GRANTS,
                credit=_account(play.id),
                amount_minor=amount_minor,
                unit=budget_unit(play.currency),
                kind="budget_grant",
                subject=("play", play.id),
            )
        ]
    )


def reserve_budget(
    play: PlayView, *, use_id: uuid.UUID, amount_minor: int, subject: tuple[str, uuid.UUID]
) -> bool:
    """Set aside what something may cost; `use_id` is the idempotency key. False when nothing had to be set aside.

    Raises BudgetExhausted.
    """
    if play.budget_minor is None or amount_minor <= 0:
        return False
    return reserve(
        NewTransfer(
            id=use_id,
            debit=_account(play.id),
            credit=GIVEN,
            amount_minor=amount_minor,
            unit=budget_unit(play.currency),
            kind="discount",
            subject=subject,
        )
    )


def spend_budget(use_id: uuid.UUID) -> bool:
    """What was set aside has been given. False when there was nothing, or it was said before."""
    return commit_reserved(use_id)


def release_budget(use_id: uuid.UUID) -> bool:
    """What was set aside is not needed after all."""
    return release_reserved(use_id)


def return_budget(
    play: PlayView, *, spent_id: uuid.UUID, amount_minor: int, subject: tuple[str, uuid.UUID]
) -> bool:
    """What was spent has come back whole (the order was sent back before it was shipped): it may be spent again."""
    if play.budget_minor is None or amount_minor <= 0:
        return False
    back = NewTransfer(
        id=ids.derived_id(spent_id, "returned"),
        debit=GIVEN,
        credit=_account(play.id),
        amount_minor=amount_minor,
        unit=budget_unit(play.currency),
        kind="discount_returned",
        subject=subject,
        reverses_id=spent_id,
    )
    return bool(post_transfers([back]))


def _account(play_id: uuid.UUID) -> AccountRef:
    return AccountRef(code=budget_code(play_id), kind=AccountKind.BUDGET, is_bounded=True)
