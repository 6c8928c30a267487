"""The cart and the checkout, over HTTP and without a script."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from jishi.kernel import ids
from jishi.kernel.actor import Actor
from jishi.modules.catalog.public import set_variant_price, variants_by_ids
from jishi.modules.orders.public import OrderState, order_view, orders_of_member
from jishi.modules.people.public import addresses_of
from jishi.surfaces.shop.tests.test_pages import settle
from tests.world.makers import OWNER, buy, make_address, make_member, make_product

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[Actor], Client]


def put_in_cart(client: Client, variant_id: uuid.UUID, *, quantity: int = 1) -> Any:
    handle = variants_by_ids([variant_id])[variant_id].product_handle
    sent = {"variant": str(variant_id), "quantity": str(quantity), "action": "cart"}
    return client.post(f"/p/{handle}/buy/", sent)


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None, name
    return found.group(1)


def test_a_visitors_cart_counts_in_the_badge_without_a_query(
    browser: Client, django_assert_num_queries: Any
) -> None:
    put_in_cart(browser, make_product(), quantity=3)
    settle(browser)
    with django_assert_num_queries(3):
        text = browser.get("/search/").content.decode()
    assert 'class="count-badge">3<' in text


def test_lines_are_changed_and_taken_out(browser: Client) -> None:
    variant_id = make_product(price_minor=1000)
    put_in_cart(browser, variant_id)
    line = hidden(browser.get("/cart/").content.decode(), "line")
    assert browser.post("/cart/line/", {"line": line, "quantity": "4"}).status_code == 303
    assert "选了 4 件" in browser.get("/cart/").content.decode()
    browser.post("/cart/line/", {"line": line, "select": "1"})
    assert "选了 0 件" in browser.get("/cart/").content.decode()
    browser.post("/cart/line/", {"line": line, "remove": "1"})
    assert "篮子还空着" in browser.get("/cart/").content.decode()


def test_a_change_by_htmx_answers_with_the_lines(browser: Client) -> None:
    put_in_cart(browser, make_product())
    line = hidden(browser.get("/cart/").content.decode(), "line")
    answer = browser.post("/cart/line/", {"line": line, "quantity": "2"}, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert answer.status_code == 200 and "<html" not in text
    assert 'id="cart"' in text and 'hx-swap-oob="true"' in text


def test_nobody_changes_another_browsers_cart(browser: Client) -> None:
    put_in_cart(browser, make_product())
    line = hidden(browser.get("/cart/").content.decode(), "line")
    Client().post("/cart/line/", {"line": line, "remove": "1"})
    assert "选了 1 件" in browser.get("/cart/").content.decode()


def test_a_cart_becomes_one_order_and_is_empty(browser_of: BrowserOf) -> None:
    actor = make_member()
    make_address(actor)
    client = browser_of(actor)
    put_in_cart(client, make_product(price_minor=4200), quantity=2)
    page = client.get("/checkout/").content.decode()
    answer = client.post(
        "/checkout/",
        {
            "address": hidden(page, "address"),
            "expected_total": hidden(page, "expected_total"),
            "note": "门口",
        },
    )
    assert answer.status_code == 303
    order_id = uuid.UUID(answer["Location"].split("/")[2])
    order = order_view(order_id, by=actor)
    assert (order.total_minor, order.note, order.state) == (8400, "门口", OrderState.PLACED)
    assert client.get(answer["Location"]).status_code == 200
    assert "篮子还空着" in client.get("/cart/").content.decode()


def test_goods_are_bought_at_once(browser_of: BrowserOf) -> None:
    actor = make_member()
    make_address(actor)
    client = browser_of(actor)
    variant_id = make_product(price_minor=4200)
    handle = variants_by_ids([variant_id])[variant_id].product_handle
    step = client.post(f"/p/{handle}/buy/", {"variant": str(variant_id), "quantity": "3", "action": "single"})
    assert step["Location"] == f"/checkout/?variant={variant_id}&quantity=3"
    page = client.get(step["Location"]).content.decode()
    sent = {name: hidden(page, name) for name in ("variant", "quantity", "address", "expected_total")}
    assert client.post("/checkout/", sent).status_code == 303
    assert orders_of_member(by=actor)[0].total_minor == 12600


def test_a_changed_total_is_shown_and_nothing_is_lost(browser_of: BrowserOf) -> None:
    actor = make_member()
    make_address(actor)
    client = browser_of(actor)
    variant_id = make_product(price_minor=4200)
    page = client.get(f"/checkout/?variant={variant_id}&quantity=1").content.decode()
    sent = {name: hidden(page, name) for name in ("variant", "quantity", "address", "expected_total")}
    set_variant_price(by=OWNER, variant_id=variant_id, price_minor=4500)
    answer = client.post("/checkout/", {**sent, "note": "给王阿姨"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "价格刚刚变了" in text and 'value="给王阿姨"' in text
    assert hidden(text, "expected_total") == "4500"
    assert orders_of_member(by=actor) == []
    again = {**sent, "expected_total": "4500"}
    assert client.post("/checkout/", again).status_code == 303


def test_too_few_goods_are_named_with_a_way_on(browser_of: BrowserOf) -> None:
    actor = make_member()
    make_address(actor)
    client = browser_of(actor)
    variant_id = make_product(stock=3)
    page = client.get(f"/checkout/?variant={variant_id}&quantity=3").content.decode()
    sent = {name: hidden(page, name) for name in ("variant", "quantity", "address", "expected_total")}
    buy(make_member(), variant_id)
    answer = client.post("/checkout/", sent)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "现在只有 2 份" in text and f"variant={variant_id}&amp;quantity=2" in text
    assert orders_of_member(by=actor) == []


def test_an_address_is_added_without_leaving_the_checkout(browser_of: BrowserOf) -> None:
    actor = make_member()
    client = browser_of(actor)
    variant_id = make_product()
    query = f"?variant={variant_id}&quantity=2"
    page = client.get(f"/checkout/{query}").content.decode()
    assert "先填地址" in page and 'name="province"' in page
    sent = {
        "name": "苏晴",
        "phone": "138",
        "province": "330000",
        "city": "330100",
        "district": "330106",
        "line": "1 号",
    }
    bad = client.post(f"/checkout/address/{query}", sent)
    assert bad.status_code == 422
    assert "手机号不对" in bad.content.decode() and 'value="苏晴"' in bad.content.decode()
    good = client.post(f"/checkout/address/{query}", {**sent, "phone": "13800002046"})
    saved = addresses_of(by=actor)[0]
    assert saved.region_code == "330106" and saved.full_text == "浙江省杭州市西湖区1 号"
    assert good["Location"] == f"/checkout/?variant={variant_id}&quantity=2&address={saved.id}"


def test_regions_follow_one_another_without_a_script(browser_of: BrowserOf) -> None:
    client = browser_of(make_member())
    text = client.post(
        "/me/addresses/new/", {"province": "110000", "step": "region", "name": "苏"}
    ).content.decode()
    assert "北京市" in text and 'name="city"' in text and 'value="苏"' in text
    assert "field-error" not in text
    answer = client.get("/me/addresses/regions/?province=110000&city=110000").content.decode()
    assert 'name="city"' in answer


@pytest.mark.parametrize(
    ("city", "district", "region"),
    [
        ("330100", "330106", "浙江省杭州市西湖区"),
        ("119000", "110105", "北京市"),
        ("429000", "429004", "湖北省"),
    ],
)
def test_an_address_opens_again_on_the_place_it_was_written_for(
    browser_of: BrowserOf, city: str, district: str, region: str
) -> None:
    """A city's district, one of a municipality, and a county outside of any city."""
    actor = make_member()
    client = browser_of(actor)
    sent = {"name": "苏晴", "phone": "13800002046", "line": "1 号", "province": f"{city[:2]}0000"}
    assert client.post("/me/addresses/new/", {**sent, "city": city}).status_code == 422
    client.post("/me/addresses/new/", {**sent, "city": city, "district": district})
    saved = addresses_of(by=actor)[0]
    assert saved.region_code == district and saved.full_text.startswith(region)
    form = client.get(f"/me/addresses/{saved.id}/").content.decode()
    for code in (sent["province"], city, district):
        assert f'value="{code}" selected' in form


