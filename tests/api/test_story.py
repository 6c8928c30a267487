"""Whole stories over the API alone: from a phone number to delivered goods, and what staff do meanwhile."""

import uuid
from typing import Any

import pytest

from jishi.modules.messaging.models import Outgoing
from tests.world import fake_provider, makers
from tests.world.jobs import run_jobs
from tests.world.web import ask, token_for

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = {"name": "王阿姨", "phone": "13900000000", "region_code": "310101", "line": "南京东路 1 号"}


def sign_up(phone: str, *, visitor: str = "") -> dict[str, Any]:
    sent = ask("POST", "/auth/codes", {"phone": phone})
    assert (sent.status_code, sent.json()["hint"]) == (202, None)
    code = Outgoing.objects.get(recipient=sent.json()["phone"]).facts["code"]
    made = ask("POST", "/auth/sessions", {"phone": phone, "code": code}, visitor=visitor)
    assert made.status_code == 201
    return made.json()  # type: ignore[no-any-return]


def test_a_visitor_fills_a_cart_signs_up_orders_pays_and_receives() -> None:
    variant = makers.make_product(price_minor=4200, stock=5)
    visitor = ask("POST", "/visitors").json()["visitor"]
    assert (
        ask("POST", "/cart/lines", {"variant_id": str(variant), "quantity": 2}, visitor=visitor).status_code
        == 201
    )

    session = sign_up("13800001111", visitor=visitor)
    token = session["token"]
    cart = ask("GET", "/cart", token=token).json()
    assert (session["is_new"], cart["unit_count"], cart["total_minor"]) == (True, 2, 8400)

    address = ask("POST", "/me/addresses", ADDRESS, token=token).json()
    assert (address["province"], address["city"], address["district"]) == ("上海市", "上海市", "黄浦区")
    asked = {"from_cart": True, "address_id": address["id"]}
    quote = ask("POST", "/quotes", asked, token=token).json()
    refused = ask("POST", "/orders", {**asked, "expected_total_minor": 1}, token=token)
    assert (refused.status_code, refused.json()["code"]) == (409, "total_changed")
    wanted = {**asked, "expected_total_minor": quote["total_minor"]}
    order = ask("POST", "/orders", wanted, token=token, key="k1").json()
    again = ask("POST", "/orders", wanted, token=token, key="k1")
    assert (again.json()["id"], again["Idempotent-Replayed"]) == (order["id"], "true")

    opened = ask("POST", f"/orders/{order['id']}/payments", {"provider": "fake"}, token=token)
    payment = opened.json()
    assert (opened.status_code, payment["state"], payment["pay_url"][:8]) == (201, "pending", "https://")
    fake_provider.pay_at_cashier(uuid.UUID(payment["id"]))
    assert ask("POST", f"/payments/{payment['id']}/check", token=token).json()["state"] == "succeeded"

    staff = token_for(makers.make_member(role="operator"))
    parcel = {"carrier": "顺丰", "tracking_number": "SF1"}
    assert ask("POST", f"/orders/{order['id']}/shipments", parcel, token=staff).json()["is_last"] is True
    received = ask("POST", f"/orders/{order['id']}/receive", token=token).json()
    steps = [step["verb"] for step in ask("GET", f"/orders/{order['id']}/history", token=token).json()]
    assert (received["state"], received["shipments"][0]["tracking_number"]) == ("received", "SF1")
    assert steps == ["place", "pay", "ship", "receive"]
    run_jobs()
    kinds = {notice["kind"] for notice in ask("GET", "/me/notices", token=token).json()["items"]}
    assert kinds == {"order_paid", "order_shipped"}


