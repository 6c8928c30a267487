"""From claim to complete order on one hot SKU: orders a second, sustained.

A feeder grants claims in batches, as the hot lane does, and never lets the line run dry; workers as in production turn them into
orders that wait for payment: order, line with snapshot, price, attribution and fee, stock, history, two facts, unit, claim.
Beside it pgbench writes the very same rows with one order per transaction on the same server, first without and then with the hot
hold that every order has to shrink; and the only figure published for an open-source shop's flash sale, 3.96 orders/s.

    JISHI_BENCH_SECONDS   how long (60)      JISHI_BENCH_WORKERS   pipelines side by side (4)
"""

import os
import random
import sys
import threading
import time
import uuid
from datetime import timedelta
from typing import Any

from bench import stage
from bench.claims import set_up_django

SECONDS = int(os.environ.get("JISHI_BENCH_SECONDS", "60"))
WORKERS = int(os.environ.get("JISHI_BENCH_WORKERS", "4"))
MEMBERS = 20_000
UNITS = 1_000_000
LINE_MAX = 4_000
FEED = 500
PUBLISHED = 3.96

_PEOPLE = """
INSERT INTO people_address (id, member_id, name, phone, region_code, province, city, district, line, is_default, created_at)
SELECT gen_random_uuid(), id, '王阿姨', '13900000000', '310101', '上海市', '上海市', '黄浦区', '南京东路 1 号', true, now()
FROM people_member
"""
_FEED = """
WITH granted AS (
  INSERT INTO rush_claim (id, pool_id, member_id, quantity, state, expires_at, created_at)
  SELECT c, %(pool)s, m, 1, 'held', now() + interval '15 minutes', now()
  FROM unnest(%(claims)s::uuid[], %(members)s::uuid[]) AS w(c, m) RETURNING 1
)
UPDATE rush_pool SET taken = taken + (SELECT count(*) FROM granted) WHERE id = %(pool)s
"""
_WAITING = """
SELECT count(*) FROM (SELECT 1 FROM rush_claim WHERE pool_id = %s AND state = 'held' AND expires_at > now() LIMIT %s) w
"""
_WRITES = """
\\set member random(1, 20000)
BEGIN;
SELECT gen_random_uuid() AS o, gen_random_uuid() AS l, gen_random_uuid() AS c \\gset
INSERT INTO orders_order (id, number, member_id, state, currency, list_minor, discount_minor, shipping_minor, total_minor,
  paid_minor, refunded_minor, shipping_refunded_minor, address, note, play_kind, play_id, placed_at, pay_deadline, cancel_reason)
VALUES (:o, 'B' || nextval('orders_number'), gen_random_uuid(), 'placed', 'CNY', 4200, 1210, 600, 3590, 0, 0, 0,
  '{"name": "王阿姨", "phone": "13900000000", "region_code": "310101", "province": "上海市", "city": "上海市"}', '',
  'flash_sale', '%(play)s', now(), now() + interval '15 minutes', '');
INSERT INTO orders_orderline (id, order_id, position, product_id, variant_id, sku, title, option_text, cover, quantity,
  list_minor, discount_minor, total_minor, cost_minor, weight_grams, discounts, refunded_minor, refunded_quantity,
  shipped_quantity, cancelled_quantity, cut_minor, attribution_source, attribution_reason)
VALUES (:l, :o, 1, '%(product)s', '%(variant)s', 'S', '赣南脐橙', '', '', 1, 4200, 1210, 2990, 2000, 500,
  '[{"kind": "flash_sale", "source_id": "%(play)s", "amount_minor": 1210, "label": "bench"}]', 0, 0, 0, 0, 0, 'direct', 'direct');
INSERT INTO platform_history (subject_kind, subject_id, verb, before, after, actor_kind, actor_id, actor_label, note, details, at)
VALUES ('order', :o, 'place', '', 'placed', 'member', gen_random_uuid(), '', '', '{}', now());
INSERT INTO platform_fact (id, name, at, actor_kind, actor_id, subject_kind, subject_id, payload)
VALUES (gen_random_uuid(), 'orders.order_placed.v1', now(), 'member', gen_random_uuid(), 'order', :o,
    '{"order_id": "0", "number": "1", "member_id": "0", "total_minor": 3590, "currency": "CNY"}'),
  (gen_random_uuid(), 'flash_sale.unit_ordered.v1', now(), 'member', gen_random_uuid(), 'play', '%(play)s',
    '{"play_id": "0", "item_id": "0", "order_id": "0", "member_id": "0", "quantity": 1}');
INSERT INTO flash_sale_unit (order_id, claim_id, item_id, member_id, quantity, discount_minor, state, ordered_at)
VALUES (:o, :c, '%(item)s', gen_random_uuid(), 1, 1210, 'ordered', now());
INSERT INTO rush_claim (id, pool_id, member_id, quantity, state, expires_at, created_at)
VALUES (:c, '%(pool)s', gen_random_uuid(), 1, 'held', NULL, now());
INSERT INTO inventory_hold (id, level_id, quantity, shipped, state, cause_kind, cause_id, created_at)
VALUES (gen_random_uuid(), '%(level)s', 1, 0, 'held', 'order', :o, now());
%(hot)s
COMMIT;
"""
_HOT = "UPDATE inventory_hold SET quantity = quantity - 1 WHERE id = '%(hold)s';"