def test_other_peoples_addresses_are_never_used(browser_of: BrowserOf) -> None:
    actor, other = make_member(), make_member()
    foreign = make_address(other)
    own = make_address(actor)
    page = browser_of(actor).get(f"/checkout/?variant={make_product()}&address={foreign}").content.decode()
    assert hidden(page, "address") == str(own)
    assert browser_of(actor).get(f"/me/addresses/{foreign}/").status_code == 404
    assert browser_of(actor).post(f"/me/addresses/{foreign}/remove/").status_code == 404
    assert len(addresses_of(by=other)) == 1


def test_nonsense_in_the_address_of_the_page_is_refused_not_crashed(browser_of: BrowserOf) -> None:
    client = browser_of(make_member())
    assert client.get("/checkout/?variant=nonsense").status_code == 404
    assert client.get(f"/checkout/?variant={ids.new_id()}").status_code == 404
    assert client.get(f"/checkout/?variant={make_product()}&quantity=lots").status_code == 422
    assert client.get(f"/checkout/?variant={make_product()}&offer={ids.new_id()}").status_code == 404


def test_orders_of_others_are_not_there(browser_of: BrowserOf) -> None:
    order_id = buy(make_member(), make_product())
    for client in (browser_of(make_member()), browser_of(make_member(role="owner"))):
        for path in ("", "pay/"):
            assert client.get(f"/orders/{order_id}/{path}").status_code == 404
        for verb in ("cancel", "refund", "receive"):
            assert client.post(f"/orders/{order_id}/{verb}/").status_code == 404


def test_an_unpaid_order_is_cancelled_once(browser_of: BrowserOf) -> None:
    actor = make_member()
    order_id = buy(actor, make_product(stock=1))
    client = browser_of(actor)
    assert client.post(f"/orders/{order_id}/cancel/").status_code == 303
    assert "你取消了订单" in client.get(f"/orders/{order_id}/").content.decode()
    assert client.post(f"/orders/{order_id}/cancel/").status_code == 409


def test_a_form_without_its_token_changes_nothing(browser_of: BrowserOf) -> None:
    actor = make_member()
    order_id = buy(actor, make_product())
    strict = browser_of(actor)
    strict.handler.enforce_csrf_checks = True
    answer = strict.post(f"/orders/{order_id}/cancel/")
    assert answer.status_code == 403 and "页面放太久了" in answer.content.decode()
    assert order_view(order_id, by=actor).state is OrderState.PLACED
