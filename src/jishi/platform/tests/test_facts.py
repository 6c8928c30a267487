"""Facts live and die with their transaction; every reader deals with each of them once."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from django.db import DatabaseError, connection, transaction

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor, ActorKind
from jishi.platform import facts
from jishi.platform.facts import (
    StoredFact,
    connect_reader,
    deliver,
    deliver_many,
    facts_about,
    gates_held,
    record_fact,
    record_facts,
)
from jishi.platform.models import FactRow, InboxRow
from jishi.platform.rush import open_pool

ABOUT = uuid.UUID(int=77)


@dataclass(frozen=True, slots=True)
class KettleBoiled:
    kettle_id: uuid.UUID
    degrees: int = 100
    name: ClassVar[str] = "kitchen.kettle_boiled.v1"

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "kettle", self.kettle_id


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[StoredFact]]:
    """A reader of kettles, wired for one test."""
    monkeypatch.setattr(facts, "_readers", {})
    monkeypatch.setattr(facts, "_readers_of_fact", {})
    found: list[StoredFact] = []
    connect_reader(fact_name=KettleBoiled.name, reader_name="kitchen.listen", reader=found.append)
    yield found


def jobs() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args ->> 'fact_id', args ->> 'reader_name' FROM procrastinate_jobs"
            " WHERE task_name = 'platform.deliver_fact' AND args ->> 'reader_name' LIKE 'kitchen.%%'"
        )
        return cursor.fetchall()


@pytest.mark.django_db
def test_a_fact_and_the_jobs_of_its_readers_are_written_together(heard: list[StoredFact]) -> None:
    connect_reader(fact_name="*", reader_name="kitchen.remember", reader=lambda fact: None)
    by = Actor(kind=ActorKind.MEMBER, id=uuid.UUID(int=5))

    fact_id = record_fact(KettleBoiled(ABOUT), by=by)

    [told] = facts_about(subject_kind="kettle", subject_id=ABOUT)
    assert (told.id, told.name, told.payload) == (
        fact_id,
        "kitchen.kettle_boiled.v1",
        {"kettle_id": str(ABOUT), "degrees": 100},
    )
    assert (told.actor_kind, told.actor_id) == ("member", by.id)
    assert sorted(jobs()) == [(str(fact_id), "kitchen.listen"), (str(fact_id), "kitchen.remember")]


@pytest.mark.django_db
def test_what_is_undone_did_not_happen(heard: list[StoredFact]) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record_fact(KettleBoiled(ABOUT), by=SYSTEM)
        _ = 1 / 0

    assert facts_about(subject_kind="kettle", subject_id=ABOUT) == []
    assert jobs() == []


@pytest.mark.django_db(transaction=True)
def test_a_fact_outside_of_a_transaction_is_a_bug() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record_fact(KettleBoiled(ABOUT), by=SYSTEM)

    assert not FactRow.objects.filter(subject_id=ABOUT).exists()


@pytest.mark.django_db
def test_many_facts_keep_their_order_and_cost_the_same_two_statements(
    heard: list[StoredFact], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        one = record_facts([KettleBoiled(ABOUT)], by=SYSTEM)
    with django_assert_num_queries(2):
        many = record_facts([KettleBoiled(ABOUT, degree) for degree in range(20)], by=SYSTEM)

    told = facts_about(subject_kind="kettle", subject_id=ABOUT)
    assert [fact.payload["degrees"] for fact in sorted(told, key=lambda f: [*one, *many].index(f.id))] == [
        100,
        *range(20),
    ]


@pytest.mark.django_db
def test_a_fact_reaches_its_reader_once_however_often_it_is_delivered(heard: list[StoredFact]) -> None:
    fact_id = record_fact(KettleBoiled(ABOUT), by=SYSTEM)

    answers = [deliver(fact_id=fact_id, reader_name="kitchen.listen") for _ in range(3)]

    assert answers == [True, False, False]
    assert [fact.id for fact in heard] == [fact_id]


@pytest.mark.django_db(transaction=True)
def test_parallel_deliveries_have_one_effect(heard: list[StoredFact], at_once: Any) -> None:
    with transaction.atomic():
        fact_id = record_fact(KettleBoiled(ABOUT), by=SYSTEM)
    connect_reader(
        fact_name=KettleBoiled.name,
        reader_name="kitchen.pour",
        reader=lambda fact: open_pool(purpose="cup", capacity=1),
    )

    answers = at_once(*[lambda: deliver(fact_id=fact_id, reader_name="kitchen.pour")] * 5)

    assert sorted(answers) == [False, False, False, False, True]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM rush_pool WHERE purpose = 'cup'")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_a_reader_that_fails_has_not_read(heard: list[StoredFact]) -> None:
    tries: list[int] = []

    def stumble(fact: StoredFact) -> None:
        open_pool(purpose="spilled", capacity=1)
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionError("once")

    connect_reader(fact_name=KettleBoiled.name, reader_name="kitchen.stumble", reader=stumble)
    fact_id = record_fact(KettleBoiled(ABOUT), by=SYSTEM)

    with pytest.raises(ConnectionError):
        deliver(fact_id=fact_id, reader_name="kitchen.stumble")
    assert not InboxRow.objects.filter(reader="kitchen.stumble").exists()

    assert deliver(fact_id=fact_id, reader_name="kitchen.stumble")
    assert len(tries) == 2


@pytest.mark.django_db
def test_two_readers_never_share_a_name(heard: list[StoredFact]) -> None:
    with pytest.raises(ValueError, match=r"kitchen\.listen"):
        connect_reader(fact_name="*", reader_name="kitchen.listen", reader=lambda fact: None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    ["UPDATE platform_fact SET payload = '{}'", "DELETE FROM platform_fact", "UPDATE platform_history SET note = 'x'",
     "DELETE FROM platform_history"],
)  # fmt: skip
def test_the_past_cannot_be_changed(change: str) -> None:
    from jishi.platform.history import record_step

    record_fact(KettleBoiled(ABOUT), by=SYSTEM)
    record_step(subject=("kettle", ABOUT), verb="boil", by=SYSTEM)

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)

    assert len(facts_about(subject_kind="kettle", subject_id=ABOUT)) == 1


@pytest.mark.django_db
def test_many_are_delivered_once_in_order_each_at_its_own_moment(heard: list[StoredFact]) -> None:
    told: list[tuple[uuid.UUID, datetime]] = []
    connect_reader(
        fact_name="*", reader_name="kitchen.note", reader=lambda fact: told.append((fact.id, clock.now()))
    )
    moments = [datetime(2026, 1, day, tzinfo=UTC) for day in (3, 1, 2)]
    fact_ids = []
    for moment in moments:
        with clock.held_at(moment):
            fact_ids.append(record_fact(KettleBoiled(ABOUT), by=SYSTEM))
    wanted = [(fact_id, "kitchen.note") for fact_id in fact_ids]
    assert deliver(fact_id=fact_ids[0], reader_name="kitchen.note")
    told.clear()

    assert deliver_many([*wanted, *wanted]) == 2
    assert told == list(zip(fact_ids[1:], moments[1:], strict=True))
    assert deliver_many(wanted) == 0
    assert deliver_many([]) == 0


@pytest.mark.django_db
def test_a_held_gate_is_asked_once(heard: list[StoredFact], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "_gates", {})
    asked: list[bool] = []

    def gate() -> bool:
        asked.append(True)
        return False

    connect_reader(
        fact_name=KettleBoiled.name, reader_name="kitchen.shut", reader=lambda fact: None, gate=gate
    )
    with gates_held():
        for _ in range(3):
            record_fact(KettleBoiled(ABOUT), by=SYSTEM)
    assert len(asked) == 1
    record_fact(KettleBoiled(ABOUT), by=SYSTEM)
    assert len(asked) == 2
    assert {reader for _, reader in jobs()} == {"kitchen.listen"}
