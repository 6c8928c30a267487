"""Readers remember which facts they have dealt with."""

import uuid
from collections.abc import Sequence

from django.db import connection

from jishi.kernel import clock


def is_first_time(*, reader: str, fact_id: uuid.UUID) -> bool:
    """Note the pair and say whether it was new. A concurrent delivery waits here for the first to commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO platform_inbox (reader, fact_id, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [reader, fact_id, clock.now()],
        )
        return bool(cursor.rowcount == 1)


def first_times(pairs: Sequence[tuple[str, uuid.UUID]]) -> set[tuple[str, uuid.UUID]]:
    """The same for many (reader, fact) at once: those that were new. One statement."""
    if not pairs:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO platform_inbox (reader, fact_id, at)"
            " SELECT reader, fact_id, %s FROM unnest(%s::text[], %s::uuid[]) AS pair (reader, fact_id)"
            " ON CONFLICT DO NOTHING RETURNING reader, fact_id",
            [clock.now(), [reader for reader, _ in pairs], [fact_id for _, fact_id in pairs]],
        )
        return {(reader, fact_id) for reader, fact_id in cursor.fetchall()}
