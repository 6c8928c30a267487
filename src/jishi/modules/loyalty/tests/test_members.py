"""Tiers, check-ins, missions, badges, rewards and paid membership on real PostgreSQL."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor, ActorKind
from jishi.kernel.errors import IllegalStep, NotAllowed
from jishi.modules.loyalty.errors import (
    AddressWanted,
    AlreadyCheckedIn,
    BadTerms,
    MissionTaken,
    MissionUnfinished,
    PointsTooFew,
    RewardGone,
    RewardLimit,
)
from jishi.modules.loyalty.models import Standing
from jishi.modules.loyalty.operations.adjustments import adjust_points
from jishi.modules.loyalty.operations.deeds import check_in, note_deed, take_mission
from jishi.modules.loyalty.operations.earnings import Paid, earn_by_payment, lower_earning
from jishi.modules.loyalty.operations.lots import grant_points
from jishi.modules.loyalty.operations.memberships import give_membership
from jishi.modules.loyalty.operations.notices import tell_of_expiring_points
from jishi.modules.loyalty.operations.rewards import cancel_exchange, send_exchange, take_reward
from jishi.modules.loyalty.operations.standing import (
    grant_birthday_gifts,
    set_birthday,
    set_ladder,
    sweep_standings,
)
from jishi.modules.loyalty.operations.terms import (
    save_badge,
    save_mission,
    save_plan,
    save_reward,
    set_check_in_rewards,
    set_terms,
)
from jishi.modules.loyalty.queries.deeds import badges_of, check_in_card, missions_of
from jishi.modules.loyalty.queries.liability import liability, lots_table
from jishi.modules.loyalty.queries.points import balance_of, spendable_points
from jishi.modules.loyalty.queries.rebuild import rebuild_balances
from jishi.modules.loyalty.queries.rewards import exchanges_of, reward_of
from jishi.modules.loyalty.queries.standing import memberships_of, progress_of, standing_of
from jishi.modules.loyalty.types import (
    BadgeTerms,
    Cadence,
    DeedKind,
    LotState,
    MissionTerms,
    PlanTerms,
    RewardKind,
    RewardTerms,
    Terms,
    TierTerms,
)
from jishi.platform.facts import facts_about

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
LADDER = (
    TierTerms("a", "新邻居", 0),
    TierTerms("b", "老街坊", 300, discount_basis_points=200, earn_basis_points=12_500, birthday_points=88),
    TierTerms("c", "会长", 1_000, discount_basis_points=500, earn_basis_points=15_000, ships_free=True),
)


@pytest.fixture(autouse=True)
def _held_clock():
    with clock.held_at(NOON):
        yield


def new_member() -> Actor:
    return Actor(kind=ActorKind.MEMBER, id=uuid.uuid4())


def pay(member: Actor, paid_minor: int) -> tuple[str, uuid.UUID]:
    source = ("order", uuid.uuid4())
    earn_by_payment(Paid(member.require_member(), source, paid_minor))
    return source


def give(member: Actor, points: int) -> None:
    source = ("gift", uuid.uuid4())
    grant_points(member_id=member.require_member(), points=points, source=source, available_at=clock.now())


def facts_of(member: Actor) -> list[str]:
    return [fact.name for fact in facts_about(subject_kind="member", subject_id=member.require_member())]


def test_paying_lifts_at_once_and_the_next_order_earns_more():
    set_ladder(LADDER, by=SYSTEM)
    member = new_member()
    assert standing_of(member.id).tier_code == "a"
    pay(member, 30_000)
    standing = standing_of(member.id)
    assert (standing.tier_code, standing.tier_rank, standing.discount_basis_points) == ("b", 2, 200)
    pay(member, 10_000)
    assert balance_of(member.require_member(), by=member).pending == 300 + 125
    progress = progress_of(member.require_member(), by=member)
    assert progress is not None and (progress.growth, progress.missing) == (400, 600)
    assert facts_of(member) == ["loyalty.tier_risen.v1"]


def test_a_visitor_and_a_shop_without_tiers_have_rank_0():
    assert standing_of(None).tier_rank == 0
    assert standing_of(uuid.uuid4()).tier_rank == 0


def test_a_refund_lowers_growth_and_takes_exactly_its_points():
    set_ladder(LADDER, by=SYSTEM)
    member = new_member()
    source = pay(member, 30_050)
    for so_far, pending, growth in ((49, 300, 300), (51, 299, 299), (15_000, 150, 150), (30_050, 0, 0)):
        lower_earning(source, refunded_minor_so_far=so_far)
        lower_earning(source, refunded_minor_so_far=so_far)
        assert balance_of(member.require_member(), by=member).pending == pending
        progress = progress_of(member.require_member(), by=member)
        assert progress is not None and progress.growth == growth
    assert rebuild_balances(by=SYSTEM) == []


def test_falling_is_warned_of_waited_for_and_told():
    set_ladder(LADDER, by=SYSTEM)
    member = new_member()
    pay(member, 200_000)
    clock.advance_held(timedelta(days=366))
    assert sweep_standings() == 1
    assert standing_of(member.id).tier_code == "c", "the grace runs"
    assert sweep_standings() == 0
    clock.advance_held(timedelta(days=30))
    sweep_standings()
    assert standing_of(member.id).tier_code == "b"
    assert facts_of(member) == [
        "loyalty.tier_risen.v1",
        "loyalty.tier_will_fall.v1",
        "loyalty.tier_fallen.v1",
    ]


def test_buying_in_the_grace_keeps_the_tier():
    set_ladder(LADDER, by=SYSTEM)
    member = new_member()
    pay(member, 40_000)
    clock.advance_held(timedelta(days=366))
    sweep_standings()
    assert Standing.objects.get(member_id=member.id).falls_at is not None
    pay(member, 30_000)
    assert Standing.objects.get(member_id=member.id).falls_at is None
    assert standing_of(member.id).tier_code == "b"


def test_a_birthday_is_told_once_and_brings_a_gift_once_a_year():
    set_ladder(LADDER, by=SYSTEM)
    member = new_member()
    pay(member, 30_000)
    set_birthday(month=3, day=10, by=member)
    with pytest.raises(BadTerms):
        set_birthday(month=3, day=11, by=member)
    assert (grant_birthday_gifts(), grant_birthday_gifts()) == (1, 0)
    assert spendable_points(member.require_member()) == 88


def test_checking_in_once_a_day_makes_a_streak_that_breaks():
    set_check_in_rewards({2: 3}, by=SYSTEM)
    member = new_member()
    assert (check_in(by=member).points, check_in_card(by=member).streak) == (2, 1)
    with pytest.raises(AlreadyCheckedIn):
        check_in(by=member)
    clock.advance_held(timedelta(days=1))
    assert (check_in(by=member).streak, spendable_points(member.require_member())) == (2, 7)
    clock.advance_held(timedelta(days=2))
    assert check_in_card(by=member).streak == 0
    assert check_in(by=member).streak == 1


def test_the_day_is_the_shops():
    """23:30 and 00:30 in Shanghai are one hour and two days."""
    member = new_member()
    with clock.held_at(datetime(2026, 3, 10, 15, 30, tzinfo=UTC)):
        check_in(by=member)
        clock.advance_held(timedelta(hours=1))
        assert check_in(by=member).streak == 2


def test_badges_are_won_once_when_the_count_is_reached():
    save_badge(BadgeTerms("two", "两单", "买两单", DeedKind.ORDER_PAID, 2), by=SYSTEM)
    member = new_member()
    assert note_deed(member.require_member(), DeedKind.ORDER_PAID) == []
    assert note_deed(member.require_member(), DeedKind.ORDER_PAID) == ["two"]
    assert note_deed(member.require_member(), DeedKind.ORDER_PAID) == []
    assert badges_of(member.require_member())[0].won_at is not None


def test_a_daily_mission_comes_back_and_a_single_one_does_not():
    daily = save_mission(MissionTerms("in", "签到", "", DeedKind.CHECKED_IN, 1, Cadence.DAILY, 5), by=SYSTEM)
    once = save_mission(MissionTerms("buy", "买", "", DeedKind.ORDER_PAID, 1, Cadence.ONCE, 50), by=SYSTEM)
    member = new_member()
    with pytest.raises(MissionUnfinished):
        take_mission(daily, by=member)
    check_in(by=member)
    note_deed(member.require_member(), DeedKind.ORDER_PAID)
    assert (take_mission(daily, by=member), take_mission(once, by=member)) == (5, 50)
    for mission_id in (daily, once):
        with pytest.raises(MissionTaken):
            take_mission(mission_id, by=member)
    clock.advance_held(timedelta(days=1))
    check_in(by=member)
    assert take_mission(daily, by=member) == 5
    with pytest.raises(MissionTaken):
        take_mission(once, by=member)
    assert [view.is_taken for view in missions_of(member.require_member())] == [True, True]


def test_a_reward_costs_points_and_stock_and_has_a_limit_per_member():
    cup = save_reward(None, RewardTerms("杯", RewardKind.GOODS, 100, stock=2, member_limit=1), by=SYSTEM)
    first, second, third = new_member(), new_member(), new_member()
    for member in (first, second, third):
        give(member, 250)
    address = "阿苏 13900000000 上海市黄浦区"
    with pytest.raises(AddressWanted):
        take_reward(cup, by=first, exchange_id=ids.new_id())
    key = ids.new_id()
    assert take_reward(cup, by=first, exchange_id=key, address_note=address)[1]
    assert not take_reward(cup, by=first, exchange_id=key, address_note=address)[1]
    with pytest.raises(RewardLimit):
        take_reward(cup, by=first, exchange_id=ids.new_id(), address_note=address)
    take_reward(cup, by=second, exchange_id=ids.new_id(), address_note=address)
    with pytest.raises(RewardGone):
        take_reward(cup, by=third, exchange_id=ids.new_id(), address_note=address)
    assert [spendable_points(m.require_member()) for m in (first, second, third)] == [150, 150, 250]
    cancel_exchange(key, by=SYSTEM, reason="打碎了")
    assert (spendable_points(first.require_member()), reward_of(cup).left) == (250, 1)
    with pytest.raises(IllegalStep):
        send_exchange(key, by=SYSTEM, tracking_note="SF1")
    assert rebuild_balances(by=SYSTEM) == []


def test_a_reward_without_points_takes_no_stock():
    bag = save_reward(None, RewardTerms("券", RewardKind.COUPON, 100, coupon_code="C8", stock=1), by=SYSTEM)
    with pytest.raises(PointsTooFew):
        take_reward(bag, by=new_member(), exchange_id=ids.new_id())
    assert reward_of(bag).left == 1
    member = new_member()
    give(member, 100)
    take_reward(bag, by=member, exchange_id=ids.new_id())
    assert exchanges_of(by=member)[0].coupon_code == "C8"


def test_paid_periods_follow_one_another_and_give_the_better_of_two():
    set_ladder(LADDER, by=SYSTEM)
    plan = save_plan(
        PlanTerms("m", "月卡", 990, "CNY", 30, discount_basis_points=300, ships_free=True), by=SYSTEM
    )
    member = new_member()
    source = ("membership", uuid.uuid4())
    for _ in range(2):
        give_membership(member.require_member(), plan_id=plan, days=30, source=source, by=SYSTEM)
    give_membership(
        member.require_member(), plan_id=plan, days=10, source=("membership", uuid.uuid4()), by=SYSTEM
    )
    periods = memberships_of(member.require_member(), by=member)
    assert [(p.starts_at, p.ends_at) for p in reversed(periods)] == [
        (NOON, NOON + timedelta(days=30)),
        (NOON + timedelta(days=30), NOON + timedelta(days=40)),
    ]
    pay(member, 30_000)
    standing = standing_of(member.id)
    assert (standing.discount_basis_points, standing.earn_basis_points) == (300, 12_500)
    assert standing.ships_free and standing.is_paid_member
    clock.advance_held(timedelta(days=40))
    assert not standing_of(member.id).is_paid_member


def test_expiring_points_are_told_once():
    member = new_member()
    give(member, 40)
    give(member, 60)
    assert tell_of_expiring_points() == 0
    clock.advance_held(datetime(2027, 3, 25, tzinfo=UTC) - NOON)
    assert (tell_of_expiring_points(), tell_of_expiring_points()) == (1, 0)
    fact = facts_about(subject_kind="member", subject_id=member.require_member())[-1]
    assert (fact.name, fact.payload["points"]) == ("loyalty.points_expiring.v1", 100)


def test_an_adjustment_runs_once_and_never_takes_what_is_not_there():
    member, first = new_member().require_member(), uuid.uuid4()
    assert adjust_points(member_id=member, points=50, adjustment_id=first, note="补偿")
    assert not adjust_points(member_id=member, points=50, adjustment_id=first, note="补偿")
    with pytest.raises(PointsTooFew):
        adjust_points(member_id=member, points=-60, adjustment_id=uuid.uuid4(), note="")
    assert adjust_points(member_id=member, points=-20, adjustment_id=uuid.uuid4(), note="")
    assert spendable_points(member) == 30


def test_the_liability_is_the_sum_of_the_rows_behind_it():
    set_terms(Terms(points_per_unit=50), by=SYSTEM)
    for points in (100, 50):
        give(new_member(), points)
    pay(new_member(), 3_000)
    found = liability(by=SYSTEM)
    assert (found.spendable, found.pending, found.value_minor) == (150, 30, 360)
    for line in found.by_month:
        state = LotState.ACTIVE if line.month else LotState.PENDING
        rows = lots_table(by=SYSTEM, state=state, month=line.month)
        assert sum(lot.remaining for lot in rows) == line.points
    assert sum(line.points for line in found.by_month) == found.spendable + found.pending


def test_others_see_nothing_of_a_member():
    member, stranger = new_member(), new_member()
    give(member, 10)
    with pytest.raises(NotAllowed):
        balance_of(member.require_member(), by=stranger)
    with pytest.raises(NotAllowed):
        liability(by=stranger)
