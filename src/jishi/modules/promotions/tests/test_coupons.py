"""Coupons: how they come, how long they last, and what an operator may write."""

import uuid
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel import clock
from jishi.modules.promotions.public import (
    AmountOff,
    BadOffer,
    BatchForm,
    Calendar,
    CouponNotUsable,
    CouponsOver,
    CouponSpent,
    CouponState,
    CouponUnknown,
    CouponWay,
    EveryFull,
    FixedPrice,
    Gift,
    NthOff,
    Offer,
    OfferForm,
    PercentOff,
    Scope,
    SetFor,
    ShippingOff,
    Stage,
    Step,
    Steps,
    UnitsFor,
    benefit_as_json,
    benefit_from_json,
    change_offer,
    claim_coupon,
    close_batch,
    create_batch,
    create_offer,
    expire_coupons,
    live_offers,
    make_codes,
    offer_view,
    own_coupons,
    redeem_code,
    remind_of_coupons,
    send_coupons,
    void_coupon,
)
from jishi.modules.promotions.rules.calendars import is_on
from jishi.modules.promotions.rules.lifecycle import COUPON_LIFE, OFFER_LIFE
from jishi.modules.promotions.rules.written import check_offer
from jishi.modules.promotions.types import PriceOfferState
from jishi.platform.rush import LimitReached
from tests.world import makers


@pytest.mark.parametrize(
    ("calendar", "local", "answer"),
    [
        (Calendar(month_days=(8, 18, 28)), datetime(2026, 11, 18, 9), True),
        (Calendar(month_days=(8, 18, 28)), datetime(2026, 11, 19, 9), False),
        (Calendar(weekdays=(5, 6)), datetime(2026, 11, 22, 9), True),
        (Calendar(dates=(date(2026, 12, 24),)), datetime(2026, 12, 24, 23), True),
        (Calendar(from_hour=20, until_hour=22), datetime(2026, 11, 22, 21), True),
        (Calendar(from_hour=20, until_hour=22), datetime(2026, 11, 22, 22), False),
        (Calendar(weekdays=(4,), from_hour=22, until_hour=2), datetime(2026, 11, 21, 1), True),
        (Calendar(weekdays=(4,), from_hour=22, until_hour=2), datetime(2026, 11, 20, 1), False),
        (Calendar(weekdays=(4,), from_hour=22, until_hour=2), datetime(2026, 11, 21, 3), False),
    ],
)
def test_days_and_hours(calendar: Calendar, local: datetime, answer: bool) -> None:
    assert is_on(calendar, local=local) is answer


ids = st.uuids()
benefits = st.one_of(
    st.builds(PercentOff, st.integers(1, 10_000), st.none() | st.integers(1, 10**6)),
    st.builds(AmountOff, st.integers(1, 10**6)),
    st.builds(FixedPrice, st.integers(0, 10**6)),
    st.builds(NthOff, st.integers(1, 9), st.integers(1, 10_000), st.none() | st.integers(1, 9)),
    st.builds(UnitsFor, st.integers(1, 9), st.integers(0, 10**6), st.none()),
    st.builds(
        lambda a, b: SetFor(((Scope(frozenset({a})), 1), (Scope(category_ids=frozenset({b})), 2)), 900),
        ids,
        ids,
    ),
    st.builds(lambda a: Steps((Step(a, off_minor=5), Step(a * 2, rate=900))), st.integers(1, 10**6)),
    st.builds(EveryFull, st.integers(10, 10**6), st.integers(1, 9), st.none()),
    st.builds(Gift, ids, st.integers(1, 9)),
    st.builds(ShippingOff, st.none() | st.integers(1, 10**4)),
)


@given(benefits)
def test_a_benefit_is_read_as_it_was_written(benefit: object) -> None:
    assert benefit_from_json(benefit_as_json(benefit)) == benefit  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stage", "benefit"),
    [
        (Stage.ITEM, Steps((Step(100, 5),))),
        (Stage.ORDER, PercentOff(0)),
        (Stage.ORDER, PercentOff(10_001)),
        (Stage.ORDER, Steps(())),
        (Stage.ORDER, Steps((Step(200, 5), Step(100, 9)))),
        (Stage.ORDER, Steps((Step(100, 9), Step(200, 5)))),
        (Stage.ORDER, Steps((Step(100, 5, 100),))),
        (Stage.ORDER, EveryFull(100, 101)),
        (Stage.ITEM, SetFor(((Scope(), 1),), 900)),
        (Stage.ITEM, NthOff(0, 500)),
        (Stage.COUPON, Gift(uuid.UUID(int=1))),
    ],
)
def test_numbers_that_make_no_sense_are_refused_with_what_to_do(stage: Stage, benefit: object) -> None:
    with pytest.raises(BadOffer) as refused:
        check_offer("优惠", Offer(uuid.UUID(int=0), "优惠", stage, benefit))  # type: ignore[arg-type]
    assert refused.value.facts["reason"]


