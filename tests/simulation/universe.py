"""A small shop in a seeded universe: clock and chance are held, people do random things, and the world misbehaves.

Deliveries come twice, late, out of order or never; the provider falls silent, refuses refunds and takes money after it was
told to close; transactions die halfway. After every step the invariants of `invariants.py` must hold; at the end, after the
dust has settled, everybody must have their goods or their money.
"""

import random
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction

from jishi.flows import lifecycle, refunds, tasks
from jishi.flows import teams as ended_teams
from jishi.flows.payment import check_payment, pay_order, take_outcome
from jishi.kernel import chance, clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import Refusal
from jishi.modules.orders.public import OrderState, lines_by_order, receive_order, summaries_by_ids
from jishi.modules.payments.public import PaymentView, RefundState, payments_of_order, refunds_of_order
from jishi.modules.plays.group_buy.models import FriendSeat
from jishi.modules.plays.group_buy.public import (
    LateChoice,
    LeaderBenefit,
    OfferView,
    SeatState,
    TeamState,
    TeamView,
    Tier,
    close_offer,
    keep_for_friend,
    team_view,
    teams_table,
)
from tests.simulation import plays
from tests.world import fake_provider, makers
from tests.world.jobs import run_jobs

STEPS = 36
PEOPLE = 6
BENEFITS: tuple[dict[str, Any], ...] = (
    {},
    {"leader_discount_minor": 300},
    {"leader_benefit": LeaderBenefit.FREE},
)
TIERS = ((), (), (Tier(4, 150),), (Tier(4, 150), Tier(5, 400)))


class Crash(Exception):
    """The process died before its transaction committed."""


