"""Fixtures of the tests that cross rooms."""

from typing import Any

import pytest

from tests.world import fake_provider


@pytest.fixture(autouse=True)
def fake_payments(settings: Any) -> fake_provider.Book:
    """Payments go to a fresh fake provider, or come from the wallet."""
    settings.JISHI_PAYMENT_PROVIDERS = {
        "fake": "tests.world.fake_provider.FakeProvider",
        "wallet": "jishi.modules.payments.providers.wallet.WalletProvider",
    }
    fake_provider.book = fake_provider.Book()
    return fake_provider.book


@pytest.fixture(autouse=True)
def forgetful_shop() -> None:
    """What the shop's pages remember for seconds is not of this test's database."""
    from jishi.modules.notes.public import forget_feed
    from jishi.surfaces.shop import aisles, bargains, campaigns, flash  # needs the settings

    aisles.forget_aisles()
    bargains.forget_floors()
    campaigns.forget_campaigns()
    flash.forget_sessions()
    forget_feed()
