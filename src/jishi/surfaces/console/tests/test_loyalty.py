"""The console decides about loyalty, and changes nobody's points by itself."""

import uuid

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.approvals.public import open_requests
from jishi.modules.loyalty.public import (
    RewardKind,
    RewardTerms,
    exchanges_table,
    grant_points,
    ladder,
    loyalty_terms,
    rewards_table,
    save_reward,
    spendable_points,
    take_reward,
)
from tests.world.makers import make_member

pytestmark = pytest.mark.django_db


def browser(role: str) -> Client:
    client = Client()
    actor = make_member(role=role)
    client.force_login(get_user_model().objects.get(id=actor.require_member()))
    return client


def with_points(points: int) -> Actor:
    member = make_member()
    source = ("gift", ids.new_id())
    grant_points(member_id=member.require_member(), points=points, source=source, available_at=clock.now())
    return member


def tier(code: str, threshold: int) -> dict[str, object]:
    return {
        "code": code,
        "name": code.upper(),
        "threshold": threshold,
        "discount_basis_points": 200,
        "earn_basis_points": 12_000,
        "birthday_points": 0,
    }


def test_tiers_are_made_one_by_one_and_stay_in_order() -> None:
    client = browser("operator")
    address = reverse("console:loyalty_edit", args=["tier", "new"])
    refused = client.post(address, tier("high", 900))
    assert refused.status_code == 422 and "第一个等级的门槛必须是 0" in refused.content.decode()
    for code, threshold in (("base", 0), ("high", 900), ("mid", 300)):
        assert client.post(address, tier(code, threshold)).status_code == 302
    assert [view.terms.code for view in ladder()] == ["base", "mid", "high"]
    changed = client.post(reverse("console:loyalty_edit", args=["tier", "mid"]), tier("mid", 1_200))
    assert changed.status_code == 302
    assert [view.terms.code for view in ladder()] == ["base", "high", "mid"]


def test_terms_are_shown_and_saved() -> None:
    client = browser("operator")
    assert "收货几天后到账" in client.get(reverse("console:loyalty_terms")).content.decode()
    values = {
        "is_open": "on",
        "earn_per_unit": 2,
        "points_per_unit": 50,
        "share_basis_points_max": 3_000,
        "points_step": 10,
        "return_days": 15,
        "expiry_months": 24,
        "notice_days": 7,
        "return_policy": "allow_negative",
        "fall_policy": "by_value",
        "grace_days": 10,
        "check_in_points": 5,
        "day:7": "20",
    }
    assert client.post(reverse("console:loyalty_terms"), values).status_code == 302
    saved = loyalty_terms()
    assert (saved.earn_per_unit, saved.return_policy.value, saved.fall_policy.value) == (
        2,
        "allow_negative",
        "by_value",
    )


def test_a_reward_of_each_kind_needs_what_it_gives() -> None:
    client = browser("operator")
    address = reverse("console:loyalty_edit", args=["reward", "new"])
    base = {"name": "礼", "points": 100, "member_limit": 0, "is_open": "on"}
    for kind, words in (("wallet", "存入钱包"), ("coupon", "优惠券的编号"), ("membership", "会员天数")):
        refused = client.post(address, {**base, "kind": kind})
        assert refused.status_code == 422 and words in refused.content.decode(), kind
    assert client.post(address, {**base, "kind": "wallet", "amount_minor": "5.00"}).status_code == 302
    assert client.post(address, {**base, "kind": "goods", "stock": 3}).status_code == 302
    assert sorted(view.terms.amount_minor for view in rewards_table()) == [0, 500]


def test_an_adjustment_only_asks() -> None:
    client, member = browser("operator"), with_points(30)
    address = reverse("console:loyalty_adjust", args=[member.require_member()])
    page = reverse("console:loyalty_member", args=[member.require_member()])
    sent = client.post(address, {"once": str(uuid.uuid4()), "points": "200", "reason": "晚到"}, follow=True)
    assert "等另一个人审批" in sent.content.decode()
    assert spendable_points(member.require_member()) == 30
    assert "晚到" in client.get(page).content.decode()
    for points, words in (("很多", "请填整数"), ("-900", "积分不够")):
        back = client.post(
            address,
            {"once": str(uuid.uuid4()), "points": points, "reason": "x"},
            headers={"referer": f"http://testserver{page}"},
            follow=True,
        )
        assert words in back.content.decode()
    assert len(open_requests(by=SYSTEM, kind="points_adjustment")) == 1


def test_goods_are_sent_from_the_list_and_the_address_is_only_for_who_may_see_it() -> None:
    member = with_points(100)
    cup = save_reward(None, RewardTerms("杯", RewardKind.GOODS, 100), by=SYSTEM)
    key = ids.new_id()
    take_reward(cup, by=member, exchange_id=key, address_note="阿苏 13900000000 上海市黄浦区")
    address = reverse("console:loyalty_exchanges")
    assert "13900000000" in browser("operator").get(address).content.decode()
    assert "13900000000" not in browser("read_only").get(address).content.decode()
    send = reverse("console:loyalty_exchange", args=[key, "send"])
    browser("operator").post(send, {"once": str(uuid.uuid4()), "note": "顺丰 SF1"})
    assert exchanges_table(by=SYSTEM)[0].tracking_note == "顺丰 SF1"


def test_every_number_of_the_report_opens_its_rows() -> None:
    with_points(70)
    client = browser("finance")
    report = client.get(reverse("console:loyalty")).content.decode()
    assert "余额与流水一致" in report
    for name in ("loyalty_lots", "loyalty_entries", "loyalty_debts"):
        address = reverse(f"console:{name}")
        assert address in report
        assert client.get(address).status_code == 200
