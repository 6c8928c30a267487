"""Promises, kept and undone: through real PostgreSQL."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jishi.kernel import clock
from jishi.kernel.ids import new_id
from jishi.modules.inventory import public as inventory
from jishi.modules.inventory.errors import HoldMismatch, HoldsMissing, OutOfStock, QuantityInvalid
from jishi.modules.inventory.models import Hold, Movement
from jishi.modules.inventory.public import HoldLine, HoldState, StockLine
from jishi.modules.inventory.rules import share_over_locations
from jishi.modules.inventory.tests.makers import (
    KEEPER,
    assert_books_balance,
    hold,
    level_of,
    order,
    stock,
)
from jishi.platform.facts import facts_about

pytestmark = pytest.mark.django_db


def test_a_hold_takes_from_what_is_sellable_and_not_from_what_is_on_hand() -> None:
    variant = stock(5)
    hold(variant, 2)

    level = level_of(variant)
    assert (level.on_hand, level.held) == (5, 2)
    assert inventory.sellable_by_variant([variant]) == {variant: 3}
    assert_books_balance()


@pytest.mark.parametrize("count", [1, 20])
def test_holding_is_one_statement_however_many_lines(
    count: int, django_assert_max_num_queries: object
) -> None:
    lines = [HoldLine(new_id(), stock(2, sku=f"s{n}"), 1) for n in range(count)]

    with django_assert_max_num_queries(2):  # type: ignore[operator]  # a lock timeout, the hold
        inventory.hold_stock(lines=lines, cause=order(), expires_at=None)
    assert Hold.objects.count() == count


def test_all_lines_or_none() -> None:
    plenty, scarce = stock(5), stock(1)
    lines = [HoldLine(new_id(), plenty, 2), HoldLine(new_id(), scarce, 2)]

    with pytest.raises(OutOfStock) as refused:
        inventory.hold_stock(lines=lines, cause=order(), expires_at=None)

    assert refused.value.facts == {
        "variant_id": str(scarce),
        "wanted": 2,
        "sellable": 1,
        "lines": [{"variant_id": str(scarce), "wanted": 2, "sellable": 1}],
    }
    assert (level_of(plenty).held, level_of(scarce).held, Hold.objects.count()) == (0, 0, 0)


def test_what_was_never_stocked_is_out_of_stock() -> None:
    with pytest.raises(OutOfStock):
        hold(new_id(), 1)


def test_the_same_hold_again_holds_nothing_more() -> None:
    variant, cause, line_id = stock(5), order(), new_id()
    for _ in range(2):
        inventory.hold_stock(lines=[HoldLine(line_id, variant, 2)], cause=cause, expires_at=None)
    assert level_of(variant).held == 2


def test_a_hold_id_used_for_something_else_or_closed_is_refused() -> None:
    variant, cause, line_id = stock(5), order(), new_id()
    inventory.hold_stock(lines=[HoldLine(line_id, variant, 2)], cause=cause, expires_at=None)

    for lines, other in (
        ([HoldLine(line_id, variant, 2)], order()),
        ([HoldLine(line_id, stock(5, sku="T"), 2)], cause),
        ([HoldLine(line_id, variant, 3)], cause),
    ):
        with pytest.raises(HoldMismatch):
            inventory.hold_stock(lines=lines, cause=other, expires_at=None)
    inventory.release_holds(cause=cause, reason="x")
    with pytest.raises(HoldMismatch):
        inventory.hold_stock(lines=[HoldLine(line_id, variant, 2)], cause=cause, expires_at=None)
    assert level_of(variant).held == 0


@pytest.mark.parametrize("quantity", [0, -1, 10**9])
def test_a_quantity_that_cannot_be_is_refused(quantity: int) -> None:
    with pytest.raises(QuantityInvalid):
        hold(stock(5), quantity)


def test_releasing_gives_back_once_and_says_so() -> None:
    variant = stock(5)
    cause = hold(variant, 2)

    assert inventory.release_holds(cause=cause, reason="cancelled") == 2
    assert inventory.release_holds(cause=cause, reason="cancelled") == 0

    assert level_of(variant).held == 0
    [fact] = facts_about(subject_kind="order", subject_id=cause.id)
    assert (fact.name, fact.payload["quantities"]) == ("inventory.holds_released.v1", {str(variant): 2})
    assert_books_balance()


def test_a_hold_that_was_not_paid_expires_and_a_kept_one_does_not() -> None:
    variant = stock(5)
    deadline = clock.now() + timedelta(minutes=15)
    unpaid, paid = hold(variant, 1, expires_at=deadline), hold(variant, 2, expires_at=deadline)
    inventory.keep_holds(cause=paid)

    with clock.held_at(deadline - timedelta(seconds=1)):
        assert inventory.expire_holds() == 0
    with clock.held_at(deadline):
        assert inventory.expire_holds() == 1
        assert inventory.expire_holds() == 0

    assert level_of(variant).held == 2
    assert [h.state for h in inventory.holds_of(unpaid)] == [HoldState.EXPIRED]
    assert inventory.keep_holds(cause=unpaid) == 0
    assert_books_balance()


def test_expiry_goes_by_batches_oldest_first() -> None:
    variant, now = stock(9), clock.now()
    causes = [hold(variant, 1, expires_at=now + timedelta(minutes=n)) for n in range(3)]
    with clock.held_at(now + timedelta(hours=1)):
        assert inventory.expire_holds(limit=2) == 2
    states = [inventory.holds_of(cause)[0].state for cause in causes]
    assert states == [HoldState.EXPIRED, HoldState.EXPIRED, HoldState.HELD]


def test_shipping_in_parts_takes_on_hand_and_held_down_together() -> None:
    variant = stock(5)
    cause = hold(variant, 3)

    inventory.ship_holds(cause=cause, lines=[StockLine(variant, 2)], key="parcel-1", by=KEEPER)
    level = level_of(variant)
    assert (level.on_hand, level.held) == (3, 1)
    inventory.ship_holds(cause=cause, lines=[StockLine(variant, 2)], key="parcel-1", by=KEEPER)
    assert level_of(variant).on_hand == 3, "the same parcel ships once"

    inventory.ship_holds(cause=cause, lines=[StockLine(variant, 1)], key="parcel-2", by=KEEPER)
    assert [h.state for h in inventory.holds_of(cause)] == [HoldState.SHIPPED]
    assert [m.kind.value for m in inventory.movements_of(by=KEEPER, variant_id=variant)] == [
        "shipped",
        "shipped",
        "counted",
    ]
    assert_books_balance()


def test_shipping_more_than_is_held_is_refused_and_moves_nothing() -> None:
    variant = stock(5)
    cause = hold(variant, 2)
    with pytest.raises(HoldsMissing), transaction.atomic():
        inventory.ship_holds(cause=cause, lines=[StockLine(variant, 3)], key="p", by=KEEPER)
    assert (level_of(variant).on_hand, level_of(variant).held) == (5, 2)
    with pytest.raises(HoldsMissing), transaction.atomic():
        inventory.ship_holds(cause=order(), lines=[StockLine(variant, 1)], key="q", by=KEEPER)


def test_releasing_after_a_part_was_shipped_gives_back_the_rest() -> None:
    variant = stock(5)
    cause = hold(variant, 3)
    inventory.ship_holds(cause=cause, lines=[StockLine(variant, 1)], key="p", by=KEEPER)
    assert inventory.release_holds(cause=cause, reason="refund") == 2
    level = level_of(variant)
    assert (level.on_hand, level.held) == (4, 0)
    assert_books_balance()


def test_units_refunded_before_shipping_go_back_to_the_shelf() -> None:
    variant = stock(5)
    cause = hold(variant, 3)
    inventory.release_units(cause=cause, lines=[StockLine(variant, 2)], reason="refund")
    assert level_of(variant).held == 1
    with pytest.raises(HoldsMissing), transaction.atomic():
        inventory.release_units(cause=cause, lines=[StockLine(variant, 2)], reason="refund")
    assert_books_balance()


def test_what_nobody_counts_is_always_sold_and_its_book_stays_true() -> None:
    variant = stock(None)
    cause = hold(variant, 7)
    inventory.ship_holds(cause=cause, lines=[StockLine(variant, 7)], key="p", by=KEEPER)
    inventory.ship_holds(cause=cause, lines=[StockLine(variant, 7)], key="p", by=KEEPER)
    assert inventory.sellable_by_variant([variant]) == {variant: inventory.UNTRACKED_SELLABLE}
    assert level_of(variant).on_hand == 0
    assert_books_balance()


def test_a_closed_location_sells_nothing() -> None:
    place = inventory.create_location(by=KEEPER, code="east", name="东仓")
    variant = stock(5, location_id=place)
    inventory.change_location(by=KEEPER, location_id=place, name="东仓", priority=1, is_active=False)
    assert inventory.sellable_by_variant([variant]) == {variant: 0}
    with pytest.raises(OutOfStock):
        hold(variant, 1)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 12), st.lists(st.integers(0, 8), min_size=1, max_size=4))
def test_the_statement_shares_over_locations_as_the_rule_says(wanted: int, sellable: list[int]) -> None:
    variant, product = new_id(), uuid.uuid4()
    places = []
    for rank, quantity in enumerate(sellable):
        code = f"l{new_id()}"
        place = inventory.create_location(by=KEEPER, code=code, name=code, priority=rank)
        places.append(code[:40])
        counted = inventory.Figure(variant, product, "S", quantity)
        inventory.count_stock(by=KEEPER, figures=[counted], key=f"k{code}", location_id=place)
    given_parts = share_over_locations(wanted, sellable)
    cause = order()
    if given_parts is None:
        with pytest.raises(OutOfStock):
            hold(variant, wanted, cause=cause)
        assert inventory.holds_of(cause) == []
        return
    hold(variant, wanted, cause=cause)
    held = {row.location_code: row.quantity for row in inventory.holds_of(cause)}
    assert held == {code: part for code, part in zip(places, given_parts, strict=True) if part}
    inventory.ship_holds(cause=cause, lines=[StockLine(variant, wanted)], key=str(cause.id), by=KEEPER)
    assert_books_balance()
    assert Movement.objects.filter(cause_id=cause.id).count() == sum(part > 0 for part in given_parts)
