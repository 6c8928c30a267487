"""A cart of 20 lines against 100, 1,000 and 10,000 live offers, in-process, beside django-oscar's applicator where it is here.

Equivalent rules: thresholds of the basket's sum with 1 % off, one in ten reached, the best one counts. A second set is as
shops write them: half of the offers for a few products, half for sums.
"""

import json
import os
import random
import subprocess
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench import stage
from jishi.modules.promotions.rules.cases import Asked
from jishi.modules.promotions.rules.compiled import compile_offers
from jishi.modules.promotions.rules.price import price_cart
from jishi.modules.promotions.types import VISITOR, Offer, PercentOff, PricedLine, Scope, Stage

LINES, PRODUCTS = 20, 1_000
COUNTS = (100, 1_000, 10_000)
ROUNDS = 101
NOW = datetime(2026, 11, 22, tzinfo=UTC)

# run by the interpreter that has Oscar: the same thresholds, prices and number of offers, exclusive as is Oscar's default
_OSCAR = """
import json, sys, time
from decimal import Decimal as D
from statistics import median
import django; django.setup()
from django.db import transaction
from oscar.apps.offer.applicator import Applicator
from oscar.core.loading import get_model
Offer, Condition, Benefit, Range = (get_model("offer", n) for n in ("ConditionalOffer", "Condition", "Benefit", "Range"))
Basket, Product = get_model("basket", "Basket"), get_model("catalogue", "Product")
from oscar.apps.partner.strategy import Default
prices, thresholds, rounds = json.loads(sys.stdin.read())
with transaction.atomic():
    everything = Range.objects.create(name="bench", includes_all_products=True)
    benefit = Benefit.objects.create(range=everything, type=Benefit.PERCENTAGE, value=D(1))
    for n, least in enumerate(thresholds):
        condition = Condition.objects.create(range=everything, type=Condition.VALUE, value=D(least) / 100)
        Offer.objects.create(name=f"bench {n}", condition=condition, benefit=benefit, offer_type=Offer.SITE, exclusive=True)
    basket = Basket.objects.create(); basket.strategy = Default()
    for product, (price, quantity) in zip(Product.objects.order_by("id")[:len(prices)], prices):
        stock = product.stockrecords.first(); stock.price = D(price) / 100; stock.save()
        basket.add_product(product, quantity=quantity)
    times = []
    for _ in range(rounds):
        basket.reset_offer_applications()
        begun = time.perf_counter(); Applicator().apply(basket); times.append(time.perf_counter() - begun)
    print(json.dumps([median(times), str(basket.total_excl_tax)]))
    transaction.set_rollback(True)
"""


def main() -> None:
    dice = random.Random(20261122)
    goods = [uuid.UUID(int=dice.getrandbits(128)) for _ in range(PRODUCTS)]
    lines = [
        PricedLine(f"{n:02}", uuid.UUID(int=n + 1), goods[n], dice.randint(1, 3), dice.randint(900, 19_900))
        for n in range(LINES)
    ]
    full = sum(line.list_minor * line.quantity for line in lines)
    figures: dict[str, float] = {}
    for count in COUNTS:
        thresholds = [full // 2 + full * n * 5 // count for n in range(count)]
        figures[f"sums_{count}"] = measure(lines, [_for_sum(n, least) for n, least in enumerate(thresholds)])
        figures[f"mixed_{count}"] = measure(lines, _mixed(dice, goods, full, count))
        print(
            f"{count} offers: sums {figures[f'sums_{count}']:.2f} ms, mixed {figures[f'mixed_{count}']:.2f} ms (median)"
        )
    rival = _oscar(lines, [full // 2 + full * n * 5 // 1_000 for n in range(1_000)], rounds=1)
    if rival:
        print(f"django-oscar, 1,000 offers: {rival:.0f} ms, {rival / figures['sums_1000']:.0f} times as long")
    stage.report(
        name="prices",
        figure=figures["sums_1000"],
        unit="ms median, 20 lines against 1,000 live offers",
        reference=rival or 0.0,
        reference_name="django-oscar's applicator, equivalent cart and offers, same run"
        if rival
        else "none here",
        **{name: round(value, 3) for name, value in figures.items()},
    )


def measure(lines: list[PricedLine], offers: list[Offer]) -> float:
    """Median milliseconds of pricing, the offers compiled beforehand as a shop's process does."""
    compiled, asked = compile_offers(offers), Asked(VISITOR, NOW)
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        price_cart(lines, offers=compiled, asked=asked)
        times.append(time.perf_counter() - begun)
    return median(times) * 1_000


def _for_sum(n: int, least: int) -> Offer:
    return Offer(
        uuid.UUID(int=n + 1), f"o{n}", Stage.ORDER, PercentOff(100), least_minor=least, group="order"
    )


def _mixed(dice: random.Random, goods: list[uuid.UUID], full: int, count: int) -> list[Offer]:
    found = []
    for n in range(count):
        if n % 2:
            scope = Scope(frozenset(dice.sample(goods, 5)))
            rate = PercentOff(dice.randint(100, 2_000))
            found.append(Offer(uuid.UUID(int=n + 1), f"o{n}", Stage.ITEM, rate, scope=scope, group="item"))
        else:
            found.append(_for_sum(n, dice.randint(full // 4, full * 6)))
    return found


def _oscar(lines: list[PricedLine], thresholds: list[int], *, rounds: int) -> float | None:
    """Milliseconds of Oscar's applicator; None when Oscar is not on this machine."""
    folder, python = os.environ.get("JISHI_BENCH_OSCAR"), os.environ.get("JISHI_BENCH_OSCAR_PYTHON")
    if not folder or not python:
        return None
    asked = [[[line.list_minor, line.quantity] for line in lines], thresholds, rounds]
    done = subprocess.run(
        [python, "-c", _OSCAR],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(folder)), "DJANGO_SETTINGS_MODULE": "oscarshop.settings"},
    )
    seconds, _total = json.loads(done.stdout.splitlines()[-1])
    return float(seconds) * 1_000


if __name__ == "__main__":
    main()
