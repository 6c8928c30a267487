"""Goods coming and going."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.db.utils import IntegrityError

from jishi.kernel.actor import Actor, ActorKind
from jishi.kernel.errors import LoginRequired, NotAllowed
from jishi.kernel.ids import new_id
from jishi.modules.inventory import public as inventory
from jishi.modules.inventory.errors import (
    BelowHeld,
    LevelMissing,
    LocationCodeTaken,
    LocationMissing,
    MovementKeyReused,
    QuantityInvalid,
)
from jishi.modules.inventory.models import Movement, StockLevel
from jishi.modules.inventory.public import StockLine
from jishi.modules.inventory.tests.makers import (
    KEEPER,
    assert_books_balance,
    figure,
    hold,
    level_of,
    order,
    stock,
)
from jishi.platform.facts import facts_about

pytestmark = pytest.mark.django_db


def test_every_kind_of_movement_changes_what_is_on_hand() -> None:
    goods = figure(10)
    inventory.receive_stock(by=KEEPER, figure=goods, key="a")
    for move, quantity, on_hand in (
        (inventory.adjust_stock, -3, 7),
        (inventory.write_off_stock, 2, 5),
        (inventory.receive_stock, 1, 6),
    ):
        change = figure(quantity, variant_id=goods.variant_id)
        move(by=KEEPER, figure=change, key=f"k{on_hand}", note="why")
        assert level_of(goods.variant_id).on_hand == on_hand
    inventory.return_stock(by=KEEPER, cause=order(), lines=[StockLine(goods.variant_id, 4)], key="r")
    inventory.return_stock(by=KEEPER, cause=order(), lines=[StockLine(goods.variant_id, 4)], key="r")

    assert level_of(goods.variant_id).on_hand == 10
    assert [row.on_hand_after for row in inventory.movements_of(by=KEEPER, variant_id=goods.variant_id)] == [
        10,
        6,
        5,
        7,
        10,
    ]
    assert len(facts_about(subject_kind="variant", subject_id=goods.variant_id)) == 5
    assert_books_balance()


def test_the_same_key_moves_once_and_never_something_else() -> None:
    goods = figure(10)
    for _ in range(2):
        inventory.receive_stock(by=KEEPER, figure=goods, key="a")
    assert level_of(goods.variant_id).on_hand == 10
    with pytest.raises(MovementKeyReused):
        inventory.receive_stock(by=KEEPER, figure=figure(11, variant_id=goods.variant_id), key="a")


def test_counting_sets_the_figure_and_equal_figures_move_nothing() -> None:
    goods = figure(10)
    assert inventory.count_stock(by=KEEPER, figures=[goods], key="a").changed == 1
    assert inventory.count_stock(by=KEEPER, figures=[goods], key="b").changed == 0
    assert (
        inventory.count_stock(by=KEEPER, figures=[figure(4, variant_id=goods.variant_id)], key="c").changed
        == 1
    )
    assert Movement.objects.count() == 2
    assert_books_balance()


def test_nothing_goes_below_what_is_promised() -> None:
    variant = stock(5)
    hold(variant, 3)
    for act in (
        lambda: inventory.count_stock(by=KEEPER, figures=[figure(2, variant_id=variant)], key="c"),
        lambda: inventory.write_off_stock(by=KEEPER, figure=figure(3, variant_id=variant), key="w"),
        lambda: inventory.adjust_stock(by=KEEPER, figure=figure(-3, variant_id=variant), key="a"),
    ):
        with pytest.raises(BelowHeld):
            act()
    level = level_of(variant)
    assert (level.on_hand, level.held, Movement.objects.count()) == (5, 3, 1)


def test_a_count_below_the_promise_can_be_raised_to_it() -> None:
    variant = stock(5)
    hold(variant, 3)
    counted = inventory.count_stock(
        by=KEEPER, figures=[figure(1, variant_id=variant)], key="c", raise_to_held=True
    )
    assert counted.raised_to_held == {variant: 3}
    assert level_of(variant).on_hand == 3
    assert_books_balance()


def test_counting_can_stop_and_begin_again() -> None:
    variant = stock(5)
    inventory.count_stock(by=KEEPER, figures=[figure(None, variant_id=variant)], key="c")
    cause = hold(variant, 50)
    assert level_of(variant).is_tracked is False
    with pytest.raises(BelowHeld):
        inventory.count_stock(by=KEEPER, figures=[figure(5, variant_id=variant)], key="d")
    inventory.release_holds(cause=cause, reason="x")
    inventory.count_stock(by=KEEPER, figures=[figure(5, variant_id=variant)], key="e")
    assert inventory.sellable_by_variant([variant]) == {variant: 5}
    assert_books_balance()


def test_receiving_what_nobody_counted_begins_counting() -> None:
    variant = stock(None)
    inventory.receive_stock(by=KEEPER, figure=figure(4, variant_id=variant), key="r")
    assert inventory.sellable_by_variant([variant]) == {variant: 4}


def test_movements_are_never_changed_or_deleted() -> None:
    stock(5)
    for act in (lambda: Movement.objects.update(quantity=6), lambda: Movement.objects.all().delete()):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            act()


@pytest.mark.parametrize("wrong", [{"on_hand": -1}, {"held": -1}, {"held": 6}, {"on_hand": 0, "held": 1}])
def test_the_database_itself_refuses_an_impossible_level(wrong: dict[str, int]) -> None:
    variant = stock(5)
    with pytest.raises(IntegrityError), transaction.atomic():
        StockLevel.objects.filter(variant_id=variant).update(**wrong)


def test_impossible_quantities_places_and_returns_are_refused() -> None:
    for quantity in (0, -1, 10**9):
        with pytest.raises(QuantityInvalid):
            inventory.receive_stock(by=KEEPER, figure=figure(quantity), key="a")
    with pytest.raises(QuantityInvalid):
        inventory.count_stock(by=KEEPER, figures=[figure(-1)], key="a")
    with pytest.raises(LocationMissing):
        inventory.receive_stock(by=KEEPER, figure=figure(1), key="a", location_id=new_id())
    with pytest.raises(LevelMissing):
        inventory.return_stock(by=KEEPER, cause=order(), lines=[StockLine(new_id(), 1)], key="r")
    inventory.create_location(by=KEEPER, code="East", name="东")
    with pytest.raises(LocationCodeTaken):
        inventory.create_location(by=KEEPER, code="east ", name="东")
    assert Movement.objects.count() == 0


VERBS: list[Callable[[Actor], object]] = [
    lambda by: inventory.receive_stock(by=by, figure=figure(1), key="a"),
    lambda by: inventory.adjust_stock(by=by, figure=figure(1), key="a"),
    lambda by: inventory.write_off_stock(by=by, figure=figure(1), key="a"),
    lambda by: inventory.count_stock(by=by, figures=[figure(1)], key="a"),
    lambda by: inventory.create_location(by=by, code="a", name="a"),
    lambda by: inventory.change_location(by=by, location_id=new_id(), name="", priority=1, is_active=True),
    lambda by: inventory.stock_table(by=by),
    lambda by: inventory.movements_of(by=by, variant_id=new_id()),
    lambda by: inventory.locations(by=by),
    lambda by: inventory.levels_of(by=by, variant_ids=[]),
]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_asks_who_is_there(verb: Callable[[Actor], object]) -> None:
    with pytest.raises(NotAllowed):
        verb(Actor(kind=ActorKind.MEMBER, id=new_id()))
    with pytest.raises(LoginRequired):
        verb(Actor(kind=ActorKind.VISITOR))
    assert not StockLevel.objects.exists()


@pytest.mark.parametrize("count", [1, 20])
def test_reads_cost_the_same_at_one_and_at_twenty(count: int, django_assert_num_queries: object) -> None:
    variants = [stock(n + 1, sku=f"A{n:02}") for n in range(count)]
    products = list(StockLevel.objects.values_list("product_id", flat=True))
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(inventory.sellable_by_variant(variants)) == count
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert sum(inventory.sellable_by_product(products).values()) == sum(range(1, count + 1))
    with django_assert_num_queries(2):  # type: ignore[operator]
        table = inventory.stock_table(by=KEEPER, text="a", limit=50)
    assert (table.count, len(table.rows)) == (count, count)
    assert table.rows[0].sellable == 1


def test_the_table_finds_by_sku_and_what_is_short() -> None:
    stock(0, sku="RED%1")
    stock(4, sku="BLUE")
    assert [row.sku for row in inventory.stock_table(by=KEEPER, text="%").rows] == ["RED%1"]
    assert [row.sku for row in inventory.stock_table(by=KEEPER, only_short=True).rows] == ["RED%1"]
    assert [row.sku for row in inventory.stock_table(by=KEEPER, page=2, limit=1).rows] == ["RED%1"]
