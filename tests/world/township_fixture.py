"""The town as fixtures: built once for a module in a transaction of its own, every request is undone.

A module that uses them imports both and marks its tests `django_db`, so that there is a test database; its tests get no
transaction each.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from jishi.modules.payments import operations as payment_operations
from tests.world import fake_provider
from tests.world.township import Town, build_town


@pytest.fixture
def _django_db_helper() -> None:
    """The town's own transaction takes the place of one for every test."""


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    """Built once; every request is undone."""
    providers = {"fake": "tests.world.fake_provider.FakeProvider"}
    patch = pytest.MonkeyPatch()
    patch.setattr(payment_operations, "_refuse_inside_transaction", lambda: None)
    fake_provider.book = fake_provider.Book()
    with (
        django_db_blocker.unblock(),
        override_settings(JISHI_PAYMENT_PROVIDERS=providers),
        transaction.atomic(),
    ):
        yield build_town()
        transaction.set_rollback(True)
    patch.undo()
