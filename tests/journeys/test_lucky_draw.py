"""Lucky draws end to end: tickets, spins, the last of a prize, the end, goods at the door (docs/algorithms/lucky-draw.md)."""

import json
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from jishi.flows.checkout import Delivery
from jishi.flows.lifecycle import cancel_unpaid
from jishi.flows.prizes import redeem_prize
from jishi.flows.refunds import refund_order
from jishi.kernel import clock, ids
from jishi.kernel.errors import NotAllowed, NotFound
from jishi.kernel.proof import commitment_of
from jishi.modules.ledger.public import available_in, balances, trial_balance
from jishi.modules.messaging.public import notices_of
from jishi.modules.orders.public import OrderState, Rate, order_view, set_default_shipping
from jishi.modules.plays.life.public import (
    PlayIsFixed,
    PlayNotOpen,
    PlayState,
    advance_plays,
    budget_left_minor,
    play_view,
)
from jishi.modules.plays.lucky_draw import rules
from jishi.modules.plays.lucky_draw.public import (
    AlreadyCheckedIn,
    Cause,
    DrawMode,
    NotInstant,
    PrizeForm,
    PrizeKind,
    PrizeTooBig,
    TicketState,
    TicketVoid,
    VoucherState,
    VoucherUsed,
    change_draw,
    check_in,
    close_draw,
    create_draw,
    draw_view,
    earn_tickets,
    own_tickets,
    own_vouchers,
    purse_of,
    spin_ticket,
    sweep_draws,
    tickets_for_proof,
    winners_of,
    won_worth_minor,
)
from jishi.modules.sharing.public import Channel, TargetKind, record_touch, share
from jishi.modules.wallet.public import balance_minor
from tests.world import makers
from tests.world.luck import DRAW_TERMS, earn, make_draw, packet_head

pytestmark = pytest.mark.django_db(transaction=True)


def wallet_of(actor: makers.Actor) -> int:
    return balance_minor(actor.require_member(), currency="CNY")


def test_tickets_come_from_orders_visits_and_check_ins_each_cause_once_and_capped() -> None:
    draw = make_draw()
    member = makers.make_member()
    small = makers.buy(member, makers.make_product(price_minor=900))
    makers.pay(member, small)
    order_id = makers.buy(member, makers.make_product(price_minor=4_200))
    makers.pay(member, order_id)
    makers.run_jobs(twice=True)
    assert [(t.ticket_no, t.cause) for t in own_tickets(draw.id, by=member)] == [(1, Cause.ORDER)]

    link = share(by=member, target_kind=TargetKind.SHOP, target_id=None, channel=Channel.LINK)
    record_touch(visitor_id=ids.new_id(), member_id=member.id, code=link.code)  # oneself
    guest = ids.new_id()
    for visitor in (guest, guest, ids.new_id(), ids.new_id()):
        record_touch(visitor_id=visitor, member_id=None, code=link.code)
    makers.run_jobs(twice=True)
    causes = [ticket.cause for ticket in own_tickets(draw.id, by=member)]
    assert causes.count(Cause.SHARE) == 2, "three visitors, two a day"

    check_in(draw.id, by=member)
    with pytest.raises(AlreadyCheckedIn):
        check_in(draw.id, by=member)
    with clock.held_at(clock.now() + timedelta(days=1)):
        check_in(draw.id, by=member)
    assert [ticket.ticket_no for ticket in tickets_for_proof(draw.id)] == [1, 2, 3, 4, 5]


def test_a_refunded_order_takes_its_unspun_ticket_with_it() -> None:
    draw = make_draw()
    member = makers.make_member()
    order_id = makers.buy(member, makers.make_product())
    makers.pay(member, order_id)
    makers.run_jobs()
    refund_order(order_id, by=makers.OWNER, reason="changed_mind")
    makers.run_jobs()
    makers.run_jobs()
    [ticket] = own_tickets(draw.id, by=member)
    assert ticket.state is TicketState.VOID
    with pytest.raises(TicketVoid):
        spin_ticket(ticket.id, by=member, client_seed="x")


