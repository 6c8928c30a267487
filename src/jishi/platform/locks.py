"""Locks: taken in key order, with a timeout that ends in an honest `busy`."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import OperationalError, connection, models

from jishi.kernel.errors import Busy, NotFound

M = TypeVar("M", bound=models.Model)

LOCK_TIMEOUT_MS = 3_000
_LOCK_NOT_AVAILABLE = "55P03"
_DEADLOCK = "40P01"


@contextmanager
def lock_timeout(milliseconds: int = LOCK_TIMEOUT_MS) -> Iterator[None]:
    """Wait at most so long for any row lock in this block; then refuse as Busy. Needs a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("locks live inside a transaction")
    if milliseconds != LOCK_TIMEOUT_MS:  # the usual one is set when the connection opens
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(int(milliseconds))])
    try:
        yield
    except OperationalError as error:
        cause = error.__cause__
        if getattr(cause, "sqlstate", None) in (_LOCK_NOT_AVAILABLE, _DEADLOCK):
            raise Busy() from error
        raise


def lock_one(model: type[M], key: uuid.UUID) -> M:
    """The row, locked for update. Raises NotFound, or Busy after the timeout."""
    return lock_many(model, [key])[key]


def lock_many(model: type[M], keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, M]:
    """Rows by primary key, locked in key order so that two transactions cannot wait for each other."""
    wanted = sorted(set(keys))
    with lock_timeout():
        rows = {
            row.pk: row
            for row in model._default_manager.select_for_update(of=("self",))
            .filter(pk__in=wanted)
            .order_by("pk")
        }
    if len(rows) != len(wanted):
        raise NotFound()
    return rows


def lock_name(name: str) -> None:
    """Serialise on a name until the transaction ends (advisory lock)."""
    with lock_timeout(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
