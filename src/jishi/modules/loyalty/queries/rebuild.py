"""Balances told again from the entries: what is stored and what the entries say must be the same."""

from django.db import connection

from jishi.kernel.actor import Actor
from jishi.modules.loyalty.types import Difference

DIFFERENCES_MAX = 200

_LOTS = """
SELECT 'lot', l.id, v.field, v.stored, v.rebuilt
FROM loyalty_lot l
LEFT JOIN (
    SELECT lot_id, sum(pending + active) AS remaining,
           sum(points) FILTER (WHERE kind IN ('promise', 'earn')) AS earned,
           sum(CASE kind WHEN 'spend' THEN points WHEN 'give_back' THEN -points ELSE 0 END) AS spent,
           sum(points) FILTER (WHERE kind = 'expire') AS expired,
           sum(points) FILTER (WHERE kind IN ('withdraw', 'take_back')) AS taken_back,
           sum(points) FILTER (WHERE kind = 'cover') AS covered
    FROM loyalty_entry WHERE lot_id IS NOT NULL GROUP BY lot_id
) e ON e.lot_id = l.id
CROSS JOIN LATERAL (VALUES
    ('remaining', l.remaining, coalesce(e.remaining, 0)), ('earned', l.earned, coalesce(e.earned, 0)),
    ('spent', l.spent, coalesce(e.spent, 0)), ('expired', l.expired, coalesce(e.expired, 0)),
    ('taken_back', l.taken_back, coalesce(e.taken_back, 0)), ('covered', l.covered, coalesce(e.covered, 0))
) AS v(field, stored, rebuilt)
WHERE v.stored <> v.rebuilt ORDER BY l.id LIMIT %s
"""
_ACCOUNTS = """
SELECT 'account', a.member_id, v.field, v.stored, v.rebuilt
FROM loyalty_account a
LEFT JOIN (
    SELECT account_id, sum(active) AS active, sum(pending) AS pending, sum(debt) AS debt
    FROM loyalty_entry GROUP BY account_id
) e ON e.account_id = a.member_id
LEFT JOIN (
    SELECT account_id, sum(remaining) FILTER (WHERE state = 'active') AS active,
           sum(remaining) FILTER (WHERE state = 'pending') AS pending
    FROM loyalty_lot GROUP BY account_id
) l ON l.account_id = a.member_id
CROSS JOIN LATERAL (VALUES
    ('active', a.active, coalesce(e.active, 0)), ('pending', a.pending, coalesce(e.pending, 0)),
    ('debt', a.debt, coalesce(e.debt, 0)), ('active_of_lots', a.active, coalesce(l.active, 0)),
    ('pending_of_lots', a.pending, coalesce(l.pending, 0))
) AS v(field, stored, rebuilt)
WHERE v.stored <> v.rebuilt ORDER BY a.member_id LIMIT %s
"""
_LEDGER = """
SELECT 'ledger', a.member_id, 'purse', coalesce(p.available_minor, 0), a.active
FROM loyalty_account a
LEFT JOIN ledger_account p ON p.code = 'points:' || a.member_id::text AND p.unit = 'PTS'
WHERE coalesce(p.available_minor, 0) <> a.active ORDER BY a.member_id LIMIT %s
"""


def rebuild_balances(*, by: Actor, limit: int = DIFFERENCES_MAX) -> list[Difference]:
    """Every lot and account told from its entries, and the accounts beside the ledger; three queries. Empty is right."""
    by.require("loyalty.view")
    found: list[Difference] = []
    with connection.cursor() as cursor:
        for statement in (_LOTS, _ACCOUNTS, _LEDGER):
            cursor.execute(statement, [limit])
            found += [
                Difference(row[0], row[1], row[2], int(row[3]), int(row[4])) for row in cursor.fetchall()
            ]
    return found[:limit]
