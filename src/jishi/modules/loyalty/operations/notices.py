"""Points that are about to expire: told once per member and month."""

from datetime import timedelta

from django.db import connection

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.modules.loyalty.facts import PointsExpiring
from jishi.modules.loyalty.queries.terms import loyalty_terms
from jishi.platform.facts import record_facts
from jishi.platform.transactions import in_transaction

BATCH = 500

# The row in the table of notices is the mark: the same end is never told twice.
_TAKE = """
WITH ending AS (
    SELECT account_id, expires_at, sum(remaining) AS points FROM loyalty_lot
    WHERE state = 'active' AND remaining > 0 AND expires_at > %(now)s AND expires_at <= %(until)s
    GROUP BY account_id, expires_at ORDER BY expires_at, account_id
), told AS (
    INSERT INTO loyalty_expirynotice (account_id, expires_at, at)
    SELECT account_id, expires_at, %(now)s FROM ending e
    WHERE NOT EXISTS (SELECT 1 FROM loyalty_expirynotice n WHERE n.account_id = e.account_id AND n.expires_at = e.expires_at)
    LIMIT %(limit)s
    ON CONFLICT DO NOTHING RETURNING account_id, expires_at
)
SELECT e.account_id, e.points, e.expires_at FROM ending e JOIN told USING (account_id, expires_at)
"""


@in_transaction
def tell_of_expiring_points(*, limit: int = BATCH) -> int:
    """Returns how many members were told now."""
    now = clock.now()
    until = now + timedelta(days=loyalty_terms().notice_days)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"now": now, "until": until, "limit": limit})
        rows = cursor.fetchall()
    record_facts([PointsExpiring(row[0], int(row[1]), row[2]) for row in rows], by=SYSTEM)
    return len(rows)
