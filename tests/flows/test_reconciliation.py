"""A provider's statement beside our books: the comparison as a table of cases, and once with everything real."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from jishi.flows.reconciliation import DifferenceKind, Movement, compare, reconcile
from jishi.kernel import clock
from jishi.kernel.errors import NotAllowed
from jishi.modules.ledger.models import Transfer
from jishi.modules.payments.models import Payment
from jishi.modules.payments.public import ProviderSilent, StatementLine
from tests.world import fake_provider, makers

DAY = date(2026, 3, 1)
SINCE = datetime(2026, 3, 1, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=1)
NOON = SINCE + timedelta(hours=12)
OURS = Movement("p1", "payment", "F1", 4200, 25, "CNY", NOON, 4200, 25)
THEIRS = StatementLine("p1", "payment", "F1", 4200, 25, "CNY", NOON)
BACK = Movement("r1", "refund", "F1", 1000, 0, "CNY", NOON, 1000, 0)
BACK_THERE = StatementLine("r1", "refund", "R1", 1000, 0, "CNY", NOON)
K = DifferenceKind


@pytest.mark.parametrize(
    ("lines", "movements", "kinds", "matched"),
    [
        ([], [], [], 0),
        ([THEIRS, BACK_THERE], [OURS, BACK], [], 2),
        ([THEIRS], [], [K.MISSING_HERE], 0),
        ([], [OURS], [K.MISSING_THERE], 0),
        ([replace(THEIRS, amount_minor=4100)], [OURS], [K.AMOUNT_DIFFERS], 0),
        ([replace(THEIRS, fee_minor=26)], [OURS], [K.FEE_DIFFERS], 0),
        ([replace(THEIRS, currency="USD")], [OURS], [K.CURRENCY_DIFFERS], 0),
        ([THEIRS], [replace(OURS, ledger_minor=0)], [K.LEDGER_DIFFERS], 0),
        ([THEIRS], [replace(OURS, ledger_fee_minor=0)], [K.LEDGER_DIFFERS], 0),
        ([replace(THEIRS, amount_minor=1, fee_minor=0)], [OURS], [K.AMOUNT_DIFFERS, K.FEE_DIFFERS], 0),
        # a refund with the id of a payment is another thing
        ([replace(THEIRS, about="refund")], [OURS], [K.MISSING_HERE, K.MISSING_THERE], 0),
        # midnight: ours was written down on the next day, the line still finds it
        ([THEIRS], [replace(OURS, at=UNTIL + timedelta(hours=1))], [], 1),
        # of another day and not in the statement: not missing on this one
        ([], [replace(OURS, at=UNTIL + timedelta(hours=1))], [], 0),
        ([], [replace(OURS, at=UNTIL)], [], 0),
        ([], [replace(OURS, at=SINCE)], [K.MISSING_THERE], 0),
    ],
)
def test_every_way_in_which_two_books_can_differ(
    lines: list[StatementLine], movements: list[Movement], kinds: list[K], matched: int
) -> None:
    found = compare(DAY, provider="fake", lines=lines, movements=movements, since=SINCE, until=UNTIL)
    assert [difference.kind for difference in found.differences] == kinds
    assert (found.matched_count, found.is_clean) == (matched, not kinds)


def test_sums_say_what_is_left_at_the_provider() -> None:
    found = compare(
        DAY,
        provider="fake",
        lines=[THEIRS, BACK_THERE],
        movements=[OURS, BACK],
        since=SINCE,
        until=UNTIL,
    )
    assert found.ours == found.theirs
    assert found.ours.net_minor == 4200 - 1000 - 25


@pytest.mark.django_db(transaction=True)
def test_a_real_day_is_clean_until_something_is_lost() -> None:
    variant = makers.make_product(price_minor=4200)
    actor = makers.make_member()
    payments = [makers.pay(actor, makers.buy(actor, variant)) for _ in range(3)]
    today = clock.now().date()

    clean = reconcile(today, provider="fake", by=makers.OWNER)
    assert (clean.is_clean, clean.matched_count, clean.ours.payments_minor) == (True, 3, 12600)

    fake_provider.book.payments.pop(payments[0].id)
    fake_provider.book.amounts[payments[1].id] += 1
    stranger = uuid.uuid4()
    fake_provider.book.payments[stranger], fake_provider.book.amounts[stranger] = "paid", 5
    kinds = [d.kind for d in reconcile(today, provider="fake", by=makers.OWNER).differences]
    assert kinds == [K.AMOUNT_DIFFERS, K.MISSING_HERE, K.MISSING_THERE]


@pytest.mark.django_db(transaction=True)
def test_it_is_for_finance_and_a_silent_provider_is_not_an_empty_statement() -> None:
    with pytest.raises(NotAllowed):
        reconcile(DAY, provider="fake", by=makers.make_member(role="operator"))
    fake_provider.book.silent = 1
    with pytest.raises(ProviderSilent):
        reconcile(DAY, provider="fake", by=makers.OWNER)
    assert not Transfer.objects.exists() and not Payment.objects.exists()
