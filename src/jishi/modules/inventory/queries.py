"""Reads of the inventory: each says how many statements it costs."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import F, Sum

from jishi.kernel.actor import Actor
from jishi.modules.inventory.models import Hold, Location, Movement, StockLevel
from jishi.modules.inventory.types import (
    UNTRACKED_SELLABLE,
    Cause,
    HoldState,
    HoldView,
    LocationView,
    MovementKind,
    MovementView,
    PromiseView,
    StockRow,
    StockTable,
)

ROWS_MAX: Final = 200
_SELLABLE: Final = """
SELECT s.{column}, CASE WHEN bool_or(NOT s.is_tracked) THEN %s ELSE sum(s.on_hand - s.held) END
FROM inventory_stocklevel s JOIN inventory_location l ON l.id = s.location_id AND l.is_active
WHERE s.{column} = ANY(%s) GROUP BY s.{column}
"""


def sellable_by_variant(variant_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """What can be sold now, over all active locations; one statement. Variants without stock are 0."""
    return _sellable("variant_id", variant_ids)


def sellable_by_product(product_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The same, summed over the variants of each product; one statement."""
    return _sellable("product_id", product_ids)


def on_hand_by_variant(variant_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int | None]:
    """What is on the books over all locations, None where nobody counts; one statement. For exports."""
    found: dict[uuid.UUID, int | None] = {}
    rows = StockLevel.objects.filter(variant_id__in=variant_ids)
    for variant_id, on_hand, is_tracked in rows.values_list("variant_id", "on_hand", "is_tracked"):
        known = found.get(variant_id, 0)
        found[variant_id] = known + on_hand if is_tracked and known is not None else None
    return found


def holds_of(cause: Cause) -> list[HoldView]:
    """All holds of a cause, open and closed; one statement."""
    rows = (
        Hold.objects.filter(cause_kind=cause.kind, cause_id=cause.id)
        .select_related("level__location")
        .order_by("level__variant_id", "id")[:ROWS_MAX]
    )
    return [
        HoldView(
            id=row.id,
            variant_id=row.level.variant_id,
            location_code=row.level.location.code,
            quantity=row.quantity,
            shipped=row.shipped,
            state=HoldState(row.state),
            expires_at=row.expires_at,
        )
        for row in rows
    ]


def held_by_cause(*, kind: str, cause_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Units that are held for each of these causes and not shipped yet; one statement."""
    rows = Hold.objects.filter(cause_kind=kind, cause_id__in=list(cause_ids), state=HoldState.HELD.value)
    found = rows.order_by().values_list("cause_id").annotate(rest=Sum(F("quantity") - F("shipped")))
    return {cause_id: int(rest) for cause_id, rest in found}


def stock_table(  # noqa: PLR0913  (the filters of one table)
    *,
    by: Actor,
    text: str = "",
    product_ids: Sequence[uuid.UUID] = (),
    only_short: bool = False,
    at_most: int = 0,
    page: int = 1,
    limit: int = 50,
) -> StockTable:
    """Levels for the console, by SKU. Two statements.

    `text` finds a SKU, `product_ids` are found as well; `only_short`: no more than `at_most` can be sold.
    """
    by.require("inventory.view")
    size = max(1, min(limit, ROWS_MAX))
    where: list[str] = ["true"]
    values: list[Any] = []
    if text.strip():
        where.append("(s.sku ILIKE %s OR s.product_id = ANY(%s))")
        values.append("%" + text.strip()[:80].replace("\\", "\\\\").replace("%", "\\%") + "%")
        values.append(list(product_ids))
    if only_short:
        where.append("s.is_tracked AND s.on_hand - s.held <= %s")
        values.append(at_most)
    tables = "inventory_stocklevel s JOIN inventory_location l ON l.id = s.location_id"
    condition = " AND ".join(where)
    with connection.cursor() as db:
        db.execute(f"SELECT count(*) FROM {tables} WHERE {condition}", values)
        count = int(db.fetchone()[0])
        db.execute(
            "SELECT l.code, l.name, s.variant_id, s.product_id, s.sku, s.on_hand, s.held, s.is_tracked,"
            f" s.updated_at FROM {tables} WHERE {condition} ORDER BY s.sku, l.priority, s.id LIMIT %s OFFSET %s",
            [*values, size, (max(1, page) - 1) * size],
        )
        rows = tuple(StockRow(*row) for row in db.fetchall())
    return StockTable(rows=rows, count=count)


def levels_of(*, by: Actor, variant_ids: Sequence[uuid.UUID]) -> list[StockRow]:
    """Levels of these variants at every location; one statement."""
    by.require("inventory.view")
    rows = StockLevel.objects.filter(variant_id__in=variant_ids).select_related("location")
    return [
        StockRow(
            location_code=row.location.code,
            location_name=row.location.name,
            variant_id=row.variant_id,
            product_id=row.product_id,
            sku=row.sku,
            on_hand=row.on_hand,
            held=row.held,
            is_tracked=row.is_tracked,
            updated_at=row.updated_at,
        )
        for row in rows.order_by("location__priority", "location__code", "sku")[:ROWS_MAX]
    ]


def movements_of(*, by: Actor, variant_id: uuid.UUID, page: int = 1, limit: int = 50) -> list[MovementView]:
    """What moved a variant, the latest first; one statement."""
    by.require("inventory.view")
    size = max(1, min(limit, ROWS_MAX))
    first = (max(1, page) - 1) * size
    rows = (
        Movement.objects.filter(level__variant_id=variant_id)
        .select_related("level__location")
        .order_by("-at", "-id")[first : first + size]
    )
    return [
        MovementView(
            id=row.id,
            location_code=row.level.location.code,
            sku=row.level.sku,
            kind=MovementKind(row.kind),
            quantity=row.quantity,
            on_hand_after=row.on_hand_after,
            cause_kind=row.cause_kind,
            cause_id=row.cause_id,
            actor_label=row.actor_label,
            note=row.note,
            at=row.at,
        )
        for row in rows
    ]


def count_short(*, by: Actor, at_most: int) -> int:
    """Levels of which no more than so many can be sold; one statement."""
    by.require("inventory.view")
    rows = StockLevel.objects.filter(is_tracked=True, on_hand__lte=F("held") + at_most)
    return rows.count()


def promises_of(*, by: Actor, variant_id: uuid.UUID) -> list[PromiseView]:
    """What a variant is held for now, the oldest first; one statement."""
    by.require("inventory.view")
    rows = Hold.objects.filter(level__variant_id=variant_id, state=HoldState.HELD.value)
    return [
        PromiseView(
            location_code=row.level.location.code,
            cause=Cause(row.cause_kind, row.cause_id),
            quantity=row.quantity - row.shipped,
            expires_at=row.expires_at,
        )
        for row in rows.select_related("level__location").order_by("id")[:ROWS_MAX]
    ]


def locations(*, by: Actor) -> list[LocationView]:
    """In the order in which they are asked; one statement."""
    by.require("inventory.view")
    return [
        LocationView(id=row.id, code=row.code, name=row.name, priority=row.priority, is_active=row.is_active)
        for row in Location.objects.order_by("priority", "code")[:ROWS_MAX]
    ]


def _sellable(column: str, wanted: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    if not wanted:
        return {}
    found = dict.fromkeys(wanted, 0)
    with connection.cursor() as db:
        db.execute(_SELLABLE.format(column=column), [UNTRACKED_SELLABLE, list(found)])
        found.update((key, int(quantity)) for key, quantity in db.fetchall())
    return found
