"""The demo's seed, a few days of it: nothing of it lies ahead of now, and all of its books agree."""

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from PIL import Image

from jishi.kernel import clock
from jishi.runtime.demo import seed
from tests.simulation import invariants

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
DAYS = 9
ROOMS = [
    "platform",
    "orders",
    "aftersales",
    "reviews",
    "payments",
    "ledger",
    "inventory",
    "group_buy",
    "flash_sale",
    "bargain",
    "red_packet",
    "lucky_draw",
    "sharing",
    "messaging",
    "people",
    "catalog",
    "plays",
    "rush",
]
# columns that speak of what is planned, not of what happened
PLANNED = ("opens_at", "closes_at", "expires_at", "next_ask_at", "reserved_until", "pay_deadline", "deadline")


class _NoPictures:
    """Painting takes a second process and proves nothing here."""

    def hang_pictures(self, shop: Any) -> None:
        del shop

    def picture_of(self, handle: str, *, view: int) -> bytes:
        """A pixel will do."""
        del handle, view
        drawn = io.BytesIO()
        Image.new("RGB", (1, 1)).save(drawn, "PNG")
        return drawn.getvalue()


@pytest.fixture
def seeded(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.JISHI_PAYMENT_PROVIDERS |= {
        "sandbox": "jishi.modules.payments.providers.sandbox.SandboxProvider"
    }
    monkeypatch.setattr(seed, "Painter", _NoPictures)
    with connection.cursor() as cursor:  # of tests before this one, if any
        cursor.execute("DELETE FROM procrastinate_jobs")
    monkeypatch.setattr(seed, "environment", lambda: SimpleNamespace(home=tmp_path))
    seed.seed_demo(days=DAYS)


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return list(cursor.fetchall())


def test_the_seed_lies_in_the_past_and_its_books_agree(seeded: None) -> None:
    now = clock.now()
    told = rows("SELECT name, count(*) FROM platform_fact GROUP BY name")
    assert {
        "orders.order_paid.v1",
        "orders.order_refunded.v1",
        "payments.refund_succeeded.v1",
        "orders.order_received.v1",
        "group_buy.team_succeeded.v1",
        "group_buy.team_failed.v1",
    } <= {name for name, _ in told}
    assert ahead_of(now) == {}

    invariants._books_balance()
    invariants._stock_is_what_moved()
    invariants._pools_count_their_claims()
    invariants._limits_and_budgets_are_kept()
    [(paid, back)] = rows("SELECT sum(paid_minor), sum(refunded_minor) FROM orders_order")
    [(sales,)] = rows(
        "SELECT sum(CASE WHEN c.code = 'sales' THEN t.amount_minor ELSE -t.amount_minor END) FROM ledger_transfer t"
        " JOIN ledger_account c ON c.id = t.credit_id JOIN ledger_account d ON d.id = t.debit_id"
        " WHERE t.state = 'posted' AND t.unit = 'CNY' AND 'sales' IN (c.code, d.code)"
    )
    assert sales == paid - back
    sold = rows(
        "SELECT 1 FROM catalog_product p WHERE p.sold_count < 0"
        " OR p.sold_count = 0 AND EXISTS (SELECT 1 FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id"
        "  WHERE l.product_id = p.id AND o.state = 'received')"
    )
    assert sold == []
    # every fact has reached its readers, and nobody waits for a job that only the seed knew of
    assert rows("SELECT task_name FROM procrastinate_jobs") == []
    unsettled = rows("SELECT id FROM payments_refund WHERE state NOT IN ('succeeded')")
    assert unsettled == []


def ahead_of(now: Any) -> dict[str, int]:
    """How many values after `now`, by column, among all that say when something happened."""
    columns = rows(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND data_type = 'timestamp with time zone' AND table_name LIKE ANY (%s) AND NOT column_name = ANY (%s)",
        [f"{room}\\_%" for room in ROOMS],
        list(PLANNED),
    )
    assert ("platform_fact", "at") in columns and ("payments_refund", "settled_at") in columns
    found = {
        f"{table}.{column}": rows(f'SELECT count(*) FROM "{table}" WHERE "{column}" > %s', now)[0][0]
        for table, column in columns
    }
    return {name: count for name, count in found.items() if count}
