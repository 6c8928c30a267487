"""Fixtures of the tests that cross rooms."""

from typing import Any

import pytest

from tests.world import fake_provider


@pytest.fixture(autouse=True)
def fake_payments(settings: Any) -> fake_provider.Book:
    """Payments go to a fresh fake provider."""
    settings.JISHI_PAYMENT_PROVIDERS = {"fake": "tests.world.fake_provider.FakeProvider"}
    fake_provider.book = fake_provider.Book()
    return fake_provider.book
