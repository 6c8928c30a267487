"""kill -9 of the web process: between a payment and its callback, and under a rush."""

import threading
import time
import uuid

import httpx

from tests.crash.load import Crowd
from tests.world.market import Market

ORDERS = 16
CAPACITY = 400


def test_callbacks_that_meet_a_dead_shop_are_delivered_again_and_pay_each_order_once(market: Market) -> None:
    """Killed in the middle of a burst: some callbacks are taken, some cut off, some find nobody."""
    made = market.stage("orders_at_cashier", count=ORDERS)
    ids = [order["order"] for order in made]

    payers = [threading.Thread(target=_pay, args=(order["pay_url"],)) for order in made]
    for payer in payers:
        payer.start()
    paid = "SELECT count(*) FROM orders_order WHERE state = 'paid' AND id = ANY(%s::uuid[])"
    market.eventually(
        "SELECT count(*) >= 1 FROM orders_order WHERE state = 'paid' AND id = ANY(%s::uuid[])", True, ids
    )
    market.kill("web")
    at_the_kill = market.value(paid, ids)
    for payer in payers:
        payer.join(20)
    time.sleep(0.5)
    market.start("web")

    market.eventually(paid, ORDERS, ids, seconds=40)
    assert at_the_kill < ORDERS, "the kill came too late to prove anything"
    transfers = market.rows(
        "SELECT subject_id::text, kind, count(*), sum(amount_minor)::bigint FROM ledger_transfer"
        " WHERE subject_id = ANY(%s::uuid[]) AND kind IN ('payment', 'payment_fee') GROUP BY 1, 2",
        ids,
    )
    assert sorted((order, kind) for order, kind, _, _ in transfers) == sorted(
        (order, kind) for order in ids for kind in ("payment", "payment_fee")
    )
    assert {count for _, _, count, _ in transfers} == {1}
    theirs = [line for line in market.statement() if line["id"] in {order["payment"] for order in made}]
    ours = {
        kind: sum(amount for _, found, _, amount in transfers if found == kind) for _, kind, _, _ in transfers
    }
    assert ours == {
        "payment": sum(line["amount_minor"] for line in theirs),
        "payment_fee": sum(line["fee_minor"] for line in theirs),
    }
    facts = market.value(
        "SELECT count(*) FROM platform_fact WHERE name = 'orders.order_paid.v1' AND subject_id = ANY(%s::uuid[])",
        ids,
    )
    assert facts == ORDERS


def test_everybody_who_was_told_yes_in_a_rush_has_a_claim(market: Market) -> None:
    """Two kills under load on the hot lane; a claim cut off is asked for again under the same key."""
    pool = market.stage("pool", capacity=CAPACITY)
    passes = market.stage("passes", count=24)
    keys = [uuid.uuid4() for _ in passes]

    def claim(client: httpx.Client, number: int) -> tuple[int, str]:
        answer = client.post(
            f"{market.url}/rush/pools/{pool}/claims",
            json={"quantity": 1},
            headers={"authorization": f"Pass {passes[number]}", "idempotency-key": str(keys[number])},
        )
        told = answer.status_code, str(keys[number])
        keys[number] = uuid.uuid4()  # heard: the next wish is a new one; unheard: the same again
        return told

    with Crowd(claim, size=len(passes)) as crowd:
        for share in (0.2, 0.5):
            crowd.wait_for(int(CAPACITY * share))
            market.kill("web")
            market.start("web")
        market.eventually("SELECT taken FROM rush_pool WHERE id = %s", CAPACITY, pool)
        crowd.wait_for(len(crowd.answers) + 50)

    granted = {key for status, key in crowd.answers if status in (200, 201)}
    kept = {str(row[0]) for row in market.rows("SELECT id FROM rush_claim WHERE pool_id = %s", pool)}
    assert crowd.broken > 0, "nobody was cut off: the kill proved nothing"
    assert granted <= kept, "told yes, and nothing was kept"
    assert len(kept) == CAPACITY == market.value("SELECT taken FROM rush_pool WHERE id = %s", pool)
    assert {status for status, _ in crowd.answers} <= {200, 201, 409, 503}


def _pay(url: str) -> None:
    httpx.post(url, data={"do": "pay"}, timeout=20)
