"""Goods coming, going, and being counted: every change of what is on hand is a movement."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db import connection, transaction

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.modules.inventory.errors import (
    BelowHeld,
    LevelMissing,
    MovementKeyReused,
    QuantityInvalid,
)
from jishi.modules.inventory.facts import StockMoved
from jishi.modules.inventory.models import Location, Movement, StockLevel
from jishi.modules.inventory.operations import sql
from jishi.modules.inventory.operations.locations import default_location, find_location
from jishi.modules.inventory.rules import QUANTITY_MAX, is_possible
from jishi.modules.inventory.types import Cause, Counted, Figure, MovementKind, StockLine
from jishi.platform.facts import record_facts
from jishi.platform.locks import lock_timeout

FIGURES_MAX: Final = 20_000


@dataclass(frozen=True, slots=True)
class NewMovement:
    """A movement of a level that the caller has locked. `key` makes it happen once."""

    level: StockLevel
    kind: MovementKind
    quantity: int
    key: str
    held_change: int = 0
    cause: Cause | None = None
    note: str = ""


def write_movements(movements: Sequence[NewMovement], *, by: Actor) -> None:
    """Apply movements to locked levels. Raises BelowHeld where less would be left than is promised.

    What leaves a level that nobody counts is taken to have arrived just before: the sum of movements stays true.
    """
    rows: list[Movement] = []
    levels: dict[uuid.UUID, StockLevel] = {}
    for movement in movements:
        level = levels.setdefault(movement.level.id, movement.level)
        level.held += movement.held_change
        if not is_possible(movement.kind, movement.quantity):
            raise QuantityInvalid(quantity=movement.quantity)
        if not level.is_tracked and movement.quantity < 0:
            rows.append(_supply(movement, level, by))
        level.on_hand += movement.quantity
        if level.is_tracked and level.on_hand < level.held:
            raise BelowHeld(held=level.held, wanted=level.on_hand, sku=level.sku)
        rows.append(_row(movement, level, by))
    if not rows:
        return
    _write_levels(list(levels.values()))
    Movement.objects.bulk_create(rows)
    record_facts([_fact(row, levels[row.level_id]) for row in rows], by=by)


def receive_stock(
    *, by: Actor, figure: Figure, key: str, location_id: uuid.UUID | None = None, note: str = ""
) -> None:
    """Goods arrive: `figure.quantity` is what is added."""
    _move_one(by=by, figure=figure, kind=MovementKind.RECEIVED, key=key, location_id=location_id, note=note)


def adjust_stock(
    *, by: Actor, figure: Figure, key: str, location_id: uuid.UUID | None = None, note: str = ""
) -> None:
    """A correction up or down, with its reason in `note`."""
    _move_one(by=by, figure=figure, kind=MovementKind.ADJUSTED, key=key, location_id=location_id, note=note)


def write_off_stock(
    *, by: Actor, figure: Figure, key: str, location_id: uuid.UUID | None = None, note: str = ""
) -> None:
    """Lost or spoiled: `figure.quantity` is what is taken away."""
    taken = Figure(figure.variant_id, figure.product_id, figure.sku, -(figure.quantity or 0))
    _move_one(by=by, figure=taken, kind=MovementKind.WRITTEN_OFF, key=key, location_id=location_id, note=note)


def count_stock(  # noqa: C901  (who, what, once, where, why, and what about promises)
    *,
    by: Actor,
    figures: Sequence[Figure],
    key: str,
    location_id: uuid.UUID | None = None,
    note: str = "",
    raise_to_held: bool = False,
) -> Counted:
    """Set what is on hand to what was counted.

    Figures equal to what is known move nothing. A quantity of None stops counting the variant. A figure below
    what is promised raises BelowHeld and nothing changes; with `raise_to_held` it is set to the promise.
    """
    by.require("inventory.edit")
    if len(figures) > FIGURES_MAX:
        raise QuantityInvalid(quantity=len(figures))
    for figure in figures:
        if figure.quantity is not None and not 0 <= figure.quantity <= QUANTITY_MAX:
            raise QuantityInvalid(quantity=figure.quantity)
    location = find_location(location_id) if location_id else default_location()
    latest = {figure.variant_id: figure for figure in figures}
    raised: dict[uuid.UUID, int] = {}
    with transaction.atomic(), lock_timeout():
        levels = _levels(location, list(latest.values()))
        done = _keys_done([f"{key}:{level.id}" for level in levels.values()])
        movements: list[NewMovement] = []
        switched: list[StockLevel] = []
        for variant_id, figure in latest.items():
            level = levels[variant_id]
            if f"{key}:{level.id}" in done:
                continue
            if level.is_tracked == (figure.quantity is None):
                level.is_tracked = figure.quantity is not None
                switched.append(level)
            if figure.quantity is None:
                continue
            quantity = figure.quantity
            if quantity < level.held:
                if not raise_to_held:
                    raise BelowHeld(held=level.held, wanted=quantity, sku=level.sku)
                raised[variant_id] = quantity = level.held
            if quantity != level.on_hand:
                movements.append(_count(level, quantity, key=key, note=note))
        moved = {movement.level.id for movement in movements}
        write_movements(movements, by=by)
        unmoved = [level for level in switched if level.id not in moved]
        StockLevel.objects.bulk_update(unmoved, ["is_tracked"])
    return Counted(changed=len(movements) + len(unmoved), raised_to_held=raised)


def return_stock(
    *,
    by: Actor,
    cause: Cause,
    lines: Sequence[StockLine],
    key: str,
    location_id: uuid.UUID | None = None,
) -> None:
    """Goods come back from a customer, to a location or to the default one. Once per `key`."""
    if not lines or any(line.quantity <= 0 for line in lines):
        raise QuantityInvalid(quantity=min((line.quantity for line in lines), default=0))
    location = find_location(location_id) if location_id else default_location()
    with transaction.atomic(), lock_timeout():
        levels = _known_levels(location, [line.variant_id for line in lines])
        done = _keys_done([f"{key}:{level.id}" for level in levels.values()])
        movements = [
            NewMovement(
                level=levels[line.variant_id],
                kind=MovementKind.RETURNED,
                quantity=line.quantity,
                key=f"{key}:{levels[line.variant_id].id}",
                cause=cause,
            )
            for line in lines
            if f"{key}:{levels[line.variant_id].id}" not in done
        ]
        write_movements(movements, by=by)


def _move_one(
    *, by: Actor, figure: Figure, kind: MovementKind, key: str, location_id: uuid.UUID | None, note: str
) -> None:
    by.require("inventory.edit")
    if figure.quantity is None or not is_possible(kind, figure.quantity):
        raise QuantityInvalid(quantity=figure.quantity or 0)
    location = find_location(location_id) if location_id else default_location()
    with transaction.atomic(), lock_timeout():
        level = _levels(location, [figure])[figure.variant_id]
        known = Movement.objects.filter(key=key).first()
        if known is not None:
            if (known.level_id, known.kind, known.quantity) != (level.id, kind.value, figure.quantity):
                raise MovementKeyReused(key=key)
            return
        level.is_tracked = True  # counting begins with the first goods
        movement = NewMovement(level=level, kind=kind, quantity=figure.quantity, key=key, note=note)
        write_movements([movement], by=by)


def _levels(location: Location, figures: Sequence[Figure]) -> dict[uuid.UUID, StockLevel]:
    """Levels of these variants at a location, made where missing, locked in order."""
    StockLevel.objects.bulk_create(
        [
            StockLevel(
                location=location,
                variant_id=figure.variant_id,
                product_id=figure.product_id,
                sku=figure.sku[:120],
            )
            for figure in sorted(figures, key=lambda figure: figure.variant_id)
        ],
        update_conflicts=True,
        unique_fields=["location", "variant_id"],
        update_fields=["sku", "product_id"],
    )
    return _known_levels(location, [figure.variant_id for figure in figures])


def _known_levels(location: Location, variant_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, StockLevel]:
    rows = (
        StockLevel.objects.select_for_update()
        .filter(location=location, variant_id__in=variant_ids)
        .order_by("variant_id", "id")
    )
    levels = {row.variant_id: row for row in rows}
    missing = next((key for key in variant_ids if key not in levels), None)
    if missing is not None:
        raise LevelMissing(variant_id=str(missing), location=location.code)
    return levels


def _count(level: StockLevel, quantity: int, *, key: str, note: str) -> NewMovement:
    return NewMovement(
        level=level,
        kind=MovementKind.COUNTED,
        quantity=quantity - level.on_hand,
        key=f"{key}:{level.id}",
        note=note,
    )


def _write_levels(levels: Sequence[StockLevel]) -> None:
    """Figures of locked levels in one statement; many levels would make a bulk update of cases slow."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.WRITE_LEVELS,
            {
                "ids": [level.id for level in levels],
                "on_hand": [level.on_hand for level in levels],
                "held": [level.held for level in levels],
                "tracked": [level.is_tracked for level in levels],
                "now": clock.now(),
            },
        )


