import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.modules.inventory.rules import OpenHold, is_possible, plan_parts, share_over_locations
from jishi.modules.inventory.types import MovementKind

VARIANT, OTHER = uuid.uuid4(), uuid.uuid4()


def holds(*quantities: int) -> list[OpenHold]:
    return [OpenHold(uuid.uuid4(), uuid.uuid4(), VARIANT, quantity) for quantity in quantities]


@pytest.mark.parametrize(
    ("kind", "out", "back"),
    [
        (MovementKind.RECEIVED, False, True),
        (MovementKind.RETURNED, False, True),
        (MovementKind.SHIPPED, True, False),
        (MovementKind.WRITTEN_OFF, True, False),
        (MovementKind.COUNTED, True, True),
        (MovementKind.ADJUSTED, True, True),
    ],
)
def test_a_movement_goes_its_way_and_moves_something(kind: MovementKind, out: bool, back: bool) -> None:
    assert (is_possible(kind, -1), is_possible(kind, 1)) == (out, back)
    assert not is_possible(kind, 0) and not is_possible(kind, 10**12)


@pytest.mark.parametrize(
    ("wanted", "sellable", "given"),
    [
        (3, [5, 9], [3, 0]),
        (3, [2, 9], [0, 3]),
        (6, [4, 5], [4, 2]),
        (6, [4, 1, 1], [4, 1, 1]),
        (7, [4, 1, 1], None),
        (1, [], None),
        (2, [0, 0, 2], [0, 0, 2]),
    ],
)
def test_the_worked_numbers_of_the_page_on_holds(
    wanted: int, sellable: list[int], given: list[int] | None
) -> None:
    assert share_over_locations(wanted, sellable) == given


@given(st.integers(1, 30), st.lists(st.integers(0, 20), max_size=6))
def test_sharing_gives_exactly_what_is_wanted_or_nothing(wanted: int, sellable: list[int]) -> None:
    given = share_over_locations(wanted, sellable)
    if sum(sellable) < wanted:
        assert given is None
        return
    assert given is not None and sum(given) == wanted
    assert all(0 <= part <= free for part, free in zip(given, sellable, strict=True))
    if max(sellable) >= wanted:
        assert sum(part > 0 for part in given) == 1


@given(st.lists(st.integers(1, 9), max_size=6), st.integers(1, 40))
def test_a_shipment_is_taken_from_the_holds_exactly(quantities: list[int], wanted: int) -> None:
    known = [*holds(*quantities), OpenHold(uuid.uuid4(), uuid.uuid4(), OTHER, 99)]
    parts = plan_parts(known, VARIANT, wanted)
    if sum(quantities) < wanted:
        assert parts is None
        return
    assert parts is not None and sum(part.quantity for part in parts) == wanted
    free = {hold.id: hold.quantity for hold in known if hold.variant_id == VARIANT}
    assert all(0 < part.quantity <= free[part.hold_id] for part in parts)
