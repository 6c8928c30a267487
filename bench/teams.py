"""Many teams filled by many hands: complete orders with a seat a second, and no team over or under by one.

64 joiners in four processes go through 2,000 teams of five whose leader has paid; to each team come one person more than it has
seats for, at about the same time. A seat is the whole use case: team locked, claim, limit, order with line, price and snapshot,
stock, history, fact. Beside it pgbench writes the same rows, one order and seat per transaction, on the same server before.

    JISHI_BENCH_TEAMS   how many teams (2000)
"""

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

from bench import stage
from bench.claims import set_up_django
from bench.pipeline import enrol

TEAMS = int(os.environ.get("JISHI_BENCH_TEAMS", "2000"))
SIZE = 5
PROCESSES, THREADS = 4, 16
JOINERS = PROCESSES * THREADS
PRICE = 2_990

_NUMBERED = """
CREATE TABLE bench_team AS SELECT row_number() OVER (ORDER BY id) AS n, id, pool_id FROM group_buy_team;
CREATE UNIQUE INDEX ON bench_team (n);
CREATE SEQUENCE bench_seat;
UPDATE rush_pool SET capacity = 1000000
"""
_WRITES = """
\\set n random(1, %(teams)s)
BEGIN;
SELECT id AS team, pool_id AS pool, gen_random_uuid() AS o, gen_random_uuid() AS c, gen_random_uuid() AS m,
  6 + nextval('bench_seat') %% 32000 AS seat FROM bench_team WHERE n = :n \\gset
SELECT 1 FROM group_buy_team WHERE id = :team FOR UPDATE;
SELECT count(*) FROM group_buy_seat WHERE team_id = :team AND state <> 'released' AND seat_no <= 5;
INSERT INTO group_buy_memberuse (offer_id, member_id, units) VALUES ('%(offer)s', :m, 1);
UPDATE rush_pool SET taken = taken + 1 WHERE id = :pool AND taken < capacity;
INSERT INTO rush_claim (id, pool_id, member_id, quantity, state, expires_at, created_at)
VALUES (:c, :pool, :m, 1, 'kept', NULL, now());
INSERT INTO group_buy_seat (id, claim_id, team_id, seat_no, member_id, order_id, quantity, discount_minor, state, late_choice,
  expires_at, joined_at)
VALUES (gen_random_uuid(), :c, :team, :seat, :m, :o, 1, 1210, 'held', 'refund', now() + interval '15 minutes', now());
INSERT INTO orders_order (id, number, member_id, state, currency, list_minor, discount_minor, shipping_minor, total_minor,
  paid_minor, refunded_minor, shipping_refunded_minor, address, note, play_kind, play_id, team_id, placed_at, pay_deadline,
  cancel_reason)
VALUES (:o, 'B' || nextval('orders_number'), :m, 'placed', 'CNY', 4200, 1210, 600, 3590, 0, 0, 0,
  '{"name": "王阿姨", "phone": "13900000000", "region_code": "310101", "province": "上海市", "city": "上海市"}', '',
  'group_buy', '%(offer)s', :team, now(), now() + interval '15 minutes', '');
INSERT INTO orders_orderline (id, order_id, position, product_id, variant_id, sku, title, option_text, cover, quantity,
  list_minor, discount_minor, total_minor, cost_minor, weight_grams, discounts, refunded_minor, refunded_quantity,
  shipped_quantity, cancelled_quantity, cut_minor, attribution_source, attribution_reason)
VALUES (gen_random_uuid(), :o, 1, '%(product)s', '%(variant)s', 'S', '赣南脐橙', '', '', 1, 4200, 1210, 2990, 2000, 500,
  '[{"kind": "group_buy", "source_id": "%(offer)s", "amount_minor": 1210, "label": "bench"}]', 0, 0, 0, 0, 0, 'direct', 'direct');
INSERT INTO platform_history (subject_kind, subject_id, verb, before, after, actor_kind, actor_id, actor_label, note, details, at)
VALUES ('order', :o, 'place', '', 'placed', 'member', :m, '', '', '{}', now());
INSERT INTO platform_fact (id, name, at, actor_kind, actor_id, subject_kind, subject_id, payload)
VALUES (gen_random_uuid(), 'orders.order_placed.v1', now(), 'member', :m, 'order', :o,
  '{"order_id": "0", "number": "1", "member_id": "0", "total_minor": 3590, "currency": "CNY"}');
INSERT INTO inventory_hold (id, level_id, quantity, shipped, state, cause_kind, cause_id, created_at)
VALUES (gen_random_uuid(), '%(level)s', 1, 0, 'held', 'order', :o, now());
UPDATE inventory_stocklevel SET held = held + 1 WHERE id = '%(level)s';
COMMIT;
"""
_FORGET = """
DELETE FROM group_buy_seat WHERE seat_no > 5;
DELETE FROM rush_claim c WHERE NOT EXISTS (SELECT 1 FROM group_buy_seat s WHERE s.claim_id = c.id);
UPDATE rush_pool SET capacity = 5, taken = 1;
TRUNCATE orders_orderline, orders_order, platform_history, platform_fact, inventory_hold, group_buy_memberuse CASCADE;
UPDATE inventory_stocklevel SET held = 0;
"""
_UNEVEN = """
SELECT t.id, count(s.id), p.taken, count(DISTINCT s.seat_no), count(DISTINCT s.member_id), count(o.id), c.claims
FROM group_buy_team t JOIN rush_pool p ON p.id = t.pool_id
LEFT JOIN group_buy_seat s ON s.team_id = t.id AND s.state <> 'released'
LEFT JOIN orders_order o ON o.id = s.order_id
LEFT JOIN (SELECT pool_id, count(*) AS claims FROM rush_claim WHERE state IN ('held', 'kept') GROUP BY 1) c
       ON c.pool_id = p.id
GROUP BY t.id, p.taken, c.claims
HAVING count(s.id) <> %(size)s OR p.taken <> %(size)s OR count(DISTINCT s.seat_no) <> %(size)s
    OR count(DISTINCT s.member_id) <> %(size)s OR count(o.id) <> %(size)s - 1 OR c.claims <> %(size)s
"""


