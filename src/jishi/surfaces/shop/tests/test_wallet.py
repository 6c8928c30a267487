"""The wallet over HTTP: the page, paying with it, and the API."""

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jishi.kernel.actor import Actor
from jishi.modules.orders.public import OrderState, order_view
from tests.world.makers import buy, fill_wallet, make_member, make_product
from tests.world.web import ask, code_of, token_for

pytestmark = pytest.mark.django_db(transaction=True)
BrowserOf = Callable[[Actor], Client]


def test_a_shopper_pays_from_the_wallet_and_reads_why_it_shrank(browser_of: BrowserOf) -> None:
    buyer = make_member()
    browser = browser_of(buyer)
    assert "还没有一笔" in browser.get("/me/wallet/").content.decode()
    fill_wallet(buyer, 5_000)
    order_id = buy(buyer, make_product(price_minor=4_200))
    page = browser.get(f"/orders/{order_id}/pay/").content.decode()
    assert "余额 ¥50.00" in page and 'value="wallet" checked' in page

    paid = browser.post(f"/orders/{order_id}/pay/", {"provider": "wallet"})

    assert paid["Location"].startswith("/pay/")
    assert "付好了" in browser.get(paid["Location"]).content.decode()
    statement = browser.get("/me/wallet/").content.decode()
    assert "-¥42.00" in statement and "付款" in statement and f"/orders/{order_id}/" in statement
    assert "¥8.00" in browser.get("/me/").content.decode()


def test_too_little_is_said_with_what_is_missing_and_the_choice_is_shut(browser_of: BrowserOf) -> None:
    buyer = make_member()
    fill_wallet(buyer, 1_000)
    order_id = buy(buyer, make_product(price_minor=4_200))
    browser = browser_of(buyer)
    assert "还差 ¥32.00" in browser.get(f"/orders/{order_id}/pay/").content.decode()
    refused = browser.post(f"/orders/{order_id}/pay/", {"provider": "wallet"})
    assert refused.status_code == 409 and "还差 ¥32.00" in refused.content.decode()
    assert order_view(order_id, by=buyer).state is OrderState.PLACED


def test_a_statement_of_forty_is_read_in_pages_with_no_more_queries(browser_of: BrowserOf) -> None:
    buyer = make_member()
    browser = browser_of(buyer)
    fill_wallet(buyer, 1)
    for _ in range(2):  # a visit is noted once a day
        browser.get("/me/wallet/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/me/wallet/")
    for _ in range(39):
        fill_wallet(buyer, 1)
    for _ in range(2):  # a visit is noted once a day
        browser.get("/me/wallet/")
    with CaptureQueriesContext(connection) as many:
        page = browser.get("/me/wallet/").content.decode()
    assert len(many) == len(one) and page.count("+¥0.01") == 30
    cursor = page.split("?cursor=")[1].split('"')[0]
    assert browser.get(f"/me/wallet/?cursor={cursor}").content.decode().count("+¥0.01") == 10


def test_the_api_tells_the_balance_and_pays() -> None:
    buyer = make_member()
    fill_wallet(buyer, 5_000)
    token = token_for(buyer)
    order_id = buy(buyer, make_product(price_minor=4_200))
    paid = ask("POST", f"/orders/{order_id}/payments", {"provider": "wallet"}, token=token)
    assert (paid.status_code, paid.json()["state"], paid.json()["pay_url"]) == (201, "succeeded", "")
    wallet = ask("GET", "/me/wallet?limit=1", token=token).json()
    assert (wallet["balance_minor"], wallet["currency"]) == (800, "CNY")
    assert [(row["change_minor"], row["kind"]) for row in wallet["items"]] == [(-4200, "payment")]
    assert uuid.UUID(wallet["items"][0]["subject_id"]) == order_id
    older = ask("GET", wallet["next"].removeprefix("/api/v1"), token=token).json()
    assert [row["change_minor"] for row in older["items"]] == [5000]
    second = buy(buyer, make_product(price_minor=4_200))
    refused = ask("POST", f"/orders/{second}/payments", {"provider": "wallet"}, token=token)
    assert code_of(refused) == (409, "wallet_too_small") and refused.json()["facts"]["missing_minor"] == 3_400
    assert ask("GET", "/me/wallet").status_code == 401
