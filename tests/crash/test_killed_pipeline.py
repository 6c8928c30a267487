"""kill -9 of the worker between claims and orders, and in the middle of the batches."""

import uuid

import httpx

from tests.world.market import Market

BUYERS, TAPS = 10, 120
_WHOLE = """
SELECT (SELECT count(*) FROM flash_sale_unit u JOIN flash_sale_item i ON i.id = u.item_id WHERE i.play_id = %(play)s),
  (SELECT count(*) FROM orders_order o WHERE o.play_id = %(play)s),
  (SELECT count(*) FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id WHERE o.play_id = %(play)s),
  (SELECT count(*) FROM inventory_hold h JOIN orders_order o ON o.id = h.cause_id WHERE h.cause_kind = 'order'
     AND h.state = 'held' AND o.play_id = %(play)s),
  (SELECT count(*) FROM platform_history s JOIN orders_order o ON o.id = s.subject_id WHERE o.play_id = %(play)s),
  (SELECT count(*) FROM platform_fact f WHERE f.name = 'flash_sale.unit_ordered.v1' AND f.subject_id = %(play)s),
  (SELECT count(*) FROM rush_claim c JOIN flash_sale_item i ON i.pool_id = c.pool_id
     WHERE i.play_id = %(play)s AND c.state = 'held' AND c.expires_at IS NULL)
"""
_ORDERS = "SELECT count(*) FROM orders_order WHERE play_id = %s"


def test_a_claim_that_was_answered_becomes_an_order_though_the_worker_was_dead(market: Market) -> None:
    sale = market.stage("flash_sale", units=5)
    buyer = market.stage("flash_buyers", count=1)[0]
    market.kill("worker")
    try:
        claim_id = str(uuid.uuid4())
        headers = {"authorization": f"Pass {buyer['pass']}", "idempotency-key": claim_id}
        answer = httpx.post(
            f"{market.url}/rush/pools/{sale['pool']}/claims",
            headers=headers,
            json={"quantity": 1},
            timeout=10,
        )
        assert answer.status_code == 201
        assert market.value(_ORDERS, sale["play"]) == 0
    finally:
        market.start("worker")
    market.eventually(_ORDERS, 1, sale["play"], seconds=30)
    again = httpx.post(
        f"{market.url}/rush/pools/{sale['pool']}/claims", headers=headers, json={"quantity": 1}, timeout=10
    )
    assert again.status_code == 200, "the same key is the same claim"
    assert (
        market.value("SELECT claim_id::text FROM flash_sale_unit WHERE claim_id = %s", claim_id) == claim_id
    )


def test_a_worker_killed_between_batches_leaves_nothing_half_and_the_next_goes_on(market: Market) -> None:
    sale = market.stage("flash_sale", units=BUYERS * TAPS)
    market.kill("worker")
    market.stage("flash_taps", item=sale["item"], buyers=BUYERS, each=TAPS)
    market.start("worker")
    market.eventually(
        "SELECT count(*) > 0 FROM orders_order WHERE play_id = %s", True, sale["play"], seconds=30
    )
    market.kill("worker")
    at_the_kill = market.value(_ORDERS, sale["play"])
    _nothing_is_half(market, sale["play"])
    market.start("worker")

    market.eventually(_ORDERS, BUYERS * TAPS, sale["play"], seconds=40)
    assert at_the_kill < BUYERS * TAPS, "the kill came too late to prove anything"
    _nothing_is_half(market, sale["play"])
    assert market.stage("flash_balance", play=sale["play"]) == [True]


def _nothing_is_half(market: Market, play: str) -> None:
    with market.connect() as connection:
        counts = connection.execute(_WHOLE, {"play": play}).fetchall()[0]
    assert len(set(counts)) == 1, counts
