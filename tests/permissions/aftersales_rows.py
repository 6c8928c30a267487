"""Who may come in to the routes of after-sales and reviews: rows of `test_routes.TABLE`."""

from typing import Any

from tests.world.township import KINDS, STAFF_ROLES

ALL = frozenset(KINDS)
PEOPLE = ALL - {"visitor"}
WRITERS = PEOPLE - {"narrowed"}
SELF = frozenset({"member", "narrowed"})
STAFF = frozenset(STAFF_ROLES)
SERVING = frozenset({"owner", "operator", "service"})
CASE = {
    "kind": "refund_only",
    "reason": "agreed_with_shop",
    "lines": [{"line_id": "{received_line}", "units": 1}],
}
REVIEW = {"order_id": "{received}", "line_id": "{received_line}", "stars": 5, "words": "好"}

AFTERSALES: tuple[tuple[Any, ...], ...] = (
    # after-sales
    ("send_picture", "/me/pictures", WRITERS, None, (422,)),  # the table sends no file
    ("list_case_choices", "/orders/{received}/case-choices", SELF),
    ("open_own_case", "/orders/{received}/cases", frozenset({"member"}), CASE),
    ("list_own_cases", "/me/cases", PEOPLE),
    ("get_case", "/cases/{case}", SELF | STAFF),
    ("get_case_picture", "/case-pictures/{evidence}", SELF | STAFF),
    ("withdraw_own_case", "/cases/{case}/withdraw", frozenset({"member"})),
    # the case waits for the shop: what comes later is refused for its state
    ("accept_own_offer", "/cases/{case}/accept", frozenset({"member"}), None, (409,)),
    ("escalate_own_case", "/cases/{case}/escalate", frozenset({"member"}), {"words": "看看"}, (409,)),
    (
        "send_own_parcel",
        "/cases/{case}/parcel",
        frozenset({"member"}),
        {"carrier": "中通", "tracking_number": "ZT1"},
        (409,),
    ),
    ("say_in_case", "/cases/{case}/messages", SERVING | {"member"}, {"text": "你好"}),
    ("list_all_cases", "/staff/cases", STAFF),
    ("agree_to_case", "/cases/{case}/agree", SERVING, {}),
    ("refuse_one_case", "/cases/{case}/refuse", SERVING, {"words": "看不出问题"}),
    ("note_case_arrival", "/cases/{case}/arrive", SERVING, None, (409,)),
    ("accept_case_goods", "/cases/{case}/goods", SERVING, {}, (409,)),
    ("sort_case_goods", "/cases/{case}/fates", SERVING, {}, (409,)),
    # reviews
    ("get_product_score", "/products/{product}/score", ALL),
    ("list_product_reviews", "/products/{product}/reviews", ALL),
    ("list_own_reviews", "/me/reviews", PEOPLE),
    ("list_lines_to_review", "/me/lines-to-review", PEOPLE),
    ("write_own_review", "/me/reviews", frozenset({"member"}), REVIEW),
    ("follow_own_review", "/reviews/{review}/follow-up", frozenset({"member"}), {"words": "还好"}),
    ("vote_for_review", "/reviews/{review}/helpful", WRITERS, {"is_helpful": True}, (409,)),  # not one's own
    ("report_one_review", "/reviews/{review}/reports", WRITERS - {"member"}, {"reason": "fake"}),
    ("list_all_reviews", "/staff/reviews", STAFF),
    ("show_one_review", "/reviews/{review}/show", SERVING, None, (409,)),  # it is shown
    ("hide_one_review", "/reviews/{review}/hide", SERVING, {"reason": "广告"}),
    ("reply_to_one_review", "/reviews/{review}/reply", SERVING, {"words": "谢谢"}),
)