def main() -> None:
    with stage.stage() as ground:
        set_up_django()
        made = _open_teams(ground)
        with ground.connect() as connection:
            connection.execute(_NUMBERED)
        naive = stage.pgbench(ground, _WRITES % (made | {"teams": TEAMS}), clients=32, seconds=5)
        with ground.connect() as connection:
            connection.execute(_FORGET)
            connection.execute("VACUUM ANALYZE")
        seconds, answers = _fill(made)
        _prove(ground, answers)
    figure = answers["seated"] / seconds
    print(f"pgbench, the same rows, one order and seat per transaction, 32 clients: {naive:.0f}/s")
    print(
        f"{TEAMS} teams of {SIZE}: {answers['seated']} seats by {JOINERS} joiners in {seconds:.1f} s, {figure:.0f}/s;"
        f" {answers['team_not_open']} came too late, {answers['busy']} waited and asked again; none over, none under"
    )
    stage.report(
        name="teams",
        figure=figure,
        unit="seats/s, each with its complete order",
        reference=naive,
        reference_name="pgbench writing the same rows, one order and seat per transaction, 32 clients",
        teams=TEAMS,
        seats=TEAMS * SIZE,
        joiners=JOINERS,
        uneven_teams=0,
    )


def _open_teams(ground: stage.Stage) -> dict[str, str]:
    """An offer on one SKU, and teams whose leader's seat is paid."""
    from jishi.kernel import ids
    from jishi.kernel.actor import SYSTEM
    from jishi.modules.orders.public import Rate, set_default_shipping
    from jishi.modules.plays.group_buy.public import LateChoice, SeatRequest, settle_seat, take_seat

    set_default_shipping(by=SYSTEM, name="bench", rates=[Rate((), 1000, 600, 1000, 100, 9900, False)])
    enrol(ground)
    product, variant = _goods()
    offer_id = _offer(product, variant)
    for _ in range(TEAMS):
        order_id = ids.new_id()
        take_seat(
            SeatRequest(offer_id, None, ids.new_id(), order_id, 1, 1210, LateChoice.REFUND, PRICE), by=SYSTEM
        )
        settle_seat(order_id)
    with ground.connect() as connection:
        [(level,)] = connection.execute("SELECT id FROM inventory_stocklevel").fetchall()
    return {"offer": str(offer_id), "product": str(product), "variant": str(variant), "level": str(level)}


def _goods() -> tuple[uuid.UUID, uuid.UUID]:
    """(product, its one variant) with a million units."""
    from jishi.kernel.actor import SYSTEM
    from jishi.modules.catalog.public import NewVariant, create_product, product_page, publish_product
    from jishi.modules.inventory.public import Figure, count_stock

    product = create_product(
        by=SYSTEM,
        title="赣南脐橙",
        handle="bench-team",
        variants=[NewVariant(price_minor=4200, sku="TEAM", cost_minor=2000, weight_grams=500)],
    )
    publish_product(by=SYSTEM, product_id=product)
    variant = product_page(handle="bench-team", by=SYSTEM).variants[0]
    count_stock(by=SYSTEM, figures=[Figure(variant.id, product, "TEAM", 1_000_000)], key="bench")
    return product, variant.id


