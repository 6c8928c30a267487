"""Sums over orders for reports: every figure can be opened to its rows by the same conditions."""

import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

DAYS_MAX = 800
SOLD_LINES_MAX = 100_000


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day of the shop's calendar. Refunds count on the day the order was paid, so a day's net is final truth."""

    day: date
    order_count: int
    paid_minor: int
    refunded_minor: int
    buyer_count: int

    @property
    def net_minor(self) -> int:
        return self.paid_minor - self.refunded_minor


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a paid order, as reports need it."""

    line_id: uuid.UUID
    order_id: uuid.UUID
    number: str
    member_id: uuid.UUID
    product_id: uuid.UUID
    title: str
    quantity: int
    refunded_quantity: int
    list_total_minor: int
    discount_minor: int
    total_minor: int
    refunded_minor: int
    price_cut_minor: int  # part of `refunded_minor`: given back without a unit
    cost_minor: int | None
    shipping_minor: int
    shipping_refunded_minor: int
    discounts: list[dict[str, Any]]
    sharer_id: uuid.UUID | None
    attribution_source: str
    paid_at: datetime
    state: str
    team_id: uuid.UUID | None
    play_id: uuid.UUID | None
    is_first_line: bool


_DAYS = """
SELECT (paid_at AT TIME ZONE %(zone)s)::date AS day, count(*), sum(paid_minor)::bigint, sum(refunded_minor)::bigint,
       count(DISTINCT member_id)
FROM orders_order WHERE paid_at >= %(since)s AND paid_at < %(until)s
GROUP BY 1 ORDER BY 1 LIMIT %(limit)s
"""
_SOLD = """
SELECT l.id, o.id, o.number, o.member_id, l.product_id, l.title, l.quantity, l.refunded_quantity,
       l.list_minor * l.quantity, l.discount_minor, l.total_minor,
       coalesce((SELECT sum(r.amount_minor) FROM orders_refundline r JOIN orders_orderrefund f ON f.id = r.refund_id
                 WHERE r.line_id = l.id AND f.phase = 'succeeded'), 0)::bigint,
       coalesce((SELECT sum(r.amount_minor) FROM orders_refundline r JOIN orders_orderrefund f ON f.id = r.refund_id
                 WHERE r.line_id = l.id AND r.quantity = 0 AND f.phase = 'succeeded'), 0)::bigint,
       l.cost_minor, o.shipping_minor,
       coalesce((SELECT sum(f.shipping_minor) FROM orders_orderrefund f
                 WHERE f.order_id = o.id AND f.phase = 'succeeded'), 0)::bigint,
       l.discounts, l.sharer_id, l.attribution_source, o.paid_at, o.state, o.team_id, o.play_id, l.position = 1
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
WHERE o.paid_at IS NOT NULL AND o.paid_at >= %(since)s AND o.paid_at < %(until)s {condition}
ORDER BY o.paid_at, o.id, l.position LIMIT %(limit)s
"""


def daily_figures(*, since: datetime, until: datetime, zone: str) -> list[DayFigures]:
    """Paid orders by day of a calendar; one query. Days without orders are absent."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, {"since": since, "until": until, "zone": zone, "limit": DAYS_MAX})
        return [DayFigures(*row) for row in cursor.fetchall()]


def sold_lines(*, since: datetime, until: datetime, play_id: uuid.UUID | None = None) -> list[SoldLine]:
    """Lines of orders paid in a period, perhaps of one play; one query."""
    condition = "AND o.play_id = %(play_id)s" if play_id else ""
    with connection.cursor() as cursor:
        cursor.execute(
            _SOLD.format(condition=condition),
            {"since": since, "until": until, "play_id": play_id, "limit": SOLD_LINES_MAX},
        )
        rows = [[*row[:16], json.loads(row[16]), *row[17:]] for row in cursor.fetchall()]
        return [SoldLine(*row) for row in rows]


def count_placed(*, since: datetime, until: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM orders_order WHERE placed_at >= %s AND placed_at < %s", [since, until]
        )
        return int(cursor.fetchone()[0])


def paid_by_members(member_ids: list[uuid.UUID], *, since: datetime, until: datetime) -> dict[uuid.UUID, int]:
    """What each member paid in a period less what went back, in minor units; one query. Who paid nothing is absent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member_id, sum(paid_minor - refunded_minor)::bigint FROM orders_order"
            " WHERE member_id = ANY(%s) AND paid_at >= %s AND paid_at < %s GROUP BY member_id",
            [member_ids, since, until],
        )
        return dict(cursor.fetchall())


def first_paid_at(member_ids: list[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When each member first paid for an order; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member_id, min(paid_at) FROM orders_order"
            " WHERE member_id = ANY(%s) AND paid_at IS NOT NULL GROUP BY member_id",
            [member_ids],
        )
        return dict(cursor.fetchall())
