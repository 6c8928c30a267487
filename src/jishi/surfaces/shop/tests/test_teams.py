"""A team over HTTP: open, share, join, fill; what each person sees; arriving by a link."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from jishi.flows.teams import complete_team_by_merchant, end_due_team
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.orders.public import (
    OrderState,
    lines_by_order,
    order_view,
    orders_of_member,
    summaries_by_ids,
)
from jishi.modules.plays.group_buy.public import OfferView, TeamState, team_view
from jishi.surfaces.shop.tests.test_cart import hidden
from tests.world import fake_provider
from tests.world.makers import OWNER, make_address, make_member, make_offer, make_product, pay, take_seat

pytestmark = pytest.mark.django_db(transaction=True)
BrowserOf = Callable[[Actor], Client]


def forming_team(*, size: int = 3, **more: Any) -> tuple[OfferView, uuid.UUID, Actor]:
    offer = make_offer(make_product(title="赣南脐橙"), team_size=size, **more)
    leader = make_member(nickname="阿苏")
    order_id = take_seat(leader, offer)
    pay(leader, order_id)
    team_id = summaries_by_ids([order_id])[order_id].team_id
    assert team_id is not None
    return offer, team_id, leader


def order_by_page(client: Client, query: str) -> uuid.UUID:
    page = client.get(f"/checkout/?{query}").content.decode()
    names = [
        name
        for name in ("variant", "quantity", "offer", "team", "address", "expected_total")
        if f'name="{name}"' in page
    ]
    late = re.search(r'name="late" value="(\w+)" checked', page)
    assert late is not None
    answer = client.post("/checkout/", {name: hidden(page, name) for name in names} | {"late": late.group(1)})
    assert answer.status_code == 303, answer.content.decode()
    return uuid.UUID(answer["Location"].split("/")[2])


def pay_by_page(client: Client, order_id: uuid.UUID) -> str:
    """Through the pay page to the cashier and back; the text of the page one comes back to."""
    gone = client.post(f"/orders/{order_id}/pay/", {"provider": "fake"})
    assert gone["Location"].startswith("https://cashier.example/")
    payment_id = uuid.UUID(gone["Location"].rsplit("/", 1)[1])
    waiting = client.get(f"/pay/{payment_id}/return/").content.decode()
    assert "正在确认付款" in waiting and "every 2s" in waiting
    fake_provider.pay_at_cashier(payment_id)
    swapped = client.get(f"/pay/{payment_id}/return/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in swapped and "every" not in swapped
    return client.get(f"/pay/{payment_id}/return/").content.decode()


def test_a_team_is_opened_shared_joined_and_filled(browser_of: BrowserOf) -> None:
    offer = make_offer(make_product(price_minor=4200), price_minor=2990, team_size=2)
    leader, joiner = make_member(nickname="阿苏"), make_member(nickname="林果")
    make_address(leader)
    make_address(joiner)
    variant_id = offer.prices[0].variant_id
    first = order_by_page(browser_of(leader), f"variant={variant_id}&quantity=1&offer={offer.id}")
    assert "付好了，还差 1 席" in pay_by_page(browser_of(leader), first)
    team_id = summaries_by_ids([first])[first].team_id
    mine = browser_of(leader).get(f"/t/{team_id}/").content.decode()
    link = re.search(r"http://testserver(/s/[A-Z0-9]+/)", mine)
    assert link is not None
    guest = browser_of(joiner)
    assert guest.get(link.group(1))["Location"] == f"/t/{team_id}/"
    page = guest.get(f"/t/{team_id}/").content.decode()
    assert "阿苏邀请你一起拼" in page and "还差 1 席就成团" in page
    query = f"variant={variant_id}&quantity=1&offer={offer.id}&team={team_id}&late=refund"
    second = order_by_page(guest, query)
    assert "付好了，成团了" in pay_by_page(guest, second)
    assert {summaries_by_ids([key])[key].state for key in (first, second)} == {OrderState.PAID}
    assert lines_by_order([second])[second][0].sharer_id == leader.id
    done = guest.get(f"/t/{team_id}/").content.decode()
    assert "成团了" in done and "占下这一席" not in done


def test_the_choice_for_a_late_payment_travels_to_the_seat(browser_of: BrowserOf) -> None:
    offer, team_id, _ = forming_team()
    member = make_member()
    make_address(member)
    query = f"variant={offer.prices[0].variant_id}&quantity=1&offer={offer.id}&team={team_id}"
    for late in ("refund", "new_team", "other_team"):
        page = browser_of(member).get(f"/checkout/?{query}&late={late}").content.decode()
        assert f'name="late" value="{late}" checked' in page


def test_a_seat_that_is_gone_keeps_the_form_and_says_so(browser_of: BrowserOf) -> None:
    offer, team_id, _ = forming_team(size=2)
    member = make_member()
    make_address(member)
    client = browser_of(member)
    query = f"variant={offer.prices[0].variant_id}&quantity=1&offer={offer.id}&team={team_id}"
    page = client.get(f"/checkout/?{query}").content.decode()
    take_seat(make_member(), offer, team_id=team_id)
    names = ("variant", "quantity", "offer", "team", "address", "expected_total")
    answer = client.post(
        "/checkout/", {**{n: hidden(page, n) for n in names}, "late": "refund", "note": "喂"}
    )
    assert answer.status_code == 409
    assert "已经" in answer.content.decode() and 'value="喂"' in answer.content.decode()
    assert orders_of_member(by=member) == []


def test_a_full_team_offers_others(browser: Client) -> None:
    offer, team_id, _ = forming_team(size=2)
    take_seat(make_member(nickname="林果"), offer, team_id=team_id)
    text = browser.get(f"/t/{team_id}/").content.decode()
    assert "席位都有人了" in text and "付款中" in text and "占下这一席" not in text


def test_who_has_not_paid_is_led_to_pay(browser_of: BrowserOf) -> None:
    offer, team_id, _ = forming_team()
    member = make_member()
    order_id = take_seat(member, offer, team_id=team_id)
    text = browser_of(member).get(f"/t/{team_id}/").content.decode()
    assert "付了款才算坐下" in text and f"/orders/{order_id}/pay/" in text


def test_a_failed_team_says_that_the_money_goes_back(browser: Client) -> None:
    _, team_id, _ = forming_team()
    with clock.held_at(clock.now() + timedelta(hours=25)):
        end_due_team(team_id)
        text = browser.get(f"/t/{team_id}/").content.decode()
    assert team_view(team_id).state is TeamState.FAILED
    assert "没凑满" in text and "钱全额原路退回" in text


def test_a_team_completed_by_the_merchant_says_so_and_invents_nobody(browser: Client) -> None:
    _, team_id, _ = forming_team(size=3, allows_merchant_completion=True)
    complete_team_by_merchant(team_id, by=OWNER)
    text = browser.get(f"/t/{team_id}/").content.decode()
    assert "由商家按现有人数成团" in text and "空着的席位没有人" in text
    assert text.count("avatar-empty") == 2


def test_paying_again_after_the_order_is_paid_leads_to_the_order(browser_of: BrowserOf) -> None:
    _, _, leader = forming_team()
    order_id = orders_of_member(by=leader)[0].id
    answer = browser_of(leader).post(f"/orders/{order_id}/pay/", {"provider": "fake"})
    assert answer["Location"] == f"/orders/{order_id}/"


def test_a_silent_cashier_is_said_and_nothing_is_charged(browser_of: BrowserOf) -> None:
    actor = make_member()
    make_address(actor)
    offer = make_offer(make_product())
    order_id = take_seat(actor, offer)
    fake_provider.book.silent = 1
    answer = browser_of(actor).post(f"/orders/{order_id}/pay/", {"provider": "fake"})
    assert answer.status_code == 503 and "支付渠道暂时没有回应" in answer.content.decode()
    assert order_view(order_id, by=actor).state is OrderState.PLACED


def test_a_payment_of_somebody_else_is_not_there(browser_of: BrowserOf) -> None:
    offer = make_offer(make_product())
    owner = make_member()
    order_id = take_seat(owner, offer)
    payment = pay(owner, order_id)
    assert browser_of(make_member()).get(f"/pay/{payment.id}/return/").status_code == 404


def test_an_unshipped_order_is_refunded_by_its_buyer(browser_of: BrowserOf) -> None:
    from tests.world.makers import buy

    actor = make_member()
    order_id = buy(actor, make_product())
    pay(actor, order_id)
    client = browser_of(actor)
    assert client.post(f"/orders/{order_id}/refund/").status_code == 303
    text = client.get(f"/orders/{order_id}/").content.decode()
    assert "退款中" in text and "不想要了" in text
    assert client.post(f"/orders/{order_id}/refund/").status_code == 409


def test_a_forming_team_cannot_be_left_and_says_why(browser_of: BrowserOf) -> None:
    _, _, leader = forming_team()
    order_id = orders_of_member(by=leader)[0].id
    answer = browser_of(leader).post(f"/orders/{order_id}/refund/")
    assert answer.status_code == 409 and "拼团还在进行中" in answer.content.decode()


def test_the_members_pages_show_team_orders_and_shares(browser_of: BrowserOf) -> None:
    _, team_id, leader = forming_team()
    client = browser_of(leader)
    assert "还差 2 席" in client.get("/orders/").content.decode()
    assert f"/t/{team_id}/" in client.get("/me/teams/").content.decode()
    assert client.get("/me/").status_code == client.get("/me/shares/").status_code == 200


def test_a_sheet_gives_the_sharers_link_code_and_poster(browser_of: BrowserOf) -> None:
    _, team_id, leader = forming_team()
    client = browser_of(leader)
    page = client.get(f"/share/team/{team_id}/").content.decode()
    swap = client.get(f"/share/team/{team_id}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" in page and "<html" not in swap and "<svg" in swap
    poster = re.search(r"/s/[A-Z0-9]+/poster\.png", swap)
    assert poster is not None
    answer = client.get(poster.group(0))
    assert answer["Content-Type"] == "image/png" and answer.content.startswith(b"\x89PNG")


def test_a_visitor_is_asked_to_log_in_before_sharing(browser: Client) -> None:
    _, team_id, _ = forming_team()
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/t/{team_id}/"}
    answer = browser.get(f"/share/team/{team_id}/", headers=headers)
    assert answer["HX-Redirect"] == f"/login/?next=%2Ft%2F{team_id}%2F"


def test_a_link_is_remembered_through_the_log_in(browser: Client) -> None:
    from jishi.modules.sharing.public import Channel, TargetKind, attribution_of, share
    from jishi.surfaces.shop.tests.test_log_in import log_in

    sharer = make_member()
    offer, team_id, _ = forming_team()
    link = share(by=sharer, target_kind=TargetKind.TEAM, target_id=team_id, channel=Channel.LINK)
    browser.get(f"/s/{link.code}/")
    log_in(browser, phone="13800002046")
    from django.contrib.auth import get_user_model

    member = get_user_model().objects.get(phone="+8613800002046")
    found = attribution_of(member_id=member.id, visitor_id=None, team_id=team_id)
    assert found.sharer_id == sharer.id
    assert offer.id


def test_a_named_source_is_noted_on_any_page(browser: Client) -> None:
    from jishi.modules.sharing.public import count_visitors

    now = clock.now()
    browser.get("/search/?utm_source=wechat")
    browser.get("/?source=wechat")
    later = clock.now() + timedelta(seconds=1)
    assert count_visitors(since=now, until=later) == 1


def test_a_refusal_over_htmx_is_a_toast(browser_of: BrowserOf) -> None:
    client = browser_of(make_member())
    answer = client.get(f"/share/product/{uuid.uuid4()}/", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert '"level": "error"' in answer["HX-Trigger"]