def _offer(product: uuid.UUID, variant: uuid.UUID) -> uuid.UUID:
    from jishi.kernel import clock
    from jishi.kernel.actor import SYSTEM
    from jishi.modules.plays.group_buy.public import OfferForm, create_offer, publish_offer

    now = clock.now()
    form = OfferForm(
        product_id=product,
        name="bench",
        currency="CNY",
        team_size=SIZE,
        team_hours=24,
        member_limit=0,
        leader_discount_minor=0,
        budget_minor=None,
        opens_at=now - timedelta(minutes=1),
        closes_at=now + timedelta(days=1),
        allows_merchant_completion=False,
        prices={variant: PRICE},
    )
    return publish_offer(create_offer(form, by=SYSTEM).id, by=SYSTEM).id


def _fill(made: dict[str, str]) -> tuple[float, Counter[str]]:
    """(seconds, what the joiners were told): all processes begin together."""
    given = json.dumps(made)
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.teams", "join", str(place), given],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for place in range(PROCESSES)
    ]
    try:
        for child in children:
            assert child.stdout is not None and child.stdout.readline() == "ready\n"
        started = time.monotonic()
        for child in children:
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        answers: Counter[str] = Counter()
        for child in children:
            assert child.stdout is not None
            answers.update(json.loads(child.stdout.readline()))
        return time.monotonic() - started, answers
    finally:
        for child in children:
            child.terminate()
            child.wait(15)


def _prove(ground: stage.Stage, answers: Counter[str]) -> None:
    """Every team has exactly its seats, every seat one claim and one order. Ends the program when not."""
    with ground.connect() as connection:
        uneven = connection.execute(_UNEVEN % {"size": SIZE}).fetchall()
        [(held,)] = connection.execute("SELECT held FROM inventory_stocklevel").fetchall()
        [(orders,)] = connection.execute("SELECT count(*) FROM orders_order").fetchall()
    wanted = TEAMS * (SIZE - 1)
    strange = {
        name: count for name, count in answers.items() if name not in ("seated", "team_not_open", "busy")
    }
    if uneven or strange or not held == orders == answers["seated"] == wanted:
        sys.exit(
            f"teams over or under: {uneven[:5]}; {held} held, {orders} orders of {wanted}; {dict(answers)}"
        )


# ---- a process with its joiners -------------------------------------------------------------------------------


def _join(place: int, made: dict[str, str]) -> None:
    set_up_django()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM group_buy_team ORDER BY id")
        teams = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT m.id, a.id FROM people_member m JOIN people_address a ON a.member_id = m.id ORDER BY m.id"
        )
        people = cursor.fetchall()
    told: Counter[str] = Counter()
    start = threading.Barrier(THREADS + 1)
    threads = [
        threading.Thread(
            target=_one_joiner, args=(place * THREADS + number, made, teams, people, start, told)
        )
        for number in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    sys.stdin.readline()
    start.wait()
    for thread in threads:
        thread.join()
    print(json.dumps(told), flush=True)


def _one_joiner(
    joiner: int,
    made: dict[str, str],
    teams: list[uuid.UUID],
    people: list[tuple[uuid.UUID, uuid.UUID]],
    start: threading.Barrier,
    told: Counter[str],
) -> None:
    """Every 64th of the people who come; to each team come as many as it has seats, and its leader sits there already."""
    from django.db import connection

    from jishi.kernel.actor import Actor, ActorKind

    connection.ensure_connection()
    start.wait()
    for turn in range(joiner, len(teams) * SIZE, JOINERS):
        member_id, address_id = people[turn % len(people)]
        who = Actor(kind=ActorKind.MEMBER, id=member_id)
        answer = "busy"
        while answer == "busy":
            answer = _ask(who, address_id, teams[turn // SIZE], made)
            told[answer] += 1
    connection.close()


def _ask(who: Any, address_id: uuid.UUID, team_id: uuid.UUID, made: dict[str, str]) -> str:
    from jishi.flows.checkout import Delivery, SeatWish, order_seat
    from jishi.kernel.errors import Refusal
    from jishi.modules.plays.group_buy.public import LateChoice

    wish = SeatWish(uuid.UUID(made["offer"]), team_id, uuid.UUID(made["variant"]), 1, LateChoice.REFUND)
    try:
        order_seat(wish, by=who, delivery=Delivery(address_id=address_id), expected_total_minor=None)
    except Refusal as refusal:
        return refusal.code
    except Exception as error:  # a thread's last words are part of the result
        return f"{type(error).__name__}: {error}"[:200]
    return "seated"


if __name__ == "__main__":
    _join(int(sys.argv[2]), json.loads(sys.argv[3])) if sys.argv[1:2] == ["join"] else main()
