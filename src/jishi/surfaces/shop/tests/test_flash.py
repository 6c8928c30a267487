"""Units for new members on the pages of a flash sale, said honestly to everybody."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.plays.flash_sale.public import SaleView
from tests.world.makers import buy_flash, make_member, make_product, make_sale

pytestmark = pytest.mark.django_db(transaction=True)
BrowserOf = Callable[[Actor], Client]


def grown_member() -> Actor:
    with clock.held_at(clock.now() - timedelta(days=90)):
        return make_member()


def card(browser: Client, sale: SaleView) -> tuple[str, bool]:
    """The only card's text, and whether its button can be tapped."""
    text = browser.get(reverse("shop:flash_session", args=[sale.id])).content.decode()
    button = re.search(r"<button[^>]*data-flash-button", text)
    assert button is not None
    return text, "disabled" not in button.group()


def state(browser: Client, sale: SaleView) -> Any:
    return browser.get(reverse("shop:flash_state", args=[sale.id])).json()["items"][0]


def test_what_is_kept_for_new_members_is_said_and_only_they_can_tap_it(
    browser: Client, browser_of: BrowserOf
) -> None:
    sale = make_sale(make_product(), units=3, new_member_units=2)
    text, can_tap = card(browser, sale)
    assert can_tap and re.search(r"其中 2 件留给新会员到 \d\d:\d\d", text)
    assert (state(browser, sale)["free"], state(browser, sale)["free_for_all"]) == (3, 1)

    buy_flash(grown_member(), sale.items[0].id)

    for shopper, may in (
        (browser, False),
        (browser_of(grown_member()), False),
        (browser_of(make_member()), True),
    ):
        text, can_tap = card(shopper, sale)
        assert can_tap is may and re.search(r"剩下的 2 件留给新会员到 \d\d:\d\d", text)
        assert ("新会员专享</button>" in text) is not may
    assert state(browser, sale)["free_for_all"] == 0

    with clock.held_at(sale.play.opens_at + timedelta(minutes=31)):
        text, can_tap = card(browser, sale)
        assert can_tap and "留给新会员" not in text
        assert state(browser, sale)["reserved"] == "" and state(browser, sale)["free_for_all"] == 2
