"""People's stories around a flash sale, by both roads, jobs included."""

import uuid
from datetime import timedelta

import pytest

from jishi.flows.checkout import Delivery
from jishi.flows.flash_sales import FlashWish, order_flash, remind_members
from jishi.flows.lifecycle import cancel_unpaid
from jishi.flows.payment import take_outcome
from jishi.flows.pipeline import order_waiting_claims
from jishi.flows.refunds import refund_order
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.inventory.public import sellable_by_variant
from jishi.modules.ledger.public import BudgetExhausted, trial_balance
from jishi.modules.messaging.public import notices_of
from jishi.modules.orders.public import OrderState, order_view
from jishi.modules.plays.flash_sale.public import (
    ClaimGone,
    ClaimStage,
    ItemBalance,
    TooManyUnitsWanted,
    UnitsTaken,
    WaitReason,
    ask_reminder,
    balances_of,
    change_units,
    claim_view,
    close_sale,
    sale_view,
    settle_closed_sales,
    stock_by_item,
)
from jishi.modules.plays.life.public import PlayState, advance_plays, budget_left_minor, play_view
from jishi.platform import rush
from jishi.platform.facts import facts_about
from tests.world import fake_provider, makers
from tests.world.jobs import run_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def sound(play_id: object) -> ItemBalance:
    """The balance of the only item; it must add up."""
    [found] = balances_of(play_id)  # type: ignore[arg-type]
    assert found.is_sound, found
    return found


def stage_of(actor: Actor, claim_id: object) -> ClaimStage:
    return claim_view(claim_id, member_id=actor.require_member()).stage  # type: ignore[arg-type]


def orders_of(taps: dict[Actor, uuid.UUID], *people: Actor) -> list[uuid.UUID]:
    """The orders that the pipeline has made of people's claims."""
    found = [claim_view(taps[actor], member_id=actor.require_member()).order_id for actor in people]
    return [order_id for order_id in found if order_id is not None]


def test_the_worked_numbers_of_the_page_until_everything_is_held() -> None:
    """docs/algorithms/flash-sale.md, row by row."""
    variant = makers.make_product(price_minor=4200, stock=20)
    sale = makers.make_sale(variant, price_minor=2990, units=5, budget_minor=6050)
    item = sale.items[0]
    a, b, c = (makers.make_member() for _ in range(3))
    for actor in (a, b):
        makers.make_address(actor)
    assert sellable_by_variant([variant]) == {variant: 15}
    assert (sale.worst_case_minor, budget_left_minor(sale.play)) == (6050, 0)

    taps = {actor: makers.tap(actor, item.id) for actor in (a, b, c)}
    assert (sound(sale.id).free, sound(sale.id).set_aside) == (2, 5)
    assert order_waiting_claims() == 3
    found = sound(sale.id)
    assert (found.claims_held, found.claims_waiting, found.units_ordered, found.set_aside) == (3, 1, 2, 3)
    assert claim_view(taps[c], member_id=c.require_member()).reason is WaitReason.ADDRESS_NEEDED
    assert sellable_by_variant([variant]) == {variant: 15}, "ordinary sale has not noticed"

    [first, _] = orders_of(taps, a, b)
    view = order_view(first, by=a)
    assert (view.lines[0].list_minor, view.lines[0].total_minor, view.play_kind) == (4200, 2990, "flash_sale")
    assert view.address["line"] == "南京东路 1 号"
    makers.pay(a, first)
    assert stage_of(a, taps[a]) is ClaimStage.PAID
    order_flash(
        FlashWish(item.id, 1, taps[c]),
        by=c,
        delivery=Delivery(address_id=makers.make_address(c)),
        expected_total_minor=None,
    )
    found = sound(sale.id)
    assert (found.claims_held, found.claims_waiting, found.units_ordered, found.set_aside) == (2, 0, 2, 2)


