"""Values of flash sales 秒杀."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class UnitState(StrEnum):
    ORDERED = "ordered"  # waits for payment
    PAID = "paid"
    RETURNED = "returned"


class WaitReason(StrEnum):
    """Why a granted claim has no order yet."""

    ADDRESS_NEEDED = "address_needed"
    REGION_REFUSED = "region_refused"
    REFUSED = "refused"  # a person has to look: the console shows it


class ClaimStage(StrEnum):
    """Where a buyer's claim stands, for the page that waits."""

    IN_LINE = "in_line"
    ADDRESS_NEEDED = "address_needed"
    ORDERED = "ordered"
    PAID = "paid"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class ItemForm:
    """What an operator decides about one variant of a session. `member_limit` 0: no limit.

    `new_member_units` of the units are for new members only until `new_member_minutes` after the opening.
    """

    variant_id: uuid.UUID
    price_minor: int
    units: int
    member_limit: int = 1
    new_member_units: int = 0
    new_member_minutes: int = 0


@dataclass(frozen=True, slots=True)
class ItemView:
    """`list_minor` is the list price at publishing, None in a draft; `pool_id` is None until published."""

    id: uuid.UUID
    play_id: uuid.UUID
    variant_id: uuid.UUID
    product_id: uuid.UUID
    position: int
    price_minor: int
    list_minor: int | None
    units: int
    member_limit: int
    pool_id: uuid.UUID | None
    new_member_units: int = 0
    new_member_minutes: int = 0

    @property
    def discount_minor(self) -> int:
        """What one unit costs the shop."""
        return max(0, (self.list_minor or self.price_minor) - self.price_minor)


@dataclass(frozen=True, slots=True)
class ItemStock:
    """What is really left of an item, and what came back unpaid.

    `reserved` of what is left is for new members, until `reserved_until`.
    """

    item_id: uuid.UUID
    capacity: int
    taken: int
    returned: int = 0
    returned_at: datetime | None = None
    reserved: int = 0
    reserved_until: datetime | None = None

    @property
    def free(self) -> int:
        return max(0, self.capacity - self.taken)

    def free_for(self, *, is_new: bool) -> int:
        """What a new member, or somebody else, can have now."""
        return self.free if is_new else max(0, self.free - self.reserved)

    @property
    def taken_percent(self) -> int:
        return min(100, self.taken * 100 // self.capacity) if self.capacity else 100


@dataclass(frozen=True, slots=True)
class FreshClaim:
    """A granted claim that should become an order."""

    claim_id: uuid.UUID
    pool_id: uuid.UUID
    member_id: uuid.UUID
    quantity: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NewUnit:
    order_id: uuid.UUID
    claim_id: uuid.UUID
    item_id: uuid.UUID
    member_id: uuid.UUID
    quantity: int
    discount_minor: int


@dataclass(frozen=True, slots=True)
class ClaimView:
    """`order_id` once there is one; `expires_at` is the claim's own clock while there is none."""

    claim_id: uuid.UUID
    item_id: uuid.UUID
    play_id: uuid.UUID
    member_id: uuid.UUID
    quantity: int
    stage: ClaimStage
    order_id: uuid.UUID | None
    expires_at: datetime | None
    reason: WaitReason | None


@dataclass(frozen=True, slots=True)
class ItemBalance:
    """The proof: three sums that must add up (docs/algorithms/flash-sale.md)."""

    item_id: uuid.UUID
    capacity: int
    taken: int
    claims_held: int
    claims_kept: int
    claims_waiting: int
    units_ordered: int
    units_paid: int
    units_returned: int
    people: int
    set_aside: int
    is_over: bool = False

    @property
    def free(self) -> int:
        return self.capacity - self.taken

    @property
    def oversold(self) -> int:
        return max(0, self.units_ordered + self.units_paid - self.capacity)

    @property
    def pool_adds_up(self) -> bool:
        return self.taken == self.claims_held + self.claims_kept <= self.capacity

    @property
    def claims_add_up(self) -> bool:
        return self.claims_held + self.claims_kept == (
            self.claims_waiting + self.units_ordered + self.units_paid
        )

    @property
    def goods_add_up(self) -> bool:
        """While it runs; afterwards what comes back goes to the shelf."""
        return self.is_over or self.set_aside == self.capacity - self.units_ordered - self.units_paid

    @property
    def is_sound(self) -> bool:
        return self.oversold == 0 and self.pool_adds_up and self.claims_add_up and self.goods_add_up