def main() -> None:
    with stage.stage() as ground:
        set_up_django()
        item = _stock_and_sale(ground)
        plain = stage.pgbench(ground, _WRITES % (item | {"hot": ""}), clients=32, seconds=5)
        hot = stage.pgbench(ground, _WRITES % (item | {"hot": _HOT % item}), clients=32, seconds=5)
        _forget_writes(ground, item)
        figure, behind = _run(ground, item)
        sound = _balance(item)
    print(
        f"pgbench, the same rows, one order per transaction, 32 clients: {plain:.0f}/s, with the hot hold {hot:.0f}/s"
    )
    print(
        f"pipeline: {figure:.0f} orders/s over {SECONDS} s by {WORKERS} workers; longest line {behind}; {sound}"
    )
    stage.report(
        name="pipeline",
        figure=figure,
        unit="complete paid-ready orders/s, one hot SKU",
        reference=plain,
        reference_name="pgbench inserting the same rows, one order per transaction, 32 clients",
        with_hot_row=round(hot),
        ratio_to_hot_row=round(figure / hot, 2),
        published=PUBLISHED,
        ratio_to_published=round(figure / PUBLISHED),
        seconds=SECONDS,
        workers=WORKERS,
        oversold=0,
    )


def _stock_and_sale(ground: stage.Stage) -> dict[str, str]:
    """One SKU with a million units in a running flash sale, and members who have an address."""
    from jishi.kernel import clock
    from jishi.kernel.actor import SYSTEM
    from jishi.modules.catalog.public import NewVariant, create_product, product_page, publish_product
    from jishi.modules.inventory.public import Figure, count_stock
    from jishi.modules.orders.public import Rate, set_default_shipping
    from jishi.modules.plays.flash_sale.public import ItemForm, create_sale, publish_sale
    from jishi.modules.plays.life.public import PlayHead

    set_default_shipping(by=SYSTEM, name="bench", rates=[Rate((), 1000, 600, 1000, 100, 9900, False)])
    product = create_product(
        by=SYSTEM,
        title="赣南脐橙",
        handle="bench-hot",
        variants=[NewVariant(price_minor=4200, sku="HOT", cost_minor=2000, weight_grams=500)],
    )
    publish_product(by=SYSTEM, product_id=product)
    variant = product_page(handle="bench-hot", by=SYSTEM).variants[0]
    count_stock(by=SYSTEM, figures=[Figure(variant.id, product, "HOT", UNITS)], key="bench")
    enrol(ground)
    now = clock.now()
    head = PlayHead("bench", "CNY", now - timedelta(minutes=1), now + timedelta(hours=5))
    items = [ItemForm(variant.id, 2990, UNITS, 0)]
    sale = publish_sale(create_sale(head, items, by=SYSTEM).id, by=SYSTEM)
    with ground.connect() as connection:
        hold, level = connection.execute("SELECT id, level_id FROM inventory_hold").fetchall()[0]
    return {
        "play": str(sale.id),
        "item": str(sale.items[0].id),
        "pool": str(sale.items[0].pool_id),
        "product": str(product),
        "variant": str(variant.id),
        "hold": str(hold),
        "level": str(level),
    }


