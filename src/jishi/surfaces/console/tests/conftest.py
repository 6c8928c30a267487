"""Browsers of staff, and a fake cashier."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from jishi.kernel.actor import Actor
from tests.world import fake_provider


@pytest.fixture(autouse=True)
def fresh(settings: Any) -> Iterator[fake_provider.Book]:
    """A fresh fake provider and no remembered tries."""
    settings.JISHI_PAYMENT_PROVIDERS = {
        "fake": "tests.world.fake_provider.FakeProvider",
        "wallet": "jishi.modules.payments.providers.wallet.WalletProvider",
    }
    fake_provider.book = fake_provider.Book()
    cache.clear()
    yield fake_provider.book


@pytest.fixture
def browser_of() -> Callable[[Actor], Client]:
    def log_in(actor: Actor) -> Client:
        client = Client(headers={"accept-language": "zh-CN"})
        user = get_user_model().objects.get(id=actor.id)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in