def _keys_done(keys: Sequence[str]) -> set[str]:
    return set(Movement.objects.filter(key__in=keys).values_list("key", flat=True))


def _supply(movement: NewMovement, level: StockLevel, by: Actor) -> Movement:
    """What nobody counted must have been there."""
    quantity = -movement.quantity
    arrived = replace(
        movement,
        kind=MovementKind.ADJUSTED,
        quantity=quantity,
        key=f"{movement.key}:supply",
        note="uncounted",
    )
    level.on_hand += quantity
    return _row(arrived, level, by)


def _row(movement: NewMovement, level: StockLevel, by: Actor) -> Movement:
    return Movement(
        id=ids.new_id(),
        level=level,
        kind=movement.kind,
        quantity=movement.quantity,
        on_hand_after=level.on_hand,
        cause_kind=movement.cause.kind if movement.cause else "",
        cause_id=movement.cause.id if movement.cause else None,
        key=movement.key,
        note=movement.note[:400],
        actor_kind=by.kind.value,
        actor_id=by.id,
        actor_label=by.label[:80],
    )


def _fact(row: Movement, level: StockLevel) -> StockMoved:
    return StockMoved(
        variant_id=level.variant_id,
        product_id=level.product_id,
        location_id=level.location_id,
        kind=row.kind,
        quantity=row.quantity,
        on_hand_after=row.on_hand_after,
        cause_kind=row.cause_kind,
        cause_id=row.cause_id,
    )
