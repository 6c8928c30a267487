"""Many rows at once: COPY, one statement per table however many rows. For batches; single rows go through the models."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

BULK_FROM = 20  # below so many rows an INSERT is as quick and says more in the log


def copy_rows(*, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows in the caller's transaction. JSON columns take text; defaults of the models do not apply."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
