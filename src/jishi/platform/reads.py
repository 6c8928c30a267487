"""Reading what is asked on almost every request: planned once by the server for each connection."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection


def rows_of(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a fixed statement. `values` are bound by the server, so the statement stays the same text and its plan is kept.

    Where queries are being counted it goes the ordinary way and is counted.
    """
    connection.ensure_connection()
    if connection.queries_logged or connection.connection is None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return list(cursor.fetchall())
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as bound:
        return list(bound.execute(sql, values, prepare=True).fetchall())
