"""Money in and out of wallets (docs/algorithms/wallet.md)."""

import uuid

import pytest

from jishi.kernel import ids
from jishi.kernel.actor import Actor, ActorKind
from jishi.kernel.errors import LoginRequired
from jishi.modules.ledger.public import AccountKind, AccountRef, balances, journal, trial_balance
from jishi.modules.wallet.public import (
    Move,
    WalletTooSmall,
    balance_minor,
    own_statement,
    put_into_wallet,
    take_from_wallet,
)

pytestmark = pytest.mark.django_db
GIFTS = AccountRef(code="gifts", kind=AccountKind.EXPENSE)


def move(member_id: uuid.UUID, amount_minor: int, *, key: uuid.UUID | None = None) -> Move:
    return Move(
        id=key or ids.new_id(),
        member_id=member_id,
        other=GIFTS,
        amount_minor=amount_minor,
        currency="CNY",
        kind="gift",
        subject=("test", uuid.UUID(int=1)),
    )


def test_what_comes_in_can_be_taken_once_and_no_more_than_that() -> None:
    member = ids.new_id()
    key = ids.new_id()
    assert put_into_wallet(move(member, 5_000, key=key))
    assert not put_into_wallet(move(member, 5_000, key=key))
    assert take_from_wallet(move(member, 4_200))
    with pytest.raises(WalletTooSmall) as refusal:
        take_from_wallet(move(member, 4_200))
    assert refusal.value.facts == {"missing": "¥34.00", "missing_minor": 3_400}
    assert balance_minor(member, currency="CNY") == 800
    assert balance_minor(member, currency="USD") == 0
    assert trial_balance(unit="CNY") == 0


def test_a_wallet_nobody_ever_used_is_empty() -> None:
    with pytest.raises(WalletTooSmall):
        take_from_wallet(move(ids.new_id(), 1))


def test_the_statement_is_ones_own_with_a_sign_and_three_queries_at_most(
    django_assert_max_num_queries: object,
) -> None:
    member, other = ids.new_id(), ids.new_id()
    for wallet in (member, other):
        put_into_wallet(move(wallet, 100))
    for _ in range(19):
        take_from_wallet(move(member, 2))
    actor = Actor(kind=ActorKind.MEMBER, id=member)
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        rows = own_statement(by=actor, currency="CNY")
    assert sorted(row.change_minor for row in rows) == [-2] * 19 + [100]
    assert sum(row.change_minor for row in rows) == balance_minor(member, currency="CNY")
    with pytest.raises(LoginRequired):
        own_statement(by=Actor(kind=ActorKind.VISITOR), currency="CNY")


def test_wallets_are_one_line_of_the_balances_and_open_to_their_own_journal() -> None:
    for amount in (100, 200):
        put_into_wallet(move(ids.new_id(), amount))
    sums = {one.code: one.net_minor for one in balances()}
    assert sums == {"gifts": 300, "wallet": 300}
    assert sorted(row.amount_minor for row in journal(account="wallet")) == [100, 200]
    assert journal(account="walle") == []
