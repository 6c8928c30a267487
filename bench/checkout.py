"""Complete checkouts a second over 1,000 SKUs with 32 shoppers: order, payment, cashier, confirmation.

Each goes over HTTP through the API: an order is placed (price, stock hold, shipping, attribution, history, fact), a payment is
opened at the sandbox gateway, the payer pays there, the gateway's signed callback and the payer's return race each other.
The gateway, the database and the client share the machine. Beside it: django-oscar's checkout without payment when it
is here, and a bare transaction of pgbench that takes stock and inserts an order row.
"""

import asyncio
import os
import random
import sys
import time
import uuid
from urllib.parse import urlparse

from bench import oscar, stage
from bench.claims import set_up_django
from bench.client import Client
from bench.pages import PRODUCTS, fill

SHOPPERS = 32
SECONDS = 12
_SPREAD = """
\\set n random(1, 1000)
BEGIN;
UPDATE bench_stock SET qty = qty - 1 WHERE id = :n AND qty > 0;
INSERT INTO bench_order (stock_id) VALUES (:n);
COMMIT;
"""


def main() -> None:
    rival = oscar.checkouts()
    with stage.stage() as ground:
        fill(ground)
        set_up_django()
        shoppers = _shoppers(SHOPPERS)
        variants = _variants(ground)
        spread = _pgbench(ground)
        shop_port, gateway_port = stage.free_port(), stage.free_port()
        gateway = f"http://127.0.0.1:{gateway_port}"
        os.environ.update(JISHI_SANDBOX_URL=gateway, JISHI_BASE_URL=f"http://127.0.0.1:{shop_port}")
        with (
            stage.served([sys.executable, "-m", "jishi", "sandbox"], url=f"{gateway}/healthz"),
            stage.shop(shop_port) as url,
        ):
            asyncio.run(_drive(url, gateway, shoppers, variants, seconds=2))  # warm both processes
            before = _paid(ground)
            times = asyncio.run(_drive(url, gateway, shoppers, variants, seconds=SECONDS))
            time.sleep(1)
            paid = _paid(ground) - before
        held = _oversold(ground)
    assert held == 0, "stock below what is held"
    times.sort()
    figure = paid / SECONDS
    print(
        f"{paid} orders paid in {SECONDS} s by {SHOPPERS} shoppers; pgbench spread {spread:.0f} tx/s; oscar {rival}"
    )
    stage.report(
        name="checkout",
        figure=figure,
        unit="complete paid orders/s over 1,000 SKUs",
        reference=rival or spread,
        reference_name="django-oscar checkout without payment" if rival else "pgbench stock + order row",
        p50_ms=round(times[len(times) // 2] * 1000),
        p99_ms=round(times[len(times) * 99 // 100] * 1000),
        shoppers=SHOPPERS,
        products=PRODUCTS,
        pgbench_spread=round(spread),
    )


async def _drive(
    url: str, gateway: str, shoppers: list[tuple[str, str]], variants: list[str], *, seconds: float
) -> list[float]:
    """Every shopper buys again and again until the time is over; seconds per complete checkout."""
    times: list[float] = []
    until = time.monotonic() + seconds
    await asyncio.gather(*(_shop(url, gateway, who, variants, until, times) for who in shoppers))
    return times


async def _shop(
    url: str, gateway: str, who: tuple[str, str], variants: list[str], until: float, times: list[float]
) -> None:
    token, address = who
    shop, cashier = (
        Client(str(urlparse(at).hostname), int(urlparse(at).port or 80)) for at in (url, gateway)
    )
    bearer = {"authorization": f"Bearer {token}", "content_type": "application/json"}
    while time.monotonic() < until:
        started = time.monotonic()
        asked = {"items": [{"variant_id": random.choice(variants), "quantity": 1}], "address_id": address}
        placed = await shop.send(
            "POST", "/api/v1/orders", body=asked, idempotency_key=str(uuid.uuid4()), **bearer
        )
        assert placed.status == 201, placed
        order_id = placed.json()["id"]
        opened = await shop.send(
            "POST", f"/api/v1/orders/{order_id}/payments", body={"provider": "sandbox"}, **bearer
        )
        assert opened.status == 201, opened
        payment = opened.json()
        paid = await cashier.send(
            "POST",
            urlparse(payment["pay_url"]).path,
            body=b"do=pay",
            content_type="application/x-www-form-urlencoded",
        )
        assert paid.status == 303, paid
        checked = await shop.send("POST", f"/api/v1/payments/{payment['id']}/check", body={}, **bearer)
        assert checked.json()["state"] == "succeeded", checked
        times.append(time.monotonic() - started)


def _shoppers(count: int) -> list[tuple[str, str]]:
    """(token, address id) of fresh members."""
    from jishi.kernel.actor import SYSTEM
    from jishi.modules.people.public import AddressForm, actor_of_id, create_token, enrol_member, save_address

    found = []
    for number in range(count):
        member = actor_of_id(enrol_member(by=SYSTEM, phone=f"1380{number:07d}", nickname=f"买家{number}"))
        form = AddressForm(
            "买家", "13800000000", "310101", "上海市", "上海市", "黄浦区", "南京东路 1 号", True
        )
        _, token = create_token(by=member, name="bench", scopes=["shop.read", "shop.write"])
        found.append((token, str(save_address(form, by=member).id)))
    return found


def _variants(ground: stage.Stage) -> list[str]:
    with ground.connect() as connection:
        return [str(row[0]) for row in connection.execute("SELECT id FROM catalog_variant")]


def _paid(ground: stage.Stage) -> int:
    with ground.connect() as connection:
        row = connection.execute("SELECT count(*) FROM orders_order WHERE state = 'paid'").fetchone()
    return int(row[0]) if row else 0


def _oversold(ground: stage.Stage) -> int:
    with ground.connect() as connection:
        row = connection.execute("SELECT count(*) FROM inventory_stocklevel WHERE held > on_hand").fetchone()
    return int(row[0]) if row else 0


def _pgbench(ground: stage.Stage) -> float:
    with ground.connect() as connection:
        connection.execute(
            "CREATE TABLE bench_stock AS SELECT n AS id, 1000000 AS qty FROM generate_series(1, 1000) n"
        )
        connection.execute("CREATE UNIQUE INDEX ON bench_stock (id)")
        connection.execute(
            "CREATE TABLE bench_order (id bigserial PRIMARY KEY, stock_id int, at timestamptz DEFAULT now())"
        )
    return stage.pgbench(ground, _SPREAD)