def test_every_spin_follows_from_the_published_seed_and_the_rest_goes_back() -> None:
    draw = make_draw(budget_minor=100_000)
    assert available_in(code=purse_of(draw.id).code, unit="CNY") == 2 * 880 + 50 * 500
    assert (draw.seed, draw.sealed) == ("", "") and len(draw.commitment) == 64
    people = [makers.make_member() for _ in range(5)]
    spun = []
    for number in range(40):
        person = people[number % 5]
        ticket = earn_tickets(
            person.require_member(), cause=Cause.ORDER, key=f"o{number}", amount_minor=9_999
        )
        if ticket:
            spun.append(spin_ticket(ticket[0].id, by=person, client_seed=f"w{number}"))
    assert len(spun) == 15, "three a day for each of five"
    with clock.held_at(clock.now() + timedelta(days=2)):
        advance_plays()
        assert sweep_draws() == 1 and sweep_draws() == 0

    done = draw_view(draw.id)
    assert commitment_of(done.sealed) == draw.commitment and done.sealed.startswith(done.seed + ":")
    table = {prize["id"]: prize for prize in json.loads(done.sealed.partition(":")[2])["prizes"]}
    left = {key: prize["stock"] for key, prize in table.items()}
    by_spin = sorted((t for t in tickets_for_proof(draw.id) if t.spin_no), key=lambda t: t.spin_no or 0)
    assert [ticket.spin_no for ticket in by_spin] == list(range(1, 16))
    for ticket in by_spin:
        roll = rules.roll_of(seed=done.seed, ticket_no=ticket.ticket_no, client_seed=ticket.client_seed)
        prize = rules.prize_at(done.prizes, roll)
        stock = left[str(prize.id)]
        if stock == 0:
            prize = rules.consolation_of(done.prizes)
        elif stock is not None:
            left[str(prize.id)] = stock - 1
        assert (roll, prize.id) == (ticket.roll, ticket.prize_id)
        assert ticket.amount_minor == rules.amount_of(prize, seed=done.seed, ticket_no=ticket.ticket_no)

    paid, goods = won_worth_minor(draw.id)
    assert goods == 0 and paid == sum(wallet_of(person) for person in people) > 0
    assert available_in(code=purse_of(draw.id).code, unit="CNY") == 0
    sums = {(one.code, one.unit): one.net_minor for one in balances()}
    assert sums["marketing:lucky_draw", "CNY"] == paid
    assert trial_balance(unit="CNY") == 0 == trial_balance(unit="CNY.b")
    play = play_view(draw.id)
    assert (play.state, budget_left_minor(play)) == (PlayState.SETTLED, 100_000 - paid)


def test_a_second_spin_finds_the_first_answer_and_strangers_find_nothing() -> None:
    draw = make_draw()
    member, other = makers.make_member(), makers.make_member()
    ticket = earn(draw.id, member)
    first = spin_ticket(ticket.id, by=member, client_seed="one")
    assert spin_ticket(ticket.id, by=member, client_seed="two") == first
    with pytest.raises(NotFound):
        spin_ticket(earn(draw.id, member).id, by=other, client_seed="x")
    late = earn(draw.id, member)
    close_draw(draw.id, by=makers.OWNER)
    with pytest.raises(PlayNotOpen):
        spin_ticket(late.id, by=member, client_seed="x")
    assert earn_tickets(member.require_member(), cause=Cause.ORDER, key="k", amount_minor=10**6) == []


def test_the_last_of_a_prize_is_followed_by_the_consolation() -> None:
    sure = (PrizeForm(name="头奖", kind=PrizeKind.MONEY, stock=1, odds_bp=10_000, amount_minor=100),)
    draw = make_draw(prizes=sure)
    names = {prize.id: prize.name for prize in draw.prizes}
    member = makers.make_member()
    won = [spin_ticket(earn(draw.id, member).id, by=member, client_seed="x") for _ in range(3)]
    assert [names[ticket.prize_id] for ticket in won] == ["头奖", "谢谢参与", "谢谢参与"]  # type: ignore[index]
    assert wallet_of(member) == 100
    assert [ticket.ticket_no for ticket in winners_of(draw.id)] == [1]
    makers.run_jobs(twice=True)
    assert [notice.kind for notice in notices_of(by=member)] == ["prize_won"]


def test_a_final_draw_gives_every_prize_to_another_person() -> None:
    prizes = (
        PrizeForm(name="一等奖", kind=PrizeKind.MONEY, stock=1, amount_minor=8_800),
        PrizeForm(name="二等奖", kind=PrizeKind.RED_PACKET, stock=3, amount_minor=500, min_minor=100),
    )
    draw = make_draw(mode=DrawMode.FINAL, prizes=prizes, order_daily=10)
    people = [makers.make_member() for _ in range(6)]
    for number in range(12):
        earn(draw.id, people[number % 6])
    with pytest.raises(NotInstant):
        spin_ticket(own_tickets(draw.id, by=people[0])[0].id, by=people[0], client_seed="x")
    with clock.held_at(clock.now() + timedelta(days=2)):
        advance_plays()
        sweep_draws()
    done = draw_view(draw.id)
    won = winners_of(draw.id)
    assert len(won) == len({ticket.member_id for ticket in won}) == 4
    entered = [(ticket.ticket_no, ticket.member_id) for ticket in tickets_for_proof(draw.id)]
    ranked = rules.rank_tickets(entered, seed=done.seed, places=4)
    assert [number for number, _ in ranked] == [
        ticket.ticket_no for ticket in sorted(won, key=lambda t: t.spin_no or 0)
    ]
    assert sum(wallet_of(person) for person in people) == won_worth_minor(draw.id)[0]
    assert available_in(code=purse_of(draw.id).code, unit="CNY") == 0
    assert trial_balance(unit="CNY") == 0


