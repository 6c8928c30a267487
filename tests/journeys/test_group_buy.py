"""People's stories around a team, through the flows, jobs included."""

from datetime import timedelta

import pytest

from jishi.flows.lifecycle import expire_order, send_parcel
from jishi.flows.payment import take_outcome
from jishi.flows.teams import complete_team_by_merchant, end_due_team
from jishi.insight.group_buy_report import group_buy_report
from jishi.insight.periods import last_days
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.inventory.public import sellable_by_variant
from jishi.modules.ledger.public import balances, trial_balance
from jishi.modules.orders.public import NotShippable, OrderState, order_view, receive_order
from jishi.modules.plays.group_buy.public import LateChoice, TeamState, team_view
from tests.world import fake_provider, makers
from tests.world.jobs import run_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def state_of(actor: Actor, order_id: object) -> OrderState:
    return order_view(order_id, by=actor).state  # type: ignore[arg-type]


def test_three_people_make_a_team_and_get_their_goods() -> None:
    variant = makers.make_product(stock=10)
    offer = makers.make_offer(variant, leader_discount_minor=200)
    a, b, c = (makers.make_member(nickname=name) for name in ("阿苏", "林果", "周姐"))

    first = makers.take_seat(a, offer)
    makers.pay(a, first)
    team_id = order_view(first, by=a).team_id
    second, third = makers.take_seat(b, offer, team_id=team_id), makers.take_seat(c, offer, team_id=team_id)
    makers.pay(b, second)
    assert state_of(a, first) is OrderState.GATHERING
    with pytest.raises(NotShippable):
        send_parcel(first, by=makers.OWNER, carrier="顺丰", tracking_number="SF1")
    makers.pay(c, third)
    run_jobs()

    team = team_view(team_id)  # type: ignore[arg-type]
    assert (team.state, team.paid_count, team.is_merchant_completed) == (TeamState.SUCCEEDED, 3, False)
    assert [order_view(o, by=makers.OWNER).total_minor for o in (first, second, third)] == [2790, 2990, 2990]
    for order_id, actor in ((first, a), (second, b), (third, c)):
        send_parcel(order_id, by=makers.OWNER, carrier="顺丰", tracking_number=f"SF{order_id}"[:50])
        receive_order(order_id, by=actor)
        assert state_of(actor, order_id) is OrderState.RECEIVED
    assert sellable_by_variant([variant]) == {variant: 7}
    assert trial_balance(unit="CNY") == 0


def test_a_team_that_does_not_fill_gives_everybody_everything_back(fake_payments: fake_provider.Book) -> None:
    variant = makers.make_product(stock=10)
    offer = makers.make_offer(variant, budget_minor=100_000)
    a, b = makers.make_member(), makers.make_member()
    first = makers.take_seat(a, offer)
    makers.pay(a, first)
    team_id = order_view(first, by=a).team_id
    second = makers.take_seat(b, offer, team_id=team_id)
    makers.pay(b, second)

    with clock.held_at(clock.now() + timedelta(hours=25)):
        assert len(end_due_team(team_id).failed_order_ids) == 2  # type: ignore[arg-type]
        assert not end_due_team(team_id).failed_order_ids  # type: ignore[arg-type]
        run_jobs(twice=True)

    assert team_view(team_id).state is TeamState.FAILED  # type: ignore[arg-type]
    for actor, order_id in ((a, first), (b, second)):
        order = order_view(order_id, by=actor)
        assert (order.state, order.refunded_minor) == (OrderState.REFUNDED, order.total_minor)
    assert len(fake_payments.refunds) == 2
    assert fake_payments.kept_minor == 0
    assert sellable_by_variant([variant]) == {variant: 10}
    sales = next(balance for balance in balances() if balance.code == "sales")
    assert sales.net_minor == 0


