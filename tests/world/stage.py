"""Acts that prepare a market, each in a process of its own.

`main` is given the name of an act and its values as JSON, and answers in JSON.
"""

import itertools
import json
import sys
import time
import uuid
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import override_settings

from jishi.flows.lifecycle import send_parcel
from jishi.flows.payment import pay_order
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.modules.catalog.public import product_page, product_table, variants_by_ids
from jishi.modules.community.public import Joining
from jishi.modules.orders.public import receive_order
from jishi.modules.people.public import clean_phone, create_staff, create_token, enrol_member
from jishi.modules.people.types import Role
from jishi.modules.plays.flash_sale.public import balances_of
from jishi.modules.plays.group_buy.public import Tier, offer_view
from jishi.modules.plays.lucky_draw.public import PrizeForm, PrizeKind, close_draw
from jishi.modules.plays.red_packet.public import close_packets
from jishi.modules.promotions import public as promotions
from jishi.platform.rush import PoolTerms, open_pool
from jishi.platform.rush.passes import issue_pass
from tests.world import luck, makers, talk


def staff(*, email: str, password: str, role: str) -> str:
    return str(create_staff(by=SYSTEM, email=email, password=password, nickname="店主", role=Role(role)))


def orders_at_cashier(*, count: int) -> list[dict[str, str]]:
    """Orders of different people for one product, each with its payment open at the gateway."""
    variant = makers.make_product(stock=count)
    found = []
    for _ in range(count):
        buyer = makers.make_member()
        order_id = makers.buy(buyer, variant)
        payment = pay_order(order_id, by=buyer, provider="sandbox")
        found.append({"order": str(order_id), "payment": str(payment.id), "pay_url": payment.pay_url})
    return found


def team_at_cashier(*, count: int) -> dict[str, Any]:
    """A team of `count` + 1 seats in which `count` people are at the cashier; the first has to pay first."""
    offer = makers.make_offer(makers.make_product(stock=count + 1), team_size=count + 1)
    leader = makers.make_member()
    first = makers.take_seat(leader, offer)
    return {"offer": str(offer.id), "orders": [_at_cashier(leader, first)]}


def join_at_cashier(*, offer: str, team: str, count: int) -> list[dict[str, str]]:
    found = []
    for _ in range(count):
        member = makers.make_member()
        order_id = makers.take_seat(member, offer_view(uuid.UUID(offer)), team_id=uuid.UUID(team))
        found.append(_at_cashier(member, order_id))
    return found


def prices() -> dict[str, str]:
    """A coupon from 60, full reduction from 100, and two goods: 52 and 49; the code SAVE10 gives the coupon."""
    makers.make_price_offer(promotions.Steps((promotions.Step(10_000, 1_500),)), label="满 100 减 15")
    batch = makers.make_coupon_offer(
        promotions.AmountOff(1_000),
        way=promotions.CouponWay.CODE,
        label="满 60 减 10",
        least_minor=6_000,
    )
    promotions.make_codes(batch.id, count=0, shared="SAVE10", by=makers.OWNER)
    first, second = makers.make_product(price_minor=5_200), makers.make_product(price_minor=4_900)
    found = variants_by_ids([first, second])
    return {"first": found[first].product_handle, "second": found[second].product_handle}


def yesterday() -> str:
    """An order that was paid yesterday, so that there is a day to close."""
    with clock.held_at(clock.now() - timedelta(days=1)):
        buyer = makers.make_member()
        makers.fill_wallet(buyer, 10_000)
        pay_order(makers.buy(buyer, makers.make_product(price_minor=4_200)), by=buyer, provider="wallet")
    return f"{(clock.now() - timedelta(days=1)).astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d}"


def shoppers(*, count: int, stock: int) -> dict[str, Any]:
    """People with a token and an address, and something to buy."""
    variant = makers.make_product(stock=stock)
    people = []
    for _ in range(count):
        member = makers.make_member()
        address = makers.make_address(member)
        _, secret = create_token(by=member, name="load", scopes=["shop.read", "shop.write"])
        people.append({"token": secret, "address": str(address)})
    return {"variant": str(variant), "people": people}


def pool(*, capacity: int, member_limit: int = 0, shards: int = 0) -> str:
    terms = PoolTerms(shards=shards)
    return str(open_pool(purpose="test", capacity=capacity, member_limit=member_limit, terms=terms))


def passes(*, count: int) -> list[str]:
    return [issue_pass(uuid.uuid4(), now_seconds=int(time.time())) for _ in range(count)]


def offer(*, title: str, price_minor: int, team_size: int) -> str:
    """A published group buy on a product that is already there."""
    [row, *_] = product_table(by=makers.OWNER, text=title, limit=1)[0]
    page = product_page(handle=row.card.handle, by=makers.OWNER)
    return str(makers.make_offer(page.variants[0].id, price_minor=price_minor, team_size=team_size).id)


def flash_sale(*, units: int) -> dict[str, str]:
    """A running flash sale without a limit per member."""
    sale = makers.make_sale(makers.make_product(stock=units, title="琯溪蜜柚"), units=units, member_limit=0)
    item = sale.items[0]
    return {"play": str(sale.id), "item": str(item.id), "pool": str(item.pool_id)}


def flash_buyers(*, count: int) -> list[dict[str, str]]:
    """Members with an address and a pass for the lane."""
    found = []
    for _ in range(count):
        member = makers.make_member()
        makers.make_address(member)
        member_id = member.require_member()
        found.append({"id": str(member_id), "pass": issue_pass(member_id, now_seconds=int(time.time()))})
    return found