def product_draw(variant: uuid.UUID) -> tuple[makers.Actor, uuid.UUID, uuid.UUID]:
    """Somebody has won a product: (winner, draw, voucher)."""
    prize = PrizeForm(
        name="脐橙一箱",
        kind=PrizeKind.PRODUCT,
        stock=3,
        odds_bp=10_000,
        variant_id=variant,
        value_minor=4_200,
    )
    draw = make_draw(prizes=(prize,))
    winner = makers.make_member()
    spin_ticket(earn(draw.id, winner).id, by=winner, client_seed="x")
    [voucher] = own_vouchers(by=winner)
    return winner, draw.id, voucher.id


def test_a_won_product_becomes_an_order_that_costs_nothing_and_ships() -> None:
    winner, draw_id, voucher_id = product_draw(makers.make_product(price_minor=4_200, stock=2))
    delivery = Delivery(address_id=makers.make_address(winner))
    with pytest.raises(NotFound):
        redeem_prize(voucher_id, by=makers.make_member(), delivery=delivery)
    order_id = redeem_prize(voucher_id, by=winner, delivery=delivery)
    order = order_view(order_id, by=winner)
    assert (order.state, order.total_minor, order.play_id) == (OrderState.PAID, 0, draw_id)
    assert order.lines[0].discount_minor == 4_200
    with pytest.raises(VoucherUsed):
        redeem_prize(voucher_id, by=winner, delivery=delivery)
    assert own_vouchers(by=winner)[0].state is VoucherState.USED
    makers.run_jobs()
    assert len(own_tickets(draw_id, by=winner)) == 1, "what costs nothing earns nothing"
    assert trial_balance(unit="CNY") == 0


def test_a_prize_with_shipping_waits_for_the_fee_and_may_be_asked_for_again() -> None:
    winner, _, voucher_id = product_draw(makers.make_product(price_minor=4_200, stock=2))
    set_default_shipping(by=makers.OWNER, name="标准", rates=[Rate((), 1000, 800, 500, 200, None, False)])
    delivery = Delivery(address_id=makers.make_address(winner))
    order_id = redeem_prize(voucher_id, by=winner, delivery=delivery)
    order = order_view(order_id, by=winner)
    assert (order.state, order.total_minor) == (OrderState.PLACED, 800)
    cancel_unpaid(order_id, by=winner, reason="changed_mind")
    assert own_vouchers(by=winner)[0].state is VoucherState.OPEN
    second = redeem_prize(voucher_id, by=winner, delivery=delivery)
    makers.pay(winner, second)
    assert order_view(second, by=winner).state is OrderState.PAID
    assert own_vouchers(by=winner)[0].state is VoucherState.USED


def test_a_draw_is_fixed_once_published_staff_only_and_never_above_the_legal_cap(
    settings: pytest.FixtureRequest,
) -> None:
    head, member = packet_head(), makers.make_member()
    with pytest.raises(NotAllowed):
        create_draw(head, DRAW_TERMS, by=member)
    draft = create_draw(head, DRAW_TERMS, by=makers.OWNER)
    change_draw(draft.id, head, replace(DRAW_TERMS, consolation="再接再厉"), by=makers.OWNER)
    assert draw_view(draft.id).prizes[-1].name == "再接再厉"
    settings.JISHI_PRIZE_VALUE_MAX_MINOR = 879  # type: ignore[attr-defined]
    from jishi.modules.plays.lucky_draw.public import publish_draw

    with pytest.raises(PrizeTooBig):
        publish_draw(draft.id, by=makers.OWNER)
    with pytest.raises(PrizeTooBig):
        create_draw(head, DRAW_TERMS, by=makers.OWNER)
    assert play_view(draft.id).state is PlayState.DRAFT
    settings.JISHI_PRIZE_VALUE_MAX_MINOR = 880  # type: ignore[attr-defined]
    publish_draw(draft.id, by=makers.OWNER)
    with pytest.raises(PlayIsFixed):
        change_draw(draft.id, head, DRAW_TERMS, by=makers.OWNER)
    with pytest.raises(NotAllowed):
        close_draw(draft.id, by=member)