def test_the_worked_numbers_of_the_page_from_sold_out_to_settled(fake_payments: fake_provider.Book) -> None:
    variant = makers.make_product(price_minor=4200, stock=20)
    sale = makers.make_sale(variant, price_minor=2990, units=5, budget_minor=6050)
    item = sale.items[0]
    people = [makers.make_member() for _ in range(6)]
    for actor in people:
        makers.make_address(actor)
    a, b, *_rest, f = people
    taps = {actor: makers.tap(actor, item.id) for actor in people[:5]}
    with pytest.raises(rush.SoldOut):
        makers.tap(f, item.id)
    assert order_waiting_claims() == 5 and order_waiting_claims() == 0
    makers.pay(a, orders_of(taps, a)[0])

    [unpaid] = orders_of(taps, b)
    late = makers.start_paying(b, unpaid)
    cancel_unpaid(unpaid, by=makers.SYSTEM, reason="not_paid_in_time")
    stock = stock_by_item([item.id])[item.id]
    assert (stock.free, stock.returned, stock.returned_at is not None) == (1, 1, True)
    assert (sound(sale.id).set_aside, stage_of(b, taps[b])) == (1, ClaimStage.RETURNED)
    assert sellable_by_variant([variant]) == {variant: 15}
    taps[f] = makers.tap(f, item.id)
    assert order_waiting_claims() == 1
    fake_provider.pay_at_cashier(late.id)
    take_outcome(late.id, fake_provider.outcome_of(late.id))
    run_jobs()
    assert order_view(unpaid, by=b).state is OrderState.REFUNDED

    for actor in people[2:]:
        makers.pay(actor, orders_of(taps, actor)[0])
    assert (sound(sale.id).units_paid, sound(sale.id).oversold) == (5, 0)
    close_sale(sale.id, by=makers.OWNER)
    assert settle_closed_sales() == 1 and settle_closed_sales() == 0
    assert play_view(sale.id).state is PlayState.SETTLED
    assert budget_left_minor(play_view(sale.id)) == 0
    assert sellable_by_variant([variant]) == {variant: 15}
    assert (trial_balance(unit="CNY"), trial_balance(unit="CNY.b")) == (0, 0)
    names = [fact.name for fact in facts_about(subject_kind="play", subject_id=sale.id)]
    counts = {
        name: names.count(f"flash_sale.{name}.v1") for name in ("unit_ordered", "unit_paid", "units_returned")
    }
    assert counts == {"unit_ordered": 6, "unit_paid": 5, "units_returned": 1}


def test_what_is_not_sold_goes_back_on_sale_and_the_budget_keeps_what_was_given() -> None:
    variant = makers.make_product(price_minor=4200, stock=20)
    sale = makers.make_sale(variant, price_minor=2990, units=5, budget_minor=10_000)
    buyer, other = makers.make_member(), makers.make_member()
    makers.pay(buyer, makers.buy_flash(buyer, sale.items[0].id))
    unpaid = makers.buy_flash(other, sale.items[0].id)

    with clock.held_at(sale.play.closes_at):
        with pytest.raises(rush.TooLate):
            makers.tap(makers.make_member(), sale.items[0].id)
        advance_plays()
        assert settle_closed_sales() == 0, "somebody may still pay"
        cancel_unpaid(unpaid, by=other, reason="changed_mind")
        assert settle_closed_sales() == 1
    assert sellable_by_variant([variant]) == {variant: 19}
    assert budget_left_minor(play_view(sale.id)) == 10_000 - 1210
    assert trial_balance(unit="CNY.b") == 0


def test_a_paid_order_refunded_whole_while_the_sale_runs_is_for_the_next() -> None:
    variant = makers.make_product(stock=3)
    sale = makers.make_sale(variant, units=2, member_limit=2)
    item = sale.items[0]
    buyer, other = makers.make_member(), makers.make_member()
    order_id = makers.buy_flash(buyer, item.id, quantity=2)
    makers.pay(buyer, order_id)
    line = order_view(order_id, by=buyer).lines[0]
    # one unit first: it goes to the shelf, the claim still stands for two
    refund_order(order_id, by=makers.OWNER, reason="x", units_by_line={line.id: 1})
    assert sellable_by_variant([variant]) == {variant: 2}
    refund_order(order_id, by=makers.OWNER, reason="x")
    run_jobs()
    found = sound(sale.id)
    assert (found.free, found.set_aside, found.units_returned) == (2, 2, 2)
    assert sellable_by_variant([variant]) == {variant: 1}
    makers.pay(other, makers.buy_flash(other, item.id, quantity=2))
    assert sound(sale.id).units_paid == 2


def test_money_that_comes_late_gets_a_unit_when_one_is_free() -> None:
    variant = makers.make_product(stock=1)
    sale = makers.make_sale(variant, units=1)
    buyer = makers.make_member()
    order_id = makers.buy_flash(buyer, sale.items[0].id)
    late = makers.start_paying(buyer, order_id)
    cancel_unpaid(order_id, by=buyer, reason="changed_mind")
    fake_provider.pay_at_cashier(late.id)
    take_outcome(late.id, fake_provider.outcome_of(late.id))
    assert order_view(order_id, by=buyer).state is OrderState.PAID
    assert (sound(sale.id).units_paid, sound(sale.id).set_aside) == (1, 0)


