"""Decisions about stock, from values alone."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from jishi.modules.inventory.types import HoldLine, MovementKind

QUANTITY_MAX: Final = 10**8

# which way a kind of movement may go: +1 in, -1 out, 0 either
DIRECTION: Final = {
    MovementKind.RECEIVED: 1,
    MovementKind.RETURNED: 1,
    MovementKind.SHIPPED: -1,
    MovementKind.WRITTEN_OFF: -1,
    MovementKind.COUNTED: 0,
    MovementKind.ADJUSTED: 0,
}


def one_per_variant(lines: Sequence[HoldLine]) -> list[HoldLine]:
    """Lines of one variant become one hold under the first id: a gift may be the same goods as a line bought."""
    wanted: dict[uuid.UUID, HoldLine] = {}
    for line in lines:
        known = wanted.get(line.variant_id)
        wanted[line.variant_id] = (
            replace(known, quantity=known.quantity + line.quantity) if known is not None else line
        )
    return list(wanted.values())


@dataclass(frozen=True, slots=True)
class OpenHold:
    """What is left of a hold: `quantity` not yet shipped."""

    id: uuid.UUID
    level_id: uuid.UUID
    variant_id: uuid.UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class Part:
    hold_id: uuid.UUID
    level_id: uuid.UUID
    quantity: int


def is_possible(kind: MovementKind, quantity: int) -> bool:
    """A movement moves something, within bounds, in its direction."""
    if quantity == 0 or abs(quantity) > QUANTITY_MAX:
        return False
    return DIRECTION[kind] == 0 or (quantity > 0) == (DIRECTION[kind] > 0)


def plan_parts(holds: Sequence[OpenHold], variant_id: uuid.UUID, quantity: int) -> list[Part] | None:
    """Take a quantity out of a variant's open holds, in the given order. None when they do not suffice."""
    parts: list[Part] = []
    left = quantity
    for hold in holds:
        if hold.variant_id != variant_id or left == 0:
            continue
        taken = min(left, hold.quantity)
        if taken:
            parts.append(Part(hold_id=hold.id, level_id=hold.level_id, quantity=taken))
            left -= taken
    return parts if left == 0 else None


def share_over_locations(wanted: int, sellable: Sequence[int]) -> list[int] | None:
    """How much of a line each location gives, in order of priority; None when all together are short.

    The first location that can serve the whole line does; otherwise each gives what it has in turn.
    `hold_stock` does this in SQL; this is the definition it is tested against.
    """
    order = sorted(range(len(sellable)), key=lambda place: (sellable[place] < wanted, place))
    given = [0] * len(sellable)
    left = wanted
    for place in order:
        given[place] = min(left, max(0, sellable[place]))
        left -= given[place]
    return given if left == 0 else None
