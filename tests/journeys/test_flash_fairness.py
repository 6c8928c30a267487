"""What a flash sale owes those who come honestly: strikes, units for new members, and items on several rows."""

import uuid
from datetime import timedelta

import pytest

from jishi.flows.lifecycle import cancel_unpaid
from jishi.flows.payment import take_outcome
from jishi.flows.pipeline import order_waiting_claims
from jishi.flows.refunds import refund_order
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.orders.public import OrderState, order_view
from jishi.modules.plays.flash_sale.public import (
    ItemBalance,
    UnitsTaken,
    balances_of,
    change_units,
    close_sale,
    settle_closed_sales,
    stock_by_item,
)
from jishi.platform import rush
from jishi.platform.models import Pool
from tests.world import fake_provider, makers
from tests.world.jobs import run_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def sound(play_id: object) -> ItemBalance:
    """The balance of the only item; it must add up."""
    [found] = balances_of(play_id)  # type: ignore[arg-type]
    assert found.is_sound, found
    return found


def take_and_let_go(actor: Actor, item_id: uuid.UUID, *, by: Actor, reason: str) -> None:
    cancel_unpaid(makers.buy_flash(actor, item_id), by=by, reason=reason)


def test_who_twice_took_a_unit_and_did_not_pay_waits_for_an_hour_and_others_do_not() -> None:
    """By the deadline or by their own hand: the unit was kept from the others all the same."""
    sale = makers.make_sale(makers.make_product(), hours=5)
    item, actor, other = sale.items[0], makers.make_member(), makers.make_member()
    start = clock.now()
    with clock.held_at(start):
        take_and_let_go(actor, item.id, by=SYSTEM, reason="not_paid_in_time")
    with clock.held_at(start + timedelta(minutes=20)):
        take_and_let_go(actor, item.id, by=actor, reason="by_member")
    with clock.held_at(start + timedelta(minutes=25)):
        with pytest.raises(rush.SlowDown) as refused:
            makers.buy_flash(actor, item.id)
        makers.pay(other, makers.buy_flash(other, item.id))
    assert refused.value.facts == {"seconds": 55 * 60}
    with clock.held_at(start + timedelta(minutes=81)):
        makers.pay(actor, makers.buy_flash(actor, item.id))
        assert sound(sale.id).units_paid == 2


def test_without_lapsing_who_never_pays_takes_units_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: given back as if it had been refunded, an unpaid order leaves no trace."""
    monkeypatch.setattr(rush, "lapse_claim", rush.release_claim)
    sale = makers.make_sale(makers.make_product())
    item, actor = sale.items[0], makers.make_member()
    for _ in range(4):
        take_and_let_go(actor, item.id, by=SYSTEM, reason="not_paid_in_time")
    assert sound(sale.id).units_returned == 4


def test_a_refund_of_what_was_paid_is_no_strike() -> None:
    sale = makers.make_sale(makers.make_product())
    item, actor = sale.items[0], makers.make_member()
    for _ in range(3):
        order_id = makers.buy_flash(actor, item.id)
        makers.pay(actor, order_id)
        refund_order(order_id, by=makers.OWNER, reason="x")
        run_jobs()
    assert sound(sale.id).units_returned == 3


def test_money_that_comes_late_is_taken_from_whoever_waits_too() -> None:
    sale = makers.make_sale(makers.make_product())
    item, actor = sale.items[0], makers.make_member()
    take_and_let_go(actor, item.id, by=SYSTEM, reason="not_paid_in_time")
    order_id = makers.buy_flash(actor, item.id)
    late = makers.start_paying(actor, order_id)
    cancel_unpaid(order_id, by=SYSTEM, reason="not_paid_in_time")
    fake_provider.pay_at_cashier(late.id)
    take_outcome(late.id, fake_provider.outcome_of(late.id))
    assert order_view(order_id, by=actor).state is OrderState.PAID
    assert sound(sale.id).units_paid == 1


def grown_member() -> Actor:
    """Somebody who joined long ago."""
    with clock.held_at(clock.now() - timedelta(days=90)):
        return makers.make_member()


def test_units_for_new_members_are_theirs_until_the_moment_and_then_everybodys() -> None:
    sale = makers.make_sale(makers.make_product(), units=3, new_member_units=2)
    item, opens = sale.items[0], sale.play.opens_at
    first, second, late = (grown_member() for _ in range(3))
    newcomer = makers.make_member()
    makers.buy_flash(first, item.id)
    [stock] = stock_by_item([item.id]).values()
    assert (stock.free, stock.reserved, stock.reserved_until) == (2, 2, opens + timedelta(minutes=30))
    assert (stock.free_for(is_new=True), stock.free_for(is_new=False)) == (2, 0)

    with pytest.raises(rush.SoldOut):
        makers.buy_flash(second, item.id)
    makers.buy_flash(newcomer, item.id)
    assert (sound(sale.id).free, stock_by_item([item.id])[item.id].reserved) == (1, 1)

    with clock.held_at(opens + timedelta(minutes=30)):
        assert stock_by_item([item.id])[item.id].free_for(is_new=False) == 1
        makers.buy_flash(late, item.id)
        assert sound(sale.id).free == 0


def test_a_split_item_counts_and_ends_like_any_other() -> None:
    """Free, sums, more and fewer units, both roads, giving back, closing and settling, on four rows."""
    variant = makers.make_product(price_minor=4200, stock=20)
    sale = makers.make_sale(variant, units=8, new_member_units=2, split_from_units=8)
    item, people = sale.items[0], [grown_member() for _ in range(6)]
    assert Pool.objects.get(id=item.pool_id).shards == 4
    assert (stock_by_item([item.id])[item.id].free, stock_by_item([item.id])[item.id].reserved) == (8, 2)

    orders = [makers.buy_flash(actor, item.id) for actor in people[:4]]
    for actor in people[4:]:
        makers.make_address(actor)
        makers.tap(actor, item.id)
    assert (sound(sale.id).taken, sound(sale.id).claims_waiting) == (6, 2)
    with pytest.raises(rush.SoldOut):
        makers.buy_flash(grown_member(), item.id)
    assert order_waiting_claims() == 2
    makers.pay(people[0], orders[0])
    cancel_unpaid(orders[1], by=SYSTEM, reason="not_paid_in_time")
    assert (sound(sale.id).free, stock_by_item([item.id])[item.id].taken_percent) == (3, 62)
    with pytest.raises(UnitsTaken) as refused:
        change_units(item.id, units=4, by=makers.OWNER)
    assert refused.value.facts["taken"] == 5
    change_units(item.id, units=6, by=makers.OWNER)
    change_units(item.id, units=9, by=makers.OWNER)
    assert sound(sale.id).free == 4

    close_sale(sale.id, by=makers.OWNER)
    with pytest.raises(rush.TooLate):
        makers.tap(makers.make_member(), item.id)
    assert settle_closed_sales() == 0, "four are still waiting for payment"
    assert sound(sale.id).oversold == 0


def test_only_items_as_big_as_asked_are_split() -> None:
    sale = makers.make_sale(makers.make_product(), units=5, split_from_units=6)
    assert Pool.objects.get(id=sale.items[0].pool_id).shards == 0
