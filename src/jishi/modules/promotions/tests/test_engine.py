"""The price engine against brute force, against its worked numbers, and for its promises."""

import uuid
from datetime import UTC, datetime
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jishi.modules.promotions.rules.cases import Asked, make_case
from jishi.modules.promotions.rules.compiled import compile_offers
from jishi.modules.promotions.rules.evaluate import evaluate
from jishi.modules.promotions.rules.price import price_cart
from jishi.modules.promotions.rules.search import best_combination
from jishi.modules.promotions.types import (
    VISITOR,
    AmountOff,
    Benefit,
    Buyer,
    EveryFull,
    FixedPrice,
    Gift,
    HeldCoupon,
    NthOff,
    Offer,
    PercentOff,
    PointsWish,
    PricedLine,
    Reason,
    Scope,
    SetFor,
    ShippingOff,
    Stage,
    Step,
    Steps,
    TaxRounding,
    TaxTerms,
    UnitsFor,
)

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
GOODS = [uuid.UUID(int=100 + i) for i in range(4)]


def line(n: int, list_minor: int, quantity: int = 1, **more) -> PricedLine:
    return PricedLine(f"l{n}", uuid.UUID(int=200 + n), GOODS[n % 4], quantity, list_minor, **more)


def offer(n: int, stage: Stage, benefit: Benefit, **more) -> Offer:
    return Offer(uuid.UUID(int=n), f"offer {n}", stage, benefit, **more)


def price(
    lines, offers=(), *, coupons=(), chosen=None, buyer=VISITOR, fee_of=lambda goods: 0, budgets=None, **more
):
    asked = Asked(buyer, NOW, coupons, chosen, budgets or {}, fee_of)
    return price_cart(lines, offers=compile_offers(offers), asked=asked, **more)


def reasons(pricing) -> dict[str, Reason]:
    return {trace.label: trace.reason for trace in pricing.traces}


def test_leaving_a_small_discount_out_saves_more() -> None:
    small = offer(1, Stage.ITEM, PercentOff(500))
    full = offer(2, Stage.ORDER, Steps((Step(10_000, 2_000),)))
    found = price([line(0, 10_000)], [small, full], alternatives=3)
    assert found.goods_minor == 8_000
    assert reasons(found) == {"offer 1": Reason.LEFT_OUT, "offer 2": Reason.APPLIED}
    assert [(other.labels, other.saved_minor) for other in found.alternatives] == [(("offer 1",), 500)]


@pytest.mark.parametrize(
    ("benefit", "lines", "saving"),
    [
        (PercentOff(1_500), [line(0, 9_999)], 1_500),
        (AmountOff(1_000), [line(0, 800, 3)], 2_400),
        (FixedPrice(2_500), [line(0, 3_000, 2)], 1_000),
        (NthOff(2, 5_000), [line(0, 10_000, 2), line(1, 1_000)], 5_000),
        (NthOff(2, 5_000, times=1), [line(0, 10_000, 4)], 5_000),
        (UnitsFor(3, 9_900), [line(0, 5_000), line(1, 4_000), line(2, 3_000), line(3, 2_000)], 2_100),
        (
            SetFor(((Scope(frozenset({GOODS[0]})), 1), (Scope(frozenset({GOODS[1]})), 1)), 4_500),
            [line(0, 4_000), line(1, 1_500, 2)],
            1_000,
        ),
    ],
)
def test_worked_numbers_of_item_benefits(benefit: Benefit, lines: list[PricedLine], saving: int) -> None:
    found = price(lines, [offer(1, Stage.ITEM, benefit, group="item")])
    assert found.saved_minor == saving
    assert found.is_exact


@pytest.mark.parametrize(
    ("benefit", "saving"),
    [
        (Steps((Step(10_000, 2_000), Step(20_000, 5_000))), 5_000),
        (EveryFull(10_000, 1_500), 3_000),
        (EveryFull(10_000, 1_500, times=1), 1_500),
        (PercentOff(1_000, cap_minor=1_800), 1_800),
        (AmountOff(99_999), 23_000),
    ],
)
def test_worked_numbers_of_order_benefits(benefit: Benefit, saving: int) -> None:
    assert price([line(0, 23_000)], [offer(1, Stage.ORDER, benefit)]).saved_minor == saving


def test_the_worked_split_with_points() -> None:
    full = offer(1, Stage.ORDER, Steps((Step(8_000, 2_000),)))
    found = price([line(0, 6_000), line(1, 3_000)], [full], points=PointsWish(500, per_unit=100))
    by_line = {key: sum(a.amount_minor for a in found.of_line(key)) for key in ("l0", "l1")}
    assert by_line == {"l0": 1_333 + 333, "l1": 667 + 167}
    assert (found.goods_minor, found.points, found.points_minor) == (6_500, 500, 500)


