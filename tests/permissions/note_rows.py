"""Who may come in to the routes of notes: rows of `test_routes.TABLE`."""

from typing import Any

from tests.world.township import KINDS, STAFF_ROLES

ALL = frozenset(KINDS)
PEOPLE = ALL - {"visitor"}
WRITERS = PEOPLE - {"narrowed"}
SELF = frozenset({"member", "narrowed"})
STAFF = frozenset(STAFF_ROLES) - {"service"}
EDITORS = frozenset({"owner", "operator"})
NOTE = {"title": "一篇", "text": "好"}

NOTES: tuple[tuple[Any, ...], ...] = (
    ("get_feed", "/feed", ALL),
    ("search_published_notes", "/notes?q=a", ALL),
    ("get_note", "/notes/{note}", ALL),
    ("get_note_reason", "/notes/{note}/why", ALL),
    ("list_note_comments", "/notes/{note}/comments", ALL),
    ("say_below_note", "/notes/{note}/comments", WRITERS, {"words": "好"}),
    ("hide_one_comment", "/note-comments/{note_comment}", EDITORS | {"member"}),
    ("like_one_note", "/notes/{note}/like", WRITERS, {"is_on": True}),
    ("save_one_note", "/notes/{note}/save", WRITERS, {"is_on": True}),
    ("tap_goods_of_note", "/notes/{note}/taps", WRITERS | {"visitor"}),
    ("get_author", "/authors/{member}", ALL),
    ("list_notes_of_author", "/authors/{member}/notes", ALL),
    ("follow_one_author", "/authors/{member}/follow", WRITERS, {"is_on": True}, (409,)),  # not oneself
    ("get_feed_consent", "/me/feed-consent", PEOPLE),
    ("set_feed_consent", "/me/feed-consent", WRITERS, {"is_personal": True, "is_near": False}),
    ("send_media", "/me/media", WRITERS, None, (422,)),  # the table sends no file
    ("get_own_media", "/me/media/{note_media}", SELF),
    ("list_own_notes", "/me/notes", PEOPLE),
    ("list_saved_notes", "/me/saved-notes", PEOPLE),
    ("begin_note", "/me/notes", WRITERS, NOTE),
    ("change_note", "/me/notes/{note_draft}", frozenset({"member"}), NOTE),
    (
        "publish_one_note",
        "/me/notes/{note_draft}/publish",
        frozenset({"member"}),
        {},
        (422,),
    ),  # no picture yet
    ("take_back_one_note", "/me/notes/{note_waiting}/take-back", frozenset({"member"})),
    ("remove_own_note", "/me/notes/{note_draft}", EDITORS | {"member"}),
    ("list_all_notes", "/staff/notes", STAFF),
    ("approve_one_note", "/staff/notes/{note_waiting}/approve", EDITORS),
    ("return_one_note", "/staff/notes/{note_waiting}/return", EDITORS, {"reason": "改改"}),
    ("hide_one_note", "/staff/notes/{note}/hide", EDITORS, {"reason": "广告"}),
    ("show_one_note", "/staff/notes/{note}/show", EDITORS, None, (409,)),  # it is shown
)
