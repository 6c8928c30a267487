"""Fills the demo shop: goods, neighbours and ninety days of life, played through the real flows with a held clock.

Everything that the console shows was bought, paid, shipped or refunded by the same code a real shop runs, so ledger,
stock, attribution and reports agree. A fixed seed makes every first start look the same.
"""

import gc
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

from jishi.kernel import chance
from jishi.modules.people.public import Role
from jishi.platform.facts import gates_held
from jishi.runtime.demo.accounts import DemoAccount
from jishi.runtime.demo.seed import acts
from jishi.runtime.demo.seed.aftersales import play_aftersales
from jishi.runtime.demo.seed.bargains import play_bargains
from jishi.runtime.demo.seed.campaigns import play_campaigns
from jishi.runtime.demo.seed.communities import play_communities
from jishi.runtime.demo.seed.desk import open_desk
from jishi.runtime.demo.seed.events import begin_rewards, hold_events
from jishi.runtime.demo.seed.flash import hold_flash_sales
from jishi.runtime.demo.seed.goods import Painter, stock_shop
from jishi.runtime.demo.seed.history import play_history
from jishi.runtime.demo.seed.jobs import own_queue
from jishi.runtime.demo.seed.loyalty import live_with_points, open_loyalty
from jishi.runtime.demo.seed.luck import play_luck
from jishi.runtime.demo.seed.moderation import watch_words
from jishi.runtime.demo.seed.notes import play_notes
from jishi.runtime.demo.seed.offers import hang_offers
from jishi.runtime.demo.seed.people import settle_neighbours
from jishi.runtime.demo.seed.present import open_present_teams, open_tiered_team
from jishi.runtime.environment import environment
from jishi.runtime.sandbox_gateway.books import Books

SEED = 20261122
DAYS = 90


def seed_demo(*, days: int = DAYS) -> Iterable[DemoAccount]:
    """Fill an empty shop with so many days of life; returns the log-ins to print."""
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")  # a power cut during the seed means seeding again
    with chance.seeded(SEED) as dice, own_queue(), _rare_collections():
        painter = Painter()
        with gates_held():  # no endpoint listens, and no draw runs before they are played
            shop = stock_shop()
            open_loyalty()
            street = settle_neighbours(dice=dice, days=days)
            play_history(shop=shop, street=street, dice=dice, days=days)
            open_present_teams(shop=shop, street=street, dice=dice)
            open_tiered_team(shop=shop, street=street)
            hold_flash_sales(shop=shop, street=street, dice=dice)
            play_bargains(shop=shop, street=street, dice=dice)
            hang_offers(shop=shop, street=street, dice=dice)
            play_aftersales(shop=shop, street=street, dice=dice)
            live_with_points(street=street, dice=dice)
            play_notes(shop=shop, street=street, dice=dice)
        play_luck(shop=shop, street=street, dice=dice)
        play_campaigns(shop=shop, street=street)
        watch_words(street=street)
        begin_rewards()
        open_desk(finance=street.staff[Role.FINANCE])
        play_communities(shop=shop, street=street, dice=dice, painter=painter)
        hold_events(street=street, painter=painter)
        painter.hang_pictures(shop)
    Books(environment().home / "sandbox.sqlite3").adopt(acts.settled)
    _say(f"seeded in {time.monotonic() - started:.0f} s")
    return street.accounts


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Rows make no cycles worth looking for again and again: a tenth of the time saved."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _say(text: str) -> None:
    import structlog

    structlog.get_logger("jishi.seed").info(text)