@pytest.mark.parametrize(
    ("choice", "state", "moved"),
    [
        (LateChoice.REFUND, OrderState.REFUNDED, False),
        (LateChoice.NEW_TEAM, OrderState.GATHERING, True),
        (LateChoice.OTHER_TEAM, OrderState.PAID, True),  # the other team needed just one
    ],
)
def test_a_late_payer_gets_what_they_chose(choice: LateChoice, state: OrderState, moved: bool) -> None:
    variant = makers.make_product(stock=10)
    offer = makers.make_offer(variant, team_size=2)
    a, b, late, d = (makers.make_member() for _ in range(4))
    first = makers.take_seat(a, offer)
    makers.pay(a, first)
    team_id = order_view(first, by=a).team_id
    late_order = makers.take_seat(late, offer, team_id=team_id, late_choice=choice)
    payment = makers.start_paying(late, late_order)
    with clock.held_at(clock.now() + timedelta(minutes=16)):
        # the cashier had it open when the seat ran out; the callback comes after the seat is somebody else's
        fake_provider.book.silent = 1
        assert expire_order(late_order)
        fake_provider.book.payments[payment.id] = "paid"
        makers.pay(b, makers.take_seat(b, offer, team_id=team_id))
        makers.pay(d, makers.take_seat(d, offer))

        assert take_outcome(payment.id, fake_provider.outcome_of(payment.id))
        run_jobs()

    order = order_view(late_order, by=late)
    assert order.state is state
    assert (order.team_id != team_id) is moved
    assert fake_provider.book.kept_minor == sum(
        order_view(o, by=makers.OWNER).paid_minor - order_view(o, by=makers.OWNER).refunded_minor
        for o in all_order_ids()
    )


def test_a_team_completed_by_the_merchant_says_so() -> None:
    variant = makers.make_product()
    offer = makers.make_offer(variant, allows_merchant_completion=True)
    a = makers.make_member()
    order_id = makers.take_seat(a, offer)
    makers.pay(a, order_id)
    team_id = order_view(order_id, by=a).team_id

    assert complete_team_by_merchant(team_id, by=makers.OWNER) == 1  # type: ignore[arg-type]

    team = team_view(team_id)  # type: ignore[arg-type]
    assert (team.is_merchant_completed, team.paid_count, len(team.seats)) == (True, 1, 1)
    assert state_of(a, order_id) is OrderState.PAID


def test_the_report_and_the_ledger_agree_to_the_cent() -> None:
    variant = makers.make_product(price_minor=4200, cost_minor=1500)
    offer = makers.make_offer(variant, team_size=2, leader_discount_minor=300)
    people = [makers.make_member() for _ in range(4)]
    first = makers.take_seat(people[0], offer)
    makers.pay(people[0], first)
    makers.pay(
        people[1],
        makers.take_seat(people[1], offer, team_id=order_view(first, by=people[0]).team_id, quantity=2),
    )
    lonely = makers.take_seat(people[2], offer)
    makers.pay(people[2], lonely)
    with clock.held_at(clock.now() + timedelta(hours=25)):
        end_due_team(order_view(lonely, by=people[2]).team_id)  # type: ignore[arg-type]
        run_jobs()

        report = group_buy_report(
            offer.id, by=makers.OWNER, period=last_days(7, now=clock.now(), zone="Asia/Shanghai")
        )

    w = report.figures.waterfall
    assert w.list_minor == 4 * 4200
    assert (w.play_discount_minor, w.leader_discount_minor) == (4 * 1210, 600)
    assert w.refunded_minor == 2690
    assert w.net_minor == 2690 + 2 * 2990
    assert w.margin_minor == w.net_minor - 3 * 1500 - w.fee_minor
    books = {balance.code: balance.net_minor for balance in balances() if balance.unit == "CNY"}
    assert books["sales"] == w.net_minor
    assert books["payment_fees"] == w.fee_minor
    assert sum(row.net_minor for row in report.figures.bringers) == w.net_minor


def all_order_ids() -> list[object]:
    from jishi.modules.orders.public import orders_table

    return [row.id for row in orders_table(by=makers.OWNER, limit=100)]