def test_every_rule_that_touches_the_cart_says_what_became_of_it() -> None:
    rules = [
        offer(1, Stage.ORDER, Steps((Step(10_000, 2_000),)), group="order"),
        offer(2, Stage.ORDER, AmountOff(100), group="order"),
        offer(3, Stage.ITEM, PercentOff(1_000), scope=Scope(frozenset({GOODS[3]}))),
        offer(4, Stage.ITEM, PercentOff(100), closes_at=NOW),
        offer(5, Stage.ITEM, PercentOff(100), least_units=3),
    ]
    found = price([line(0, 8_800)], rules)
    assert reasons(found) == {
        "offer 1": Reason.BELOW_AMOUNT,
        "offer 2": Reason.APPLIED,
        "offer 4": Reason.NOT_NOW,
        "offer 5": Reason.BELOW_UNITS,
    }
    [missing] = [trace for trace in found.traces if trace.label == "offer 1"]
    assert missing.missing_minor == 1_200
    [units] = [trace for trace in found.traces if trace.label == "offer 5"]
    assert units.missing_units == 2


def test_a_play_price_takes_part_only_where_an_offer_says_so() -> None:
    team = line(0, 10_000, play_kind="group_buy", play_minor=3_000)
    closed = offer(1, Stage.COUPON, AmountOff(500))
    assert reasons(price([team], coupons=[HeldCoupon(uuid.UUID(int=9), closed)])) == {
        "offer 1": Reason.PLAY_PRICE
    }
    opened = offer(1, Stage.COUPON, AmountOff(500), on_plays=True)
    assert price([team], coupons=[HeldCoupon(uuid.UUID(int=9), opened)]).goods_minor == 6_500
    assert price([team], buyer=Buyer(is_member=True, member_rate=1_000)).goods_minor == 7_000


def test_the_best_coupon_is_found_and_a_chosen_one_is_respected() -> None:
    ten = HeldCoupon(uuid.UUID(int=11), offer(1, Stage.COUPON, AmountOff(1_000), group="coupon"))
    five = HeldCoupon(uuid.UUID(int=12), offer(2, Stage.COUPON, AmountOff(500), group="coupon"))
    assert price([line(0, 9_000)], coupons=[ten, five]).goods_minor == 8_000
    assert price([line(0, 9_000)], coupons=[ten, five], chosen=(five.id,)).goods_minor == 8_500
    assert price([line(0, 9_000)], coupons=[ten, five], chosen=()).goods_minor == 9_000


def test_a_coupon_that_excludes_an_offer_wins_when_it_saves_more() -> None:
    full = offer(1, Stage.ORDER, AmountOff(800), group="order")
    coupon = offer(2, Stage.COUPON, AmountOff(2_000), group="coupon", excludes=frozenset({"order"}))
    found = price([line(0, 9_000)], [full], coupons=[HeldCoupon(uuid.UUID(int=11), coupon)])
    assert found.goods_minor == 7_000
    assert reasons(found)["offer 1"] is Reason.LEFT_OUT


def test_a_discount_that_costs_the_free_delivery_is_left_out() -> None:
    fee = lambda goods: 0 if goods >= 10_000 else 1_200  # noqa: E731
    found = price([line(0, 10_000)], [offer(1, Stage.ITEM, PercentOff(500))], fee_of=fee)
    assert (found.goods_minor, found.shipping_minor) == (10_000, 0)
    free = offer(2, Stage.SHIPPING, ShippingOff())
    found = price([line(0, 10_000)], [offer(1, Stage.ITEM, PercentOff(500)), free], fee_of=fee)
    assert (found.goods_minor, found.shipping_minor, found.shipping_full_minor) == (9_500, 0, 1_200)


def test_gifts_come_with_their_condition_only() -> None:
    gift = offer(1, Stage.ITEM, Gift(uuid.UUID(int=77), 2), least_minor=9_000)
    assert price([line(0, 9_000)], [gift]).gifts[0].units == 2
    assert price([line(0, 8_999)], [gift]).gifts == ()


def test_a_budget_that_does_not_carry_the_whole_saving_gives_nothing() -> None:
    rule = offer(1, Stage.ITEM, PercentOff(1_000), budget_minor=5_000)
    assert price([line(0, 9_000)], [rule], budgets={rule.id: 900}).goods_minor == 8_100
    assert price([line(0, 9_000)], [rule], budgets={rule.id: 899}).goods_minor == 9_000


def test_a_floor_holds_and_the_rest_moves_to_other_lines() -> None:
    found = price(
        [line(0, 1_000, floor_minor=900), line(1, 1_000)], [offer(1, Stage.ORDER, AmountOff(1_000))]
    )
    assert {a.line_key: a.amount_minor for a in found.adjustments} == {"l0": 100, "l1": 900}


@pytest.mark.parametrize(
    ("rounding", "amounts", "tax"),
    [
        ("line", (99, 99, 99), 39),
        ("total", (99, 99, 99), 39),
        ("line", (49, 49), 12),
        ("total", (49, 49), 13),
    ],
)
def test_tax_on_top_is_rounded_as_the_shop_says(rounding: str, amounts: tuple[int, ...], tax: int) -> None:
    terms = TaxTerms(is_inclusive=False, rate=1_300, rounding=TaxRounding(rounding))
    found = price([line(i, a) for i, a in enumerate(amounts)], tax=terms)
    assert found.tax_minor == tax
    assert found.total_minor == sum(amounts) + tax


