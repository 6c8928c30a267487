"""Coupons that come for a reason: joining, helping, sharing, a reward, a campaign's page."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from jishi.flows.bargains import help_or_say_why
from jishi.flows.coupons import unlock_by_shares
from jishi.kernel import ids
from jishi.modules.campaigns import public as campaigns
from jishi.modules.people.public import enrol_member
from jishi.modules.promotions.public import AmountOff, CouponNotForYou, CouponState, CouponWay, own_coupons
from jishi.modules.sharing.public import Channel, TargetKind, record_touch, share
from tests.world import makers
from tests.world.jobs import run_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def coupons_of(actor: makers.Actor) -> int:
    return len(own_coupons(by=actor, states=[CouponState.OPEN]))


def test_a_new_member_finds_a_coupon_and_an_old_one_does_not() -> None:
    old = makers.make_member()
    run_jobs()
    makers.make_coupon_offer(AmountOff(500), way=CouponWay.NEW_MEMBER)
    member_id = enrol_member(by=makers.SYSTEM, phone="13911112222", nickname="新来的")
    run_jobs()
    run_jobs(twice=True)
    assert coupons_of(makers.actor_of_id(member_id)) == 1
    assert coupons_of(old) == 0


def test_who_helps_to_bargain_gets_the_coupon_of_the_terms_once() -> None:
    batch = makers.make_coupon_offer(AmountOff(500), batch={"member_limit": 0})
    offer = makers.make_bargain_offer(makers.make_product(), helper_batch_id=batch.id)
    bargain_id = makers.launch(makers.make_member(), offer)
    helper = makers.make_member()
    help_or_say_why(bargain_id, by=helper, trace=makers.trace_of(helper))
    run_jobs(twice=True)
    assert coupons_of(helper) == 1


def test_visitors_brought_by_a_link_unlock_a_coupon_and_ones_own_visits_do_not() -> None:
    batch = makers.make_coupon_offer(AmountOff(500), way=CouponWay.SHARE, batch={"share_visits": 2})
    sharer = makers.make_member()
    link = share(by=sharer, target_kind=TargetKind.SHOP, target_id=None, channel=Channel.LINK)
    record_touch(visitor_id=ids.new_id(), member_id=sharer.id, code=link.code)
    record_touch(visitor_id=ids.new_id(), member_id=None, code=link.code)
    with pytest.raises(CouponNotForYou) as refused:
        unlock_by_shares(batch.id, by=sharer)
    assert refused.value.facts["reason"] == "1/2"
    record_touch(visitor_id=ids.new_id(), member_id=None, code=link.code)
    assert unlock_by_shares(batch.id, by=sharer) is not None
    assert coupons_of(sharer) == 1


def test_a_campaign_hands_coupons_out_on_its_page() -> None:
    batch = makers.make_coupon_offer(AmountOff(500), way=CouponWay.PUBLIC, label="活动券 5 元")
    blocks = (campaigns.Block(campaigns.BlockKind.COUPONS, title="先领券", ids=(batch.id,)),)
    draft = makers.draft_campaign(slug="quan", blocks=blocks)
    campaigns.publish_campaign(draft.id, by=makers.OWNER)
    text = Client().get(reverse("shop:campaign", args=["quan"])).content.decode()
    assert "活动券 5 元" in text
    assert reverse("shop:claim_coupon", args=[batch.id]) in text
    assert uuid.UUID(str(batch.id)) == batch.id