def test_units_change_while_people_buy_and_goods_follow() -> None:
    variant = makers.make_product(price_minor=4200, stock=10)
    sale = makers.make_sale(variant, units=4, budget_minor=9_000)
    item = sale.items[0]
    makers.buy_flash(makers.make_member(), item.id)
    assert change_units(item.id, units=7, by=makers.OWNER).units == 7
    assert (sound(sale.id).set_aside, sellable_by_variant([variant])) == (6, {variant: 3})
    with pytest.raises(BudgetExhausted):  # 8 × 12.10 is more than the budget
        change_units(item.id, units=8, by=makers.OWNER)
    makers.buy_flash(makers.make_member(), item.id)
    with pytest.raises(UnitsTaken):
        change_units(item.id, units=1, by=makers.OWNER)
    change_units(item.id, units=2, by=makers.OWNER)
    assert (sound(sale.id).set_aside, sellable_by_variant([variant])) == (0, {variant: 8})


def test_publishing_more_than_the_shelf_has_changes_nothing() -> None:
    variant = makers.make_product(stock=3)
    with pytest.raises(TooManyUnitsWanted):
        makers.make_sale(variant, units=4)
    assert sellable_by_variant([variant]) == {variant: 3}


def test_a_claim_is_its_members_own_and_becomes_one_order() -> None:
    sale = makers.make_sale(makers.make_product())
    owner, thief = makers.make_member(), makers.make_member()
    claim_id = makers.tap(owner, sale.items[0].id)
    wish = FlashWish(sale.items[0].id, 1, claim_id)
    with pytest.raises(Exception, match="not_found"):
        order_flash(
            wish,
            by=thief,
            delivery=Delivery(address_id=makers.make_address(thief)),
            expected_total_minor=None,
        )
    delivery = Delivery(address_id=makers.make_address(owner))
    first = order_flash(wish, by=owner, delivery=delivery, expected_total_minor=None)
    assert order_flash(wish, by=owner, delivery=delivery, expected_total_minor=None) == first
    assert order_waiting_claims() == 0


def test_a_claim_whose_member_never_says_where_lapses_and_the_unit_is_free() -> None:
    sale = makers.make_sale(makers.make_product(), units=1)
    actor = makers.make_member()
    claim_id = makers.tap(actor, sale.items[0].id)
    order_waiting_claims()
    with clock.held_at(clock.now() + timedelta(minutes=16)):
        assert rush.expire_claims() == [claim_id]
        assert (sound(sale.id).free, stage_of(actor, claim_id)) == (1, ClaimStage.RETURNED)
        with pytest.raises(ClaimGone):
            order_flash(
                FlashWish(sale.items[0].id, 1, claim_id),
                by=actor,
                delivery=Delivery(address_id=makers.make_address(actor)),
                expected_total_minor=None,
            )


def test_an_order_keeps_its_unit_until_its_own_deadline_though_the_claim_would_have_lapsed() -> None:
    """A worker that slept for fourteen minutes leaves the buyer five to pay, and the claim no longer expires."""
    sale = makers.make_sale(makers.make_product(), units=1)
    actor = makers.make_member()
    makers.make_address(actor)
    claim_id = makers.tap(actor, sale.items[0].id)
    start = clock.now()
    with clock.held_at(start + timedelta(minutes=14)):
        assert order_waiting_claims() == 1
    order_id = claim_view(claim_id, member_id=actor.require_member()).order_id
    assert order_id is not None
    with clock.held_at(start + timedelta(minutes=18)):
        assert rush.expire_claims() == []
        makers.pay(actor, order_id)
    assert sound(sale.id).units_paid == 1


def test_who_asked_is_reminded_once_shortly_before() -> None:
    sale = makers.make_sale(makers.make_product(), opens_in=timedelta(minutes=30))
    asked, silent = makers.make_member(), makers.make_member()
    assert ask_reminder(sale.id, by=asked) and not ask_reminder(sale.id, by=asked)
    assert remind_members() == 0
    with clock.held_at(sale.play.opens_at - timedelta(minutes=4)):
        assert remind_members() == 1
        assert remind_members() == 0
    assert [notice.kind for notice in notices_of(by=asked)] == ["flash_sale_soon"]
    assert notices_of(by=silent) == []
    assert sale_view(sale.id).play.state is PlayState.SCHEDULED
