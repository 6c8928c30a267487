"""Pages by keyset: the next one starts after the last row of this one, whatever was written meanwhile.

A cursor is opaque to clients: base64 of a few values. It decides nothing but where to go on, so it needs no signature.
"""

import base64
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from jishi.kernel.errors import Refusal

CURSOR_LENGTH_MAX = 400
OFFSET_MAX = 1_000_000


class CursorInvalid(Refusal):
    code = "cursor_invalid"
    message = "翻页标记无效，请从第一页开始。"


@dataclass(frozen=True, slots=True)
class Key:
    """Where a page ended: rows are ordered by an instant and, among equals, by id, newest first."""

    at: datetime
    id: uuid.UUID


def older_than(key: Key | None, *, field: str, id_field: str = "id") -> Q:
    """The rows after a key in newest-first order."""
    if key is None:
        return Q()
    return Q(**{f"{field}__lt": key.at}) | Q(**{field: key.at, f"{id_field}__lt": key.id})


def cursor_of(key: Key) -> str:
    return _pack([key.at.isoformat(), key.id.hex])


def key_of(cursor: str) -> Key | None:
    """None for an empty cursor. Raises CursorInvalid."""
    if not cursor:
        return None
    values = _unpack(cursor, count=2)
    try:
        at = datetime.fromisoformat(values[0])
        key = Key(at=at, id=uuid.UUID(values[1]))
    except (ValueError, TypeError, AttributeError) as error:
        raise CursorInvalid() from error
    if at.tzinfo is None or not 1970 < at.year < 9000:
        raise CursorInvalid()
    return key


def cursor_after(rows: Sequence[Any], *, limit: int, field: str, id_field: str = "id") -> str:
    """The cursor behind a full page, empty when the page was not full."""
    return cursor_of(Key(getattr(rows[-1], field), getattr(rows[-1], id_field))) if len(rows) >= limit else ""


def offset_cursor(offset: int) -> str:
    """For lists in an order that has no key, such as by rank."""
    return _pack([offset])


def offset_of(cursor: str) -> int:
    """0 for an empty cursor. Raises CursorInvalid."""
    if not cursor:
        return 0
    offset = _unpack(cursor, count=1)[0]
    if not isinstance(offset, int) or isinstance(offset, bool) or not 0 <= offset <= OFFSET_MAX:
        raise CursorInvalid()
    return offset


def _pack(values: list[Any]) -> str:
    text = json.dumps(values, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _unpack(cursor: str, *, count: int) -> list[Any]:
    if len(cursor) > CURSOR_LENGTH_MAX:
        raise CursorInvalid()
    try:
        values = json.loads(base64.urlsafe_b64decode((cursor + "=" * (-len(cursor) % 4)).encode("ascii")))
    except (ValueError, RecursionError) as error:  # bad base64, bad JSON, not ASCII
        raise CursorInvalid() from error
    if not isinstance(values, list) or len(values) != count:
        raise CursorInvalid()
    return values
