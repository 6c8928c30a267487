"""Red packets and draws over HTTP: the envelope, the password, the spin, the proof, and what strangers see."""

import csv
import io
import json
import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.proof import commitment_of, number_below
from jishi.modules.plays.lucky_draw.public import (
    DrawMode,
    PrizeForm,
    PrizeKind,
    close_draw,
    own_tickets,
    own_vouchers,
    spin_ticket,
)
from jishi.modules.plays.red_packet.public import close_packets, open_packet, packet_view
from jishi.modules.wallet.public import balance_minor
from tests.world.luck import earn, make_draw, make_packet
from tests.world.makers import OWNER, fill_wallet, make_address, make_member, make_product

pytestmark = pytest.mark.django_db(transaction=True)
BrowserOf = Callable[[Actor], Client]


def proof_of(page: str) -> dict[str, object]:
    return json.loads(re.search(r'<script id="proof"[^>]*>(.*?)</script>', page, re.S).group(1))  # type: ignore[union-attr]


def test_a_neighbour_opens_the_envelope_and_finds_the_money_in_the_wallet(browser_of: BrowserOf) -> None:
    packet = make_packet(total_minor=1_000, share_count=2, greeting="冬至快乐")
    su, lin = make_member(nickname="阿苏"), make_member(nickname="林果")
    phone = browser_of(su)
    assert "冬至快乐" in phone.get("/h/").content.decode()
    page = phone.get(f"/h/{packet.id}/").content.decode()
    assert packet.commitment in page and "还有 2 个" in page and "手气最佳" not in page

    opened = phone.post(f"/h/{packet.id}/open/")

    assert (opened.status_code, opened["Location"]) == (303, f"/h/{packet.id}/?new=1")
    assert "已放进你的钱包" in phone.get(opened["Location"]).content.decode()
    browser_of(lin).post(f"/h/{packet.id}/open/")
    shown = browser_of(lin).get(f"/h/{packet.id}/").content.decode()
    assert "手气最佳" in shown and "阿**" in shown and "阿苏" not in shown
    late = browser_of(make_member())
    assert "领完了" in late.get(f"/h/{packet.id}/").content.decode()
    assert late.post(f"/h/{packet.id}/open/").status_code == 409
    assert balance_minor(su.id, currency="CNY") + balance_minor(lin.id, currency="CNY") == 1_000
    assert "领到红包" in phone.get("/me/wallet/").content.decode()


def test_a_visitor_is_asked_to_log_in_and_a_wrong_password_is_said_on_the_envelope(
    browser: Client, browser_of: BrowserOf
) -> None:
    packet = make_packet(password="大吉")
    assert "口令" in browser.get(f"/h/{packet.id}/").content.decode()
    assert browser.post(f"/h/{packet.id}/open/")["Location"].startswith("/login/")
    phone = browser_of(make_member())
    wrong = phone.post(f"/h/{packet.id}/open/", {"password": "不对"})
    assert wrong.status_code == 422 and "还可以试 4 次" in wrong.content.decode()
    assert phone.post(f"/h/{packet.id}/open/", {"password": "大吉"}).status_code == 303


def test_the_proof_of_a_packet_is_shut_until_it_ends(browser: Client) -> None:
    packet = make_packet(total_minor=1_000, share_count=4)
    share = open_packet(packet.id, by=make_member())
    before = browser.get(f"/h/{packet.id}/verify/").content.decode()
    assert packet.commitment in before and "proof" not in before
    close_packets(packet.play_id, by=OWNER)  # type: ignore[arg-type]
    proof = proof_of(browser.get(f"/h/{packet.id}/verify/").content.decode())
    plan = proof["plan"]
    assert commitment_of(f"{proof['seed']}:{','.join(map(str, plan))}") == packet.commitment  # type: ignore[arg-type]
    assert proof["opened"] == [[1, share.amount_minor]] and plan[0] == share.amount_minor  # type: ignore[index]


