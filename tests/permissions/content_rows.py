"""The routes of moderation for test_routes.py: operation, path, who may, body, other answers."""

from typing import Any

from tests.world.township import KINDS

ALL = frozenset(KINDS)
PEOPLE = ALL - {"visitor"}
WRITERS = PEOPLE - {"narrowed"}
REPORTERS = frozenset({"owner", "operator", "finance", "read_only"})
EDITORS = frozenset({"owner", "operator"})
REPORT = {"kind": "product", "subject_id": "{product}", "reason": "spam"}

CONTENT: tuple[tuple[Any, ...], ...] = (
    ("create_report", "/reports", WRITERS, REPORT),
    ("list_own_reports", "/me/reports", PEOPLE),
    ("list_own_decisions", "/me/decisions", PEOPLE),
    ("list_own_sanctions", "/me/sanctions", PEOPLE),
    ("appeal_decision", "/me/decisions/{decided_item}/appeal", frozenset({"member"}), {"text": "x"}),
    ("list_items", "/staff/moderation/items", REPORTERS),
    ("get_item", "/staff/moderation/items/{item}", REPORTERS),
    ("claim_one_item", "/staff/moderation/items/{item}/claim", EDITORS, {"version": 1}),
    ("release_one_item", "/staff/moderation/items/{item}/release", EDITORS, {"version": 1}, (409,)),
    (
        "decide_one_item",
        "/staff/moderation/items/{item}/decide",
        EDITORS,
        {"version": 1, "decision": "keep"},
    ),
    ("check_text", "/staff/moderation/check", REPORTERS, {"text": "全网第一"}),
    ("list_sanctions", "/staff/moderation/sanctions", REPORTERS),
    (
        "create_sanction",
        "/staff/moderation/members/{member}/sanctions",
        EDITORS,
        {"kind": "mute", "hours": 1, "reason": "x"},
    ),
    ("lift_one_sanction", "/staff/moderation/sanctions/{sanction}/lift", EDITORS),
)
