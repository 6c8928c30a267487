"""Logging in by phone, and what belongs to the browser afterwards."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.test import Client

from jishi.kernel.actor import Actor
from jishi.modules.catalog.public import unpublish_product, variants_by_ids
from jishi.surfaces.second_factor import PASSED
from tests.world.makers import OWNER, make_member, make_product

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[Actor], Client]
PHONE = "13800002046"


def code_in(text: str) -> str:
    found = re.search(r"select-all[^>]*>(\d{6})<", text)
    assert found is not None
    return found.group(1)


def log_in(client: Client, *, phone: str = PHONE, to: str = "") -> Any:
    shown = client.post("/login/", {"phone": phone, "next": to}).content.decode()
    return client.post("/login/", {"phone": phone, "code": code_in(shown), "next": to})


def test_a_new_phone_makes_a_member_and_goes_where_it_wanted(browser: Client) -> None:
    answer = log_in(browser, to="/orders/?state=unpaid")
    assert answer.status_code == 302 and answer["Location"] == "/orders/?state=unpaid"
    assert browser.get("/orders/").status_code == 200
    assert "138****2046" in browser.get("/me/").content.decode()


def test_the_code_is_shown_in_the_demo_only(browser: Client, settings: Any) -> None:
    settings.JISHI_DEMO = False
    text = browser.post("/login/", {"phone": PHONE}).content.decode()
    assert "138****2046" in text and "演示短信" not in text


def test_a_wrong_code_is_refused_and_keeps_the_form(browser: Client) -> None:
    browser.post("/login/", {"phone": PHONE, "next": "/cart/"})
    answer = browser.post("/login/", {"phone": PHONE, "code": "000000x", "next": "/cart/"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "验证码不对" in text and f'value="{PHONE}"' in text and 'value="/cart/"' in text
    assert browser.get("/orders/").status_code == 303


def test_a_wrong_phone_keeps_what_was_typed(browser: Client) -> None:
    answer = browser.post("/login/", {"phone": "12345"})
    assert answer.status_code == 422
    assert 'value="12345"' in answer.content.decode() and "手机号不对" in answer.content.decode()


def test_asking_again_at_once_says_when(browser: Client) -> None:
    browser.post("/login/", {"phone": PHONE})
    answer = browser.post("/login/", {"phone": PHONE, "again": "1"})
    assert answer.status_code == 429
    assert "秒后再试" in answer.content.decode() and 'name="code"' in answer.content.decode()


def test_the_browsers_cart_is_the_members_on_the_next_page(browser: Client) -> None:
    variant_id = make_product(title="赣南脐橙")
    handle = variants_by_ids([variant_id])[variant_id].product_handle
    browser.post(f"/p/{handle}/buy/", {"variant": str(variant_id), "quantity": "2", "action": "cart"})
    log_in(browser)
    text = browser.get("/cart/").content.decode()
    assert "赣南脐橙" in text and 'value="2"' in text
    assert 'class="count-badge">2<' in text


def test_logging_out_takes_a_post(browser_of: BrowserOf) -> None:
    client = browser_of(make_member())
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").status_code == 303
    assert client.get("/orders/").status_code == 303


def test_who_has_a_second_factor_is_asked_for_it(browser: Client) -> None:
    log_in(browser)
    member = get_user_model().objects.get(phone="+8613800002046")
    Authenticator.objects.create(user=member, type="totp", data={"secret": "x"})
    browser.post("/logout/")
    from datetime import timedelta

    from jishi.kernel import clock

    with clock.held_at(clock.now() + timedelta(minutes=2)):
        answer = log_in(browser)
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert browser.get("/orders/").status_code == 303


def test_signing_up_by_email_makes_a_member_with_a_name_and_a_colour(browser: Client) -> None:
    answer = browser.post("/accounts/signup/", {"email": "lin.guo@example.com", "password1": "cheng-zi-2046"})
    assert answer.status_code == 302 and answer["Location"] == "/me/"
    member = get_user_model().objects.get(email="lin.guo@example.com")
    assert member.nickname == "lin.guo" and member.color.startswith("#") and member.phone is None
    assert "lin.guo" in browser.get("/me/").content.decode()


def test_two_members_without_email_can_exist(browser: Client) -> None:
    log_in(browser, phone="13800000011")
    browser.post("/logout/")
    log_in(browser, phone="13800000012")
    assert get_user_model().objects.filter(email__isnull=True).count() == 2


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/2fa/"]
)
def test_pages_of_the_account_library_wear_our_dress(
    browser_of: BrowserOf, browser: Client, path: str
) -> None:
    client = browser_of(make_member()) if "2fa" in path else browser
    text = client.get(path).content.decode()
    assert "account-page" in text and "build/shop" in text


def test_the_language_stays_with_the_member(browser_of: BrowserOf) -> None:
    actor = make_member()
    browser_of(actor).post("/language/", {"language": "en"})
    assert get_user_model().objects.get(id=actor.id).language == "en"


def test_staff_without_their_second_factor_are_shoppers_in_the_shop(
    browser_of: BrowserOf, settings: Any
) -> None:
    settings.JISHI_STAFF_MFA = True
    owner = make_member(role="owner")
    found = variants_by_ids([variant_id := make_product()])[variant_id]
    unpublish_product(by=OWNER, product_id=found.product_id)
    client, address = browser_of(owner), f"/p/{found.product_handle}/"
    assert client.get(address).status_code == 404

    session = client.session
    session[PASSED] = str(owner.id)
    session.save()
    assert client.get(address).status_code == 200
