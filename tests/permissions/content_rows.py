"""The routes of moderation for test_routes.py: operation, path, who may, body, other answers."""

from typing import Any

from tests.world.township import KINDS

ALL = frozenset(KINDS)
PEOPLE = ALL - {"visitor"}
WRITERS = PEOPLE - {"narrowed"}
REPORTERS = frozenset({"owner", "operator", "finance", "read_only"})
EDITORS = frozenset({"owner", "operator"})
MEETING = {
    "title": "采摘",
    "place": "果园",
    "starts_at": "2030-01-01T00:00:00Z",
    "ends_at": "2030-01-01T03:00:00Z",
    "capacity": 5,
}
REPORT = {"kind": "product", "subject_id": "{product}", "reason": "spam"}

CONTENT: tuple[tuple[Any, ...], ...] = (
    ("list_meetings", "/events", ALL),
    ("get_meeting", "/events/{event}", ALL),
    ("list_photos_of_meeting", "/events/{event}/photos", ALL),
    (
        "add_photos_of_meeting",
        "/events/{past_event}/photos",
        frozenset({"member"}),
        {"media_ids": ["{member_media}"]},
    ),
    ("remove_photo_of_meeting", "/events/{past_event}/photos/{photo}", frozenset({"member"})),
    ("get_photo_of_meeting", "/events/{past_event}/photos/{photo}/picture", ALL),
    ("get_own_place", "/events/{event}/place", PEOPLE),
    ("take_one_place", "/events/{event}/place", WRITERS, {}),
    ("give_one_place_back", "/events/{event}/place", WRITERS, None, (409,)),
    ("list_all_meetings", "/staff/events", REPORTERS),
    ("create_meeting", "/staff/events", EDITORS, MEETING),
    ("change_meeting", "/staff/events/{event}", EDITORS, {**MEETING, "version": 2}),
    ("publish_meeting", "/staff/events/{draft_event}/publish", EDITORS),
    ("cancel_meeting", "/staff/events/{event}/cancel", EDITORS),
    ("list_guests", "/staff/events/{event}/people", REPORTERS),
    ("check_in_guest", "/staff/events/places/{event_place}/check-in", EDITORS, {}, (409,)),  # too early
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