def test_a_member_sends_a_packet_once_though_the_form_is_sent_twice(browser_of: BrowserOf) -> None:
    sender = make_member()
    fill_wallet(sender, 2_000)
    phone = browser_of(sender)
    page = phone.get("/me/packets/new/").content.decode()
    once = re.search(r'name="once" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]
    form = {"once": once, "kind": "even", "total": "10", "count": "4", "greeting": "喜气", "password": ""}
    sent = [phone.post("/me/packets/new/", form)["Location"] for _ in range(2)]
    assert sent[0] == sent[1] and balance_minor(sender.id, currency="CNY") == 1_000
    packet = packet_view(uuid.UUID(sent[0].split("/")[2]))
    assert (packet.kind.value, packet.total_minor, packet.sender_id) == ("even", 1_000, sender.id)
    assert "喜气" in phone.get("/me/packets/").content.decode()
    poor = phone.post("/me/packets/new/", form | {"once": str(uuid.uuid4()), "total": "99"})
    assert poor.status_code == 409 and "还差 ¥89.00" in poor.content.decode()
    nonsense = phone.post("/me/packets/new/", form | {"once": str(uuid.uuid4()), "count": "many"})
    assert nonsense.status_code == 422


def test_twenty_who_opened_cost_no_more_queries_than_one(browser_of: BrowserOf) -> None:
    packet = make_packet(total_minor=5_000, share_count=30)
    viewer = make_member()
    open_packet(packet.id, by=viewer)
    phone = browser_of(viewer)
    for _ in range(2):
        phone.get(f"/h/{packet.id}/")
    with CaptureQueriesContext(connection) as one:
        phone.get(f"/h/{packet.id}/")
    for _ in range(19):
        open_packet(packet.id, by=make_member())
    with CaptureQueriesContext(connection) as many:
        phone.get(f"/h/{packet.id}/")
    assert len(many) == len(one)


def test_a_ticket_from_checking_in_is_spun_with_ones_own_words(browser_of: BrowserOf) -> None:
    sure = (PrizeForm(name="头奖", kind=PrizeKind.MONEY, stock=1, odds_bp=10_000, amount_minor=880),)
    draw = make_draw(prizes=sure)
    member = make_member(nickname="阿苏")
    phone = browser_of(member)
    assert "冬至抽奖" in phone.get("/d/").content.decode()
    assert phone.post(f"/d/{draw.id}/check-in/").status_code == 303
    assert phone.post(f"/d/{draw.id}/check-in/").status_code == 409
    page = phone.get(f"/d/{draw.id}/").content.decode()
    assert "100.00%" in page and draw.commitment in page and "抽 1 号券" in page
    ticket = re.search(r'name="ticket" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]
    spun = phone.post(f"/d/{draw.id}/spin/", {"ticket": ticket, "words": "我的字"})
    assert spun["Location"] == f"/d/{draw.id}/?ticket=1"
    result = phone.get(spun["Location"]).content.decode()
    assert "恭喜，抽中了" in result and "头奖" in result
    assert balance_minor(member.id, currency="CNY") == 880
    stranger = browser_of(make_member())
    seen = stranger.get(f"/d/{draw.id}/").content.decode()
    assert "阿**" in seen and "阿苏" not in seen and "抽完了" in seen
    assert stranger.post(f"/d/{draw.id}/spin/", {"ticket": ticket, "words": "x"}).status_code == 404


def test_the_proof_and_the_sheet_of_a_draw_agree_with_every_roll(browser: Client) -> None:
    draw = make_draw()
    member = make_member()
    for word in ("=一", "二", ""):
        spin_ticket(earn(draw.id, member).id, by=member, client_seed=word)
    before = browser.get(f"/d/{draw.id}/verify/").content.decode()
    assert draw.commitment in before and 'id="proof"' not in before
    assert browser.get(f"/d/{draw.id}/tickets.csv").status_code == 404
    close_draw(draw.id, by=OWNER)
    proof = proof_of(browser.get(f"/d/{draw.id}/verify/").content.decode())
    seed = str(proof["seed"])
    assert commitment_of(str(proof["sealed"])) == draw.commitment
    sheet = browser.get(f"/d/{draw.id}/tickets.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(sheet)))
    assert [row["ticket"] for row in rows] == ["1", "2", "3"] and len({row["person"] for row in rows}) == 1
    for row in rows:
        roll = number_below(10_000, seed=seed, label=f"spin:{row['ticket']}:{row['words']}")
        assert str(roll) == row["roll"]
    assert str(member.id) not in sheet


def test_a_final_draw_shows_its_hour_and_then_its_winners(browser_of: BrowserOf) -> None:
    prizes = (PrizeForm(name="一等奖", kind=PrizeKind.MONEY, stock=1, amount_minor=8_800),)
    draw = make_draw(mode=DrawMode.FINAL, prizes=prizes)
    member = make_member()
    earn(draw.id, member)
    phone = browser_of(member)
    page = phone.get(f"/d/{draw.id}/").content.decode()
    assert "你有 1 张奖券" in page and "抽 1 号券" not in page
    refused = phone.post(
        f"/d/{draw.id}/spin/", {"ticket": str(own_tickets(draw.id, by=member)[0].id), "words": ""}
    )
    assert refused.status_code == 409
    close_draw(draw.id, by=OWNER)
    assert "一等奖" in phone.get(f"/d/{draw.id}/").content.decode()
    proof = proof_of(phone.get(f"/d/{draw.id}/verify/").content.decode())
    assert [ticket["prize"] != "" for ticket in proof["tickets"]] == [True]  # type: ignore[attr-defined]


def test_a_won_product_is_ordered_on_its_page(browser_of: BrowserOf) -> None:
    variant = make_product(price_minor=4_200, title="脐橙一箱")
    prize = PrizeForm(
        name="脐橙一箱",
        kind=PrizeKind.PRODUCT,
        stock=1,
        odds_bp=10_000,
        variant_id=variant,
        value_minor=4_200,
    )
    draw = make_draw(prizes=(prize,))
    member = make_member()
    spin_ticket(earn(draw.id, member).id, by=member, client_seed="x")
    [voucher] = own_vouchers(by=member)
    phone = browser_of(member)
    assert "先填收货地址" in phone.get(f"/me/prizes/{voucher.id}/").content.decode()
    address = make_address(member)
    page = phone.get(f"/me/prizes/{voucher.id}/").content.decode()
    assert "免费领取" in page
    ordered = phone.post(f"/me/prizes/{voucher.id}/", {"address": str(address), "expected_total": "0"})
    assert ordered["Location"].startswith("/orders/")
    assert "待发货" in phone.get(ordered["Location"]).content.decode()
    assert phone.get(f"/me/prizes/{voucher.id}/")["Location"] == ordered["Location"]
    assert browser_of(make_member()).get(f"/me/prizes/{voucher.id}/").status_code == 404


def test_what_has_not_been_published_is_nobodys_page(browser: Client) -> None:
    from jishi.modules.plays.lucky_draw.public import create_draw
    from tests.world.luck import DRAW_TERMS, packet_head

    draft = create_draw(packet_head(), DRAW_TERMS, by=OWNER)
    for page in ("", "verify/", "tickets.csv"):
        assert browser.get(f"/d/{draft.id}/{page}").status_code == 404
    nowhere = uuid.UUID(int=3)
    assert browser.get(f"/h/{nowhere}/").status_code == 404
    with clock.held_at(clock.now() + timedelta(hours=1)):
        assert browser.get("/d/").status_code == 200
