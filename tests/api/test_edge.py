"""What holds for every route: who comes in, how often, once or again, and how a no looks."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jishi.kernel import clock
from jishi.modules.orders.models import Order
from jishi.modules.people.models import ApiToken
from jishi.modules.people.public import Role, change_role
from jishi.surfaces.api import limits
from jishi.surfaces.second_factor import PASSED
from tests.world import makers
from tests.world.web import ask, code_of, token_for

pytestmark = pytest.mark.django_db


# ---- who comes in ------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic abc", "Bearer", "Bearer  ", "Bearer \u00e9"])
def test_a_bad_token_is_refused_even_where_nobody_need_log_in(header: str) -> None:
    answer = ask("GET", "/products", headers={"Authorization": header})
    assert code_of(answer) == (401, "token_invalid")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_the_code_is_told_in_the_demo_only(settings: Any) -> None:
    assert ask("POST", "/auth/codes", {"phone": "13800001111"}).json()["hint"] is None
    settings.JISHI_DEMO = True
    hint = ask("POST", "/auth/codes", {"phone": "13800002222"}).json()["hint"]
    assert ask("POST", "/auth/sessions", {"phone": "13800002222", "code": hint}).status_code == 201


def test_a_token_ends_by_time_by_revoking_and_by_logging_out() -> None:
    actor = makers.make_member()
    expired, revoked, left = (token_for(actor) for _ in range(3))
    ApiToken.objects.order_by("created_at").filter(id=ApiToken.objects.order_by("created_at")[0].id).update(
        expires_at=clock.now() - timedelta(seconds=1)
    )
    second = ApiToken.objects.order_by("created_at")[1]
    assert ask("DELETE", f"/tokens/{second.id}", token=left).status_code == 204
    assert ask("DELETE", "/auth/sessions/current", token=left).status_code == 204
    for token in (expired, revoked, left):
        assert code_of(ask("GET", "/me", token=token)) == (401, "token_invalid")


def test_a_token_without_the_scope_hears_which_one_is_missing() -> None:
    staff = makers.make_member(role="operator")
    answer = ask("GET", "/staff/orders", token=token_for(staff, "catalog.edit"))
    assert code_of(answer) == (403, "scope_missing")
    assert answer.json()["facts"] == {"scope": "orders.view", "scopes": ["orders.view"]}


def test_a_scope_is_worth_nothing_once_the_role_is_gone() -> None:
    staff = makers.make_member(role="operator")
    token = token_for(staff, "orders.view")
    assert ask("GET", "/staff/orders", token=token).status_code == 200
    assert staff.id is not None
    change_role(staff.id, by=makers.OWNER, role=Role.NONE)
    assert code_of(ask("GET", "/staff/orders", token=token)) == (403, "not_allowed")


def test_a_token_makes_no_token_that_can_do_more() -> None:
    owner = makers.make_member(role="owner")
    token = token_for(owner, "shop.write")
    body = {"name": "x", "scopes": ["shop.write", "orders.view"]}
    assert code_of(ask("POST", "/tokens", body, token=token)) == (403, "scope_missing")
    member = token_for(makers.make_member())
    assert ask("POST", "/tokens", {"name": "x", "scopes": ["orders.view"]}, token=member).status_code == 403


def test_a_session_works_with_its_csrf_token_only() -> None:
    actor = makers.make_member()
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        get_user_model().objects.get(pk=actor.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert ask("GET", "/me", client=client).json()["id"] == str(actor.id)
    assert code_of(ask("PATCH", "/me", {"nickname": "甲"}, client=client)) == (403, "csrf_failed")

    client.cookies["jishi_csrf"] = "a" * 32
    changed = ask("PATCH", "/me", {"nickname": "乙"}, client=client, headers={"X-CSRFToken": "a" * 32})
    assert (changed.status_code, changed.json()["nickname"]) == (200, "乙")


def test_a_session_of_staff_without_its_second_factor_is_a_shoppers(settings: Any) -> None:
    settings.JISHI_STAFF_MFA = True
    actor = makers.make_member(role="owner")
    client = Client()
    client.force_login(
        get_user_model().objects.get(pk=actor.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert code_of(ask("GET", "/staff/orders", client=client)) == (403, "not_allowed")
    assert ask("GET", "/orders", client=client).status_code == 200

    session = client.session
    session[PASSED] = str(actor.id)
    session.save()
    assert ask("GET", "/staff/orders", client=client).status_code == 200


def test_a_visitor_is_who_we_signed_and_nobody_else() -> None:
    assert code_of(ask("GET", "/cart", visitor="x" * 40)) == (422, "visitor_invalid")
    assert code_of(ask("POST", "/cart/lines", {"variant_id": str(makers.make_product())})) == (
        401,
        "login_required",
    )
    assert ask("GET", "/cart").json()["lines"] == []


def test_the_api_sets_no_cookies_and_nothing_is_kept_by_caches() -> None:
    answer = ask("GET", "/products")
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"


# ---- how a no looks ----------------------------------------------------------------------------------


def test_a_problem_is_in_the_language_of_the_reader() -> None:
    wanted = {"items": [{"variant_id": str(makers.make_product(stock=1)), "quantity": 3}]}
    actor = makers.make_member()
    wanted["address_id"] = str(makers.make_address(actor))  # type: ignore[assignment]
    token = token_for(actor)
    chinese = ask("POST", "/orders", wanted, token=token)
    english = ask("POST", "/orders", wanted, token=token, headers={"Accept-Language": "en"})
    assert chinese["Content-Type"] == "application/problem+json"
    assert (chinese.json()["code"], chinese.json()["status"]) == ("out_of_stock", 409)
    assert chinese.json()["detail"].startswith("库存不足")
    assert english.json()["detail"].isascii() and english.json()["title"].isascii()
    assert chinese.json()["facts"]["sellable"] == 1
    assert not Order.objects.exists()


def test_every_wrong_value_is_named() -> None:
    token = token_for(makers.make_member())
    body = {"items": [{"variant_id": "no", "quantity": 0}], "note": "x" * 201}
    answer = ask("POST", "/orders", body, token=token).json()
    assert (answer["status"], answer["code"]) == (422, "invalid_input")
    assert [(error["in"], error["field"], error["code"]) for error in answer["errors"]] == [
        ("body", "body.items.0.variant_id", "uuid_parsing"),
        ("body", "body.items.0.quantity", "greater_than_equal"),
        ("body", "body.note", "string_too_long"),
    ]
    assert answer["errors"][1]["reason"] == "不能小于 1"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "bad_body"),
        (b"\xff\xfe", 400, "bad_body"),
        (b'{"phone": NaN}', 400, "bad_body"),
        (b"[" * 100_000, 400, "bad_body"),
        (b'{"phone": "1\\u0000"}', 422, "bad_text"),
        (b'{"phone": "\\ud800"}', 422, "bad_text"),
        (b'{"x\\u0000": 1}', 422, "bad_text"),
        (b"[]", 422, "invalid_input"),
        (b"null", 422, "invalid_input"),
        (b"", 422, "invalid_input"),
        (b'"' + b"x" * 5_000_000 + b'"', 413, "body_too_large"),
        (b"9" * 5_000, 400, "bad_body"),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem_of_its_sender(
    content: bytes, status: int, code: str
) -> None:
    answer = Client().generic("POST", "/api/v1/auth/codes", content, content_type="application/json")
    assert code_of(answer) == (status, code)


@pytest.mark.parametrize(
    "path", ["/products/a%00b", "/products?text=%00", "/share-links/%00", "/regions?parent=%00"]
)
def test_text_that_no_database_takes_is_refused_wherever_it_stands(path: str) -> None:
    assert code_of(ask("GET", path)) == (422, "bad_text")


def test_a_method_that_an_address_does_not_know() -> None:
    answer = ask("DELETE", "/products")
    assert code_of(answer) == (405, "method_not_allowed")
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


def test_a_bug_is_a_problem_too_and_is_told_to_whoever_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    from jishi.surfaces.api import payments

    monkeypatch.setattr(payments, "providers_for", lambda currency: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ask("GET", "/payment-providers")
    answer = ask("GET", "/payment-providers", client=Client(raise_request_exception=False))
    assert code_of(answer) == (500, "internal")


def test_the_request_id_is_in_the_answer() -> None:
    answer = ask("GET", "/nothing", headers={"X-Request-ID": "abc-12345"})
    assert answer.json()["request_id"] == "abc-12345"


# ---- how often ---------------------------------------------------------------------------------------


def test_who_asks_too_often_is_told_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    monkeypatch.setattr(limits.clock, "monotonic_seconds", lambda: now[0])
    monkeypatch.setitem(limits.LIMITS, "caller", limits.Limit(3, 60))
    token = token_for(makers.make_member())
    left = [ask("GET", "/me", token=token)["RateLimit-Remaining"] for _ in range(3)]
    refused = ask("GET", "/me", token=token)
    assert left == ["2", "1", "0"]
    assert code_of(refused) == (429, "too_many_requests")
    assert refused["Retry-After"] == "60"
    assert ask("GET", "/me", token=token_for(makers.make_member())).status_code == 200, (
        "others are not touched"
    )

    now[0] += 90  # half of the window before still counts
    assert [ask("GET", "/me", token=token).status_code for _ in range(3)] == [200, 200, 429]
    now[0] += 200
    assert ask("GET", "/me", token=token)["RateLimit-Remaining"] == "2"


def test_codes_and_log_ins_have_stricter_limits_by_address() -> None:
    codes = [ask("POST", "/auth/codes", {"phone": f"1380000{n:04d}"}).status_code for n in range(6)]
    assert codes == [202] * 5 + [429]
    tries = [
        ask("POST", "/auth/sessions", {"phone": "13800000000", "code": "000000"}).status_code
        for _ in range(21)
    ]
    assert tries == [422] * 20 + [429]


def test_an_address_is_limited_whoever_it_says_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.LIMITS, "address", limits.Limit(3, 60))
    answers = [ask("GET", "/me", headers={"Authorization": f"Bearer x{n}"}).status_code for n in range(4)]
    assert answers == [401, 401, 401, 429]


def test_the_memory_of_callers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CALLERS_REMEMBERED_MAX", 10)
    for n in range(50):
        limits.count_request("caller", str(n))
    assert len(limits._windows) == 10


# ---- pages -------------------------------------------------------------------------------------------


def test_pages_have_every_row_once_even_when_all_are_of_one_instant() -> None:
    actor = makers.make_member()
    variant = makers.make_product(stock=99)
    with clock.held_at(clock.now()):
        made = {str(makers.buy(actor, variant)) for _ in range(7)}
    token = token_for(actor)
    seen: list[str] = []
    address = "/orders?limit=3&state=placed"
    while address:
        page = ask("GET", address, token=token).json()
        seen += [row["id"] for row in page["items"]]
        address = (page["next"] or "").removeprefix("/api/v1")
        assert not address or "state=placed" in address
    assert (len(seen), set(seen)) == (7, made)


@pytest.mark.parametrize(
    "cursor", ["x", "bm9wZQ", "WzEsMl0", "W10", "\u4e2d", "WyIyMDI2LTAxLTAxIiwieCJd", "W1tbW1s"]
)
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    token = token_for(makers.make_member(role="owner"))
    for path in ("/orders", "/staff/orders", "/members", "/stock", "/webhooks/deliveries", "/ledger/journal"):
        assert code_of(ask("GET", f"{path}?cursor={cursor}", token=token)) == (422, "cursor_invalid")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "path", ["/orders", "/staff/orders", "/members", "/staff/products", "/teams", "/staff/offers"]
)
def test_a_list_costs_the_same_for_one_row_and_for_twenty(path: str) -> None:
    owner = makers.make_member(role="owner")
    token = token_for(owner)
    costs = []
    for count in (1, 19):
        for _ in range(count):
            variant = makers.make_product()
            makers.buy(owner, variant)
            guest = makers.make_member()
            makers.pay(guest, makers.take_seat(guest, makers.make_offer(variant)))
            makers.make_member()
        ask("GET", path, token=token)
        with CaptureQueriesContext(connection) as asked:
            page = ask("GET", f"{path}?limit=50", token=token).json()
        assert len(page["items"] if isinstance(page, dict) else page) >= count
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 12
