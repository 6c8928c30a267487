"""After-sales and reviews over the API alone."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jishi.flows.lifecycle import send_parcel
from jishi.kernel.actor import Actor
from jishi.modules.orders.public import OrderView, order_view, receive_order
from tests.world import makers
from tests.world.jobs import run_jobs
from tests.world.web import API, ask, code_of, token_for

pytestmark = pytest.mark.django_db(transaction=True)


def received(*, quantity: int = 2) -> tuple[Actor, OrderView]:
    buyer = makers.make_member(nickname="阿苏")
    order_id = makers.buy(buyer, makers.make_product(price_minor=5_000, stock=10), quantity=quantity)
    makers.pay(buyer, order_id)
    send_parcel(order_id, by=makers.OWNER, carrier="顺丰", tracking_number="SF1")
    receive_order(order_id, by=buyer)
    return buyer, order_view(order_id, by=buyer)


def send(token: str, content: bytes, *, purpose: str = "case", name: str = "a.png") -> Any:
    file = SimpleUploadedFile(name, content, content_type="image/png")
    return Client().post(
        f"{API}/me/pictures",
        {"file": file, "purpose": purpose},
        headers={"Authorization": f"Bearer {token}"},
    )


def test_a_return_from_the_choices_to_the_money() -> None:
    buyer, order = received()
    token, staff = token_for(buyer), token_for(makers.make_member(role="service"))
    line = str(order.lines[0].id)
    choices = ask("GET", f"/orders/{order.id}/case-choices", token=token).json()
    [back] = [row for row in choices if row["kind"] == "return_refund"]
    assert back["lines"] == [{"line_id": line, "units": 2, "amount_minor": 10_000}]

    picture = send(token, makers.picture(), name="../../etc/passwd").json()["token"]
    body = {
        "kind": "return_refund",
        "reason": "damaged",
        "lines": [{"line_id": line, "units": 1}],
        "pictures": [picture],
    }
    made = [ask("POST", f"/orders/{order.id}/cases", body, token=token, key="once") for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    case = made[0].json()
    assert made[1].json()["id"] == case["id"] and case["awaits"] == "shop" and case["deadline"]
    shown = ask("GET", f"/case-pictures/{case['pictures'][0]['id']}", token=staff)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")

    path = f"/cases/{case['id']}"
    assert ask("POST", f"{path}/agree", {"words": "请寄回"}, token=staff).json()["state"] == "awaiting_return"
    parcel = {"carrier": "中通", "tracking_number": "ZT1", "laid_out_minor": 900}
    assert ask("POST", f"{path}/parcel", parcel, token=token).json()["return_freight_minor"] == 900
    too_many = ask("POST", f"{path}/goods", {"lines": [{"line_id": line, "restocked": 2}]}, token=staff)
    assert code_of(too_many) == (422, "goods_count_wrong")
    goods = {"lines": [{"line_id": line, "restocked": 1}]}
    assert ask("POST", f"{path}/goods", goods, token=staff).json()["state"] == "refunding"
    run_jobs()
    done = ask("GET", path, token=token).json()
    assert (done["state"], done["paid_minor"]) == ("done", 5_000 + done["agreed_freight_minor"])
    assert [step["verb"] for step in done["history"]][:3] == ["ask", "agree_return", "send"]
    listed = ask("GET", "/staff/cases?state=done", token=staff).json()["items"]
    assert [row["id"] for row in listed] == [case["id"]]


def test_less_is_an_offer_and_a_second_case_for_the_same_unit_is_refused() -> None:
    buyer, order = received(quantity=1)
    token, staff = token_for(buyer), token_for(makers.make_member(role="operator"))
    line = str(order.lines[0].id)
    body = {"kind": "refund_only", "reason": "agreed_with_shop", "lines": [{"line_id": line, "units": 1}]}
    case = ask("POST", f"/orders/{order.id}/cases", body, token=token).json()
    assert code_of(ask("POST", f"/orders/{order.id}/cases", body, token=token)) == (409, "units_taken")
    offer = {"words": "只坏一点", "lines": [{"line_id": line, "amount_minor": 1_000}]}
    assert ask("POST", f"/cases/{case['id']}/agree", offer, token=staff).json()["state"] == "offered"
    taken = ask("POST", f"/cases/{case['id']}/accept", token=token).json()
    assert (taken["state"], taken["paid_minor"]) == ("refunding", 1_000)


def test_pictures_are_checked_and_their_tokens_are_ones_own() -> None:
    buyer, order = received()
    other = makers.make_member()
    token, line = token_for(buyer), str(order.lines[0].id)
    assert code_of(send(token, b"<svg onload='alert(1)'/>", name="a.png")) == (422, "not_an_image")
    theirs = send(token_for(other), makers.picture()).json()["token"]
    public = send(token, makers.picture(), purpose="review").json()["token"]
    for stolen in (theirs, public, "made-up"):
        body = {
            "kind": "return_refund",
            "reason": "damaged",
            "lines": [{"line_id": line, "units": 1}],
            "pictures": [stolen],
        }
        assert code_of(ask("POST", f"/orders/{order.id}/cases", body, token=token)) == (422, "invalid_input")


def test_a_review_from_the_list_to_the_score() -> None:
    buyer, _ = received()
    token, staff = token_for(buyer), token_for(makers.make_member(role="service"))
    [line] = ask("GET", "/me/lines-to-review", token=token).json()
    picture = send(token, makers.picture(), purpose="review").json()["token"]
    body = {"order_id": line["order_id"], "line_id": line["line_id"], "stars": 4, "is_anonymous": True}
    written = ask("POST", "/me/reviews", {**body, "pictures": [picture]}, token=token).json()
    assert (written["state"], written["waits_for"]) == ("waiting", "first_review")
    assert code_of(ask("POST", "/me/reviews", body, token=token)) == (409, "already_reviewed")
    ask("POST", f"/reviews/{written['id']}/show", token=staff)
    score = ask("GET", f"/products/{line['product_id']}/score").json()
    assert (score["count"], score["average_tenths"], score["with_pictures"]) == (1, 40, 1)
    [shown] = ask("GET", f"/products/{line['product_id']}/reviews").json()["items"]
    assert shown["author"] == "阿**" and "member_id" not in shown and len(shown["pictures"]) == 1
    reader = token_for(makers.make_member())
    voted = ask("PUT", f"/reviews/{written['id']}/helpful", {"is_helpful": True}, token=reader)
    assert voted.json() == {"helpful_count": 1}
    assert code_of(ask("PUT", f"/reviews/{written['id']}/helpful", {}, token=token)) == (409, "own_review")
