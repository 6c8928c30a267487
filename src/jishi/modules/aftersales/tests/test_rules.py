"""Decisions about after-sales; worked numbers from docs/algorithms/after-sales.md."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.errors import IllegalStep, Refusal
from jishi.kernel.flow import advance
from jishi.modules.aftersales import rules
from jishi.modules.aftersales.errors import (
    CannotAsk,
    NothingAsked,
    PicturesNeeded,
    ReasonUnknown,
    TooLate,
    TooMuchAsked,
    UnitsTaken,
)
from jishi.modules.aftersales.types import (
    Ask,
    CaseKind,
    CaseState,
    CaseVerb,
    Fault,
    LineFacts,
    OrderFacts,
    Side,
)

S, V, K = CaseState, CaseVerb, CaseKind
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ONE = uuid.UUID(int=1)
# written out once more, so that a slip in the table is seen
LEGAL = {
    "asked": "agree:refunding agree_return:awaiting_return replace:replacing offer:offered resolve:done refuse:refused"
    " withdraw:withdrawn escalate:platform_review",
    "offered": "agree:refunding agree_return:awaiting_return escalate:platform_review withdraw:withdrawn",
    "awaiting_return": "send:returning withdraw:withdrawn expire:closed",
    "returning": "arrive:inspecting accept_goods:refunding replace:replacing",
    "inspecting": "accept_goods:refunding replace:replacing refuse:refused",
    "refused": "escalate:platform_review withdraw:withdrawn expire:closed",
    "platform_review": "agree:refunding agree_return:awaiting_return replace:replacing resolve:done uphold:closed"
    " withdraw:withdrawn",
    "refunding": "finish:done",
    "replacing": "finish:done",
}


def line(quantity: int = 3, *, total: int = 10_000, **more: Any) -> LineFacts:
    values = {
        "shipped": quantity,
        "refunded": 0,
        "cancelled": 0,
        "claimed": 0,
        "left_minor": total,
        "line_id": ONE,
    }
    return LineFacts(quantity=quantity, total_minor=total, **(values | more))


def order(*lines: LineFacts, state: str = "received", freight: int = 0, days_ago: int = 1) -> OrderFacts:
    received = NOW - timedelta(days=days_ago) if state == "received" else None
    return OrderFacts(state, "CNY", received, freight, lines or (line(),))


def ask(kind: CaseKind = K.RETURN_REFUND, reason: str = "no_reason", *, units: int = 1, **more: Any) -> Ask:
    values = {"has_goods": True, "units": {ONE: units}}
    return Ask(kind=kind, reason=reason, **(values | more))


def test_the_whole_table_of_states_and_nothing_else() -> None:
    wanted = {
        (S(state), V(pair.partition(":")[0])): S(pair.partition(":")[2])
        for state, pairs in LEGAL.items()
        for pair in pairs.split()
    }
    for state, verb in product(S, V):
        if (state, verb) in wanted:
            assert advance(rules.LIFECYCLE, state, verb) is wanted[state, verb]
        else:
            with pytest.raises(IllegalStep):
                advance(rules.LIFECYCLE, state, verb)


def test_every_waiting_state_says_who_and_every_swept_one_has_a_way_on() -> None:
    assert set(rules.WAITING) == rules.OPEN - {S.REFUNDING, S.REPLACING}
    for state, kind in product(rules.SWEPT, K):
        if state is S.OFFERED and kind is K.EXCHANGE:
            continue  # there is no money to offer less of
        verb = rules.verb_of_time(kind, state)
        assert (state, verb) in rules.LIFECYCLE or (
            kind in (K.REFUND_ONLY, K.COMPLAINT) and state in (S.RETURNING,)
        )


@pytest.mark.parametrize(
    ("facts", "units", "most"),
    [
        (line(), 2, 6_666),
        (line(refunded=2, left_minor=3_334), 1, 3_334),
        (line(2, left_minor=7_000), 1, 3_500),
        (line(2, refunded=1, left_minor=7_000), 1, 5_000),
    ],
)
def test_the_worked_worths(facts: LineFacts, units: int, most: int) -> None:
    assert rules.worth(facts, units=units) == most


@pytest.mark.parametrize(
    ("wish", "shipped", "freight"),
    [
        (ask(reason="damaged", units=1, evidence=("a",)), True, 500),
        (ask(units=2), True, 0),
        (ask(K.REFUND_ONLY, "changed_mind", units=2, has_goods=False), False, 1_000),
        (ask(K.REFUND_ONLY, "changed_mind", units=1, has_goods=False), False, 0),
        (ask(reason="damaged", units=2, evidence=("a",)), True, 1_000),
    ],
)
def test_the_worked_freights(wish: Ask, shipped: bool, freight: int) -> None:
    goods = line(2, total=9_000, shipped=2 if shipped else 0)
    facts = order(goods, freight=1_000, state="received" if shipped else "paid")
    assert rules.settle_terms(facts, wish, now=NOW).freight_minor == freight


@pytest.mark.parametrize(
    ("fault", "laid_out", "paid"),
    [(Fault.SHOP, 1_800, 1_500), (Fault.SHOP, 900, 900), (Fault.MEMBER, 1_800, 0), (Fault.NOBODY, 900, 0)],
)
def test_who_pays_the_way_back(fault: Fault, laid_out: int, paid: int) -> None:
    assert rules.return_freight(fault=fault, laid_out_minor=laid_out) == paid


@pytest.mark.parametrize(
    ("reason", "days", "kind"),
    [("no_reason", 7, K.RETURN_REFUND), ("damaged", 15, K.RETURN_REFUND), ("service", 30, K.COMPLAINT)],
)
def test_the_last_day_is_in_and_the_day_after_is_not(reason: str, days: int, kind: CaseKind) -> None:
    wish = ask(kind, reason, evidence=("a",))
    assert rules.settle_terms(order(days_ago=days), wish, now=NOW)
    with pytest.raises(TooLate):
        rules.settle_terms(order(days_ago=days), wish, now=NOW + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("facts", "wish", "refusal"),
    [
        (order(state="gathering"), ask(), CannotAsk),
        (order(state="placed"), ask(), CannotAsk),
        (order(state="paid"), ask(), UnitsTaken),
        (order(), ask(reason="late"), ReasonUnknown),
        (order(), ask(reason="made up"), ReasonUnknown),
        (order(), ask(reason="damaged"), PicturesNeeded),
        (order(), ask(units=0), NothingAsked),
        (order(), ask(units=4), UnitsTaken),
        (order(), ask(units=-1), UnitsTaken),
        (order(line(claimed=3)), ask(), UnitsTaken),
        (order(line(refunded=3, left_minor=0)), ask(), UnitsTaken),
        (order(), ask(amounts={ONE: 3_334}), TooMuchAsked),
        (order(), ask(amounts={ONE: -1}), TooMuchAsked),
        (order(), ask(K.REFUND_ONLY, "agreed_with_shop", amounts={ONE: 0}), NothingAsked),
        (order(), ask(K.EXCHANGE, "no_reason"), ReasonUnknown),
    ],
)
def test_what_cannot_be_asked(facts: OrderFacts, wish: Ask, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        rules.settle_terms(facts, wish, now=NOW)


def test_goods_that_were_never_shipped_cannot_be_sent_back() -> None:
    facts = order(line(3, shipped=1), state="partly_shipped")
    [limit] = rules.limits(facts, kind=K.RETURN_REFUND, has_goods=True)
    assert limit.units == 1


def test_a_changed_mind_stops_only_what_has_not_left_yet() -> None:
    facts = order(line(3, shipped=2), state="partly_shipped")
    assert rules.settle_terms(facts, ask(K.REFUND_ONLY, "changed_mind", has_goods=False), now=NOW)
    with pytest.raises(UnitsTaken) as refused:
        rules.settle_terms(facts, ask(K.REFUND_ONLY, "changed_mind", units=2, has_goods=False), now=NOW)
    assert refused.value.facts == {"left": 1}


@pytest.mark.parametrize("kind", list(K))
def test_an_exchange_asks_for_no_money_and_a_complaint_only_for_what_it_says(kind: CaseKind) -> None:
    reason = rules.reasons_for(kind, has_goods=True)[-1]
    terms = rules.settle_terms(order(), ask(kind, reason, units=3, evidence=("a",)), now=NOW)
    assert sum(terms.amounts.values()) == (10_000 if kind in (K.REFUND_ONLY, K.RETURN_REFUND) else 0)


@given(
    total=st.integers(1, 10**6),
    freight=st.integers(0, 5_000),
    quantities=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    data=st.data(),
)
def test_everything_asked_in_any_cases_is_exactly_what_was_paid(
    total: int, freight: int, quantities: list[int], data: st.DataObject
) -> None:
    """Partial amounts, returns and price cuts in any order; then all that is left. Never more than was paid between."""
    lines = [
        line(quantity, total=total + place, line_id=uuid.UUID(int=place))
        for place, quantity in enumerate(quantities)
    ]
    facts, paid = order(*lines, freight=freight), sum(found.total_minor for found in lines) + freight
    steps = [
        (data.draw(st.booleans()), data.draw(st.integers(0, 99))) for _ in range(data.draw(st.integers(0, 6)))
    ]
    back = 0
    for gives_units, dice in [*steps, *[(True, 0)] * len(lines)]:
        is_last = (gives_units, dice) == (True, 0)
        chosen = next((found for found in facts.lines if found.left_units), None)
        if chosen is None:
            break
        units = chosen.left_units if is_last else 1 + dice % chosen.left_units
        most = rules.worth(chosen, units=units)
        if not gives_units and not most:
            continue
        kind = K.RETURN_REFUND if gives_units else K.REFUND_ONLY
        amounts = {} if gives_units else {chosen.line_id: 1 + dice * (most - 1) // 99}
        wish = Ask(kind, "damaged", True, {chosen.line_id: units}, amounts, evidence=("a",))
        terms = rules.settle_terms(facts, wish, now=NOW)
        back += sum(terms.amounts.values()) + terms.freight_minor
        facts = settled(
            facts, chosen, terms.amounts[chosen.line_id], units if gives_units else 0, terms.freight_minor
        )
        assert back <= paid
    assert back == paid


def settled(facts: OrderFacts, chosen: LineFacts, amount: int, units: int, freight: int) -> OrderFacts:
    after = replace(chosen, left_minor=chosen.left_minor - amount, refunded=chosen.refunded + units)
    lines = tuple(after if found.line_id == chosen.line_id else found for found in facts.lines)
    return replace(facts, lines=lines, shipping_left_minor=facts.shipping_left_minor - freight)


@given(st.integers(1, 20), st.sets(st.integers(1, 20)), st.integers(0, 20))
def test_free_numbers_are_free_and_of_the_line(quantity: int, taken: set[int], count: int) -> None:
    found = rules.free_numbers(quantity=quantity, taken=sorted(taken), count=count)
    assert not set(found) & taken and all(1 <= number <= quantity for number in found) and len(found) <= count


def test_every_reason_can_be_given_somehow_and_the_shop_pays_for_its_own() -> None:
    for name, reason in rules.REASONS.items():
        assert any(name in rules.reasons_for(kind, has_goods=has) for kind in K for has in (True, False))
        assert not reason.needs_pictures or reason.fault is Fault.SHOP
    assert {who for who, _ in rules.WAITING.values()} == set(Side)
