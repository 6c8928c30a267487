"""Lists of plays ask the database as often for twenty rows as for one."""

import uuid
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jishi.flows.bargains import help_or_say_why
from jishi.kernel.actor import Actor
from jishi.modules.plays.bargain.public import OfferView
from jishi.modules.plays.red_packet.public import PacketKind, Terms, open_packet, send_packet
from jishi.surfaces.shop.flash import forget_sessions
from tests.world import luck, makers

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 20
FOR_MEMBERS = ["/bargains/", "/flash/", "/h/", "/d/", "/me/packets/", "/me/wallet/", "/me/teams/", "/orders/"]
FOR_STAFF = ["/console/bargains/", "/console/flash-sales/", "/console/packets/", "/console/draws/", "/console/plays/",
             "/console/group-buys/", "/console/group-buys/teams/", "/console/orders/"]  # fmt: skip


class World:
    """A member who takes part in everything, and plays whose pages grow."""

    def __init__(self) -> None:
        self.member = makers.make_member(nickname="看看")
        self.owner = makers.make_member(role="owner")
        makers.fill_wallet(self.member, 1_000_000)
        variant = makers.make_product(stock=1_000)
        self.bargain_offer = makers.make_bargain_offer(variant, units=100, helpers=40)
        self.bargain_id = makers.launch(self.member, self.bargain_offer)
        self.group_offer = makers.make_offer(variant, team_size=30)
        leader = makers.make_member()
        order_id = makers.take_seat(leader, self.group_offer)
        makers.pay(leader, order_id)
        self.team_id = self._team_of(order_id)
        self.sale = makers.make_sale(makers.make_product(stock=100), units=50)
        self.draw = luck.make_draw()

    def grow(self) -> None:
        """One row more on every page."""
        variant, friend = makers.make_product(stock=5), makers.make_member()
        self._bargain(makers.make_bargain_offer(variant))
        self._bargain(self.bargain_offer, who=friend)
        help_or_say_why(self.bargain_id, by=friend, trace=makers.trace_of(friend))
        makers.take_seat(self.member, makers.make_offer(variant, team_size=2))
        makers.take_seat(friend, self.group_offer, team_id=self.team_id)
        makers.take_seat(friend, self.group_offer)
        makers.make_sale(makers.make_product(stock=5), units=2)
        makers.buy_flash(friend, self.sale.items[0].id)
        open_packet(luck.make_packet().id, by=self.member)
        terms = Terms(kind=PacketKind.EVEN, total_minor=200, share_count=2)
        send_packet(terms, by=self.member, currency="CNY", packet_id=uuid.uuid4())
        luck.make_draw()
        luck.earn(self.draw.id, friend)

    def counts(self) -> dict[str, int]:
        shop = [*FOR_MEMBERS, f"/b/{self.bargain_id}/", f"/t/{self.team_id}/", f"/flash/{self.sale.id}/"]
        desk = [
            *FOR_STAFF,
            f"/console/bargains/{self.bargain_offer.id}/",
            f"/console/flash-sales/{self.sale.id}/",
            f"/console/group-buys/{self.group_offer.id}/",
            f"/console/draws/{self.draw.id}/",
        ]
        return _queries(self.member, shop) | _queries(self.owner, desk)

    def _bargain(self, offer: OfferView, *, who: Actor | None = None) -> None:
        makers.launch(who or self.member, offer)

    def _team_of(self, order_id: uuid.UUID) -> uuid.UUID:
        from jishi.modules.orders.public import order_view

        team_id = order_view(order_id, by=makers.OWNER).team_id
        assert team_id is not None
        return team_id


def _queries(actor: Actor, pages: list[str]) -> dict[str, int]:
    browser = Client(headers={"accept-language": "zh-CN"})
    user = get_user_model().objects.get(id=actor.require_member())
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    found = {}
    for page in pages:
        browser.get(page)  # what is remembered for a while is remembered now
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get(page)
        assert answer.status_code == 200, page
        found[page] = len(asked)
    return found


@pytest.fixture
def world(settings: Any) -> World:
    settings.JISHI_BASE_URL = "http://testserver"
    forget_sessions()
    cache.clear()
    return World()


def test_no_page_of_the_plays_asks_more_for_twenty_rows_than_for_one(world: World) -> None:
    world.grow()
    with_one = world.counts()
    for _ in range(ROWS - 1):
        world.grow()
    with_twenty = world.counts()
    more = {page: (with_one[page], count) for page, count in with_twenty.items() if count > with_one[page]}
    assert more == {}
