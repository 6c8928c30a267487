"""Coming in: password, tries, second factor, enrolment, leaving."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth import get_user_model
from django.test import Client

from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.people.public import Role, create_staff
from jishi.surfaces.console.login import TRIES_MAX
from tests.world.makers import make_member

pytestmark = pytest.mark.django_db
EMAIL, PASSWORD = "ops@example.test", "a-long-password-1"


@pytest.fixture
def operator() -> Any:
    member_id = create_staff(by=SYSTEM, email=EMAIL, password=PASSWORD, nickname="阿亮", role=Role.OPERATOR)
    return get_user_model().objects.get(id=member_id)


def log_in(client: Client, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/console/login/", {"email": EMAIL, "password": password, **more})


def code_of(secret: str, *, step: int = 0) -> str:
    counter = int(time.time()) // 30 + step
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def with_totp(member: Any) -> str:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(member, secret)
    return secret


def test_a_visitor_is_sent_to_log_in_and_back_to_the_page(operator: Any) -> None:
    client = Client()
    answer = client.get("/console/orders/?state=paid")
    assert answer["Location"] == "/console/login/?next=%2Fconsole%2Forders%2F%3Fstate%3Dpaid"
    assert client.get("/console/", follow=True).status_code == 200
    done = log_in(client, next="/console/orders/?state=paid")
    assert done["Location"] == "/console/orders/?state=paid"
    assert client.get("/console/orders/").status_code == 200


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/console/", "/me/"])
def test_log_in_leads_nowhere_else(operator: Any, wanted: str) -> None:
    assert log_in(Client(), next=wanted)["Location"] == "/console/"


def test_a_wrong_password_says_nothing_about_the_account(operator: Any) -> None:
    wrong = log_in(Client(), "nope")
    unknown = Client().post("/console/login/", {"email": "nobody@example.test", "password": "nope"})
    assert wrong.status_code == unknown.status_code == 422
    assert "邮箱或密码不对" in wrong.content.decode() and "邮箱或密码不对" in unknown.content.decode()


def test_too_many_tries_shut_the_door_even_for_the_right_password(operator: Any) -> None:
    for _ in range(TRIES_MAX):
        assert log_in(Client(), "nope").status_code == 422
    assert log_in(Client()).status_code == 429


def test_a_shopper_is_told_that_the_console_is_not_theirs(browser_of: Callable[[Actor], Client]) -> None:
    answer = browser_of(make_member()).get("/console/orders/")
    assert answer.status_code == 403 and "这里进不去" in answer.content.decode()


def test_with_a_second_factor_the_password_alone_opens_nothing(operator: Any) -> None:
    secret = with_totp(operator)
    client = Client()
    assert log_in(client)["Location"].startswith("/console/login/code/")
    assert client.get("/console/orders/").status_code == 302
    assert client.post("/console/login/code/", {"code": "000000"}).status_code == 422
    code = code_of(secret)
    assert client.post("/console/login/code/", {"code": code})["Location"] == "/console/"
    assert client.get("/console/orders/").status_code == 200
    other = Client()
    log_in(other)
    assert other.post("/console/login/code/", {"code": code}).status_code == 422, "a code works once"


def test_a_session_that_began_in_the_shop_is_asked_for_the_code_too(
    operator: Any, browser_of: Callable[[Actor], Client]
) -> None:
    secret = with_totp(operator)
    client = Client()
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/console/orders/")["Location"].startswith("/console/login/code/")
    client.post("/console/login/code/", {"code": code_of(secret)})
    assert client.get("/console/orders/").status_code == 200


def test_the_shop_may_ask_all_staff_to_enrol(operator: Any, settings: Any) -> None:
    settings.JISHI_STAFF_MFA = True
    client = Client()
    log_in(client)
    assert client.get("/console/orders/")["Location"].startswith("/console/security/enrol/")
    page = client.get("/console/security/enrol/").content.decode()
    assert "<svg" in page
    secret = re.sub(r"\s", "", re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page).group(1))  # type: ignore[union-attr]
    assert client.post("/console/security/enrol/", {"code": "000000"}).status_code == 422
    assert not Authenticator.objects.filter(user=operator).exists()
    kept = client.post("/console/security/enrol/", {"code": code_of(secret)}).content.decode()
    assert "收好备用码" in kept
    assert client.get("/console/orders/").status_code == 200
    recovery = re.findall(r"<li[^>]*>([0-9a-z]+)</li>", kept)
    again = Client()
    log_in(again)
    again.post("/console/login/code/", {"code": recovery[0]})
    assert again.get("/console/orders/").status_code == 200


def test_leaving_ends_the_session(operator: Any) -> None:
    client = Client()
    log_in(client)
    assert client.get("/console/logout/").status_code == 405
    client.post("/console/logout/")
    assert client.get("/console/orders/").status_code == 302
