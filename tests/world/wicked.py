"""Wicked words: the town with everything that people write replaced by markup that would like to run.

The words go past every operation, straight into the columns: what is checked on the way in is another test's matter, here every
page has to show them as text. Each is begun by a mark of its own, so that what a page shows can be told from what it does not.
"""

import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.db import connection

WORDS: list[str] = json.loads((Path(__file__).parent / "wicked_words.json").read_text())
LENGTH_MAX, TOPIC_MAX = 200, 16
# table → columns that hold what people write
COLUMNS: dict[str, str] = {
    "people_member": "nickname",
    "people_address": "name province city district line",
    "people_apitoken": "name",
    "platform_history": "actor_label note",
    "catalog_category": "name",
    "catalog_importrun": "filename",
    "catalog_importissue": "column",
    "catalog_option": "name",
    "catalog_product": "title subtitle vendor specs",
    "catalog_productimage": "alt",
    "catalog_searchterm": "term",
    "catalog_variant": "option_values sku",
    "inventory_location": "name",
    "inventory_movement": "note actor_label",
    "messaging_notice": "facts",
    "webhooks_endpoint": "description",
    "webhooks_delivery": "last_error",
    "approvals_request": "reason note asked_label decided_label",
    "finance_difference": "intent_id reference note",
    "guard_lexicon": "name",
    "guard_word": "text category reason suggestion",
    "guard_item": "excerpt reason appeal_text",
    "guard_report": "note",
    "guard_sanction": "reason",
    "media_media": "failure",
    "payments_payment": "title failure reference",
    "payments_refund": "failure",
    "promotions_offer": "name label group",
    "promotions_couponbatch": "name",
    "loyalty_badge": "name hint",
    "loyalty_mission": "name hint",
    "loyalty_lot": "note",
    "loyalty_entry": "note",
    "loyalty_tier": "name benefits",
    "loyalty_plan": "name benefits",
    "loyalty_reward": "name text coupon_code",
    "loyalty_exchange": "name coupon_code address_note tracking_note",
    "orders_order": "address note",
    "orders_orderline": "sku title option_text discounts",
    "orders_orderrefund": "note",
    "orders_shipment": "carrier tracking_number",
    "events_event": "title text place join_link",
    "community_community": "name audience promise house_rules questions",
    "community_channel": "name about",
    "community_joinrequest": "answers",
    "community_task": "title about",
    "community_post": "title text topics",
    "community_postversion": "title text",
    "community_comment": "text",
    "community_polloption": "text",
    "incentives_rule": "label",
    "plays_play": "name",
    "group_buy_offer": "name",
    "campaigns_campaign": "name headline blocks",
    "red_packet_playterms": "greeting",
    "red_packet_packet": "greeting",
    "lucky_draw_draw": "consolation",
    "lucky_draw_prize": "name",
    "lucky_draw_ticket": "client_seed",
    "lucky_draw_voucher": "prize_name",
    "aftersales_case": "words answer_words carrier tracking_number",
    "aftersales_caseline": "title option_text",
    "aftersales_message": "author_label text",
    "reviews_review": "title option_text words hidden_reason followup_words reply_words",
    "notes_note": "title text topics alt_title province city review_note",
    "notes_noteversion": "title text topics",
    "notes_comment": "words",
}
# of those: seen only where this town has no such thing, or told to nobody yet
SELDOM = frozenset(
    [
        *(
            "approvals_request.note",
            "catalog_searchterm.term",
            "community_task.about",
            "finance_difference.intent_id",
        ),
        *("loyalty_exchange.coupon_code", "loyalty_reward.coupon_code", "lucky_draw_draw.consolation"),
        *(
            "lucky_draw_ticket.client_seed",
            "media_media.failure",
            "notes_note.province",
            "notes_noteversion.topics",
        ),
        *("orders_orderline.discounts", "payments_payment.title", "red_packet_playterms.greeting"),
    ]
)
# keys of JSON values that hold words; the rest of such a value stays as it is
WORD_KEYS = frozenset(
    [
        *(
            "title",
            "text",
            "name",
            "label",
            "reason",
            "excerpt",
            "note",
            "nickname",
            "line",
            "province",
            "city",
        ),
        *("district", "carrier", "place", "community", "product"),
    ]
)
_LENGTH = """SELECT column_name, data_type, character_maximum_length, numeric_precision FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = %s"""


