"""Browsers, members and a fake cashier for the tests of the shop."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from jishi.kernel.actor import Actor
from jishi.surfaces.shop.aisles import forget_aisles
from jishi.surfaces.shop.bargains import forget_floors
from jishi.surfaces.shop.campaigns import forget_campaigns
from jishi.surfaces.shop.flash import forget_sessions
from tests.world import fake_provider


@pytest.fixture(autouse=True)
def fresh(settings: Any) -> Iterator[fake_provider.Book]:
    """A fresh fake provider, no remembered aisles, Chinese as the browser's language."""
    settings.JISHI_PAYMENT_PROVIDERS = {
        "fake": "tests.world.fake_provider.FakeProvider",
        "wallet": "jishi.modules.payments.providers.wallet.WalletProvider",
    }
    settings.JISHI_DEMO = True
    settings.JISHI_BASE_URL = "http://testserver"
    fake_provider.book = fake_provider.Book()
    forget_aisles()
    forget_sessions()
    forget_campaigns()
    forget_floors()
    cache.clear()
    yield fake_provider.book


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "zh-CN"})


@pytest.fixture
def browser_of() -> Callable[[Actor], Client]:
    def log_in(actor: Actor) -> Client:
        client = Client(headers={"accept-language": "zh-CN"})
        user = get_user_model().objects.get(id=actor.id)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in
