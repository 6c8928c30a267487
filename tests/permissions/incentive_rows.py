"""The routes of incentives for test_routes.py: operation, path, who may, body, other answers."""

from typing import Any

from tests.world.township import KINDS

ALL = frozenset(KINDS)
PEOPLE = ALL - {"visitor"}
WRITERS = PEOPLE - {"narrowed"}
REPORTERS = frozenset({"owner", "operator", "finance", "read_only"})
EDITORS = frozenset({"owner", "operator"})
RULE = {"label": "发帖", "points": 5, "value": 5, "daily_cap": 3}
THANKS = {"kind": "post", "subject_id": "{place_post}"}

INCENTIVES: tuple[tuple[Any, ...], ...] = (
    ("get_board", "/board", ALL),
    ("get_own_contributions", "/me/contributions", PEOPLE),
    ("create_thanks", "/thanks", WRITERS, THANKS, (422,)),  # not oneself
    ("list_incentive_rules", "/staff/incentives/rules", REPORTERS),
    ("replace_incentive_rule", "/staff/incentives/rules/community.post_published.v1", EDITORS, RULE),
    ("search_people", "/people/search?q=a", ALL),
)
