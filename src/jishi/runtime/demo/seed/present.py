"""Today: teams that are forming right now, one of them waiting for just you."""

import random
from datetime import timedelta

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.modules.inventory.public import OutOfStock
from jishi.modules.plays.group_buy.public import (
    MemberLimitReached,
    OfferForm,
    OfferView,
    Tier,
    create_offer,
    publish_offer,
    selling_offers,
)
from jishi.modules.sharing.public import Channel, TargetKind, share
from jishi.platform.transactions import in_transaction
from jishi.runtime.demo.seed import acts
from jishi.runtime.demo.seed.goods import Shop
from jishi.runtime.demo.seed.jobs import let_it_sink_in
from jishi.runtime.demo.seed.people import Street

TEAMS_FORMING = 14


@in_transaction
def open_present_teams(*, shop: Shop, street: Street, dice: random.Random) -> None:
    """Most are one short; the leader of the demo (阿苏) waits for one more, the shopper of the demo is in none."""
    offers = selling_offers(limit=20)
    del shop
    for number in range(TEAMS_FORMING):
        offer = offers[number % len(offers)]
        _open_team(offer, street=street, dice=dice, number=number)
    now = clock.now()
    with clock.held_at(now - timedelta(minutes=2)):
        for handle in street.sharers[:6]:
            share(by=handle.actor, target_kind=TargetKind.SHOP, target_id=None, channel=Channel.LINK)
    let_it_sink_in()


def open_tiered_team(*, shop: Shop, street: Street) -> None:
    """A team that is sure already and grows on: one person more makes it cheaper for everybody."""
    now, shelf = clock.now(), shop.shelves[12]
    lowest = min(variant.price_minor for variant in shelf.variants)
    with clock.held_at(now - timedelta(hours=6)):
        offer = publish_offer(
            create_offer(
                OfferForm(
                    product_id=shelf.product_id,
                    name="人越多越便宜 · 3 人起",
                    currency="CNY",
                    team_size=3,
                    team_hours=24,
                    member_limit=2,
                    leader_discount_minor=0,
                    budget_minor=500_000,
                    opens_at=now - timedelta(hours=6),
                    closes_at=now + timedelta(days=10),
                    allows_merchant_completion=False,
                    prices={variant.id: variant.price_minor * 85 // 100 for variant in shelf.variants},
                    tiers=(Tier(5, lowest // 10 // 10 * 10), Tier(8, lowest // 5 // 10 * 10)),
                ),
                by=SYSTEM,
            ).id,
            by=SYSTEM,
        )
        team_id = None
        for friend in street.neighbours[210:214]:
            clock.advance_held(timedelta(minutes=25))
            seat = acts.sit_down(friend, offer, team_id=team_id, variant_id=offer.prices[0].variant_id)
            team_id = seat.team_id
        let_it_sink_in()


def _open_team(offer: OfferView, *, street: Street, dice: random.Random, number: int) -> None:
    leader = street.neighbours[0] if number == 0 else street.neighbours[3 + number]
    variant_id = offer.prices[0].variant_id
    age = min(offer.team_hours * 0.8, dice.uniform(0.4, 9.0))
    moment = clock.now() - timedelta(hours=age)
    try:
        with clock.held_at(moment):
            opened = acts.sit_down(leader, offer, team_id=None, variant_id=variant_id)
        short = 1 if number % 3 else min(2, offer.team_size - 1)
        for seat in range(offer.team_size - 1 - short):
            friend = street.neighbours[40 + number * 5 + seat]
            moment += timedelta(minutes=dice.uniform(1, 10))
            with clock.held_at(min(moment, clock.now())):
                acts.follow_link(friend, leader, kind=TargetKind.TEAM, target_id=opened.team_id)
                acts.sit_down(friend, offer, team_id=opened.team_id, variant_id=variant_id)
    except (MemberLimitReached, OutOfStock):
        return
