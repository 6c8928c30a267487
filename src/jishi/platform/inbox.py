"""Readers remember which facts they have dealt with."""

import uuid

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
