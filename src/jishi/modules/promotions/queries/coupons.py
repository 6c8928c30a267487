"""Reading coupons: the batches, a member's own, what can be claimed."""

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.promotions.models import Coupon, CouponBatch, CouponCode, OfferRow
from jishi.modules.promotions.queries.offers import rule_of
from jishi.modules.promotions.types import (
    BatchFigures,
    BatchView,
    CouponState,
    CouponView,
    CouponWay,
    HeldCoupon,
    PriceOfferState,
    RefundRule,
)

USABLE_MAX = 50
BATCHES_MAX = 200


@dataclass(frozen=True, slots=True)
class Purse:
    """What prices want to know of a member. `uses`: how often offers with a limit were used."""

    revision: int
    coupons: tuple[HeldCoupon, ...] = ()
    uses: Mapping[uuid.UUID, int] = field(default_factory=dict)


_OFFER_COLUMNS = tuple(column.attname for column in OfferRow._meta.concrete_fields)
_PURSE = f"""
SELECT (SELECT number FROM promotions_revision WHERE id = 1),
       (SELECT jsonb_object_agg(offer_id, used) FROM promotions_offercount WHERE member_id = %(member)s),
       held.*
FROM (VALUES (1)) AS one
LEFT JOIN LATERAL (
    SELECT c.id AS coupon_id, c.expires_at AS coupon_expires_at, {", ".join(f'o."{name}"' for name in _OFFER_COLUMNS)}
    FROM promotions_coupon c JOIN promotions_couponbatch b ON b.id = c.batch_id JOIN promotions_offer o ON o.id = b.offer_id
    WHERE c.member_id = %(member)s AND c.state = 'open' AND c.expires_at > %(now)s AND o.state = 'live'
    ORDER BY c.expires_at, c.id LIMIT %(limit)s) held ON true
"""


def purse_of(member_id: uuid.UUID) -> Purse:
    """Coupons the member could use now (those that end first come first), uses and the revision of offers; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_PURSE, {"member": member_id, "now": clock.now(), "limit": USABLE_MAX})
        rows = cursor.fetchall()
    coupons = tuple(
        HeldCoupon(row[2], rule_of(_offer_row(row[4:])), row[3]) for row in rows if row[2] is not None
    )
    uses = json.loads(rows[0][1]) if rows[0][1] else {}
    return Purse(rows[0][0] or 0, coupons, {uuid.UUID(key): used for key, used in uses.items()})


def _offer_row(values: Sequence[Any]) -> OfferRow:
    row = OfferRow(**dict(zip(_OFFER_COLUMNS, values, strict=True)))
    for name in ("benefit", "scope", "audience", "calendar"):
        written = getattr(row, name)
        if isinstance(written, str):  # a cursor of its own hands JSON out as text
            setattr(row, name, json.loads(written))
    return row


def own_coupons(*, by: Actor, states: Collection[CouponState], limit: int = USABLE_MAX) -> list[CouponView]:
    """The actor's own coupons; one query. An open coupon whose time is over is told as expired."""
    now = clock.now()
    rows = Coupon.objects.filter(member_id=by.require_member()).select_related("batch__offer")
    asked = Q(state__in=[state.value for state in states])
    if CouponState.EXPIRED in states:
        asked |= Q(state=CouponState.OPEN.value, expires_at__lte=now)
    elif CouponState.OPEN in states:
        asked &= ~Q(state=CouponState.OPEN.value, expires_at__lte=now)
    rows = rows.filter(asked).order_by("expires_at" if CouponState.OPEN in states else "-claimed_at", "id")
    return [view_of_coupon(row, now=now) for row in rows[: min(limit, BATCHES_MAX)]]


def count_usable(member_id: uuid.UUID) -> int:
    return Coupon.objects.filter(
        member_id=member_id, state=CouponState.OPEN.value, expires_at__gt=clock.now()
    ).count()


def batch_view(batch_id: uuid.UUID) -> BatchView:
    """Raises NotFound."""
    row = CouponBatch.objects.select_related("offer").filter(id=batch_id).first()
    if row is None:
        raise NotFound()
    return view_of_batch(row)


def batches_of(offer_id: uuid.UUID) -> list[BatchView]:
    rows = CouponBatch.objects.select_related("offer").filter(offer_id=offer_id)
    return [view_of_batch(row) for row in rows.order_by("-created_at", "id")[:BATCHES_MAX]]


