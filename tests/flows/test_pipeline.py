"""The pipeline: the same rows as the ordinary road, and what reading and ordering cost at one and at many."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jishi.flows.pipeline import order_claims
from jishi.modules.plays.flash_sale import public as flash
from jishi.modules.plays.life.public import PlayIsFixed, PlayNotOpen
from tests.world import makers

pytestmark = pytest.mark.django_db


def cost_of(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as spent:
        act()
    return len(spent)


def test_sessions_and_stock_cost_the_same_at_one_item_and_at_eight() -> None:
    small = makers.make_sale(makers.make_product())
    alone = cost_of(flash.sessions_shown)
    big = makers.make_sale(*[makers.make_product() for _ in range(8)])
    assert cost_of(flash.sessions_shown) == alone == 2
    for sale in (small, big):
        assert cost_of(lambda s=sale: flash.sale_view(s.id)) == 2  # type: ignore[misc]
        assert cost_of(lambda s=sale: flash.stock_by_item([item.id for item in s.items])) == 1  # type: ignore[misc]
        assert cost_of(lambda s=sale: flash.balances_of(s.id)) == 3  # type: ignore[misc]


def test_a_batch_costs_the_same_at_one_claim_and_at_twelve() -> None:
    sale = makers.make_sale(makers.make_product(stock=40), units=40, member_limit=40)
    actor = makers.make_member()
    makers.make_address(actor)
    pools = flash.open_pools()

    makers.tap(actor, sale.items[0].id)
    alone = cost_of(lambda: order_claims(pool_ids=pools))
    for _ in range(12):
        makers.tap(actor, sale.items[0].id)
    assert cost_of(lambda: order_claims(pool_ids=pools)) == alone


def test_a_batch_of_twenty_writes_what_single_orders_write() -> None:
    """COPY and INSERT leave the same rows: a pipeline order reads like one by the ordinary road."""
    from jishi.modules.orders.public import order_view
    from jishi.platform.facts import facts_about
    from jishi.platform.history import steps_of

    sale = makers.make_sale(makers.make_product(stock=40), units=40, member_limit=40)
    actor = makers.make_member()
    makers.make_address(actor)
    claims = [makers.tap(actor, sale.items[0].id) for _ in range(25)]
    assert order_claims(pool_ids=flash.open_pools()) == 25
    ordinary = order_view(makers.buy_flash(actor, sale.items[0].id), by=actor)
    order_id = flash.claim_view(claims[3], member_id=actor.require_member()).order_id
    assert order_id is not None
    piped = order_view(order_id, by=actor)

    own = ("id", "number", "placed_at", "pay_deadline", "lines")
    own_line = ("id",)
    for name in type(piped).__dataclass_fields__:
        if name not in own:
            mine, theirs = getattr(piped, name), getattr(ordinary, name)
            if name == "address":  # each maker call saves another one
                mine, theirs = mine | {"id": ""}, theirs | {"id": ""}
            assert mine == theirs, name
    for name in type(piped.lines[0]).__dataclass_fields__:
        if name not in own_line:
            assert getattr(piped.lines[0], name) == getattr(ordinary.lines[0], name), name
    steps = [steps_of(subject=("order", view.id))[0] for view in (piped, ordinary)]
    assert [(step.verb, step.after, step.actor_id) for step in steps] == [("place", "placed", actor.id)] * 2
    facts = [facts_about(subject_kind="order", subject_id=view.id)[0] for view in (piped, ordinary)]
    assert facts[0].payload.keys() == facts[1].payload.keys() and facts[0].name == facts[1].name


def test_a_published_session_is_fixed_and_a_draft_has_no_units_to_change() -> None:
    sale = makers.make_sale(makers.make_product())
    head_and_items = (sale.play, [flash.ItemForm(sale.items[0].variant_id, 100, 1)])
    with pytest.raises(PlayIsFixed):
        flash.change_sale(sale.id, *head_and_items, by=makers.OWNER)  # type: ignore[arg-type]
    flash.close_sale(sale.id, by=makers.OWNER)
    with pytest.raises(PlayNotOpen):
        flash.change_units(sale.items[0].id, units=9, by=makers.OWNER)


def test_only_who_may_edit_plays_touches_a_session() -> None:
    from jishi.kernel.errors import NotAllowed

    sale, member = makers.make_sale(makers.make_product()), makers.make_member()
    for act in (
        lambda: flash.publish_sale(sale.id, by=member),
        lambda: flash.close_sale(sale.id, by=member),
        lambda: flash.change_units(sale.items[0].id, units=9, by=member),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert flash.sale_view(sale.id).play.state.value == "open"


def test_a_big_item_has_a_waiting_room_and_its_numbers_are_counted_as_arrivals() -> None:
    small, big = (makers.make_sale(makers.make_product(stock=300), units=units) for units in (5, 200))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pool_id, burst, rate FROM rush_room")
        assert cursor.fetchall() == [(big.items[0].pool_id, 400, 20)]
        cursor.execute("UPDATE rush_room SET turns = 7")
    assert (flash.count_arrivals(small.id), flash.count_arrivals(big.id)) == (0, 7)
