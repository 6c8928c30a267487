"""Ninety days: people come, bring each other, buy, gather, are disappointed and refunded, and get their parcels."""

import random
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection

from jishi.flows.lifecycle import cancel_unpaid
from jishi.flows.refunds import refund_order
from jishi.flows.teams import end_due_team
from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM
from jishi.modules.inventory.public import OutOfStock
from jishi.modules.orders.public import OrderState, receive_order, summaries_by_ids
from jishi.modules.plays.group_buy.public import (
    MemberLimitReached,
    OfferForm,
    OfferView,
    TeamState,
    close_offer,
    create_offer,
    publish_offer,
    team_view,
)
from jishi.modules.sharing.public import TargetKind
from jishi.platform.transactions import in_transaction
from jishi.runtime.demo.catalogue import GROUP_BUYS, GroupBuyIdea
from jishi.runtime.demo.seed import acts
from jishi.runtime.demo.seed.goods import Shelf, Shop
from jishi.runtime.demo.seed.jobs import let_it_sink_in
from jishi.runtime.demo.seed.people import Neighbour, Street

SOURCES = ("wechat", "xiaohongshu", "weibo", "search")
WEEKDAY_WEIGHT = (0.9, 0.85, 0.9, 0.95, 1.15, 1.35, 1.3)
OFFERS_IN_THE_PAST = 4


@dataclass(slots=True)
class _Day:
    """One day being played. `number` counts parcels."""

    start: datetime
    shop: Shop
    street: Street
    dice: random.Random
    offers: list[OfferView]
    number: int = 0
    to_ship: list[tuple[datetime, uuid.UUID]] = field(default_factory=list)
    to_receive: list[tuple[datetime, uuid.UUID]] = field(default_factory=list)


def play_history(*, shop: Shop, street: Street, dice: random.Random, days: int) -> None:
    """Day by day up to yesterday evening; open offers stay open for the present."""
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    offers: list[OfferView] = []
    day = _Day(start=today - timedelta(days=days), shop=shop, street=street, dice=dice, offers=offers)
    for step in range(days):
        day.start = today - timedelta(days=days - step)
        for index, idea in enumerate(GROUP_BUYS):
            if _opens_on(index, days) == step:
                with clock.held_at(day.start + timedelta(hours=1)):
                    offers.append(_open_offer(idea, shop.shelf_of(idea.handle), index=index, day=day.start))
        _play_day(day, step=step, days=days)
    _close_early_offers(offers)


def _opens_on(index: int, days: int) -> int:
    """The first offers ran long ago, the others opened one after another and still run."""
    return index * 9 if index < OFFERS_IN_THE_PAST else max(0, days - 50 + index * 3)


def _open_offer(idea: GroupBuyIdea, shelf: Shelf, *, index: int, day: datetime) -> OfferView:
    length = timedelta(days=30) if index < OFFERS_IN_THE_PAST else timedelta(days=75)
    form = OfferForm(
        product_id=shelf.product_id,
        name=idea.title,
        currency="CNY",
        team_size=idea.team_size,
        team_hours=idea.hours,
        member_limit=0 if index < OFFERS_IN_THE_PAST else idea.limit_per_member * 3,
        leader_discount_minor=idea.leader_benefit_fen,
        budget_minor=idea.budget_fen,
        opens_at=day,
        closes_at=day + length,
        allows_merchant_completion=index % 3 == 0,
        prices={variant.id: fen for variant, fen in zip(shelf.variants, idea.prices_fen, strict=False)},
    )
    return publish_offer(create_offer(form, by=SYSTEM).id, by=SYSTEM)


@in_transaction
def _play_day(day: _Day, *, step: int, days: int) -> None:
    growth = 0.35 + 0.75 * step / days
    wave = WEEKDAY_WEIGHT[day.start.weekday()] * day.dice.uniform(0.8, 1.2) * growth
    _visit(day, count=int(140 * wave))
    for _ in range(round(3.0 * wave)):
        _buy_alone(day)
    running = [offer for offer in day.offers if offer.closes_at > day.start + timedelta(days=1)]
    for _ in range(round(1.7 * wave)):
        if running:
            _gather(day, day.dice.choice(running))
    _move_parcels(day)