def batches_by_ids(batch_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, BatchView]:
    """One query, none for none."""
    if not batch_ids:
        return {}
    rows = CouponBatch.objects.select_related("offer").filter(id__in=list(batch_ids)[:BATCHES_MAX])
    return {row.id: view_of_batch(row) for row in rows}


def batch_table(*, by: Actor, way: str = "", page: int = 1, limit: int = 50) -> tuple[list[BatchView], int]:
    """(rows of a page, how many in all), newest first; two queries."""
    by.require("promotions.view")
    rows = CouponBatch.objects.select_related("offer")
    if way:
        rows = rows.filter(way=way)
    limit = min(limit, BATCHES_MAX)
    found = rows.order_by("-created_at", "id")[(page - 1) * limit : page * limit]
    return [view_of_batch(row) for row in found], rows.count()


def claimable_batches(*, ways: Collection[CouponWay], limit: int = 60) -> list[BatchView]:
    """What is being handed out now, the one that ends first on top; one query."""
    now = clock.now()
    rows = CouponBatch.objects.select_related("offer").filter(
        Q(opens_at__isnull=True) | Q(opens_at__lte=now),
        Q(closes_at__isnull=True) | Q(closes_at__gt=now),
        Q(valid_until__isnull=True) | Q(valid_until__gt=now),
        is_open=True,
        way__in=[way.value for way in ways],
        offer__state=PriceOfferState.LIVE.value,
    )
    return [view_of_batch(row) for row in rows.order_by("closes_at", "created_at", "id")[:limit]]


def counts_of_member(member_id: uuid.UUID, batch_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many coupons of these batches the member has had; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT batch_id, count(*) FROM promotions_coupon WHERE member_id = %s AND batch_id = ANY(%s)"
            " AND state <> 'void' GROUP BY batch_id",
            [member_id, list(batch_ids)],
        )
        return dict(cursor.fetchall())


def batch_figures(batch_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, BatchFigures]:
    """By batch, what became of its coupons; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.batch_id, count(*), count(*) FILTER (WHERE c.state = 'reserved'),"
            " count(*) FILTER (WHERE c.state = 'used'), count(*) FILTER (WHERE c.state = 'expired'),"
            " COALESCE(sum(u.amount_minor) FILTER (WHERE c.state = 'used'), 0)::bigint"
            " FROM promotions_coupon c LEFT JOIN promotions_offeruse u ON u.coupon_id = c.id AND u.state = 'committed'"
            " WHERE c.batch_id = ANY(%s) GROUP BY c.batch_id",
            [list(batch_ids)],
        )
        return {row[0]: BatchFigures(*row[1:]) for row in cursor.fetchall()}


def codes_of(batch_id: uuid.UUID, *, by: Actor, limit: int = 10_000) -> list[tuple[str, bool]]:
    """(code, whether it was used), for the file an operator prints."""
    by.require("promotions.edit")
    rows = CouponCode.objects.filter(batch_id=batch_id).order_by("id")
    return [(code, used is not None) for code, used in rows.values_list("code", "used_at")[:limit]]


def coupons_of_order(order_id: uuid.UUID) -> list[CouponView]:
    rows = Coupon.objects.filter(order_id=order_id).select_related("batch__offer")
    return [view_of_coupon(row, now=clock.now()) for row in rows]


def view_of_batch(row: CouponBatch) -> BatchView:
    return BatchView(
        id=row.id,
        offer=rule_of(row.offer),
        name=row.name,
        way=CouponWay(row.way),
        capacity=row.capacity,
        member_limit=row.member_limit,
        valid_days=row.valid_days,
        valid_until=row.valid_until,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        refund_rule=RefundRule(row.refund_rule),
        share_visits=row.share_visits,
        community_id=row.community_id,
        is_open=row.is_open,
        pool_id=row.pool_id,
        created_at=row.created_at,
    )


def view_of_coupon(row: Coupon, *, now: datetime) -> CouponView:
    state = CouponState(row.state)
    if state is CouponState.OPEN and row.expires_at <= now:
        state = CouponState.EXPIRED
    return CouponView(
        id=row.id,
        batch_id=row.batch_id,
        member_id=row.member_id,
        offer=rule_of(row.batch.offer),
        state=state,
        claimed_at=row.claimed_at,
        expires_at=row.expires_at,
        order_id=row.order_id,
    )
