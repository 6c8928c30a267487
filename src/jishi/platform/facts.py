"""Facts: what happened, recorded in the transaction in which it happened, and delivered to readers by jobs.

`record_fact` writes the row and defers one job per reader in the same transaction, so a fact is neither lost
between commit and queue nor told when the transaction failed. Delivery is at least once; the inbox makes the
effect happen once.
"""

import dataclasses
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.fact import Fact
from jishi.platform import inbox
from jishi.platform.bulk import BULK_FROM, copy_rows, insert_rows
from jishi.platform.models import FactRow

_ENCODER = DjangoJSONEncoder()
_COLUMNS = ("id", "name", "at", "actor_kind", "actor_id", "subject_kind", "subject_id", "payload")

Reader = Callable[["StoredFact"], None]

Gate = Callable[[], bool]

_readers: dict[str, Reader] = {}
_gates: dict[str, Gate] = {}
_readers_of_fact: dict[str, list[str]] = {}
_held_gates: ContextVar[dict[str, bool] | None] = ContextVar("held_gates", default=None)


@dataclass(frozen=True, slots=True)
class StoredFact:
    id: uuid.UUID
    name: str
    at: datetime
    actor_kind: str
    actor_id: uuid.UUID | None
    subject_kind: str
    subject_id: uuid.UUID
    payload: dict[str, Any]


def connect_reader(*, fact_name: str, reader_name: str, reader: Reader, gate: Gate | None = None) -> None:
    """Wire a reaction to a fact; done once at start by the runtime's wiring. `*` reads every fact.

    A gate is asked in the fact's transaction, once however many facts; when it is shut no job is made for the reader.
    """
    known = _readers.setdefault(reader_name, reader)
    if known is not reader:
        raise ValueError(f"two readers are called {reader_name}")
    if gate is not None:
        _gates[reader_name] = gate
    names = _readers_of_fact.setdefault(fact_name, [])
    if reader_name not in names:
        names.append(reader_name)


def record_fact(fact: Fact, *, by: Actor) -> uuid.UUID:
    """Write what happened. Must run inside the transaction that made it happen."""
    return record_facts([fact], by=by)[0]


def record_facts(facts: Sequence[Fact], *, by: Actor) -> list[uuid.UUID]:
    """Write many at once, in their order: two statements however many, one where nobody reads them."""
    return record_facts_of([(fact, by) for fact in facts])


def record_facts_of(pairs: Sequence[tuple[Fact, Actor]]) -> list[uuid.UUID]:
    """The same for facts of different actors."""
    if not connection.in_atomic_block:
        raise RuntimeError("record facts inside the transaction that makes them true")
    fact_ids = sorted(
        ids.new_id() for _ in pairs
    )  # those of one instant are read in the order they were told
    if len(pairs) < BULK_FROM:
        insert_rows(table=FactRow._meta.db_table, columns=_COLUMNS, rows=list(_tuples(pairs, fact_ids)))
    else:
        copy_rows(table=FactRow._meta.db_table, columns=_COLUMNS, rows=_tuples(pairs, fact_ids))
    names = [fact.name for fact, _ in pairs]
    deliveries = [
        (fact_id, reader)
        for fact_id, name in zip(fact_ids, names, strict=True)
        for reader in reader_names(name)
    ]
    shut = {reader for reader in {reader for _, reader in deliveries} & _gates.keys() if not _is_open(reader)}
    deliveries = [(fact_id, reader) for fact_id, reader in deliveries if reader not in shut]
    if deliveries:
        _defer(deliveries)
    return fact_ids


@contextmanager
def gates_held() -> Iterator[None]:
    """Ask every gate once for the whole block: for a caller who knows that nothing in it opens or shuts one."""
    token = _held_gates.set({})
    try:
        yield
    finally:
        _held_gates.reset(token)


def deliver(*, fact_id: uuid.UUID, reader_name: str) -> bool:
    """Hand a fact to a reader once. Returns False when the reader has had it already."""
    reader = _readers[reader_name]
    with transaction.atomic():
        if not inbox.is_first_time(reader=reader_name, fact_id=fact_id):
            return False
        reader(_load(fact_id))
    return True


def deliver_many(deliveries: Sequence[tuple[uuid.UUID, str]]) -> int:
    """Hand many facts to their readers in one transaction, in this order, each with the clock held at its fact.

    All or nothing; two queries besides those of the readers. Returns how many had not been delivered before.
    """
    with transaction.atomic():
        fresh = inbox.first_times([(reader_name, fact_id) for fact_id, reader_name in deliveries])
        stored = {row.id: _view(row) for row in FactRow.objects.filter(id__in={one for _, one in fresh})}
        for fact_id, reader_name in dict.fromkeys(deliveries):
            if (reader_name, fact_id) in fresh:
                with clock.held_at(stored[fact_id].at):
                    _readers[reader_name](stored[fact_id])
    return len(fresh)


def reader_names(fact_name: str) -> list[str]:
    return [*_readers_of_fact.get(fact_name, ()), *_readers_of_fact.get("*", ())]


def facts_about(*, subject_kind: str, subject_id: uuid.UUID, limit: int = 200) -> list[StoredFact]:
    rows = FactRow.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("at", "id")[
        :limit
    ]
    return [_view(row) for row in rows]


def _is_open(reader_name: str) -> bool:
    held = _held_gates.get()
    if held is None:
        return _gates[reader_name]()
    if reader_name not in held:
        held[reader_name] = _gates[reader_name]()
    return held[reader_name]


def _load(fact_id: uuid.UUID) -> StoredFact:
    return _view(FactRow.objects.get(id=fact_id))


def _view(row: FactRow) -> StoredFact:
    return StoredFact(
        id=row.id,
        name=row.name,
        at=row.at,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        payload=row.payload,
    )


def _tuples(pairs: Sequence[tuple[Fact, Actor]], fact_ids: Sequence[uuid.UUID]) -> Iterator[tuple[Any, ...]]:
    now = clock.now()
    for (fact, by), fact_id in zip(pairs, fact_ids, strict=True):
        yield fact_id, fact.name, now, by.kind.value, by.id, *fact.subject, _payload(fact)


def _payload(fact: Fact) -> str:
    return _ENCODER.encode({name: getattr(fact, name) for name in _field_names(type(fact))})


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def _defer(deliveries: list[tuple[uuid.UUID, str]]) -> None:
    from jishi.platform.tasks import deliver_fact  # the task registry loads after the models

    deliver_fact.batch_defer(
        *({"fact_id": str(fact_id), "reader_name": reader} for fact_id, reader in deliveries)
    )
