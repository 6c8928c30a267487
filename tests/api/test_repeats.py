"""Idempotency keys over HTTP: once, again, by many hands at the same moment."""

import json
from typing import Any

import pytest

from jishi.modules.orders.models import Order
from jishi.modules.people.models import PhoneCode
from jishi.platform.models import OnceRow
from tests.world import makers
from tests.world.races import at_once
from tests.world.web import ask, code_of, new_visitor, token_for

pytestmark = pytest.mark.django_db


def order_body(actor: Any, variant: Any, quantity: int = 1) -> dict[str, Any]:
    return {
        "items": [{"variant_id": str(variant), "quantity": quantity}],
        "address_id": str(makers.make_address(actor)),
    }


def test_the_same_key_again_has_one_effect_and_the_first_answer() -> None:
    actor = makers.make_member()
    body, token = order_body(actor, makers.make_product()), token_for(actor)
    first, again = (ask("POST", "/orders", body, token=token, key="k") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
    assert Order.objects.count() == 1


def test_the_same_key_with_another_request_is_refused() -> None:
    actor = makers.make_member()
    variant, token = makers.make_product(), token_for(actor)
    ask("POST", "/orders", order_body(actor, variant), token=token, key="k")
    answer = ask("POST", "/orders", order_body(actor, variant, quantity=2), token=token, key="k")
    assert code_of(answer) == (409, "idempotency_key_reused")
    assert Order.objects.count() == 1


def test_a_key_is_the_callers_own_and_of_one_operation() -> None:
    first, second = makers.make_member(), makers.make_member()
    variant = makers.make_product()
    for actor in (first, second):
        assert (
            ask("POST", "/orders", order_body(actor, variant), token=token_for(actor), key="k").status_code
            == 201
        )
    named = ask("PATCH", "/me", {"nickname": "甲"}, token=token_for(first), key="k")
    assert (named.status_code, Order.objects.count()) == (200, 2)


def test_a_refused_request_leaves_its_key_free() -> None:
    actor = makers.make_member()
    variant, token = makers.make_product(stock=1), token_for(actor)
    body = order_body(actor, variant, quantity=2)
    assert code_of(ask("POST", "/orders", body, token=token, key="k")) == (409, "out_of_stock")
    assert not OnceRow.objects.exists()
    assert ask("POST", "/orders", order_body(actor, variant), token=token, key="k").status_code == 201


def test_a_secret_is_not_kept_with_the_answer() -> None:
    token = token_for(makers.make_member())
    body = {"name": "x", "scopes": ["shop.read"]}
    first, again = (ask("POST", "/tokens", body, token=token, key="k").json() for _ in range(2))
    assert first["secret"].startswith("jishi_")
    assert (again["id"], again["secret"]) == (first["id"], None)
    assert first["secret"] not in json.dumps(list(OnceRow.objects.values_list("body", flat=True)))


def test_a_wrong_code_counts_as_a_try_whatever_the_key() -> None:
    ask("POST", "/auth/codes", {"phone": "13800001111"})
    for n in range(3):
        ask(
            "POST",
            "/auth/sessions",
            {"phone": "13800001111", "code": "bad"},
            visitor=new_visitor(),
            key=str(n),
        )
    assert PhoneCode.objects.get().tries == 3


@pytest.mark.parametrize("key", [" ", "x" * 256, "\u00e9", "a\tb"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    token = token_for(makers.make_member())
    answer = ask("PATCH", "/me", {"nickname": "甲"}, token=token, key=key)
    assert code_of(answer) == (422, "bad_idempotency_key")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_under_one_key_have_one_effect() -> None:
    actor = makers.make_member()
    body, token = order_body(actor, makers.make_product(stock=9)), token_for(actor)
    answers: list[Any] = at_once(
        *[lambda: ask("POST", "/orders", body, token=token, key="k") for _ in range(4)]
    )
    ids = {answer.json()["id"] for answer in answers}
    assert [answer.status_code for answer in answers] == [201] * 4
    assert (len(ids), Order.objects.count()) == (1, 1)
    assert sorted("Idempotent-Replayed" in answer for answer in answers) == [False, True, True, True]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_without_a_key_are_as_many_orders() -> None:
    """The control: it is the key that makes them one."""
    actor = makers.make_member()
    body, token = order_body(actor, makers.make_product(stock=9)), token_for(actor)
    at_once(*[lambda: ask("POST", "/orders", body, token=token) for _ in range(3)])
    assert Order.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_paying_twice_opens_one_payment() -> None:
    actor = makers.make_member()
    token = token_for(actor)
    order_id = makers.buy(actor, makers.make_product())
    opened = [
        ask("POST", f"/orders/{order_id}/payments", {"provider": "fake"}, token=token, key="k")
        for _ in range(2)
    ]
    assert len({answer.json()["id"] for answer in opened}) == 1
