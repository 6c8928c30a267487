"""Loyalty of the demo: the shop's terms before history begins, and what neighbours do with their points after it."""

import random
from contextlib import suppress
from datetime import datetime, timedelta

from jishi.flows.loyalty import ask_points_adjustment, buy_membership, exchange_points
from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM
from jishi.kernel.errors import Refusal
from jishi.modules.ledger.public import AccountKind, AccountRef
from jishi.modules.loyalty.public import (
    BadgeTerms,
    Cadence,
    DeedKind,
    MissionTerms,
    PlanTerms,
    RewardKind,
    RewardTerms,
    Terms,
    TierTerms,
    check_in,
    expire_due_points,
    grant_points,
    missions_of,
    open_rewards,
    plans,
    release_due_points,
    save_badge,
    save_mission,
    save_plan,
    save_reward,
    set_birthday,
    set_check_in_rewards,
    set_ladder,
    set_terms,
    take_mission,
)
from jishi.modules.wallet.public import Move, put_into_wallet
from jishi.platform.transactions import in_transaction
from jishi.runtime.demo.seed.jobs import let_it_sink_in
from jishi.runtime.demo.seed.people import Neighbour, Street

GIFTS = AccountRef(code="marketing:points", kind=AccountKind.EXPENSE)
CHECKERS = 24
DAYS = 90
TIERS = (
    TierTerms("neighbour", "新邻居", 0, benefits="签到、做任务攒积分"),
    TierTerms("regular", "老街坊", 300, earn_basis_points=11_000, birthday_points=88),
    TierTerms(
        "friend", "知心街坊", 1_000, discount_basis_points=200, earn_basis_points=12_500, birthday_points=188
    ),
    TierTerms(
        "pillar",
        "街坊会长",
        3_000,
        discount_basis_points=500,
        earn_basis_points=15_000,
        ships_free=True,
        birthday_points=388,
        benefits="新货先尝\n专属客服",
    ),
)
BADGES = (
    BadgeTerms("first-order", "第一篮", "完成第一次购买", DeedKind.ORDER_PAID, 1, mark="篮"),
    BadgeTerms("ten-orders", "常来常往", "买满 10 单", DeedKind.ORDER_PAID, 10, mark="常"),
    BadgeTerms("received", "稳稳收到", "收到 5 个订单", DeedKind.ORDER_RECEIVED, 5, mark="稳"),
    BadgeTerms("team-player", "拼团高手", "拼成 5 个团", DeedKind.TEAM_COMPLETED, 5, mark="团"),
    BadgeTerms("sharer", "街坊喇叭", "分享带来 20 次到访", DeedKind.LINK_VISITED, 20, mark="喇"),
    BadgeTerms(
        "helper", "热心邻居", "20 次算数的贡献：发帖、回答、笔记、被感谢", DeedKind.CONTRIBUTED, 20, mark="热"
    ),
    BadgeTerms("week", "七天不断", "签到满 7 天", DeedKind.CHECKED_IN, 7, mark="七"),
)
MISSIONS = (
    MissionTerms(
        "check-in", "今天签个到", "签到一次", DeedKind.CHECKED_IN, 1, Cadence.DAILY, 3, link="/me/points/"
    ),
    MissionTerms(
        "share",
        "喊邻居来看看",
        "有 3 个人点开你的分享",
        DeedKind.LINK_VISITED,
        3,
        Cadence.DAILY,
        10,
        link="/me/shares/",
    ),
    MissionTerms(
        "first-order", "第一单", "付好第一个订单", DeedKind.ORDER_PAID, 1, Cadence.ONCE, 50, link="/"
    ),
    MissionTerms(
        "first-team", "拼成一个团", "和邻居凑满一个团", DeedKind.TEAM_COMPLETED, 1, Cadence.ONCE, 60, link="/"
    ),
    MissionTerms(
        "five-orders",
        "收到五单",
        "收到 5 个订单",
        DeedKind.ORDER_RECEIVED,
        5,
        Cadence.ONCE,
        120,
        link="/orders/",
    ),
)
PLANS = (
    PlanTerms(
        "month", "月卡", 990, "CNY", 30, discount_basis_points=300, earn_basis_points=15_000, ships_free=True
    ),
    PlanTerms(
        "year",
        "年卡",
        8_800,
        "CNY",
        365,
        discount_basis_points=500,
        earn_basis_points=20_000,
        ships_free=True,
        benefits="会员日双倍积分",
    ),
)
REWARDS = (
    RewardTerms("钱包 5 元", RewardKind.WALLET, 500, "马上到账，买什么都能用", stock=200, amount_minor=500),
    RewardTerms(
        "月卡体验 7 天",
        RewardKind.MEMBERSHIP,
        300,
        "会员价、包邮、1.5 倍积分",
        plan_code="month",
        days=7,
        member_limit=1,
    ),
    RewardTerms(
        "满 59 减 8 元券",
        RewardKind.COUPON,
        400,
        "全场可用",
        stock=300,
        coupon_code="POINTS-59-8",
        member_limit=2,
    ),
    RewardTerms("手冲布袋", RewardKind.GOODS, 1_200, "自家画的图案，结实能装", stock=12, member_limit=1),
    RewardTerms("搪瓷杯", RewardKind.GOODS, 2_400, "白底蓝边，300 毫升", stock=8),
    RewardTerms("年货试吃礼盒", RewardKind.GOODS, 5_000, "六样年货各一小份", stock=3, member_limit=1),
)