def poison() -> dict[str, tuple[str, str]]:
    """Put wicked words into every column above; mark → (`table.column`, the words).

    The triggers that keep books unchanged are asleep for it.
    """
    marks: dict[str, tuple[str, str]] = {}
    words = _Words(marks)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table, columns in COLUMNS.items():
            cursor.execute(_LENGTH, [table])
            kinds = {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
            for column in columns.split():
                kind, limit = kinds[column]
                words.limit, words.source = limit or LENGTH_MAX, f"{table}.{column}"
                _fill(cursor, table, column, kind, words)
        cursor.execute("SET session_replication_role = DEFAULT")
    return marks


@dataclass
class _Words:
    """One wicked word after another, each with its mark."""

    marks: dict[str, tuple[str, str]]
    limit: int = LENGTH_MAX
    source: str = ""
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def next(self) -> str:
        """A short one becomes part of addresses, in which a topic has no slash."""
        number = next(self._numbers)
        mark = f"z{number:x}z"
        fitting = [one for one in WORDS if len(mark) + len(one) <= self.limit]
        if self.limit == TOPIC_MAX:
            fitting = [one for one in fitting if "/" not in one]
        found = mark + fitting[number % len(fitting)]
        self.marks[mark] = (self.source, found)
        return found


def unseen(marks: dict[str, tuple[str, str]], texts: Iterable[str]) -> set[str]:
    """Columns whose words stand whole on none of the pages with these texts, though somebody should have seen them."""
    everything = "\n".join(texts)
    seen = {source for source, words in marks.values() if " ".join(words.split()) in everything}
    return (
        {f"{table}.{column}" for table, names in COLUMNS.items() for column in names.split()} - SELDOM - seen
    )


def _fill(cursor: Any, table: str, column: str, kind: str, words: _Words) -> None:
    cursor.execute(f'SELECT ctid::text, "{column}" FROM {table} ORDER BY ctid LIMIT 100')
    for key, before in cursor.fetchall():
        after: Any = words.next() if kind in ("text", "character varying") else None
        if kind == "ARRAY":
            words.limit = TOPIC_MAX
            after = [words.next() for _ in before or [""]]
        if kind == "jsonb":
            value = json.loads(before) if isinstance(before, str) else before
            after = json.dumps(_in_json(value, words.next))
        cursor.execute(f'UPDATE {table} SET "{column}" = %s WHERE ctid = %s::tid', [after, key])


def _in_json(value: Any, word: Callable[[], str], *, is_word: bool = True) -> Any:
    if isinstance(value, dict):
        return {key: _in_json(one, word, is_word=key in WORD_KEYS) for key, one in value.items()}
    if isinstance(value, list):
        return [_in_json(one, word, is_word=is_word) for one in value]
    return word() if isinstance(value, str) and is_word else value


# ---- reading a page as a browser would ---------------------------------------------------------------------

FOREIGN_TAGS = {
    *("pwn", "plaintext", "xmp", "marquee", "embed", "object", "base", "math", "animate", "set", "mglyph"),
    "audio",
}
ADDRESSES = {
    *("href", "src", "action", "formaction", "data", "srcdoc", "poster", "xlink:href", "hx-get", "hx-post"),
    "background",
}
SHOWN_IN = {"value", "content", "alt", "title", "placeholder", "aria-label"}
_RUNS = re.compile(r"^[\x00-\x20]*(javascript:|data:text|//pwn)", re.IGNORECASE)


class Reader(HTMLParser):
    """What a page shows in `shown`, what would run in `wild`."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.wild: list[str] = []
        self._script = ""
        self.feed(body)
        self.close()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.shown).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in FOREIGN_TAGS or (tag == "meta" and given.get("http-equiv") == "refresh"):
            self.wild.append(self.get_starttag_text() or tag)
        for name, value in given.items():
            is_code = name.startswith(("on", "hx-on", "x-")) or name in ("style", "pwn")
            if (is_code and "pwn" in name + value) or (name in ADDRESSES and _RUNS.match(value)):
                self.wild.append(self.get_starttag_text() or tag)
        self.shown += [value for name, value in given.items() if name in SHOWN_IN]
        self._script = given.get("type", "code") if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        self._script = ""

    def handle_data(self, data: str) -> None:
        if not self._script:
            self.shown.append(data)
        elif "json" in self._script:
            json.loads(data)
        elif "pwn" in data:
            self.wild.append(data)
