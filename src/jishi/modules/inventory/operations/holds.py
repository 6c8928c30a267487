"""Promising stock, and keeping or undoing the promise. See docs/algorithms/holds.md."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import Busy
from jishi.modules.inventory.errors import HoldMismatch, HoldsMissing, OutOfStock, QuantityInvalid
from jishi.modules.inventory.facts import HoldsReleased
from jishi.modules.inventory.models import Hold, Movement, StockLevel
from jishi.modules.inventory.operations import sql
from jishi.modules.inventory.operations.movements import NewMovement, write_movements
from jishi.modules.inventory.rules import QUANTITY_MAX, OpenHold, Part, plan_parts
from jishi.modules.inventory.types import (
    Cause,
    HoldLine,
    HoldState,
    MovementKind,
    StockLine,
    TakeOver,
)
from jishi.platform.facts import record_fact
from jishi.platform.locks import lock_timeout

LINES_MAX: Final = 200
EXPIRE_BATCH: Final = 200
TAKE_OVER_MAX: Final = 1_000


def hold_stock(*, lines: Sequence[HoldLine], cause: Cause, expires_at: datetime | None) -> None:
    """Promise all lines to a cause or none of them; one statement. Inside the caller's transaction.

    The same hold ids again do nothing while they stand. Raises OutOfStock with the first line that cannot be had,
    HoldMismatch when an id was used for something else or has been closed, Busy when the locks take too long.
    """
    _check(lines)
    ordered = sorted(lines, key=lambda line: line.variant_id)
    try:
        rows = _hold(ordered, cause, expires_at)
    except IntegrityError as error:  # the same ids came at the same moment; asking again finds them
        raise Busy() from error
    if any(row[0] == "known" for row in rows):
        _refuse_mismatch(ordered, cause)
        return
    short = [row for row in rows if row[0] == "short"]
    if short:
        raise _out_of_stock(short)


def take_over_units(*, source: Cause, lines: Sequence[TakeOver], kind: str) -> None:
    """Goods held for `source` (one variant) go to causes of `kind`, all lines or none; one statement, no level touched.

    Inside the caller's transaction. Raises HoldsMissing when less is held, Busy when the locks take too long.
    """
    if not 0 < len(lines) <= TAKE_OVER_MAX or any(line.quantity <= 0 for line in lines):
        raise QuantityInvalid(quantity=len(lines))
    with transaction.atomic(savepoint=False), lock_timeout():
        [(wanted, found, _)] = _run(
            sql.TAKE_OVER,
            hold_ids=[line.hold_id for line in lines],
            cause_ids=[line.cause_id for line in lines],
            quantities=[line.quantity for line in lines],
            from_kind=source.kind,
            from_id=source.id,
            to_kind=kind,
            now=clock.now(),
        )
    if found < wanted:
        raise HoldsMissing(wanted=wanted, held=found)


def keep_holds(*, cause: Cause) -> int:
    """Open holds of a cause no longer expire (it was paid); returns how many there are. One statement."""
    return Hold.objects.filter(cause_kind=cause.kind, cause_id=cause.id, state=HoldState.HELD).update(
        expires_at=None
    )


def release_holds(*, cause: Cause, reason: str, by: Actor = SYSTEM) -> int:
    """Give back what is still held for a cause; returns the quantity. Doing it again gives back nothing."""
    with transaction.atomic(savepoint=False), lock_timeout():
        rows = _run(sql.RELEASE, cause_kind=cause.kind, cause_id=cause.id, now=clock.now())
        return _record_released(rows, state=HoldState.RELEASED, reason=reason, by=by)


def release_units(*, cause: Cause, lines: Sequence[StockLine], reason: str, by: Actor = SYSTEM) -> None:
    """Give some of what a cause holds back to the shelf, e.g. units refunded before they were shipped.

    Raises HoldsMissing when less is held than should be given back.
    """
    with transaction.atomic(savepoint=False), lock_timeout():
        holds = list(
            Hold.objects.select_for_update().filter(cause_kind=cause.kind, cause_id=cause.id).order_by("id")
        )
        levels = _lock_levels([hold.level_id for hold in holds])
        by_id = {hold.id: hold for hold in holds}
        for part in _plan(holds, levels, lines):
            _shrink(by_id[part.hold_id], part.quantity)
            StockLevel.objects.filter(id=part.level_id).update(held=F("held") - part.quantity)
        record_fact(
            HoldsReleased(
                cause_kind=cause.kind,
                cause_id=cause.id,
                state=HoldState.RELEASED.value,
                reason=reason[:200],
                quantities={str(line.variant_id): line.quantity for line in lines},
            ),
            by=by,
        )


def expire_holds(*, limit: int = EXPIRE_BATCH) -> int:
    """Give back holds whose time is over, skipping those somebody is working on; returns how many causes."""
    with transaction.atomic(savepoint=False), lock_timeout():
        rows = _run(sql.EXPIRE, limit=limit, now=clock.now())
        _record_released(rows, state=HoldState.EXPIRED, reason="expired", by=SYSTEM)
    return len({(row[0], row[1]) for row in rows})


def ship_holds(*, cause: Cause, lines: Sequence[StockLine], key: str, by: Actor) -> None:
    """Held goods leave: on hand and held go down together. `key` names the parcel and makes it happen once.

    Raises HoldsMissing when less is held than should leave.
    """
    if not lines or any(line.quantity <= 0 for line in lines):
        raise QuantityInvalid(quantity=min((line.quantity for line in lines), default=0))
    with transaction.atomic(savepoint=False), lock_timeout():
        holds = list(
            Hold.objects.select_for_update().filter(cause_kind=cause.kind, cause_id=cause.id).order_by("id")
        )
        levels = _lock_levels([hold.level_id for hold in holds])
        if _has_shipped(key, [level.id for level in levels.values()]):
            return
        parts = _plan(holds, levels, lines)
        _take_from_holds({hold.id: hold for hold in holds}, parts)
        by_level: dict[uuid.UUID, int] = defaultdict(int)
        for part in parts:
            by_level[part.level_id] += part.quantity
        write_movements(
            [
                NewMovement(
                    level=levels[level_id],
                    kind=MovementKind.SHIPPED,
                    quantity=-quantity,
                    held_change=-quantity,
                    cause=cause,
                    key=f"{key}:{level_id}",
                )
                for level_id, quantity in by_level.items()
            ],
            by=by,
        )


def _hold(lines: Sequence[HoldLine], cause: Cause, expires_at: datetime | None) -> list[tuple[Any, ...]]:
    with transaction.atomic(savepoint=False), lock_timeout():
        return _run(
            sql.HOLD,
            hold_ids=[line.hold_id for line in lines],
            variant_ids=[line.variant_id for line in lines],
            quantities=[line.quantity for line in lines],
            cause_kind=cause.kind,
            cause_id=cause.id,
            expires_at=expires_at,
            endless=QUANTITY_MAX,
            now=clock.now(),
        )


def _check(lines: Sequence[HoldLine]) -> None:
    if not 0 < len(lines) <= LINES_MAX:
        raise QuantityInvalid(quantity=len(lines))
    for line in lines:
        if not 0 < line.quantity <= QUANTITY_MAX:
            raise QuantityInvalid(quantity=line.quantity)
    if len({line.variant_id for line in lines}) < len(lines):
        raise ValueError("one line per variant: add their quantities up first")


def _run(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _out_of_stock(short: Sequence[tuple[Any, ...]]) -> OutOfStock:
    lines = [
        {"variant_id": str(variant_id), "wanted": int(wanted), "sellable": int(found)}
        for _, variant_id, wanted, found in short
    ]
    return OutOfStock(**lines[0], lines=lines)


def _refuse_mismatch(lines: Sequence[HoldLine], cause: Cause) -> None:
    """Asked again: all of it stands for this cause, or this is another request and is refused."""
    rows = Hold.objects.filter(
        cause_kind=cause.kind, cause_id=cause.id, state__in=[HoldState.HELD, HoldState.SHIPPED]
    ).values_list("id", "level__variant_id", "quantity")
    variant_of = {hold_id: variant_id for hold_id, variant_id, _ in rows}
    standing: dict[uuid.UUID, int] = defaultdict(int)
    for _, variant_id, quantity in rows:
        standing[variant_id] += quantity
    for line in lines:
        if variant_of.get(line.hold_id) != line.variant_id or standing[line.variant_id] < line.quantity:
            raise HoldMismatch(hold_id=str(line.hold_id))


def _record_released(rows: Sequence[tuple[Any, ...]], *, state: HoldState, reason: str, by: Actor) -> int:
    causes: dict[tuple[str, uuid.UUID], dict[str, int]] = defaultdict(dict)
    for cause_kind, cause_id, variant_id, quantity in rows:
        causes[cause_kind, cause_id][str(variant_id)] = int(quantity)
    for (cause_kind, cause_id), quantities in causes.items():
        record_fact(
            HoldsReleased(
                cause_kind=cause_kind,
                cause_id=cause_id,
                state=state.value,
                reason=reason[:200],
                quantities=quantities,
            ),
            by=by,
        )
    return sum(sum(quantities.values()) for quantities in causes.values())


def _lock_levels(level_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, StockLevel]:
    rows = StockLevel.objects.select_for_update().filter(id__in=level_ids).order_by("variant_id", "id")
    return {row.id: row for row in rows}


def _has_shipped(key: str, level_ids: Sequence[uuid.UUID]) -> bool:
    return Movement.objects.filter(key__in=[f"{key}:{level_id}" for level_id in level_ids]).exists()


def _plan(
    holds: Sequence[Hold], levels: dict[uuid.UUID, StockLevel], lines: Sequence[StockLine]
) -> list[Part]:
    open_holds = [
        OpenHold(
            id=hold.id,
            level_id=hold.level_id,
            variant_id=levels[hold.level_id].variant_id,
            quantity=hold.quantity - hold.shipped,
        )
        for hold in holds
        if hold.state == HoldState.HELD
    ]
    wanted: dict[uuid.UUID, int] = defaultdict(int)
    for line in lines:
        wanted[line.variant_id] += line.quantity
    parts: list[Part] = []
    for variant_id, quantity in wanted.items():
        planned = plan_parts(open_holds, variant_id, quantity)
        if planned is None:
            held = sum(hold.quantity for hold in open_holds if hold.variant_id == variant_id)
            raise HoldsMissing(variant_id=str(variant_id), wanted=quantity, held=held)
        parts.extend(planned)
    return parts


def _shrink(hold: Hold, quantity: int) -> None:
    """A hold of so many units less; one that has nothing left to ship is closed."""
    left = hold.quantity - hold.shipped - quantity
    if left == 0 and hold.shipped == 0:
        hold.state = HoldState.RELEASED
    else:
        hold.quantity -= quantity
        hold.state = HoldState.SHIPPED if left == 0 else hold.state
    hold.closed_at = clock.now() if left == 0 else None
    hold.save(update_fields=["quantity", "state", "closed_at"])


def _take_from_holds(holds: dict[uuid.UUID, Hold], parts: Sequence[Part]) -> None:
    now = clock.now()
    touched: list[Hold] = []
    for part in parts:
        hold = holds[part.hold_id]
        hold.shipped += part.quantity
        if hold.shipped == hold.quantity:
            hold.state, hold.closed_at, hold.expires_at = HoldState.SHIPPED, now, None
        touched.append(hold)
    Hold.objects.bulk_update(touched, ["shipped", "state", "closed_at", "expires_at"])