class Universe:
    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.dice = random.Random(seed)
        self.log: list[str] = []
        self.people: list[Actor] = []
        self.orders: list[tuple[Actor, uuid.UUID]] = []
        self.payments: list[PaymentView] = []
        self.underway: list[uuid.UUID] = []  # callbacks on their way: payment ids
        self.book = fake_provider.book = fake_provider.Book()

    def set_up(self) -> None:
        dice = self.dice
        self.people = [makers.make_member() for _ in range(PEOPLE)]
        self.filled_minor = 0
        for who in self.people[: PEOPLE // 2]:
            self.fill_wallet(who, dice.choice((500, 5_000, 40_000)))
        self.variants = [makers.make_product(stock=dice.randint(2, 9)) for _ in range(2)]
        self.offers: list[OfferView] = [
            makers.make_offer(
                variant,
                team_size=dice.choice((2, 2, 3)),
                team_hours=dice.choice((1, 6)),
                member_limit=dice.choice((0, 1, 2, 4)),
                budget_minor=dice.choice((None, None, 6_000, 20_000)),
                allows_merchant_completion=dice.random() < 0.5,
                tiers=dice.choice(TIERS),
                **dice.choice(BENEFITS),
            )
            for variant in self.variants
        ]
        self.plays = plays.set_up(self)
        acts = [*TABLE, *plays.acts_of(self.plays)]
        self.acts, self.weights = [act for act, _ in acts], [weight for _, weight in acts]

    def run(self, check: Callable[["Universe"], None]) -> None:
        start = clock.now()
        with clock.held_at(start), chance.seeded(self.seed):
            self.set_up()
            check(self)
            for _ in range(STEPS):
                self.step()
                check(self)
            self.settle_dust()
            check(self)

    def step(self) -> None:
        act = self.dice.choices(self.acts, self.weights)[0]
        name = act.__name__
        try:
            if self.dice.random() < 0.06:
                self._crash(act)
                name += " †"
            else:
                act(self)
        except Refusal as refusal:
            name += f" → {refusal.code}"
        self.log.append(name)

    def settle_dust(self) -> None:
        """Time goes by until nothing is left to happen; the provider answers again."""
        self.book.silent = self.book.refuse_refunds = 0
        for payment_id in self.underway:
            take_outcome(payment_id, fake_provider.outcome_of(payment_id))
        self.underway.clear()
        for _ in range(8):
            run_jobs()
            clock.advance_held(timedelta(hours=10))
            tasks.sweep_deadlines.func(0)
            plays.sweep()
            tasks.ask_providers.func(0)
            run_jobs()
            self._retry_refunds()
        self.log.append("dust settled")

    def _crash(self, act: Callable[["Universe"], None]) -> None:
        """Everything the act wrote is lost; what it told the provider is not. Acts that call out run whole."""
        if act in CALLING_OUT:
            act(self)
            return
        written: tuple[list[Any], ...] = (
            self.orders,
            self.plays.bargains,
            self.plays.claims,
            self.plays.packets,
        )
        before, filled_minor = [len(found) for found in written], self.filled_minor
        try:
            with transaction.atomic():
                act(self)
                raise Crash()
        except (Crash, Refusal):
            for found, length in zip(written, before, strict=True):
                del found[length:]
            self.filled_minor = filled_minor

    def _retry_refunds(self) -> None:
        for _, order_id in self.orders:
            for refund in refunds_of_order(order_id):
                if refund.state is RefundState.FAILED:
                    refunds.try_refund_again(refund.id, by=makers.OWNER)

    # what people do

    def buy(self) -> None:
        who = self.dice.choice(self.people)
        self.orders.append(
            (who, makers.buy(who, self.dice.choice(self.variants), quantity=self.dice.choice((1, 1, 2))))
        )

    def sit_down(self) -> None:
        who, offer = self.dice.choice(self.people), self.dice.choice(self.offers)
        teams = [t for t in teams_table(offer_id=offer.id) if t.state is TeamState.FORMING]
        team_id = self.dice.choice(teams).id if teams and self.dice.random() < 0.75 else None
        order_id = makers.take_seat(
            who,
            offer,
            team_id=team_id,
            quantity=self.dice.choice((1, 1, 2)),
            late_choice=self.dice.choice(list(LateChoice)),
            finds_team=team_id is None and self.dice.random() < 0.3,
        )
        self.orders.append((who, order_id))

    def keep_a_friends_seat(self) -> None:
        if teams := self._forming():
            team = team_view(self.dice.choice(teams).id)
            sitting = [seat.member_id for seat in team.seats if seat.state is SeatState.PAID]
            host = self.person(self.dice.choice(sitting)) if sitting else None
            if host is not None:
                keep_for_friend(team.id, by=host)

    def come_as_a_friend(self) -> None:
        """With the code of a kept seat; it may be used or given back by now."""
        mine = [offer.id for offer in self.offers]
        kept = list(FriendSeat.objects.filter(team__offer_id__in=mine).select_related("team").order_by("id"))
        if kept:
            seat = self.dice.choice(kept)
            offer = next(offer for offer in self.offers if offer.id == seat.team.offer_id)
            who = self.dice.choice(self.people)
            order_id = makers.take_seat(who, offer, team_id=seat.team_id, friend_code=seat.code)
            self.orders.append((who, order_id))

    def start_paying(self) -> None:
        who, order_id = self._some_order(OrderState.PLACED)
        self.payments.append(makers.start_paying(who, order_id))

    def pay_at_cashier(self) -> None:
        """The newest cashier page is the one in front of the payer; now and then it is an old one."""
        if not self.payments:
            return
        payment = self.payments[-1] if self.dice.random() < 0.7 else self.dice.choice(self.payments)
        if fake_provider.pay_at_cashier(payment.id):
            self.underway.append(payment.id)

    def pay_in_full(self) -> None:
        who, order_id = self._some_order(OrderState.PLACED)
        makers.pay(who, order_id)

    def pay_from_wallet(self) -> None:
        """One in three fills the wallet first; the others may have too little."""
        who, order_id = self._some_order(OrderState.PLACED)
        if self.dice.random() < 0.3:
            self.fill_wallet(who, 5_000)
        pay_order(order_id, by=who, provider="wallet")

    def come_back(self) -> None:
        if self.payments:
            check_payment(self.dice.choice(self.payments).id)

    def cancel(self) -> None:
        who, order_id = self._some_order(OrderState.PLACED)
        lifecycle.cancel_unpaid(order_id, by=who, reason="changed_mind")

    def give_back(self) -> None:
        who, order_id = self._some_order(OrderState.PAID)
        refunds.refund_order(order_id, by=who, reason="changed_mind")

    def receive(self) -> None:
        who, order_id = self._some_order(OrderState.SHIPPED)
        receive_order(order_id, by=who)

    # what the shop does

    def refund_some(self) -> None:
        _, order_id = self._some_order(*OrderState)
        units = {
            line.id: self.dice.randint(0, line.quantity) for line in lines_by_order([order_id])[order_id]
        }
        refunds.refund_order(order_id, by=makers.OWNER, reason="goodwill", units_by_line=units)

    def refund_all(self) -> None:
        _, order_id = self._some_order(*OrderState)
        refunds.refund_order(order_id, by=makers.OWNER, reason="goodwill")

    def ship(self) -> None:
        _, order_id = self._some_order(OrderState.PAID, OrderState.PARTLY_SHIPPED)
        lines = lines_by_order([order_id])[order_id]
        units = {line.id: self.dice.randint(0, line.unshipped_quantity) for line in lines}
        lifecycle.send_parcel(
            order_id,
            by=makers.OWNER,
            carrier="顺丰",
            tracking_number=str(self.dice.random()),
            units_by_line=units if self.dice.random() < 0.4 else None,
        )

    def complete_team(self) -> None:
        if teams := self._forming():
            ended_teams.complete_team_by_merchant(self.dice.choice(teams).id, by=makers.OWNER)

    def close_a_team_early(self) -> None:
        """Its leader, mostly of a team that has enough people."""
        if teams := self._forming():
            assured = [team for team in teams if team_view(team.id).is_assured]
            team = self.dice.choice(assured or teams)
            leader = self.person(team.leader_id)
            if leader is not None:
                ended_teams.close_team_early(team.id, by=leader)

    def close_an_offer(self) -> None:
        close_offer(self.dice.choice(self.offers).id, by=makers.OWNER)

    # what the world does

    def deliver_callback(self) -> None:
        """Any callback that is underway, perhaps twice, perhaps to come again later."""
        if not self.underway:
            return
        payment_id = self.dice.choice(self.underway)
        for _ in range(self.dice.choice((1, 1, 2))):
            take_outcome(payment_id, fake_provider.outcome_of(payment_id))
        if self.dice.random() < 0.6:
            self.underway.remove(payment_id)

    def lose_callback(self) -> None:
        if self.underway:
            self.underway.pop(self.dice.randrange(len(self.underway)))

    def fall_silent(self) -> None:
        self.book.silent = self.dice.randint(1, 3)

    def refuse_refunds(self) -> None:
        self.book.refuse_refunds = 1

    def work(self) -> None:
        run_jobs(shuffle=self.dice, twice=self.dice.random() < 0.3)

    def let_time_pass(self) -> None:
        clock.advance_held(timedelta(minutes=self.dice.choice((3, 10, 20, 45, 90, 400))))
        tasks.sweep_deadlines.func(0)
        plays.sweep()
        if self.dice.random() < 0.7:
            tasks.ask_providers.func(0)

    def _some_order(self, *states: OrderState) -> tuple[Actor, uuid.UUID]:
        """Mostly an order in one of the states; sometimes any, to try what must be refused."""
        if not self.orders:
            self.buy()
        if self.dice.random() < 0.12:
            return self.dice.choice(self.orders)
        found = summaries_by_ids([order_id for _, order_id in self.orders])
        fitting = [pair for pair in self.orders if found[pair[1]].state in states]
        return self.dice.choice(fitting or self.orders)

    def _forming(self) -> list[TeamView]:
        return [t for o in self.offers for t in teams_table(offer_id=o.id) if t.state is TeamState.FORMING]

    def person(self, member_id: uuid.UUID) -> Actor | None:
        return next((who for who in self.people if who.id == member_id), None)

    def fill_wallet(self, who: Actor, amount_minor: int) -> None:
        makers.fill_wallet(who, amount_minor)
        self.filled_minor += amount_minor

    def payments_of(self, order_id: uuid.UUID) -> list[PaymentView]:
        return payments_of_order(order_id)


U = Universe
TABLE: list[tuple[Callable[[Any], None], int]] = [
    (U.buy, 5),
    (U.sit_down, 14),
    (U.keep_a_friends_seat, 2),
    (U.come_as_a_friend, 3),
    (U.pay_from_wallet, 4),
    (U.close_a_team_early, 2),
    (U.start_paying, 6),
    (U.pay_at_cashier, 6),
    (U.pay_in_full, 10),
    (U.come_back, 3),
    (U.cancel, 2),
    (U.give_back, 2),
    (U.receive, 2),
    (U.refund_some, 2),
    (U.refund_all, 2),
    (U.ship, 4),
    (U.complete_team, 1),
    (U.close_an_offer, 1),
    (U.deliver_callback, 7),
    (U.lose_callback, 1),
    (U.fall_silent, 2),
    (U.refuse_refunds, 1),
    (U.work, 5),
    (U.let_time_pass, 6),
]
CALLING_OUT = {
    U.start_paying,
    U.pay_in_full,
    U.come_back,
    U.work,
    U.let_time_pass,
    U.lose_callback,
    U.deliver_callback,
}