def test_the_lives_name_every_state() -> None:
    assert {state for state, _ in OFFER_LIFE} | set(OFFER_LIFE.values()) == set(PriceOfferState)
    assert {state for state, _ in COUPON_LIFE} | set(COUPON_LIFE.values()) == set(CouponState)


@pytest.mark.django_db
def test_codes_are_used_once_and_shared_words_once_per_member() -> None:
    batch = makers.make_coupon_offer(AmountOff(500), way=CouponWay.CODE, capacity=3)
    [code] = make_codes(batch.id, count=1, by=makers.OWNER)
    make_codes(batch.id, count=0, shared="jishi 2026", by=makers.OWNER)
    first, second = makers.make_member(), makers.make_member()
    redeem_code(f" {code[:4]}-{code[4:].lower()} ", by=first)
    with pytest.raises(CouponSpent):
        redeem_code(code, by=second)
    redeem_code("JISHI2026", by=second)
    with pytest.raises(LimitReached):
        redeem_code("JISHI2026", by=second)
    with pytest.raises(CouponUnknown):
        redeem_code("NOSUCHCODE", by=second)


@pytest.mark.django_db
def test_sent_coupons_arrive_once_each() -> None:
    batch = makers.make_coupon_offer(AmountOff(500))
    people = [makers.make_member().require_member() for _ in range(3)]
    assert send_coupons(batch.id, member_ids=people, by=makers.OWNER) == 3
    assert send_coupons(batch.id, member_ids=people, by=makers.OWNER) == 0


@pytest.mark.django_db
def test_a_coupon_expires_is_reminded_of_once_and_can_be_taken_back() -> None:
    batch = makers.make_coupon_offer(AmountOff(500), batch={"valid_days": 3})
    owner = makers.make_member()
    coupon = makers.give(batch, owner)
    assert remind_of_coupons() == 0
    with clock.held_at(clock.now() + timedelta(days=2, hours=12)):
        assert (remind_of_coupons(), remind_of_coupons()) == (1, 0)
    with clock.held_at(clock.now() + timedelta(days=3, minutes=1)):
        [shown] = own_coupons(by=owner, states=[CouponState.EXPIRED])
        assert shown.state is CouponState.EXPIRED, "told as expired before the sweep"
        assert (expire_coupons(), expire_coupons()) == (1, 0)
        with pytest.raises(CouponNotUsable):
            void_coupon(coupon, reason="late", by=makers.OWNER)
    other = makers.give(batch, owner, key="more") if batch.member_limit > 1 else None
    assert other is None


@pytest.mark.django_db
def test_a_closed_batch_gives_nothing_and_what_was_given_stays_good() -> None:
    batch = makers.make_coupon_offer(AmountOff(500), way=CouponWay.PUBLIC)
    owner, late = makers.make_member(), makers.make_member()
    claim_coupon(batch.id, by=owner)
    close_batch(batch.id, by=makers.OWNER)
    with pytest.raises(CouponsOver):
        claim_coupon(batch.id, by=late)
    assert [c.state for c in own_coupons(by=owner, states=[CouponState.OPEN])] == [CouponState.OPEN]


@pytest.mark.django_db
def test_a_batch_needs_one_end_and_a_coupon_rule() -> None:
    offer = makers.make_price_offer(PercentOff(500))
    with pytest.raises(BadOffer):
        create_batch(BatchForm(offer.id, "券", CouponWay.PUBLIC, 10, valid_days=3), by=makers.OWNER)
    coupon = makers.make_price_offer(AmountOff(500), stage=Stage.COUPON)
    with pytest.raises(BadOffer):
        create_batch(BatchForm(coupon.id, "券", CouponWay.PUBLIC, 10), by=makers.OWNER)


@pytest.mark.django_db
def test_live_offers_follow_a_change_and_keep_budget_and_limit() -> None:
    made = makers.make_price_offer(PercentOff(500), budget_minor=1_000)
    before = live_offers()
    rule = offer_view(made.id).rule
    with pytest.raises(BadOffer):
        changed = Offer(rule.id, rule.label, rule.stage, rule.benefit, budget_minor=2_000)
        change_offer(made.id, OfferForm("优惠", changed), version=1, by=makers.OWNER)
    changed = Offer(rule.id, "新说法", rule.stage, PercentOff(900), budget_minor=1_000)
    change_offer(made.id, OfferForm("优惠", changed), version=1, by=makers.OWNER)
    assert live_offers() is not before
    assert live_offers() is live_offers()
    draft = create_offer(OfferForm("草稿", rule), by=makers.OWNER)
    assert draft.state is PriceOfferState.DRAFT
    assert live_offers().count == 1
