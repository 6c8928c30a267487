"""The lives of payments and refunds, every state × every verb."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest

from jishi.kernel.errors import IllegalStep
from jishi.kernel.flow import advance
from jishi.modules.payments.rules import (
    ASK_AFTER_SECONDS,
    PAYMENT_LIFECYCLE,
    REFUND_LIFECYCLE,
    VERB_OF_OUTCOME,
    next_ask_at,
)
from jishi.modules.payments.types import OutcomeKind, PaymentState, RefundState

P, R = PaymentState, RefundState
ENDS_OF_PAYMENT = {"pend": P.PENDING, "succeed": P.SUCCEEDED, "fail": P.FAILED, "cancel": P.CANCELLED}
LEGAL_PAYMENT = {
    P.CREATED: {**ENDS_OF_PAYMENT, "lose_sight": P.UNKNOWN},
    P.PENDING: ENDS_OF_PAYMENT,
    P.UNKNOWN: ENDS_OF_PAYMENT,
    P.FAILED: {"succeed": P.SUCCEEDED},
    P.CANCELLED: {"succeed": P.SUCCEEDED},
    P.SUCCEEDED: {},
}
ENDS_OF_REFUND = {"pend": R.PENDING, "succeed": R.SUCCEEDED, "fail": R.FAILED}
LEGAL_REFUND = {
    R.CREATED: {**ENDS_OF_REFUND, "lose_sight": R.UNKNOWN},
    R.PENDING: ENDS_OF_REFUND,
    R.UNKNOWN: ENDS_OF_REFUND,
    R.FAILED: {"retry": R.CREATED, "succeed": R.SUCCEEDED},
    R.SUCCEEDED: {},
}
VERBS = ["pend", "lose_sight", "succeed", "fail", "cancel", "retry"]


@pytest.mark.parametrize(("state", "verb"), list(product(PaymentState, VERBS)))
def test_every_step_of_a_payments_life(state: PaymentState, verb: str) -> None:
    if verb in LEGAL_PAYMENT[state]:
        assert advance(PAYMENT_LIFECYCLE, state, verb) is LEGAL_PAYMENT[state][verb]
    else:
        with pytest.raises(IllegalStep):
            advance(PAYMENT_LIFECYCLE, state, verb)


@pytest.mark.parametrize(("state", "verb"), list(product(RefundState, VERBS)))
def test_every_step_of_a_refunds_life(state: RefundState, verb: str) -> None:
    if verb in LEGAL_REFUND[state]:
        assert advance(REFUND_LIFECYCLE, state, verb) is LEGAL_REFUND[state][verb]
    else:
        with pytest.raises(IllegalStep):
            advance(REFUND_LIFECYCLE, state, verb)


def test_the_tables_know_no_other_verbs_and_money_that_moved_stays_moved() -> None:
    assert {verb for _, verb in [*PAYMENT_LIFECYCLE, *REFUND_LIFECYCLE]} == set(VERBS)
    assert not [step for step in PAYMENT_LIFECYCLE if step[0] is P.SUCCEEDED]
    assert not [step for step in REFUND_LIFECYCLE if step[0] is R.SUCCEEDED]


def test_every_outcome_but_never_heard_of_it_has_a_verb() -> None:
    assert set(OutcomeKind) - set(VERB_OF_OUTCOME) == {OutcomeKind.NOT_FOUND}


def test_we_ask_ever_more_rarely_for_two_days_and_then_a_person_looks() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    waits = [next_ask_at(now=now, asks=asks) for asks in range(len(ASK_AFTER_SECONDS))]

    assert waits[0] == now + timedelta(seconds=20)
    assert all(
        earlier is not None and later is not None and earlier <= later for earlier, later in pairwise(waits)
    )
    assert 1.5 < sum(ASK_AFTER_SECONDS) / 86_400 < 2.5
    assert next_ask_at(now=now, asks=len(ASK_AFTER_SECONDS)) is None
