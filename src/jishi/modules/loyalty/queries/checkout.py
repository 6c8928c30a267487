"""What a checkout wants to know of a member, in one query."""

import uuid
from typing import Any

from django.db import connection

from jishi.kernel import clock
from jishi.kernel.money import BASIS_POINTS
from jishi.modules.loyalty.types import CheckoutCard, MemberStanding, PointTerms, Terms

_CARD = """
SELECT t.is_open, t.points_per_unit, t.share_basis_points_max, t.points_step,
       tier.code, tier.name, tier.rank, tier.discount_basis_points, tier.earn_basis_points, tier.ships_free,
       plan.discount_basis_points, plan.earn_basis_points, plan.ships_free,
       (SELECT COALESCE(sum(remaining), 0) FROM loyalty_lot
        WHERE account_id = %(member)s AND state = 'active' AND remaining > 0 AND expires_at > %(now)s)::bigint
FROM (VALUES (1)) AS one
LEFT JOIN loyalty_loyaltyterms t ON t.id = 1
LEFT JOIN LATERAL (
    SELECT * FROM loyalty_tier WHERE (threshold = 0 AND is_open)
        OR id IN (SELECT tier_id FROM loyalty_standing WHERE member_id = %(member)s)
    ORDER BY rank DESC LIMIT 1) tier ON true
LEFT JOIN LATERAL (
    SELECT p.* FROM loyalty_membership m JOIN loyalty_plan p ON p.id = m.plan_id
    WHERE m.member_id = %(member)s AND m.starts_at <= %(now)s AND m.ends_at > %(now)s
    ORDER BY m.ends_at LIMIT 1) plan ON true
"""


def checkout_card(member_id: uuid.UUID) -> CheckoutCard:
    """Standing, terms of points and what may be spent; the same as `standing_of`, `point_terms`, `spendable_points`."""
    with connection.cursor() as cursor:
        cursor.execute(_CARD, {"member": member_id, "now": clock.now()})
        row: tuple[Any, ...] = cursor.fetchone()
    terms, tier, plan, points = row[:4], row[4:10], row[10:13], row[13]
    return CheckoutCard(
        standing=MemberStanding(
            tier_code=tier[0] or "",
            tier_name=tier[1] or "",
            tier_rank=tier[2] or 0,
            discount_basis_points=max(tier[3] or 0, plan[0] or 0),
            earn_basis_points=max(tier[4] or BASIS_POINTS, plan[1] or 0),
            ships_free=bool(tier[5] or plan[2]),
            is_paid_member=plan[0] is not None,
        ),
        terms=PointTerms(terms[1], terms[2], terms[3], terms[0]) if terms[0] is not None else _unset(),
        spendable=points,
    )


def _unset() -> PointTerms:
    terms = Terms()
    return PointTerms(
        terms.points_per_unit, terms.share_basis_points_max, terms.points_step, is_open=terms.is_open
    )
