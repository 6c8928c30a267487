"""Many hands for the last unit, over real connections."""

import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import transaction

from jishi.kernel.ids import new_id
from jishi.modules.inventory import public as inventory
from jishi.modules.inventory.models import Hold, StockLevel
from jishi.modules.inventory.public import HoldLine, StockLine
from jishi.modules.inventory.tests.makers import KEEPER, assert_books_balance, hold, level_of, order, stock
from tests.world.races import WAIT_SECONDS, at_once, crashes, refusals

pytestmark = pytest.mark.django_db(transaction=True)

HANDS = 8


def test_reading_first_and_writing_then_sells_the_last_unit_twice() -> None:
    """The control: this is what the guard is for."""
    variant = stock(1)
    both_have_read = threading.Barrier(2)

    def hold_naively() -> str:
        with transaction.atomic():
            level = StockLevel.objects.get(variant_id=variant)
            if level.on_hand - level.held < 1:
                return "refused"
            both_have_read.wait(WAIT_SECONDS)
            StockLevel.objects.filter(id=level.id).update(held=level.held + 1)
            Hold.objects.create(
                id=new_id(), level=level, quantity=1, cause_kind="order", cause_id=uuid.uuid4()
            )
        return "held"

    assert at_once(hold_naively, hold_naively) == ["held", "held"]
    assert Hold.objects.count() == 2, "two promises for one unit"


def test_the_last_unit_is_promised_once() -> None:
    variant = stock(1)

    answers = at_once(*[lambda: hold(variant, 1) for _ in range(HANDS)])

    assert crashes(answers) == []
    assert refusals(answers) == ["out_of_stock"] * (HANDS - 1)
    assert (level_of(variant).held, Hold.objects.count()) == (1, 1)
    assert_books_balance()


def test_exactly_what_is_there_is_promised_over_two_places() -> None:
    variant = new_id()
    for code, quantity in (("a", 3), ("b", 4)):
        place = inventory.create_location(by=KEEPER, code=code, name=code)
        goods = inventory.Figure(variant, new_id(), "S", quantity)
        inventory.count_stock(by=KEEPER, figures=[goods], key=code, location_id=place)

    answers = at_once(*[lambda: hold(variant, 2) for _ in range(HANDS)])

    assert crashes(answers) == []
    assert refusals(answers) == ["out_of_stock"] * (HANDS - 3)
    assert inventory.sellable_by_variant([variant]) == {variant: 1}
    assert_books_balance()


def test_baskets_in_opposite_order_do_not_wait_for_each_other() -> None:
    first, second = stock(HANDS, sku="A"), stock(HANDS, sku="B")

    def basket(variants: tuple[uuid.UUID, ...]) -> Callable[[], object]:
        lines = [HoldLine(new_id(), variant, 1) for variant in variants]
        return lambda: inventory.hold_stock(lines=lines, cause=order(), expires_at=None)

    answers = at_once(*[basket((first, second)[:: 1 if n % 2 else -1]) for n in range(HANDS)])

    assert answers == [None] * HANDS
    assert (level_of(first).held, level_of(second).held) == (HANDS, HANDS)


def test_the_same_hold_from_two_hands_is_held_once() -> None:
    variant, cause, line_id = stock(5), order(), new_id()

    def act() -> None:
        inventory.hold_stock(lines=[HoldLine(line_id, variant, 2)], cause=cause, expires_at=None)

    answers = at_once(*[act for _ in range(4)])

    assert crashes(answers) == []
    assert level_of(variant).held == 2
    assert_books_balance()


def test_releasing_from_many_hands_gives_back_once() -> None:
    variant = stock(5)
    cause = hold(variant, 3)

    answers = at_once(*[lambda: inventory.release_holds(cause=cause, reason="x") for _ in range(HANDS)])

    assert crashes(answers) == []
    assert sum(answer for answer in answers if isinstance(answer, int)) == 3
    assert level_of(variant).held == 0
    assert_books_balance()


def test_one_parcel_from_two_hands_ships_once_while_others_buy() -> None:
    variant = stock(10)
    cause = hold(variant, 4)

    def ship() -> None:
        inventory.ship_holds(cause=cause, lines=[StockLine(variant, 4)], key="parcel", by=KEEPER)

    answers = at_once(ship, ship, *[lambda: hold(variant, 1) for _ in range(6)])

    assert crashes(answers) == [] and refusals(answers) == []
    level = level_of(variant)
    assert (level.on_hand, level.held) == (6, 6)
    assert_books_balance()


def test_counting_while_people_buy_never_sells_below_nothing() -> None:
    variant = stock(6)

    def count(quantity: int) -> Callable[[], object]:
        goods = inventory.Figure(variant, new_id(), "S", quantity)
        return lambda: inventory.count_stock(by=KEEPER, figures=[goods], key=str(new_id()))

    answers = at_once(count(3), count(5), *[lambda: hold(variant, 1) for _ in range(6)])

    assert crashes(answers) == []
    assert_books_balance()
