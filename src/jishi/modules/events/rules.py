"""The life of events and places, what a form must say, and the code on a ticket (docs/algorithms/events.md)."""

import base64
import hashlib
import hmac
import uuid
from datetime import datetime, timedelta

from jishi.modules.events.errors import BadEvent, EventOver, NotThere, TooEarlyForPhotos, TooEarlyToCheckIn
from jishi.modules.events.types import EventForm, EventState, PlaceState

E, P = EventState, PlaceState
LIFECYCLE: dict[tuple[EventState, str], EventState] = {
    (E.DRAFT, "publish"): E.PUBLISHED,
    (E.DRAFT, "cancel"): E.CANCELLED,
    (E.PUBLISHED, "cancel"): E.CANCELLED,
    (E.PUBLISHED, "end"): E.ENDED,
}
PLACES: dict[tuple[PlaceState, str], PlaceState] = {
    (P.GOING, "cancel"): P.CANCELLED,
    (P.WAITING, "cancel"): P.CANCELLED,
    (P.WAITING, "promote"): P.GOING,
    (P.GOING, "check_in"): P.ATTENDED,
    (P.CANCELLED, "take"): P.GOING,
    (P.CANCELLED, "wait"): P.WAITING,
}
CAPACITY_MAX = 100_000
DAYS_MAX = 30
CODE_SECONDS = 30
CODE_WINDOWS_BACK = 1  # the one before is still good: somebody holds up the phone for a while
CHECK_IN_MINUTES_BEFORE = 120
PHOTOS_PER_PERSON = 9
CAPTION_LENGTH_MAX = 80
_DIGEST_BYTES = 10


def check_form(form: EventForm) -> EventForm:
    """Raises BadEvent."""
    if not form.title.strip():
        raise BadEvent(field="title", reason="请填名称")
    if not form.starts_at < form.ends_at <= form.starts_at + timedelta(days=DAYS_MAX):
        raise BadEvent(field="ends_at", reason="结束要在开始之后，最多 30 天")
    if not 1 <= form.capacity <= CAPACITY_MAX:
        raise BadEvent(field="capacity", reason="名额要在 1 和 100000 之间")
    if form.is_online and not form.join_link.startswith("https://"):
        raise BadEvent(field="join_link", reason="线上活动要有 https 的入口")
    if not form.is_online and not form.place.strip():
        raise BadEvent(field="place", reason="线下活动要写地点")
    return form


def check_open(state: EventState, *, starts_at: datetime, now: datetime) -> None:
    """Places are taken and given back until it begins. Raises EventOver."""
    if state is not E.PUBLISHED or now >= starts_at:
        raise EventOver()


def check_check_in(state: EventState, *, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """From two hours before the beginning to the end. Raises EventOver, TooEarlyToCheckIn."""
    if state is not E.PUBLISHED or now > ends_at:
        raise EventOver()
    if now < starts_at - timedelta(minutes=CHECK_IN_MINUTES_BEFORE):
        raise TooEarlyToCheckIn(minutes=CHECK_IN_MINUTES_BEFORE)


def check_photo(
    state: EventState,
    *,
    place: PlaceState | None,
    is_online: bool,
    is_host: bool,
    ends_at: datetime,
    now: datetime,
) -> None:
    """When it is over, by its hosts and by who was checked in; nobody is checked in online, so there who had a place.

    Raises TooEarlyForPhotos, NotThere.
    """
    is_over = state is E.ENDED or (state is E.PUBLISHED and now >= ends_at)
    if not is_over:
        raise TooEarlyForPhotos()
    was_there = place is P.ATTENDED or (is_online and place is P.GOING)
    if not (is_host or was_there):
        raise NotThere()


def ticket_code(place_id: uuid.UUID, *, now: datetime, key: bytes) -> str:
    """Sixteen letters that only the house can make, another one every 30 seconds."""
    return _code(place_id, int(now.timestamp()) // CODE_SECONDS, key)


def is_ticket_code(code: str, place_id: uuid.UUID, *, now: datetime, key: bytes) -> bool:
    window = int(now.timestamp()) // CODE_SECONDS
    known = [_code(place_id, window - back, key) for back in range(CODE_WINDOWS_BACK + 1)]
    return any(hmac.compare_digest(code.encode(), one.encode()) for one in known)


def _code(place_id: uuid.UUID, window: int, key: bytes) -> str:
    body = place_id.bytes + window.to_bytes(8, "big")
    digest = hmac.digest(b"events.ticket:" + key, body, hashlib.sha256)[:_DIGEST_BYTES]
    return base64.b32encode(digest).decode().lower()
