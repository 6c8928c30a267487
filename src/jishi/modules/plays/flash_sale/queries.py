"""Reading flash sales: sessions, what is left, where a claim stands, and the proof that the sums add up."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from jishi.kernel import clock
from jishi.kernel.errors import NotFound
from jishi.modules.inventory.public import held_by_cause
from jishi.modules.plays.flash_sale import rules
from jishi.modules.plays.flash_sale.models import Item, Reminder, Unit
from jishi.modules.plays.flash_sale.types import (
    ClaimStage,
    ClaimView,
    ItemBalance,
    ItemStock,
    ItemView,
    UnitState,
    WaitReason,
)
from jishi.modules.plays.life.public import (
    PlayKind,
    PlayState,
    PlayView,
    play_view,
    plays_table,
)
from jishi.platform import rush
from jishi.platform.paging import Key

SESSIONS_MAX = 60
ITEM_CAUSE = "flash_item"


@dataclass(frozen=True, slots=True)
class SaleView:
    play: PlayView
    items: tuple[ItemView, ...]

    @property
    def id(self) -> uuid.UUID:
        return self.play.id

    @property
    def unit_count(self) -> int:
        return sum(item.units for item in self.items)

    @property
    def worst_case_minor(self) -> int:
        """What the session costs when everything is sold."""
        return sum(item.units * item.discount_minor for item in self.items)


_STOCK = f"""
SELECT i.id, p.capacity, p.taken,
  COALESCE(r.units, 0), r.last, CASE WHEN %s < p.reserved_until THEN p.reserved ELSE 0 END, p.reserved_until
FROM flash_sale_item i JOIN ({rush.POOL_COUNTS}) p ON p.id = i.pool_id
LEFT JOIN LATERAL (
  SELECT sum(u.quantity)::int AS units, max(u.returned_at) AS last FROM flash_sale_unit u
  WHERE u.item_id = i.id AND u.state = 'returned'
) r ON true
WHERE i.id = ANY(%s)
"""
_CLAIM = """
SELECT c.id, i.id, i.play_id, c.member_id, c.quantity, c.state, c.expires_at, u.order_id, u.state, w.reason
FROM rush_claim c JOIN flash_sale_item i ON i.pool_id = c.pool_id
LEFT JOIN flash_sale_unit u ON u.claim_id = c.id
LEFT JOIN flash_sale_waitingclaim w ON w.claim_id = c.id
WHERE c.id = %s
"""
_BALANCE = f"""
SELECT i.id, p.capacity, p.taken, c.held, c.kept, c.waiting, c.people, u.ordered, u.paid, u.returned
FROM flash_sale_item i JOIN ({rush.POOL_COUNTS}) p ON p.id = i.pool_id
CROSS JOIN LATERAL (
  SELECT COALESCE(sum(x.quantity) FILTER (WHERE x.state = 'held'), 0)::int AS held,
    COALESCE(sum(x.quantity) FILTER (WHERE x.state = 'kept'), 0)::int AS kept,
    COALESCE(sum(x.quantity) FILTER (WHERE x.state IN ('held', 'kept') AND NOT EXISTS (
      SELECT 1 FROM flash_sale_unit y WHERE y.claim_id = x.id)), 0)::int AS waiting,
    count(DISTINCT x.member_id)::int AS people
  FROM rush_claim x WHERE x.pool_id = p.id
) c
CROSS JOIN LATERAL (
  SELECT COALESCE(sum(y.quantity) FILTER (WHERE y.state = 'ordered'), 0)::int AS ordered,
    COALESCE(sum(y.quantity) FILTER (WHERE y.state = 'paid'), 0)::int AS paid,
    COALESCE(sum(y.quantity) FILTER (WHERE y.state = 'returned'), 0)::int AS returned
  FROM flash_sale_unit y WHERE y.item_id = i.id
) u
WHERE i.play_id = %s ORDER BY i.position
"""


def sale_view(play_id: uuid.UUID) -> SaleView:
    """A session with its items; two queries. Raises NotFound."""
    play = play_view(play_id)
    if play.kind is not PlayKind.FLASH_SALE:
        raise NotFound()
    return SaleView(play=play, items=items_of([play_id])[play_id])


def sales_table(
    *, states: Sequence[PlayState] = (), after: Key | None = None, limit: int = 50
) -> list[SaleView]:
    """Newest first; two queries."""
    plays = plays_table(kinds=[PlayKind.FLASH_SALE], states=states, after=after, limit=limit)
    return _with_items(plays)


def sessions_shown(*, limit: int = 12) -> list[SaleView]:
    """What shoppers may look at: running, coming within a day, and ended within the last hours; by their hours."""
    now = clock.now()
    shown = [PlayState.SCHEDULED, PlayState.OPEN, PlayState.CLOSING, PlayState.SETTLED]
    plays = plays_table(kinds=[PlayKind.FLASH_SALE], states=shown, limit=SESSIONS_MAX)
    near = [play for play in plays if now - timedelta(hours=6) < play.closes_at]
    near = [play for play in near if play.opens_at < now + timedelta(hours=24)]
    return _with_items(sorted(near, key=lambda play: (play.opens_at, play.id))[:limit])


def item_view(item_id: uuid.UUID) -> ItemView:
    row = Item.objects.filter(id=item_id).first()
    if row is None:
        raise NotFound()
    return item_view_of(row)


def items_by_pool(pool_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, ItemView]:
    rows = Item.objects.filter(pool_id__in=list(pool_ids))
    return {row.pool_id: item_view_of(row) for row in rows if row.pool_id}


def items_of(play_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[ItemView, ...]]:
    """Items of some sessions in their order; one query."""
    found: dict[uuid.UUID, list[ItemView]] = defaultdict(list)
    for row in Item.objects.filter(play_id__in=list(play_ids)).order_by("position"):
        found[row.play_id].append(item_view_of(row))
    return {play_id: tuple(found[play_id]) for play_id in play_ids}


def stock_by_item(item_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, ItemStock]:
    """What is really left of published items; one query."""
    if not item_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_STOCK, [clock.now(), list(item_ids)])
        return {row[0]: ItemStock(*row) for row in cursor.fetchall()}


def claim_view(claim_id: uuid.UUID, *, member_id: uuid.UUID) -> ClaimView:
    """Where a member's own claim stands; one query. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [claim_id])
        row = cursor.fetchone()
    if row is None or row[3] != member_id:
        raise NotFound()
    return _claim_view(row)


