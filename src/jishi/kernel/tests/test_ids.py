"""Identifiers sort by the time they were made and carry nothing else."""

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel import chance, clock, ids

instants = st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@given(instants)
def test_an_id_is_a_version_7_uuid_of_its_instant(at: datetime) -> None:
    with clock.held_at(at):
        made = ids.new_id()

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == int(at.timestamp() * 1000)


@given(instants, st.integers(1, 10**6))
def test_later_ids_sort_after_earlier_ones(at: datetime, milliseconds: int) -> None:
    with clock.held_at(at):
        first = ids.new_id()
        clock.advance_held(timedelta(milliseconds=milliseconds + 1))
        second = ids.new_id()

    assert first < second


def test_ids_of_one_instant_differ_and_a_seeded_run_makes_the_same_ones() -> None:
    with clock.held_at(datetime(2026, 1, 1, tzinfo=UTC)):
        assert len({ids.new_id() for _ in range(1000)}) == 1000
        with chance.seeded(7):
            first = [ids.new_id() for _ in range(3)]
        with chance.seeded(7):
            again = [ids.new_id() for _ in range(3)]

    assert first == again


@given(st.uuids(), st.text(max_size=40), st.text(max_size=40))
def test_a_derived_id_is_the_same_for_the_same_cause_only(parent: uuid.UUID, one: str, other: str) -> None:
    assert ids.derived_id(parent, one) == ids.derived_id(parent, one)
    assert (ids.derived_id(parent, one) == ids.derived_id(parent, other)) == (one == other)
