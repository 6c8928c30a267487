"""Plain makers for the tests of the inventory."""

import uuid
from datetime import datetime

from jishi.kernel.actor import Actor, ActorKind
from jishi.kernel.ids import new_id
from jishi.modules.inventory.models import Hold, Movement, StockLevel
from jishi.modules.inventory.public import Cause, Figure, HoldLine, count_stock, hold_stock

KEEPER = Actor(
    kind=ActorKind.STAFF,
    id=new_id(),
    permissions=frozenset({"inventory.edit", "inventory.view"}),
    label="keeper",
)


def figure(quantity: int | None, *, sku: str = "S", variant_id: uuid.UUID | None = None) -> Figure:
    return Figure(variant_id=variant_id or new_id(), product_id=new_id(), sku=sku, quantity=quantity)


def stock(quantity: int | None, *, location_id: uuid.UUID | None = None, sku: str = "S") -> uuid.UUID:
    """A variant of which so many are on hand."""
    counted = figure(quantity, sku=sku)
    count_stock(by=KEEPER, figures=[counted], key=f"t:{new_id()}", location_id=location_id)
    return counted.variant_id


def order() -> Cause:
    return Cause("order", new_id())


def hold(
    variant_id: uuid.UUID, quantity: int, *, cause: Cause | None = None, expires_at: datetime | None = None
) -> Cause:
    made = cause or order()
    hold_stock(lines=[HoldLine(new_id(), variant_id, quantity)], cause=made, expires_at=expires_at)
    return made


def level_of(variant_id: uuid.UUID) -> StockLevel:
    return StockLevel.objects.get(variant_id=variant_id)


def assert_books_balance() -> None:
    """Movements add up to what is on hand; open holds add up to what is held."""
    for level in StockLevel.objects.all():
        moved = sum(Movement.objects.filter(level=level).values_list("quantity", flat=True))
        open_holds = Hold.objects.filter(level=level, state="held")
        assert moved == level.on_hand, level.sku
        assert sum(row.quantity - row.shipped for row in open_holds) == level.held, level.sku
        assert level.held >= 0 and (level.held <= level.on_hand or not level.is_tracked)
