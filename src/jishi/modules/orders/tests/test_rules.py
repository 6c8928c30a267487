"""Decisions about orders; worked numbers from docs/algorithms/orders.md."""

import uuid
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.errors import IllegalStep
from jishi.kernel.flow import advance
from jishi.modules.orders.errors import NothingToRefund, RegionRefused, TooManyUnits
from jishi.modules.orders.rules import (
    CLOSABLE,
    LIFECYCLE,
    REFUNDABLE,
    Rate,
    plan_parts,
    plan_wish,
    shipping_fee_minor,
    verb_of_refund,
    worth_of,
)
from jishi.modules.orders.types import OrderLineView, OrderState, RefundWish

S = OrderState
# Written down a second time on purpose: a row that changes in the rules must be changed here with open eyes.
LEGAL = {
    S.PLACED: {"pay": S.PAID, "pay_for_team": S.GATHERING, "cancel": S.CANCELLED},
    S.CANCELLED: {"revive": S.PAID, "revive_for_team": S.GATHERING, "return_late_payment": S.REFUNDING},
    S.GATHERING: {"complete_team": S.PAID, "close": S.REFUNDING, "refund_all": S.REFUNDED},
    S.PAID: {
        "close": S.REFUNDING,
        "ship_part": S.PARTLY_SHIPPED,
        "ship": S.SHIPPED,
        "refund_all": S.REFUNDED,
    },
    S.PARTLY_SHIPPED: {"ship_part": S.PARTLY_SHIPPED, "ship": S.SHIPPED, "refund_all": S.REFUNDED},
    S.SHIPPED: {"receive": S.RECEIVED, "refund_all": S.REFUNDED},
    S.RECEIVED: {"refund_all": S.REFUNDED},
    S.REFUNDING: {"refund_all": S.REFUNDED},
    S.REFUNDED: {},
}
VERBS = sorted({verb for steps in LEGAL.values() for verb in steps})


@pytest.mark.parametrize(("state", "verb"), list(product(OrderState, VERBS)))
def test_every_step_of_an_orders_life_legal_and_illegal(state: OrderState, verb: str) -> None:
    if verb in LEGAL[state]:
        assert advance(LIFECYCLE, state, verb) is LEGAL[state][verb]
    else:
        with pytest.raises(IllegalStep):
            advance(LIFECYCLE, state, verb)


def test_the_table_knows_no_other_verbs() -> None:
    assert {verb for _, verb in LIFECYCLE} == set(VERBS)


@given(st.lists(st.sampled_from(VERBS), max_size=12))
def test_goods_are_never_sent_without_money_nor_after_it_went_back(verbs: list[str]) -> None:
    state, has_paid = S.PLACED, False
    for verb in verbs:
        if (state, verb) not in LIFECYCLE:
            continue
        assert has_paid or verb not in ("ship", "ship_part", "complete_team", "refund_all")
        state = LIFECYCLE[state, verb]
        has_paid = has_paid or state in (S.PAID, S.GATHERING, S.REFUNDING)
        if state is S.REFUNDED:
            assert not any(known is S.REFUNDED for known, _ in LIFECYCLE)


def test_what_can_be_refunded_and_closed_has_been_paid() -> None:
    assert S.PLACED not in REFUNDABLE | CLOSABLE
    assert CLOSABLE < REFUNDABLE
    assert all((state, "close") in LIFECYCLE for state in CLOSABLE)


# ---- shipping ---------------------------------------------------------------------------------------------

STANDARD = Rate((), 1000, 800, 1000, 200, 8900, False)


@pytest.mark.parametrize(
    ("grams", "goods_minor", "fee"),
    [(900, 4200, 800), (1000, 4200, 800), (1001, 4200, 1000), (3000, 4200, 1200), (3000, 8900, 0), (3000, 8899, 1200),
     (0, 4200, 800)],
)  # fmt: skip
def test_the_worked_shipping_fees(grams: int, goods_minor: int, fee: int) -> None:
    found = shipping_fee_minor(
        rates=[STANDARD], region_code="310101", weight_grams=grams, goods_minor=goods_minor
    )
    assert found == fee


def test_the_first_rate_that_names_the_province_wins_then_the_first_for_all() -> None:
    far = Rate(("540000", "65"), 1000, 2500, 1000, 1800, None, False)
    island = Rate(("460000",), 1000, 1500, 1000, 500, None, False)
    refused = Rate(("710000",), 1, 0, 1, 0, None, True)
    other = Rate((), 1000, 9900, 1000, 200, None, False)

    def fee(region: str) -> int:
        rates = [STANDARD, far, island, refused, other]
        return shipping_fee_minor(rates=rates, region_code=region, weight_grams=1500, goods_minor=100)

    assert [fee(region) for region in ("310101", "540102", "650100", "46")] == [1000, 4300, 4300, 2000]
    with pytest.raises(RegionRefused):
        fee("710000")


def test_where_nothing_is_set_nothing_is_charged() -> None:
    assert shipping_fee_minor(rates=[], region_code="310101", weight_grams=5000, goods_minor=1) == 0
    only_far = Rate(("54",), 1000, 2500, 1000, 1800, None, False)
    assert shipping_fee_minor(rates=[only_far], region_code="310101", weight_grams=5000, goods_minor=1) == 0


@given(st.integers(0, 100_000), st.integers(0, 100_000), st.integers(1, 5000), st.integers(0, 5000))
def test_a_heavier_parcel_never_costs_less(light: int, more: int, step: int, price: int) -> None:
    rate = Rate((), 1000, 800, step, price, None, False)

    def fee(grams: int) -> int:
        return shipping_fee_minor(rates=[rate], region_code="31", weight_grams=grams, goods_minor=1)

    assert 800 <= fee(light) <= fee(light + more)


