"""kill -9 of PostgreSQL under checkouts: what was answered with 2xx is there when it comes back."""

import os
import signal
import time
import uuid

import httpx
import psutil

from jishi.runtime import embedded
from tests.crash.load import Crowd
from tests.world.market import Market

SHOPPERS = 8
STOCK = 100_000


def test_no_order_that_was_answered_is_lost(own_server: tuple[Market, embedded.Server]) -> None:
    market, server = own_server
    ground = market.stage("shoppers", count=SHOPPERS, stock=STOCK)
    keys = [uuid.uuid4() for _ in ground["people"]]

    def order(client: httpx.Client, number: int) -> tuple[int, str]:
        who = ground["people"][number]
        answer = client.post(
            f"{market.url}/api/v1/orders",
            json={"items": [{"variant_id": ground["variant"], "quantity": 1}], "address_id": who["address"]},
            headers={"authorization": f"Bearer {who['token']}", "idempotency-key": str(keys[number])},
        )
        if answer.status_code >= 500:
            time.sleep(0.1)  # the shop says that its database is gone: ask again under the same key
        else:
            keys[number] = uuid.uuid4()
        return answer.status_code, answer.json().get("id", "") if answer.is_success else answer.text[:200]

    with Crowd(order, size=SHOPPERS) as crowd:
        crowd.wait_for(40)
        _kill_hard(server)
        time.sleep(0.5)
        server.restart()
        before = _count(crowd)
        _wait_for_more(crowd, before + 30)

    answered = [found for status, found in crowd.answers if status in (200, 201)]
    assert {status for status, _ in crowd.answers} <= {200, 201, 500, 503}, crowd.answers[-5:]
    assert crowd.broken or any(status >= 500 for status, _ in crowd.answers), (
        "nobody noticed: nothing was proved"
    )
    kept = {str(row[0]) for row in market.rows("SELECT id FROM orders_order")}
    assert set(answered) <= kept, "an order was confirmed and is gone"
    assert len(answered) == len(set(answered)), "one key, one order"
    held = market.value("SELECT sum(quantity) FROM inventory_hold WHERE state = 'held'")
    assert held == len(kept), "every order holds its unit, and nothing else does"
    assert market.value("SELECT count(*) FROM orders_orderline") == len(kept)


def _kill_hard(server: embedded.Server) -> None:
    """The postmaster and every session, in the same breath."""
    family = [*psutil.Process(server.process.pid).children(recursive=True)]
    os.kill(server.process.pid, signal.SIGKILL)
    for process in family:
        try:
            process.kill()
        except psutil.Error:
            continue
    server.process.wait(10)


def _count(crowd: Crowd) -> int:
    return sum(status in (200, 201) for status, _ in crowd.answers)


def _wait_for_more(crowd: Crowd, wanted: int, *, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while _count(crowd) < wanted:
        assert time.monotonic() < deadline, (
            f"the shop does not recover: {crowd.answers[-5:]}, {crowd.broken} broken"
        )
        time.sleep(0.02)
