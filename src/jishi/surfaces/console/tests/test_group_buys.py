"""Group buys in the console: made, published, watched, completed; the report and the rows behind it."""

import csv
import io
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jishi.flows.refunds import carry_out_refund, refund_order
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.ledger.public import available_in, posted_sum
from jishi.modules.orders.public import OrderState, summaries_by_ids
from jishi.modules.plays.group_buy.public import OfferState, TeamState, offer_view, offers_table, team_view
from tests.world.makers import make_member, make_offer, make_product, pay, product_of, take_seat

pytestmark = pytest.mark.django_db(transaction=True)
BrowserOf = Callable[[Actor], Client]


@pytest.fixture
def owner(browser_of: BrowserOf) -> Client:
    return browser_of(make_member(role="owner"))


def hidden(page: str, name: str = "once") -> str:
    return re.search(rf'name="{name}" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]


def form_of(variant: uuid.UUID, **more: str) -> dict[str, str]:
    opens = clock.now() - timedelta(minutes=5)
    values = {
        "name": "脐橙 2 人团",
        "team_size": "2",
        "team_hours": "24",
        "member_limit": "0",
        "leader_discount_minor": "3.00",
        "leader_benefit": "discount",
        "leader_points": "0",
        "audience": "everyone",
        "budget_minor": "500",
        "opens_at": f"{opens:%Y-%m-%dT%H:%M}",
        "closes_at": f"{opens + timedelta(days=9):%Y-%m-%dT%H:%M}",
        f"price:{variant}": "29.90",
    }
    return values | more


def full_team(offer: Any) -> list[uuid.UUID]:
    leader = make_member(nickname="阿苏")
    first = take_seat(leader, offer)
    pay(leader, first)
    team_id = summaries_by_ids([first])[first].team_id
    orders = [first]
    for _ in range(offer.team_size - 1):
        joiner = make_member()
        orders.append(take_seat(joiner, offer, team_id=team_id))
        pay(joiner, orders[-1])
    return orders


def test_an_offer_is_made_and_published_once(owner: Client) -> None:
    variant = make_product(price_minor=4200)
    address = f"/console/group-buys/new/{product_of(variant)}/"
    once = hidden(owner.get(address).content.decode())
    form = form_of(variant, once=once, then="publish")
    answer = owner.post(address, form)
    offer = offers_table()[0]
    assert answer["Location"] == f"/console/group-buys/{offer.id}/"
    assert offer.state is OfferState.OPEN and offer.price_of(variant) == 2990
    assert (offer.leader_discount_minor, offer.budget_minor) == (300, 50_000)
    owner.post(address, form)
    assert len(offers_table()) == 1


def test_a_wrong_form_comes_back_with_the_reason_and_makes_nothing(owner: Client) -> None:
    variant = make_product()
    address = f"/console/group-buys/new/{product_of(variant)}/"
    cases: list[tuple[dict[str, str], str]] = [
        ({f"price:{variant}": ""}, "至少给一个规格定拼团价"),
        ({f"price:{variant}": "abc"}, "请填金额"),
        ({"closes_at": "2020-01-01T00:00"}, "结束时间要晚于开始时间"),
        ({"team_size": "1"}, "2"),
    ]
    for wrong, words in cases:
        answer = owner.post(address, form_of(variant, once=str(uuid.uuid4()), **wrong))
        assert answer.status_code == 422 and words in answer.content.decode(), wrong
    assert not offers_table()


def test_tiers_are_written_as_people_and_discount_and_come_back_the_same(owner: Client) -> None:
    variant = make_product(price_minor=4200)
    address = f"/console/group-buys/new/{product_of(variant)}/"
    owner.post(
        address, form_of(variant, once=str(uuid.uuid4()), tiers="4：2.00，6:5", audience="new_joiners")
    )
    offer = offers_table()[0]
    assert [(tier.size, tier.off_minor) for tier in offer.tiers] == [(4, 200), (6, 500)]
    assert offer.audience.value == "new_joiners" and offer.capacity == 6
    assert "4:2.00, 6:5.00" in owner.get(f"/console/group-buys/{offer.id}/edit/").content.decode()
    for wrong in ("six:5.00", "4:5.00, 6:2.00", "2:1.00", "4:99.00"):
        page = owner.post(address, form_of(variant, once=str(uuid.uuid4()), tiers=wrong))
        assert page.status_code == 422, wrong
    assert len(offers_table()) == 1


def test_the_preview_says_what_a_team_costs_and_warns_of_a_loss(owner: Client) -> None:
    variant = make_product(price_minor=4200, cost_minor=2000)
    address = f"/console/group-buys/preview/{product_of(variant)}/"
    page = owner.post(address, form_of(variant)).content.decode()
    # given 12.10 a unit for two, the leader 3.00, fees 0.17 a unit; margin 29.90 - 20.00 - 0.17
    assert "¥27.54" in page and "¥9.73" in page and "29%" in page
    assert "约够 <b>18</b> 个团" in page
    assert "卖一件亏一件" not in page
    assert (
        "卖一件亏一件"
        in owner.post(address, form_of(variant, **{f"price:{variant}": "19.00"})).content.decode()
    )
    assert not offers_table()


def test_a_draft_is_changed_and_published_and_what_runs_is_not_changed(owner: Client) -> None:
    variant = make_product()
    address = f"/console/group-buys/new/{product_of(variant)}/"
    owner.post(address, form_of(variant, once=str(uuid.uuid4()), then="save"))
    offer = offers_table()[0]
    assert offer.state is OfferState.DRAFT
    owner.post(f"/console/group-buys/{offer.id}/edit/", form_of(variant, team_size="4"))
    assert offer_view(offer.id).team_size == 4
    owner.post(f"/console/group-buys/{offer.id}/publish/")
    refused = owner.post(f"/console/group-buys/{offer.id}/edit/", form_of(variant, team_size="9"))
    assert refused.status_code == 422 and offer_view(offer.id).team_size == 4


def test_a_budget_is_raised_once_however_often_the_button_is_hit(owner: Client) -> None:
    offer = make_offer(make_product(), budget_minor=10_000)
    form = {"once": str(uuid.uuid4()), "amount": "50"}
    for _ in range(2):
        owner.post(f"/console/group-buys/{offer.id}/budget/", form)
    assert offer_view(offer.id).budget_minor == 15_000
    assert available_in(code=f"budget:group_buy:{offer.id}", unit="CNY.b") == 15_000


def test_the_monitor_shows_teams_and_the_merchant_completes_one(owner: Client) -> None:
    offer = make_offer(make_product(), team_size=3, allows_merchant_completion=True)
    leader = make_member(nickname="阿苏")
    order_id = take_seat(leader, offer)
    pay(leader, order_id)
    team_id = summaries_by_ids([order_id])[order_id].team_id
    address = f"/console/group-buys/{offer.id}/"
    part = owner.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and "阿苏" in part and "1 / 3" in part and "every 5s" in part
    owner.post(f"/console/group-buys/teams/{team_id}/complete/", {"once": hidden(part)})
    assert team_id is not None and team_view(team_id).state is TeamState.SUCCEEDED
    assert summaries_by_ids([order_id])[order_id].state is OrderState.PAID
    assert "商家补齐" in owner.get(f"/console/group-buys/teams/{team_id}/").content.decode()


def test_completing_is_refused_where_the_offer_does_not_allow_it(owner: Client) -> None:
    offer = make_offer(make_product(), team_size=3)
    leader = make_member()
    order_id = take_seat(leader, offer)
    pay(leader, order_id)
    team_id = summaries_by_ids([order_id])[order_id].team_id
    answer = owner.post(
        f"/console/group-buys/teams/{team_id}/complete/", {"once": str(uuid.uuid4())}, follow=True
    )
    assert "没有开启" in answer.content.decode()
    assert team_id is not None and team_view(team_id).state is TeamState.FORMING


def test_the_report_its_rows_its_file_and_the_ledger_agree_to_the_cent(owner: Client) -> None:
    offer = make_offer(make_product(cost_minor=None), team_size=2, leader_discount_minor=300)
    orders = full_team(offer)
    plan = refund_order(orders[1], by=_owner(), reason="damaged")
    carry_out_refund(plan.refund_id)
    sales = posted_sum(kind="payment", subject_kind="order", subject_ids=orders) - posted_sum(
        kind="refund", subject_kind="order", subject_ids=orders
    )
    words = f"¥{sales / 100:,.2f}"
    page = owner.get(f"/console/group-buys/{offer.id}/roi/").content.decode()
    assert words in page and "0 件填了成本" in page
    rows = owner.get(f"/console/plays/{offer.id}/roi/rows/").content.decode()
    assert words in rows
    answer = owner.get(f"/console/plays/{offer.id}/roi/rows.csv")
    table = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    net = table[0].index("净收入")
    assert round(sum(float(row[net]) for row in table[1:]) * 100) == sales
    assert len(table) == 3


def test_a_figure_opens_its_own_rows(owner: Client) -> None:
    offer = make_offer(make_product(), team_size=2, leader_discount_minor=300)
    first, second = full_team(offer)
    numbers = {key: order.number for key, order in summaries_by_ids([first, second]).items()}
    base = f"/console/plays/{offer.id}/roi/rows/"
    leaders = owner.get(f"{base}?figure=leader").content.decode()
    assert numbers[first] in leaders and numbers[second] not in leaders
    refunded = owner.get(f"{base}?figure=refunded").content.decode()
    assert numbers[first] not in refunded and numbers[second] not in refunded
    direct = owner.get(f"{base}?source=direct").content.decode()
    assert numbers[first] in direct and numbers[second] in direct


def test_live_and_report_cost_the_same_for_one_team_and_for_many(owner: Client) -> None:
    offer = make_offer(make_product(stock=200), team_size=3)

    def open_team() -> None:
        leader = make_member()
        pay(leader, take_seat(leader, offer))

    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(path).status_code == 200
        return len(queries)

    open_team()
    paths = [
        f"/console/group-buys/{offer.id}/",
        f"/console/group-buys/{offer.id}/roi/",
        "/console/group-buys/teams/",
    ]
    for path in [*paths, *paths]:
        owner.get(path)
    before = [cost(path) for path in paths]
    for _ in range(9):
        open_team()
    assert [cost(path) for path in paths] == before


def _owner() -> Actor:
    from tests.world.makers import OWNER

    return OWNER
