"""Rows without models: COPY for batches, one INSERT for the handful that every operation writes of facts and history."""

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


def insert_rows(*, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A handful of rows in one statement; the same terms as `copy_rows`. Column names are the code's own words."""
    if not rows:
        return
    one = f"({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([one] * len(rows))}",
            [value for row in rows for value in row],
        )