@in_transaction
def open_loyalty() -> None:
    """Terms, tiers, badges, missions, plans and rewards, so that history earns by them."""
    set_terms(Terms(), by=SYSTEM)
    set_check_in_rewards({2: 1, 3: 3, 5: 5, 7: 15}, by=SYSTEM)
    set_ladder(TIERS, by=SYSTEM)
    for badge in BADGES:
        save_badge(badge, by=SYSTEM)
    for mission in MISSIONS:
        save_mission(mission, by=SYSTEM)
    for plan in PLANS:
        save_plan(plan, by=SYSTEM)
    for reward in REWARDS:
        save_reward(None, reward, by=SYSTEM)


def live_with_points(*, street: Street, dice: random.Random) -> None:
    """Points ripen; neighbours check in, finish missions, take rewards; 阿苏 has some of everything."""
    now = clock.now()
    for ago in range(DAYS, -1, -1):  # every morning what has ripened
        with clock.held_at(now - timedelta(days=ago, hours=3)):
            release_due_points()
    asu = street.neighbours[0]
    _give_old_points(street, now=now)
    for place, who in enumerate(street.neighbours[:CHECKERS]):
        # 阿苏 has come for five days and has not been here today
        days = range(5, 0, -1) if place == 0 else range(dice.randrange(1, 9), -1, -1)
        for ago in days:
            with (
                clock.held_at(max(now - timedelta(days=ago, minutes=dice.randrange(1, 50)), who.joined_at)),
                suppress(Refusal),
            ):
                check_in(by=who.actor)
                let_it_sink_in()
    for who in street.neighbours[:CHECKERS]:
        for mission in missions_of(who.actor.require_member()):
            if mission.is_takeable and dice.random() < 0.7:
                take_mission(mission.id, by=who.actor)
    _join(asu)
    _take_rewards(street, dice=dice)
    with suppress(Refusal):
        ask_points_adjustment(
            street.neighbours[2].actor.require_member(),
            points=200,
            reason="包裹晚到三天，补偿积分",
            by=SYSTEM,
        )
    let_it_sink_in()


def _give_old_points(street: Street, *, now: datetime) -> None:
    """Points brought along from the shop's older days: some of them have ended, 阿苏's end soon."""
    for place, days, points in ((0, 366, 260), (0, 340, 180), (3, 430, 320), (4, 460, 150), (5, 440, 90)):
        who = street.neighbours[place].actor.require_member()
        with clock.held_at(now - timedelta(days=days)):
            grant_points(
                member_id=who,
                points=points,
                source=("gift", ids.derived_id(who, f"gift:{days}")),
                available_at=clock.now(),
                note="老店的积分",
            )
    expire_due_points()


def _join(who: Neighbour) -> None:
    """阿苏 is a paid member for a month and has told her birthday."""
    move_id = ids.derived_id(who.actor.require_member(), "demo:gift")
    put_into_wallet(
        Move(
            id=move_id,
            member_id=who.actor.require_member(),
            other=GIFTS,
            amount_minor=3_000,
            currency="CNY",
            kind="points_reward",
            subject=("member", who.actor.require_member()),
        )
    )
    month = next(plan for plan in plans() if plan.terms.code == "month")
    with clock.held_at(clock.now() - timedelta(days=9)):
        buy_membership(month.id, by=who.actor, purchase_id=ids.derived_id(move_id, "month"))
        set_birthday(month=12, day=6, by=who.actor)


def _take_rewards(street: Street, *, dice: random.Random) -> None:
    rewards = open_rewards()
    goods = next(reward for reward in rewards if reward.terms.kind is RewardKind.GOODS)
    for who in street.neighbours[6:9]:  # three parcels for the shop to send
        member_id = who.actor.require_member()
        source = ("gift", ids.derived_id(member_id, "gift:year"))
        grant_points(
            member_id=member_id, points=1_500, source=source, available_at=clock.now(), note="老邻居年终礼"
        )
        address = f"{who.nickname} 13900000000 上海市黄浦区南京东路街道云南中路 88 弄"
        exchange_points(goods.id, by=who.actor, exchange_id=ids.new_id(), address_note=address)
    for who in street.neighbours[1:CHECKERS]:
        wanted = dice.choice(rewards)
        with clock.held_at(clock.now() - timedelta(hours=dice.uniform(1, 60))), suppress(Refusal):
            exchange_points(
                wanted.id,
                by=who.actor,
                exchange_id=ids.new_id(),
                address_note=f"{who.nickname} 13900000000 上海市黄浦区南京东路街道云南中路 88 弄",
            )
