"""Statements that are planned once: the same rows as the ordinary way, counted where queries are counted."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from jishi.kernel import clock
from jishi.platform.reads import rows_of

pytestmark = pytest.mark.django_db
ASKED = "SELECT one, %(at)s::timestamptz FROM unnest(%(ids)s::uuid[]) AS one ORDER BY one"


def test_the_rows_are_those_of_the_ordinary_way() -> None:
    ids = [uuid.UUID(int=number) for number in range(1, 4)]
    values = {"ids": ids, "at": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(ASKED, values)
        ordinary = cursor.fetchall()
    for _ in range(12):  # beyond the number at which the server keeps one plan for all values
        assert rows_of(ASKED, values) == ordinary
    assert rows_of(ASKED, {**values, "ids": []}) == []


def test_they_are_counted(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert rows_of("SELECT %s::int + 1", [1]) == [(2,)]


def test_errors_are_those_of_django() -> None:
    with pytest.raises(ProgrammingError), transaction.atomic():
        rows_of("SELECT nothing_of_the_kind FROM people_member", [])
    with pytest.raises(IntegrityError), transaction.atomic():
        rows_of("INSERT INTO people_member (id) SELECT %s::uuid RETURNING id", [uuid.UUID(int=1)])
    assert rows_of("SELECT 1", []) == [(1,)]
