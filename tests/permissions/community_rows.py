"""Routes of communities for test_routes.py: operation, path, who may, body, other answers.

The town's community `town-place` may be read by anybody and `member` is in it. What is secret stands in
tests/journeys/test_private_communities.py.
"""

from typing import Any

ALL = frozenset(
    {"visitor", "member", "other", "narrowed", "service", "operator", "finance", "read_only", "owner"}
)
PEOPLE = ALL - {"visitor"}
WRITERS = PEOPLE - {"narrowed"}
MEMBER = frozenset({"member"})
EDITORS = frozenset({"owner", "operator"})
MODERATOR = frozenset({"member", "narrowed"})  # of town-kept; `other` is one of another community
KEEPER = MEMBER
VIEWERS = frozenset({"owner", "operator", "finance", "read_only"})
FOUNDED = {"name": "新社群", "handle": "another-place", "audience": "给新来的人", "promise": "有人答话"}

COMMUNITY: tuple[tuple[Any, ...], ...] = (
    ("list_communities", "/communities", ALL),
    ("list_own_communities", "/me/communities", PEOPLE),
    ("found_community", "/communities", EDITORS, FOUNDED),
    ("get_community", "/communities/town-place", ALL),
    ("join_one_community", "/communities/town-place/join", WRITERS, {}),
    ("leave_one_community", "/communities/town-place/leave", MEMBER),
    ("get_own_trust", "/communities/town-place/trust", frozenset({"member", "narrowed"})),
    ("claim_coupon_of_community", "/communities/town-place/coupons/{community_batch}/claim", MEMBER),
    ("get_community_report", "/communities/town-place/report", VIEWERS),
    ("list_posts", "/communities/town-place/posts", ALL),
    ("search_posts", "/posts/search?q=x", ALL),
    ("create_post", "/communities/town-place/posts", MEMBER, {"text": "大家好"}),
    ("get_post", "/posts/{place_post}", ALL),
    ("get_picture_of_post", "/posts/{picture_post}/pictures/{post_picture}", ALL),
    ("edit_one_post", "/posts/{place_post}", MEMBER, {"text": "改过", "version": 1}),
    ("delete_post", "/posts/{place_post}", MEMBER),
    ("decide_post", "/posts/{place_post}/state", EDITORS, {"state": "hidden", "reason": "跑题"}),
    ("list_items_of_community", "/communities/town-kept/queue", MODERATOR),
    ("get_item_of_community", "/communities/town-kept/queue/{kept_item}", MODERATOR),
    ("claim_item_of_community", "/communities/town-kept/queue/{kept_item}/claim", KEEPER, {"version": 1}),
    (
        "release_item_of_community",
        "/communities/town-kept/queue/{kept_claimed}/release",
        KEEPER,
        {"version": 2},
    ),
    (
        "decide_item_of_community",
        "/communities/town-kept/queue/{kept_item}/decide",
        KEEPER,
        {"version": 1, "decision": "keep"},
    ),
    ("list_comments", "/posts/{place_post}/comments", ALL),
    ("create_comment", "/posts/{place_post}/comments", MEMBER, {"text": "好"}),
    ("accept_one_answer", "/comments/{place_comment}/accept", MEMBER),
    ("react_to_post", "/posts/{place_post}/reaction", MEMBER, {"emoji": "👍"}),
    ("keep_post", "/posts/{place_post}/bookmark", MEMBER, {"is_on": True}),
    ("vote_on_post", "/posts/{place_poll}/votes", MEMBER, {"option_id": "{place_option}"}),
    ("follow_person", "/people/{follow}/follow", WRITERS, {"is_on": True}),
)