def enrol(ground: stage.Stage) -> None:
    """Members with a default address, copies of one that was enrolled as usual."""
    from jishi.kernel.actor import SYSTEM
    from jishi.modules.people.public import enrol_member

    template = enrol_member(by=SYSTEM, phone="13800000000", nickname="bench")
    with ground.connect() as connection:
        columns = [
            row[0]
            for row in connection.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = 'people_member'"
                " AND column_name NOT IN ('id', 'phone')"
            )
        ]
        names = ", ".join(f'"{name}"' for name in columns)
        connection.execute(
            f"INSERT INTO people_member (id, phone, {names}) SELECT gen_random_uuid(), '137' || lpad(n::text, 8, '0'),"
            f" {names} FROM people_member, generate_series(1, %s) n WHERE id = %s",
            [MEMBERS - 1, template],
        )
        connection.execute(_PEOPLE)
        connection.execute("ANALYZE")


def _forget_writes(ground: stage.Stage, item: dict[str, str]) -> None:
    """What pgbench wrote is no order of ours: the pipeline starts from a clean table."""
    with ground.connect() as connection:
        connection.execute(
            "TRUNCATE flash_sale_unit, orders_orderline, orders_order, platform_history, platform_fact, rush_claim CASCADE"
        )
        connection.execute("DELETE FROM inventory_hold WHERE cause_kind = 'order'")
        connection.execute("UPDATE inventory_hold SET quantity = %s WHERE id = %s", [UNITS, item["hold"]])
        connection.execute("VACUUM ANALYZE")


def _run(ground: stage.Stage, item: dict[str, str]) -> tuple[float, int]:
    """(orders a second, the longest line of claims) of workers as in production."""
    over, longest = threading.Event(), [0]
    feeder = threading.Thread(target=_feed, args=(ground, item["pool"], over, longest))
    workers = [
        stage.subprocess.Popen([sys.executable, "-m", "bench.pipeline", "worker"]) for _ in range(WORKERS)
    ]
    try:
        feeder.start()
        _await_orders(ground)
        before, started = _orders(ground), time.monotonic()
        time.sleep(SECONDS)
        after, ended = _orders(ground), time.monotonic()
    finally:
        over.set()
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(15)
        feeder.join()
    return (after - before) / (ended - started), longest[0]


def _feed(ground: stage.Stage, pool: str, over: threading.Event, longest: list[int]) -> None:
    with ground.connect() as connection:
        members = [row[0] for row in connection.execute("SELECT id FROM people_member")]
        while not over.is_set():
            [(waiting,)] = connection.execute(_WAITING, [pool, LINE_MAX]).fetchall()
            longest[0] = max(longest[0], waiting)
            if waiting >= LINE_MAX // 2:
                over.wait(0.02)
                continue
            claims = [uuid.uuid4() for _ in range(FEED)]
            values = {"pool": pool, "claims": claims, "members": random.sample(members, FEED)}
            connection.execute(_FEED, values)


def _await_orders(ground: stage.Stage) -> None:
    until = time.monotonic() + 30
    while _orders(ground) < FEED:
        if time.monotonic() > until:
            raise RuntimeError("the workers make no orders")
        time.sleep(0.1)


def _orders(ground: stage.Stage) -> int:
    with ground.connect() as connection:
        found: Any = connection.execute("SELECT count(*) FROM orders_order").fetchall()[0][0]
        return int(found)


def _balance(item: dict[str, str]) -> str:
    """The proof of the console must hold after the run."""
    from jishi.modules.plays.flash_sale.public import balances_of

    [found] = balances_of(uuid.UUID(item["play"]))
    assert found.is_sound, found
    return f"{found.units_ordered} ordered of {found.taken} claimed, the sums add up"


def _work() -> None:
    import signal

    set_up_django()
    from jishi.runtime.worker import run_pipeline

    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    run_pipeline(over)


if __name__ == "__main__":
    _work() if sys.argv[1:] == ["worker"] else main()
