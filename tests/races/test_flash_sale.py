"""Many hands for the last flash units, over both roads; several pipelines; cancelling against paying."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from jishi.flows.lifecycle import cancel_unpaid
from jishi.flows.payment import take_outcome
from jishi.flows.pipeline import order_claims, order_waiting_claims
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.ids import new_id
from jishi.modules.inventory import public as inventory
from jishi.modules.inventory.operations import sql
from jishi.modules.inventory.public import Cause, HoldLine, TakeOver, sellable_by_variant
from jishi.modules.inventory.tests.makers import assert_books_balance, stock
from jishi.modules.orders.public import order_view
from jishi.modules.plays.flash_sale.models import Unit
from jishi.modules.plays.flash_sale.operations import units as unit_operations
from jishi.modules.plays.flash_sale.public import (
    balances_of,
    change_units,
    open_pools,
    pick_claims,
)
from jishi.platform.transactions import in_transaction
from tests.world import fake_provider, makers
from tests.world.races import WAIT_SECONDS, at_once, crashes, refusals

pytestmark = pytest.mark.django_db(transaction=True)

HANDS = 16


def shoppers(count: int) -> list[Actor]:
    found = [makers.make_member() for _ in range(count)]
    for actor in found:
        makers.make_address(actor)
    return found


def assert_sound(play_id: object) -> None:
    for found in balances_of(play_id):  # type: ignore[arg-type]
        assert found.is_sound, found
    assert_books_balance()


def test_the_last_unit_by_sixteen_buyers_over_both_roads() -> None:
    variant = makers.make_product(stock=3)
    sale = makers.make_sale(variant, units=1)
    item_id, people = sale.items[0].id, shoppers(HANDS)

    def ordinary(actor: Actor) -> Callable[[], object]:
        return lambda: makers.buy_flash(actor, item_id)

    def one_tap(actor: Actor) -> Callable[[], object]:
        def act() -> object:
            claim_id = makers.tap(actor, item_id)
            order_waiting_claims()
            return claim_id

        return act

    answers = at_once(*[(ordinary if n % 2 else one_tap)(actor) for n, actor in enumerate(people)])

    assert crashes(answers) == []
    assert refusals(answers) == ["sold_out"] * (HANDS - 1)
    order_waiting_claims()
    assert Unit.objects.count() == 1
    assert sellable_by_variant([variant]) == {variant: 2}
    assert_sound(sale.id)


def test_without_its_locks_two_pipelines_pick_the_same_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: this is what SKIP LOCKED and the unique claim are for."""
    sale = makers.make_sale(makers.make_product(), units=5, member_limit=5)
    for actor in shoppers(3):
        makers.tap(actor, sale.items[0].id)
    pools = open_pools()
    monkeypatch.setattr(
        unit_operations, "_PICK", unit_operations._PICK.replace("FOR UPDATE OF c SKIP LOCKED", "")
    )
    both_have_read = threading.Barrier(2)

    @in_transaction
    def pick() -> object:
        found = pick_claims(pool_ids=pools, limit=10)
        both_have_read.wait(WAIT_SECONDS)
        return {claim.claim_id for claim in found}

    first, second = at_once(pick, pick)
    assert first == second and len(first) == 3  # type: ignore[arg-type]

    answers = at_once(*[lambda: order_claims(pool_ids=pools) for _ in range(2)])
    assert Unit.objects.count() == 3, (
        "the unique claim is the last guard: one batch fails whole, nothing twice"
    )
    assert len(crashes(answers)) + len(refusals(answers)) <= 1
    assert_sound(sale.id)


def test_eight_pipelines_make_each_claim_one_order() -> None:
    sale = makers.make_sale(makers.make_product(), units=60, member_limit=9)
    people = shoppers(6)
    claims = [makers.tap(actor, sale.items[0].id) for actor in people for _ in range(9)]
    pools = open_pools()

    answers = at_once(*[lambda: order_claims(pool_ids=pools, limit=20) for _ in range(8)])

    assert crashes(answers) == [] and refusals(answers) == []
    while order_waiting_claims():
        pass
    assert sorted(Unit.objects.values_list("claim_id", flat=True)) == sorted(claims)
    assert_sound(sale.id)


def test_taking_goods_over_without_the_lock_promises_one_unit_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the stock hold, and then the lock: one unit held, two orders that want it."""
    variant, source = stock(1), Cause("flash_item", new_id())
    inventory.hold_stock(lines=[HoldLine(new_id(), variant, 1)], cause=source, expires_at=None)
    slow = sql.TAKE_OVER.replace("), shrunk AS (", "), nap AS (SELECT pg_sleep(0.4)), shrunk AS (")
    slow = slow.replace("FROM taken t WHERE", "FROM taken t, nap WHERE")

    @in_transaction
    def take() -> None:
        inventory.take_over_units(source=source, lines=[TakeOver(new_id(), new_id(), 1)], kind="order")

    with monkeypatch.context() as patch:
        patch.setattr(sql, "TAKE_OVER", slow)
        assert refusals(at_once(take, take)) == ["holds_missing"]
    assert_books_balance()

    variant, source = stock(1), Cause("flash_item", new_id())
    inventory.hold_stock(lines=[HoldLine(new_id(), variant, 1)], cause=source, expires_at=None)
    monkeypatch.setattr(sql, "TAKE_OVER", slow.replace("ORDER BY h.id FOR UPDATE", "ORDER BY h.id"))
    assert at_once(take, take) == [None, None], "two promises for one unit"


def test_cancelling_against_paying_leaves_one_truth() -> None:
    variant = makers.make_product(stock=4)
    sale = makers.make_sale(variant, units=4)
    for actor in shoppers(4):
        order_id = makers.buy_flash(actor, sale.items[0].id)
        payment = makers.start_paying(actor, order_id)
        fake_provider.pay_at_cashier(payment.id)
        word = fake_provider.outcome_of(payment.id)

        answers = at_once(
            lambda o=order_id, a=actor: cancel_unpaid(o, by=a, reason="x"),  # type: ignore[misc]
            lambda p=payment, w=word: take_outcome(p.id, w),  # type: ignore[misc]
        )

        assert crashes(answers) == []
        unit = Unit.objects.get(order_id=order_id)
        # paid first: the cancellation is refused; cancelled first: the late money finds a free unit again
        assert (unit.state, order_view(order_id, by=actor).state.value) == ("paid", "paid")
        assert_sound(sale.id)


def test_units_change_while_people_tap_and_nothing_is_sold_twice() -> None:
    variant = makers.make_product(stock=10)
    sale = makers.make_sale(variant, units=6)
    item_id, people = sale.items[0].id, shoppers(8)

    answers = at_once(
        lambda: change_units(item_id, units=4, by=makers.OWNER),
        lambda: change_units(item_id, units=8, by=makers.OWNER),
        *[lambda a=actor: makers.buy_flash(a, item_id) for actor in people],  # type: ignore[misc]
    )

    assert crashes(answers) == []
    order_waiting_claims()
    assert_sound(sale.id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM orders_order WHERE placed_at <= %s", [clock.now()])
        assert cursor.fetchone()[0] == Unit.objects.count()
