"""Fills the demo shop: goods, neighbours and ninety days of life, played through the real flows with a held clock.

Everything that the console shows was bought, paid, shipped or refunded by the same code a real shop runs, so ledger,
stock, attribution and reports agree. A fixed seed makes every first start look the same.
"""

import time
from collections.abc import Iterable

from django.db import connection

from jishi.kernel import chance
from jishi.runtime.demo.accounts import DemoAccount
from jishi.runtime.demo.seed import acts
from jishi.runtime.demo.seed.bargains import play_bargains
from jishi.runtime.demo.seed.campaigns import play_campaigns
from jishi.runtime.demo.seed.flash import hold_flash_sales
from jishi.runtime.demo.seed.goods import Painter, stock_shop
from jishi.runtime.demo.seed.history import play_history
from jishi.runtime.demo.seed.luck import play_luck
from jishi.runtime.demo.seed.people import settle_neighbours
from jishi.runtime.demo.seed.present import open_present_teams
from jishi.runtime.environment import environment
from jishi.runtime.sandbox_gateway.books import Books

SEED = 20261122
DAYS = 90


def seed_demo() -> Iterable[DemoAccount]:
    """Fill an empty shop; returns the log-ins to print."""
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")  # a power cut during the seed means seeding again
    with chance.seeded(SEED) as dice:
        painter = Painter()
        shop = stock_shop()
        street = settle_neighbours(dice=dice, days=DAYS)
        play_history(shop=shop, street=street, dice=dice, days=DAYS)
        open_present_teams(shop=shop, street=street, dice=dice)
        hold_flash_sales(shop=shop, street=street, dice=dice)
        play_bargains(shop=shop, street=street, dice=dice)
        play_luck(shop=shop, street=street, dice=dice)
        play_campaigns(shop=shop, street=street)
        painter.hang_pictures(shop)
    Books(environment().home / "sandbox.sqlite3").adopt(acts.settled)
    _say(f"seeded in {time.monotonic() - started:.0f} s")
    return street.accounts


def _say(text: str) -> None:
    import structlog

    structlog.get_logger("jishi.seed").info(text)