def test_a_team_forms_over_the_api_and_the_report_agrees_with_the_books() -> None:
    variant = makers.make_product(price_minor=4200, stock=10)
    owner = token_for(makers.make_member(role="owner"))
    product_id = str(makers.product_of(variant))
    form = {
        "product_id": product_id,
        "name": "两人团",
        "team_size": 2,
        "opens_at": "2020-01-01T00:00:00Z",
        "closes_at": "2199-01-01T00:00:00Z",
        "prices": [{"variant_id": str(variant), "price_minor": 2990}],
    }
    made = ask("POST", "/offers", form, token=owner)
    assert made.status_code == 201, made.json()
    offer = made.json()
    assert ask("GET", f"/offers/{offer['id']}").status_code == 404
    assert ask("POST", f"/offers/{offer['id']}/publish", token=owner).json()["state"] == "open"
    assert [found["id"] for found in ask("GET", "/offers").json()] == [offer["id"]]

    first, second = (token_for(makers.make_member(nickname=name)) for name in ("阿苏", "林果"))
    team_id = None
    for token in (first, second):
        address = ask("POST", "/me/addresses", ADDRESS, token=token).json()["id"]
        seat = {"offer_id": offer["id"], "team_id": team_id, "variant_id": str(variant)}
        quote = ask("POST", "/quotes", {"seat": seat, "address_id": address}, token=token).json()
        assert [found["kind"] for found in quote["lines"][0]["discounts"]] == ["group_buy"]
        wanted = {"seat": seat, "address_id": address, "expected_total_minor": quote["total_minor"]}
        order = ask("POST", "/orders", wanted, token=token).json()
        payment = ask("POST", f"/orders/{order['id']}/payments", {"provider": "fake"}, token=token).json()
        fake_provider.pay_at_cashier(uuid.UUID(payment["id"]))
        ask("POST", f"/payments/{payment['id']}/check", token=token)
        team_id = order["team_id"]
    run_jobs()

    team = ask("GET", f"/teams/{team_id}").json()
    assert (team["state"], [seat["member"]["nickname"] for seat in team["seats"]]) == (
        "succeeded",
        ["阿苏", "林果"],
    )
    assert "order_id" not in team["seats"][0]
    report = ask("GET", f"/reports/group-buys/{offer['id']}", token=owner).json()
    books = {row["code"]: row["net_minor"] for row in ask("GET", "/ledger/balances", token=owner).json()}
    assert (report["waterfall"]["net_minor"], books["sales"]) == (5980, 5980)
    rows = ask("GET", f"/reports/group-buys/{offer['id']}/rows?limit=1", token=owner).json()
    more = ask("GET", rows["next"].removeprefix("/api/v1"), token=owner).json()
    assert (len(rows["items"]), len(more["items"]), more["next"]) == (1, 1, None)
    csv = ask("GET", f"/reports/group-buys/{offer['id']}/rows.csv", token=owner)
    assert len(b"".join(csv.streaming_content).splitlines()) == 3


def test_what_is_shared_over_the_api_is_credited() -> None:
    variant = makers.make_product(price_minor=4200)
    sharer, buyer = (makers.make_member() for _ in range(2))
    mine = token_for(sharer)
    product_id = str(makers.product_of(variant))
    link = ask("POST", "/share-links", {"target_kind": "product", "target_id": product_id}, token=mine).json()
    same = ask("POST", "/share-links", {"target_kind": "product", "target_id": product_id}, token=mine).json()
    assert same["code"] == link["code"]
    assert ask("GET", f"/share-links/{link['code']}").json()["sharer"]["id"] == str(sharer.id)

    visitor = ask("POST", "/visitors").json()["visitor"]
    touched = ask("POST", "/touches", {"code": link["code"]}, visitor=visitor)
    assert touched.json()["touch_id"] is not None
    token = token_for(buyer)
    address = ask("POST", "/me/addresses", ADDRESS, token=token).json()["id"]
    wanted = {"items": [{"variant_id": str(variant)}], "address_id": address}
    order = ask("POST", "/orders", wanted, token=token, visitor=visitor).json()
    makers.pay(buyer, uuid.UUID(order["id"]))
    run_jobs()

    credits = ask("GET", "/me/credits", token=mine).json()["items"]
    assert [(row["amount_minor"], row["reason"]) for row in credits] == [(4200, "last_share")]
    assert ask("GET", "/me/sharing", token=mine).json()["net_minor"] == 4200
    staff = token_for(makers.make_member(role="operator"))
    assert ask("GET", "/staff/sharers", token=staff).json()[0]["sharer"]["id"] == str(sharer.id)
