"""Packets and draws over the API alone."""

import uuid

import pytest

from jishi.modules.plays.life.public import advance_plays
from jishi.modules.wallet.public import balance_minor
from tests.world import makers
from tests.world.luck import earn, make_packet
from tests.world.web import ask, code_of, token_for

pytestmark = pytest.mark.django_db(transaction=True)
HOURS = {"opens_at": "2020-01-01T00:00:00Z", "closes_at": "2199-01-01T00:00:00Z"}


def test_staff_fund_a_packet_members_open_it_and_the_proof_comes_at_the_end() -> None:
    staff, member = token_for(makers.make_member(role="operator")), makers.make_member(nickname="阿苏")
    token = token_for(member)
    form = {"name": "红包", "total_minor": 900, "share_count": 2, "password": "橙子", **HOURS}
    draft = ask("POST", "/staff/red-packets", form, token=staff).json()
    assert (draft["state"], draft["packets"]) == ("draft", [])
    poor = ask("PUT", f"/staff/red-packets/{draft['id']}", {**form, "budget_minor": 899}, token=staff)
    assert code_of(poor) == (422, "bad_packet")
    live = ask("POST", f"/staff/red-packets/{draft['id']}/publish", token=staff).json()
    packet = live["packets"][0]
    assert (packet["seed"], packet["plan"], len(packet["commitment"])) == ("", [], 64)

    wrong = ask("POST", f"/red-packets/{packet['id']}/open", {"password": "x"}, token=token)
    assert code_of(wrong) == (422, "password_wrong") and wrong.json()["facts"]["left"] == 4
    opened = ask("POST", f"/red-packets/{packet['id']}/open", {"password": "橙子"}, token=token).json()
    seen = ask("GET", f"/red-packets/{packet['id']}", token=token).json()
    assert seen["own"]["amount_minor"] == opened["amount_minor"] and seen["shares"][0]["name"] == "阿**"
    assert ask("GET", f"/red-packets/{packet['id']}").json()["shares"] == []
    ended = ask("POST", f"/staff/red-packets/{draft['id']}/close", token=staff).json()
    assert ended["state"] == "settled" and sum(ended["packets"][0]["plan"]) == 900
    assert ask("GET", "/me/wallet", token=token).json()["balance_minor"] == opened["amount_minor"]


def test_a_member_sends_a_packet_under_an_id_of_their_own() -> None:
    member = makers.make_member()
    makers.fill_wallet(member, 1_000)
    token = token_for(member)
    body = {"id": str(uuid.uuid4()), "total_minor": 600, "share_count": 3}
    sent = [ask("POST", "/me/red-packets", body, token=token).json()["id"] for _ in range(2)]
    assert sent == [body["id"]] * 2 and balance_minor(member.id, currency="CNY") == 400
    listed = ask("GET", "/me/red-packets", token=token).json()["items"]
    assert [packet["id"] for packet in listed] == [body["id"]]
    poor = ask("POST", "/me/red-packets", {"total_minor": 600, "share_count": 3}, token=token)
    assert code_of(poor) == (409, "wallet_too_small")
    assert make_packet().id != uuid.UUID(body["id"])


def test_a_draw_from_draft_to_proof_and_goods_to_the_door() -> None:
    variant = makers.make_product(price_minor=4_200)
    staff, member = token_for(makers.make_member(role="operator")), makers.make_member()
    token = token_for(member)
    goods = {
        "name": "脐橙",
        "kind": "product",
        "stock": 1,
        "odds_bp": 10_000,
        "variant_id": str(variant),
        "value_minor": 4_200,
    }
    form = {"name": "抽奖", "check_in_daily": 1, "order_daily": 5, "prizes": [goods], **HOURS}
    dear = {**goods, "value_minor": 5_000_001}
    refused = ask("POST", "/staff/draws", {**form, "prizes": [dear]}, token=staff)
    assert code_of(refused) == (422, "prize_too_big")
    draft = ask("POST", "/staff/draws", form, token=staff).json()
    assert code_of(ask("GET", f"/draws/{draft['id']}", token=token)) == (404, "not_found")
    draw = ask("POST", f"/staff/draws/{draft['id']}/publish", token=staff).json()
    assert [draw["id"]] == [one["id"] for one in ask("GET", "/draws").json()]

    ticket = ask("POST", f"/draws/{draw['id']}/check-in", token=token).json()
    again = ask("POST", f"/draws/{draw['id']}/check-in", token=token)
    assert (ticket["ticket_no"], code_of(again)) == (1, (409, "already_checked_in"))
    spun = ask("POST", f"/tickets/{ticket['id']}/spin", {"client_seed": "福"}, token=token).json()
    assert (spun["spin_no"], spun["client_seed"], spun["state"]) == (1, "福", "spun")
    earn(uuid.UUID(draw["id"]), member)
    assert len(ask("GET", f"/draws/{draw['id']}/tickets", token=token).json()) == 2
    assert len(ask("GET", f"/draws/{draw['id']}/winners").json()) == 1

    prize = ask("GET", "/me/prizes", token=token).json()["items"][0]
    address = str(makers.make_address(member))
    ordered = ask("POST", f"/me/prizes/{prize['id']}/order", {"address_id": address}, token=token)
    order = ask("GET", f"/orders/{ordered.json()['id']}", token=token).json()
    assert (order["state"], order["total_minor"]) == ("paid", 0)
    ended = ask("POST", f"/staff/draws/{draw['id']}/close", token=staff).json()
    assert ended["sealed"].startswith(ended["seed"] + ":") and advance_plays() == 0