def _visit(day: _Day, *, count: int) -> None:
    """Browsers that only looked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_visit (visitor_id, day) SELECT visitor_id, %s FROM unnest(%s::uuid[]) AS visitor_id",
            [day.start.date(), [ids.new_id() for _ in range(count)]],
        )


def _buy_alone(day: _Day) -> None:
    moment = _moment(day)
    buyer = _somebody(day, moment)
    with clock.held_at(moment):
        _arrive(day, buyer, target=None)
        wanted = {
            shelf.variants[day.dice.randrange(len(shelf.variants))].id: day.dice.choice((1, 1, 1, 2))
            for shelf in day.dice.sample(day.shop.shelves, day.dice.choice((1, 1, 1, 2, 3)))
        }
        try:
            order_id = acts.order(buyer, list(wanted.items()))
        except OutOfStock:
            return
    fate = day.dice.random()
    with clock.held_at(moment + acts.minutes(day.dice.uniform(1, 9))):
        if fate < 0.07:
            cancel_unpaid(order_id, by=SYSTEM, reason="not_paid_in_time")
        else:
            acts.pay(order_id)
    if 0.07 <= fate < 0.10:
        with clock.held_at(moment + acts.minutes(day.dice.uniform(60, 300))):
            refund_order(order_id, reason="changed_mind")
    elif fate >= 0.10:
        day.to_ship.append((moment, order_id))


def _gather(day: _Day, offer: OfferView) -> None:
    """One opens a team and shares it; friends come by the link, or too few do."""
    moment = _moment(day, latest_hour=20)
    leader = _sharer(day, moment)
    variant_id = day.dice.choice(offer.prices).variant_id
    try:
        with clock.held_at(moment):
            opened = acts.sit_down(leader, offer, team_id=None, variant_id=variant_id)
    except (MemberLimitReached, OutOfStock):
        return
    orders, team_id = [opened.id], opened.team_id
    if team_id is None:
        return
    fills = day.dice.random() < 0.82
    seats = offer.team_size - 1 if fills else day.dice.randrange(offer.team_size - 1)
    sat = {leader.actor.id}
    for _ in range(seats):
        moment += acts.minutes(day.dice.uniform(4, 55))
        friend = _somebody(day, moment)
        if friend.actor.id in sat:
            continue
        sat.add(friend.actor.id)
        try:
            with clock.held_at(moment):
                if day.dice.random() < 0.8:
                    acts.follow_link(friend, leader, kind=TargetKind.TEAM, target_id=team_id)
                orders.append(acts.sit_down(friend, offer, team_id=team_id, variant_id=variant_id).id)
        except (MemberLimitReached, OutOfStock):
            continue
    _end(day, team_id, orders, moment=moment, hours=offer.team_hours)


def _end(day: _Day, team_id: uuid.UUID, orders: list[uuid.UUID], *, moment: datetime, hours: int) -> None:
    """A full team is shipped; one that is not ends at its deadline, which for the last ones is yet to come."""
    if team_view(team_id).state is TeamState.SUCCEEDED:
        day.to_ship.extend((moment, order_id) for order_id in orders)
        return
    over = moment + timedelta(hours=hours, minutes=1)
    if over < clock.now():
        with clock.held_at(over):
            end_due_team(team_id)


def _move_parcels(day: _Day) -> None:
    """What was paid before yesterday noon leaves today; what left four days ago has arrived."""
    let_it_sink_in()
    leaving = [pair for pair in day.to_ship if pair[0] < day.start + timedelta(hours=10)]
    day.to_ship = [pair for pair in day.to_ship if pair not in leaving]
    moment = day.start + timedelta(hours=16, minutes=day.dice.randint(0, 59))
    states = summaries_by_ids([order_id for _, order_id in leaving])
    with clock.held_at(moment):
        for _, order_id in leaving:
            if states[order_id].state is OrderState.PAID:
                day.number += 1
                acts.ship(order_id, number=day.number)
                day.to_receive.append((moment + timedelta(days=day.dice.randint(2, 5)), order_id))
        due = [pair for pair in day.to_receive if pair[0] <= moment]
        day.to_receive = [pair for pair in day.to_receive if pair[0] > moment]
        for _, order_id in due:
            receive_order(order_id, by=SYSTEM)
    let_it_sink_in()


def _close_early_offers(offers: list[OfferView]) -> None:
    """Two days after their end, if those have passed."""
    for offer in offers:
        closed_at = offer.closes_at + timedelta(days=2)
        if closed_at < clock.now():
            with clock.held_at(closed_at):
                close_offer(offer.id, by=SYSTEM)


def _arrive(day: _Day, buyer: Neighbour, *, target: uuid.UUID | None) -> None:
    roll = day.dice.random()
    if roll < 0.34:
        sharer = _sharer(day, clock.now())
        if sharer.actor.id != buyer.actor.id:
            shelf = day.dice.choice(day.shop.shelves)
            acts.follow_link(buyer, sharer, kind=TargetKind.PRODUCT, target_id=target or shelf.product_id)
    elif roll < 0.6:
        acts.come_from(buyer, day.dice.choice(SOURCES))


def _moment(day: _Day, *, latest_hour: int = 22) -> datetime:
    """Shops are busy at noon and in the evening (Shanghai), that is from 00:00 to 14:00 UTC."""
    hour = min(day.dice.choice((1, 2, 3, 4, 4, 5, 6, 8, 10, 11, 12, 12, 13, 13, 14)), latest_hour)
    return day.start + timedelta(hours=hour, minutes=day.dice.randint(0, 59), seconds=day.dice.randint(0, 59))


def _somebody(day: _Day, moment: datetime) -> Neighbour:
    return day.dice.choice(day.street.there_at(moment) or day.street.neighbours[:1])


def _sharer(day: _Day, moment: datetime) -> Neighbour:
    """A few share most: the front of the list is picked far more often."""
    there = [neighbour for neighbour in day.street.sharers if neighbour.joined_at <= moment]
    return there[min(int(day.dice.expovariate(0.16)), len(there) - 1)]