# ---- refunds ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "amounts"), [([1, 1, 1], [333, 333, 334]), ([2, 1], [666, 334]), ([3], [1000])]
)
def test_the_worked_refunds(parts: list[int], amounts: list[int]) -> None:
    one, found = line(), []
    for units in parts:
        found.append(worth_of(one, units=units))
        one = after(one, units=units, amount=found[-1])
    assert found == amounts


@given(st.integers(0, 10**9), st.lists(st.integers(1, 20), min_size=1, max_size=8))
def test_units_given_back_in_any_parts_give_exactly_the_total(total: int, parts: list[int]) -> None:
    one, most = line(sum(parts), total=total), -(-total // sum(parts))
    for units in parts:
        amount = worth_of(one, units=units)
        assert 0 <= amount <= units * most
        one = after(one, units=units, amount=amount)
    assert one.refunded_minor == total


@given(st.integers(0, 10**6), st.lists(st.integers(1, 9), min_size=1, max_size=6), st.data())
def test_price_cuts_between_returns_change_nothing_of_the_sum(
    total: int, parts: list[int], data: st.DataObject
) -> None:
    one = line(sum(parts), total=total)
    for units in parts:
        cut = data.draw(st.integers(0, one.refundable_minor))
        one = after(one, units=0, amount=cut)
        one = after(one, units=units, amount=worth_of(one, units=units))
    assert one.refunded_minor == total


def test_money_kept_for_a_used_unit_does_not_make_the_others_dearer() -> None:
    one = after(line(2, total=10_000), units=1, amount=3_000)
    assert worth_of(one, units=1) == 5_000


@given(st.integers(0, 10**6), st.integers(1, 9), st.integers(0, 9), st.integers(-5, 2 * 10**6))
def test_a_wish_never_takes_more_than_is_left(total: int, quantity: int, units: int, amount: int) -> None:
    one = line(quantity, total=total)
    wish = RefundWish({one.id: min(units, quantity)}, {one.id: amount})
    parts = plan_wish([one], wish)
    assert 0 <= sum(part.amount_minor for part in parts) <= min(max(amount, 0), total)


def after(one: OrderLineView, *, units: int, amount: int) -> OrderLineView:
    return replace(
        one, refunded_quantity=one.refunded_quantity + units, refunded_minor=one.refunded_minor + amount
    )


def line(
    quantity: int = 3, *, total: int = 1000, refunded: int = 0, shipped: int = 0, cancelled: int = 0
) -> OrderLineView:
    return OrderLineView(
        id=uuid.uuid4(), product_id=uuid.uuid4(), variant_id=uuid.uuid4(), sku="A", title="脐橙", option_text="", cover="",
        quantity=quantity, list_minor=total, discount_minor=0, total_minor=total, cost_minor=None,
        refunded_minor=total * refunded // quantity, cut_minor=0,
        refunded_quantity=refunded, shipped_quantity=shipped, cancelled_quantity=cancelled, discounts=(), sharer_id=None,
        link_id=None, touch_id=None, attribution_source="", attribution_reason="",
    )  # fmt: skip


def test_a_refund_of_everything_takes_what_is_left_of_every_line() -> None:
    whole, half, gone = line(), line(2, total=999, refunded=1, shipped=1), line(1, refunded=1)

    parts = plan_parts([whole, half, gone], units_by_line=None)

    assert [(part.line_id, part.quantity, part.amount_minor) for part in parts] == [
        (whole.id, 3, 1000),
        (half.id, 1, 500),
    ]


@pytest.mark.parametrize(("shipped", "asked", "cancelled"), [(0, 2, 2), (2, 2, 1), (3, 2, 0)])
def test_units_still_to_be_shipped_are_cancelled_first(shipped: int, asked: int, cancelled: int) -> None:
    one = line(shipped=shipped)
    [part] = plan_parts([one], units_by_line={one.id: asked})
    assert (part.quantity, part.cancelled_quantity) == (asked, cancelled)


@pytest.mark.parametrize("asked", [4, -1, 3])
def test_more_than_is_left_is_refused(asked: int) -> None:
    one = line(refunded=1)
    with pytest.raises(TooManyUnits) as refused:
        plan_parts([one], units_by_line={one.id: asked})
    assert refused.value.facts == {"left": 2}


@pytest.mark.parametrize("units", [None, {}, {uuid.UUID(int=1): 1}])
def test_a_refund_of_nothing_is_refused(units: dict[uuid.UUID, int] | None) -> None:
    with pytest.raises(NothingToRefund):
        plan_parts([line(1, refunded=1)], units_by_line=units)


@pytest.mark.parametrize(
    ("state", "shipped", "asked", "verb"),
    [
        (S.PAID, 0, 3, "close"),
        (S.GATHERING, 0, 3, "close"),
        (S.PAID, 0, 2, ""),
        (S.PARTLY_SHIPPED, 1, 2, "ship"),  # nothing is left to ship
        (S.PARTLY_SHIPPED, 1, 1, ""),
        (S.SHIPPED, 3, 3, ""),
        (S.RECEIVED, 3, 1, ""),
    ],
)
def test_what_a_refund_does_to_its_order_at_once(
    state: OrderState, shipped: int, asked: int, verb: str
) -> None:
    one = line(shipped=shipped)
    parts = plan_parts([one], units_by_line={one.id: asked})
    assert verb_of_refund(state, lines=[one], parts=parts) == verb
