"""The routes of loyalty."""

from tests.permissions.rows import ALL, EDITORS, PEOPLE, REPORTERS, WRITERS, Row

EXCHANGE = {"exchange_id": "{fresh_exchange}", "address_note": "阿苏 13900000000 上海市黄浦区南京东路"}
LOYALTY = {
    "is_open": True,
    "points_per_unit": 100,
    "share_basis_points_max": 5_000,
    "points_step": 100,
    "earn_per_unit": 1,
    "return_days": 7,
    "expiry_months": 12,
    "return_policy": "within_balance",
    "fall_policy": "one_step",
    "grace_days": 30,
    "notice_days": 14,
    "check_in_points": 2,
}

LOYALTY_ROWS = [
    Row("get_points", "/me/points", PEOPLE),
    Row("list_own_lots", "/me/points/lots", PEOPLE),
    Row("get_standing", "/me/standing", PEOPLE),
    Row("list_tiers", "/tiers", ALL),
    Row("get_check_in", "/me/check-in", PEOPLE),
    Row("create_check_in", "/me/check-in", WRITERS),
    Row("list_missions", "/me/missions", PEOPLE),
    Row(
        "request_mission_reward", "/missions/{mission}/take", WRITERS, None, (409,)
    ),  # theirs are not finished
    Row("list_own_badges", "/me/badges", PEOPLE),
    Row("list_rewards", "/rewards", ALL),
    Row("create_exchange", "/rewards/{reward}/exchanges", WRITERS, EXCHANGE, (409,)),  # too few points
    Row("list_own_exchanges", "/me/exchanges", PEOPLE),
    Row("list_membership_plans", "/membership-plans", ALL),
    Row(
        "order_membership",
        "/membership-plans/{plan}/purchases",
        WRITERS,
        {"purchase_id": "{fresh}"},
        (409,),  # an empty wallet
    ),
    Row("list_own_memberships", "/me/memberships", PEOPLE),
    Row("get_points_liability", "/loyalty/liability", REPORTERS),
    Row("list_points_differences", "/loyalty/differences", REPORTERS),
    Row("list_points_lots", "/loyalty/lots", REPORTERS),
    Row("get_member_points", "/loyalty/members/{member}", REPORTERS),
    Row(
        "ask_for_points_adjustment",
        "/loyalty/members/{member}/adjustments",
        EDITORS,
        {"points": 50, "reason": "补偿"},
    ),
    Row("get_loyalty_terms", "/loyalty/terms", REPORTERS),
    Row("replace_loyalty_terms", "/loyalty/terms", EDITORS, LOYALTY),
    Row(
        "replace_tiers",
        "/loyalty/tiers",
        EDITORS,
        {"tiers": [{"code": "first", "name": "新邻居", "threshold": 0}]},
    ),
    Row("create_reward", "/loyalty/rewards", EDITORS, {"name": "布袋", "kind": "goods", "points": 200}),
    Row(
        "replace_reward",
        "/loyalty/rewards/{reward}",
        EDITORS,
        {"name": "布袋", "kind": "goods", "points": 200},
    ),
    Row("list_exchanges", "/loyalty/exchanges", REPORTERS),
    Row("send_exchange_goods", "/loyalty/exchanges/{exchange}/send", EDITORS, {"tracking_note": "顺丰 SF1"}),
]