# -- properties ------------------------------------------------------------------------------------------------------

amount = st.integers(1, 30_000)
groups = st.sampled_from(["", "a", "b"])
scopes = st.sampled_from([Scope(), Scope(frozenset({GOODS[0]})), Scope(frozenset({GOODS[0], GOODS[1]}))])
sums = st.one_of(
    st.builds(PercentOff, st.integers(1, 9_000), st.none() | st.integers(1, 3_000)),
    st.builds(AmountOff, st.integers(1, 5_000)),
    st.builds(lambda a, b, c: Steps((Step(a, b), Step(a * 2, b + c))), amount, amount, amount),
    st.builds(EveryFull, st.integers(100, 20_000), st.integers(1, 90), st.none() | st.integers(1, 3)),
)
items = st.one_of(
    st.builds(PercentOff, st.integers(1, 9_000)),
    st.builds(AmountOff, st.integers(1, 5_000)),
    st.builds(FixedPrice, amount),
    st.builds(NthOff, st.integers(1, 3), st.integers(1, 10_000), st.none() | st.integers(1, 2)),
    st.builds(UnitsFor, st.integers(1, 3), amount),
)


@st.composite
def offer_sets(draw, most: int = 4):
    found = []
    for n in range(1, draw(st.integers(0, most)) + 1):
        stage = draw(st.sampled_from([Stage.ITEM, Stage.ORDER, Stage.ORDER]))
        found.append(
            offer(
                n,
                stage,
                draw(items if stage is Stage.ITEM else sums),
                scope=draw(scopes),
                group=draw(groups),
                least_minor=draw(st.sampled_from([0, 0, 5_000, 20_000])),
                excludes=frozenset(draw(st.sets(st.sampled_from(["a", "b"]), max_size=1))),
                priority=draw(st.integers(0, 1)),
            )
        )
    return found


carts = st.lists(st.tuples(amount, st.integers(1, 4)), min_size=1, max_size=4).map(
    lambda rows: [line(i, a, q) for i, (a, q) in enumerate(rows)]
)


@settings(max_examples=300, deadline=None)
@given(carts, offer_sets())
def test_no_set_of_offers_is_better_than_the_one_found(lines, offers) -> None:
    case = make_case(
        lines, compile_offers(offers), Asked(Buyer(), NOW, fee_of=lambda g: 800 if g < 9_000 else 0)
    )
    found = best_combination(case)
    every = range(len(case.candidates))
    least = min(
        evaluate(case, without=frozenset(out)).cost_minor
        for size in range(len(case.candidates) + 1)
        for out in combinations(every, size)
    )
    assert found.is_exact
    assert found.best.cost_minor == least


@settings(max_examples=200, deadline=None)
@given(carts, offer_sets(most=6), st.integers(0, 5_000), st.integers(0, 3_000))
def test_totals_are_never_negative_and_parts_sum_to_the_whole(lines, offers, points, rate) -> None:
    found = price(
        lines, offers, points=PointsWish(points, per_unit=100), buyer=Buyer(is_member=True, member_rate=rate)
    )
    full = sum(ln.list_minor * ln.quantity for ln in lines)
    assert found.goods_minor >= 0
    assert full - sum(a.amount_minor for a in found.adjustments) == found.goods_minor
    for one in lines:
        off = sum(a.amount_minor for a in found.of_line(one.key))
        assert 0 <= off <= one.list_minor * one.quantity
    told = sum(trace.saved_minor for trace in found.traces if trace.reason is Reason.APPLIED)
    member = sum(a.amount_minor for a in found.adjustments if a.kind == "member")
    assert told + member + found.points_minor == full - found.goods_minor


@settings(max_examples=100, deadline=None)
@given(carts, offer_sets(), st.randoms())
def test_the_order_of_input_does_not_matter(lines, offers, chance) -> None:
    shuffled, mixed = list(lines), list(offers)
    chance.shuffle(shuffled)
    chance.shuffle(mixed)
    assert price(lines, offers) == price(shuffled, mixed)


@settings(max_examples=200, deadline=None)
@given(carts, offer_sets(), amount)
def test_another_item_never_loses_a_better_combination(lines, offers, more) -> None:
    before = price(lines, offers)
    after = price([*lines, line(7, more)], offers)
    assert after.is_exact
    assert after.saved_minor >= before.saved_minor


def test_all_orders_of_three_offers_give_one_answer() -> None:
    rules = [
        offer(1, Stage.ITEM, PercentOff(1_000), group="a"),
        offer(2, Stage.ITEM, AmountOff(300), group="a"),
        offer(3, Stage.ORDER, AmountOff(300), excludes=frozenset({"a"})),
    ]
    assert len({price([line(0, 3_000)], mix).goods_minor for mix in permutations(rules)}) == 1