def flash_taps(*, item: str, buyers: int, each: int) -> int:
    """Claims as the lane grants them."""
    for buyer in flash_buyers(count=buyers):
        actor = makers.actor_of_id(uuid.UUID(buyer["id"]))
        for _ in range(each):
            makers.tap(actor, uuid.UUID(item))
    return buyers * each


def flash_balance(*, play: str) -> list[bool]:
    return [found.is_sound for found in balances_of(uuid.UUID(play))]


def packet(*, total_minor: int, share_count: int, password: str = "") -> dict[str, str]:
    """A red packet that may be opened."""
    made = luck.make_packet(total_minor=total_minor, share_count=share_count, password=password)
    return {"packet": str(made.id), "play": str(made.play_id)}


def draw(*, stock: int, odds_bp: int) -> str:
    """A draw with one money prize."""
    prize = PrizeForm(name="现金 8.80", kind=PrizeKind.MONEY, stock=stock, odds_bp=odds_bp, amount_minor=880)
    return str(luck.make_draw(prizes=(prize,)).id)


def bargain(*, start_minor: int, floor_minor: int, helpers: int) -> dict[str, str]:
    """A running bargain for one unit; a friend who is new takes two slots."""
    variant = makers.make_product(price_minor=start_minor, stock=1, title="武夷岩茶")
    made = makers.make_bargain_offer(variant, floor_minor=floor_minor, helpers=helpers, units=1)
    return {"play": str(made.id)}


def tiered_offer(*, size: int, tier: int, off_minor: int) -> dict[str, str]:
    """A group buy whose teams may grow to `tier` people, for so much less."""
    variant = makers.make_product(stock=20, title="手工水饺")
    made = makers.make_offer(variant, team_size=size, tiers=(Tier(tier, off_minor),))
    return {"offer": str(made.id), "handle": variants_by_ids([variant])[variant].product_handle}


def join_from_wallet(*, offer: str, team: str) -> str:
    """Somebody else takes a seat and pays at once."""
    member = makers.make_member()
    makers.fill_wallet(member, 100_000)
    order_id = makers.take_seat(member, offer_view(uuid.UUID(offer)), team_id=uuid.UUID(team))
    return str(pay_order(order_id, by=member, provider="wallet").id)


def received(*, phone: str, quantity: int, price_minor: int) -> dict[str, str]:
    """What somebody of this number has bought, paid from the wallet and received."""
    member = makers.actor_of_id(enrol_member(by=SYSTEM, phone=phone, nickname="阿苏"))
    makers.fill_wallet(member, 100_000)
    variant = makers.make_product(stock=20, price_minor=price_minor, title="粗陶马克杯")
    order_id = makers.buy(member, variant, quantity=quantity)
    pay_order(order_id, by=member, provider="wallet")
    send_parcel(order_id, by=makers.OWNER, carrier="顺丰", tracking_number="SF-STAGE")
    receive_order(order_id, by=member)
    handle = variants_by_ids([variant])[variant].product_handle
    return {"order": str(order_id), "handle": handle}


def community(*, phone: str, handle: str, name: str, question: str = "") -> str:
    """A public community whose owner has this number; with a question, one comes in by answering it."""
    owner = makers.actor_of_id(enrol_member(by=SYSTEM, phone=phone, nickname="群主"))
    asks = {"joining": Joining.REQUEST, "questions": (question,)} if question else {}
    return str(talk.make_community(owner, handle=handle, name=name, **asks).id)


def wicked_town(*, phone: str, owner_email: str) -> dict[str, Any]:
    """The town with wicked words everywhere, its member under this number, and all its addresses."""
    from tests.world import chatter, pages, township, wicked

    providers = {"fake": "tests.world.fake_provider.FakeProvider"}
    with override_settings(JISHI_PAYMENT_PROVIDERS=providers):
        town = township.build_town()
        owner = makers.actor_of_id(get_user_model().objects.get(email=owner_email).pk)
        more = chatter.add_chatter(town, owner=owner)
    marks = wicked.poison()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_member SET phone = %s WHERE id = %s", [clean_phone(phone), town.member.id]
        )
        cursor.execute("UPDATE payments_payment SET provider = 'sandbox'")
    addresses = [*more, *(pages.address_of(page, town) for page in pages.pages())]
    return {"marks": marks, "addresses": list(dict.fromkeys(addresses))}


def end_luck(*, packet_play: str, draw: str) -> None:
    close_packets(uuid.UUID(packet_play), by=makers.OWNER)
    close_draw(uuid.UUID(draw), by=makers.OWNER)


def _at_cashier(member: makers.Actor, order_id: uuid.UUID) -> dict[str, str]:
    payment = pay_order(order_id, by=member, provider="sandbox")
    return {"order": str(order_id), "payment": str(payment.id), "pay_url": payment.pay_url}


ACTS = {
    act.__name__: act
    for act in (
        *(staff, orders_at_cashier, team_at_cashier, join_at_cashier, shoppers, pool, passes, offer),
        *(flash_sale, flash_buyers, flash_taps, flash_balance),
        *(packet, draw, end_luck),
        *(bargain, tiered_offer, join_from_wallet, received, prices, yesterday, community),
        wicked_town,
    )
}


def main(arguments: list[str]) -> None:
    with connection.cursor() as cursor:  # makers count on from where the act before has stopped
        cursor.execute("SELECT (SELECT count(*) FROM people_member) + (SELECT count(*) FROM catalog_product)")
        makers._count = itertools.count(cursor.fetchone()[0] + 1)
    sys.stdout.write(json.dumps(ACTS[arguments[0]](**json.loads(arguments[1]))) + "\n")