def unit_claim_of_order(order_id: uuid.UUID) -> uuid.UUID | None:
    return Unit.objects.filter(order_id=order_id).values_list("claim_id", flat=True).first()


def balances_of(play_id: uuid.UUID) -> list[ItemBalance]:
    """The proof for each item, from the rows themselves; three queries, as heavy as the session has claims."""
    play = play_view(play_id)
    with connection.cursor() as cursor:
        cursor.execute(_BALANCE, [play_id])
        rows = cursor.fetchall()
    held = held_by_cause(kind=ITEM_CAUSE, cause_ids=[row[0] for row in rows])
    return [_balance(row, set_aside=held.get(row[0], 0), play=play) for row in rows]


def waiting_by_reason(play_id: uuid.UUID) -> dict[WaitReason, int]:
    """Claims that still stand and wait for their members, by why; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.reason, count(*) FROM flash_sale_waitingclaim w JOIN flash_sale_item i ON i.id = w.item_id"
            " JOIN rush_claim c ON c.id = w.claim_id AND c.state = 'held' AND c.expires_at IS NOT NULL"
            " WHERE i.play_id = %s GROUP BY 1",
            [play_id],
        )
        return {WaitReason(row[0]): row[1] for row in cursor.fetchall()}


def count_arrivals(play_id: uuid.UUID) -> int:
    """People who took a number in the waiting rooms of a session, whether they got a unit or not; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(sum(r.turns), 0)::bigint FROM rush_room r"
            " JOIN flash_sale_item i ON i.pool_id = r.pool_id WHERE i.play_id = %s",
            [play_id],
        )
        return int(cursor.fetchone()[0])


def answers_by_item(items: Sequence[ItemView]) -> dict[uuid.UUID, Mapping[str, int]]:
    """How often people were told what when they asked for an item, at most about a second old; one query."""
    pools = {item.pool_id: item.id for item in items if item.pool_id}
    return {pools[pool_id]: found for pool_id, found in rush.answers_by_pool(list(pools)).items()}


def claims_by_minute(play_id: uuid.UUID, *, since: datetime) -> list[tuple[datetime, int]]:
    """Claims granted per minute; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT date_trunc('minute', c.created_at) AS minute, count(*) FROM rush_claim c"
            " JOIN flash_sale_item i ON i.pool_id = c.pool_id WHERE i.play_id = %s AND c.created_at >= %s"
            " GROUP BY 1 ORDER BY 1",
            [play_id, since],
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def wants_reminder(*, play_ids: Sequence[uuid.UUID], member_id: uuid.UUID) -> set[uuid.UUID]:
    """Which of these sessions a member will be reminded of; one query."""
    rows = Reminder.objects.filter(play_id__in=list(play_ids), member_id=member_id)
    return set(rows.values_list("play_id", flat=True))


def count_reminders(play_id: uuid.UUID) -> int:
    return Reminder.objects.filter(play_id=play_id).count()


def item_view_of(row: Item) -> ItemView:
    return ItemView(
        id=row.id,
        play_id=row.play_id,
        variant_id=row.variant_id,
        product_id=row.product_id,
        position=row.position,
        price_minor=row.price_minor,
        list_minor=row.list_minor,
        units=row.units,
        member_limit=row.member_limit,
        pool_id=row.pool_id,
        new_member_units=row.new_member_units,
        new_member_minutes=row.new_member_minutes,
    )


def _with_items(plays: Sequence[PlayView]) -> list[SaleView]:
    items = items_of([play.id for play in plays])
    return [SaleView(play=play, items=items[play.id]) for play in plays]


def _claim_view(row: Sequence[Any]) -> ClaimView:
    claim_id, item_id, play_id, member_id, quantity, claim_state, expires_at, order_id, unit_state, reason = (
        row
    )
    if unit_state is not None:
        stage = rules.STAGE_OF[UnitState(unit_state)]
    elif claim_state not in ("held", "kept"):
        stage = ClaimStage.RETURNED
    else:
        stage = ClaimStage.ADDRESS_NEEDED if reason else ClaimStage.IN_LINE
    return ClaimView(
        claim_id=claim_id,
        item_id=item_id,
        play_id=play_id,
        member_id=member_id,
        quantity=quantity,
        stage=stage,
        order_id=order_id,
        expires_at=expires_at,
        reason=WaitReason(reason) if reason else None,
    )


def _balance(row: Sequence[Any], *, set_aside: int, play: PlayView) -> ItemBalance:
    item_id, capacity, taken, held, kept, waiting, people, ordered, paid, returned = row
    return ItemBalance(
        item_id=item_id,
        capacity=capacity,
        taken=taken,
        claims_held=held,
        claims_kept=kept,
        claims_waiting=waiting,
        units_ordered=ordered,
        units_paid=paid,
        units_returned=returned,
        people=people,
        set_aside=set_aside,
        is_over=play.state in (PlayState.CLOSING, PlayState.SETTLED) or play.closes_at <= clock.now(),
    )
