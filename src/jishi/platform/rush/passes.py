"""Passes and turns: short-lived and signed, so that the hot lane knows who asks, and in which place, without a query."""

import base64
import hashlib
import hmac
import ipaddress
import struct
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice

from django.conf import settings

PASS_SECONDS = 900
TAGS_MAX = 16
_BODY = struct.Struct(">16sIq")
_TAG = struct.Struct(">q")
_TURN = struct.Struct(">16s16sI")
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Pass:
    """`device` is 0 when none is known; `tags` are digests of the member's tags (`tag_digest`)."""

    member_id: uuid.UUID
    member_hex: str
    expires_seconds: int
    device: int
    tags: frozenset[int]


@dataclass(frozen=True, slots=True)
class TurnPaper:
    """A place in a waiting room, from 1."""

    pool_id: uuid.UUID
    member_id: uuid.UUID
    position: int


def issue_pass(member_id: uuid.UUID, *, now_seconds: int, device: int = 0, tags: Collection[str] = ()) -> str:
    """A pass for one member, good for a quarter of an hour; of more tags than TAGS_MAX it carries the first."""
    digests = sorted(map(tag_digest, islice(tags, TAGS_MAX)))
    body = _BODY.pack(member_id.bytes, now_seconds + PASS_SECONDS, device)
    return _seal(b"rush.pass", body + b"".join(map(_TAG.pack, digests)))


def read_pass(text: str, *, now_seconds: int) -> Pass | None:
    """Whose pass it is; None when it is not ours, damaged or too old."""
    body = _unseal(b"rush.pass", text)
    if body is None:
        return None
    try:
        member, expires, device = _BODY.unpack_from(body)
        tags = frozenset(tag for (tag,) in _TAG.iter_unpack(body[_BODY.size :]))
    except struct.error:
        return None
    if expires < now_seconds:
        return None
    return Pass(uuid.UUID(bytes=member), member.hex(), expires, device, tags)


def issue_turn(paper: TurnPaper) -> str:
    """A number in a waiting room, to be shown with each claim; it does not grow old, the room does."""
    return _seal(b"rush.turn", _TURN.pack(paper.pool_id.bytes, paper.member_id.bytes, paper.position))


def read_turn(text: str) -> TurnPaper | None:
    body = _unseal(b"rush.turn", text)
    if body is None or len(body) != _TURN.size:
        return None
    pool, member, position = _TURN.unpack(body)
    return TurnPaper(uuid.UUID(bytes=pool), uuid.UUID(bytes=member), position)


def tag_digest(tag: str) -> int:
    return int.from_bytes(hashlib.sha256(tag.encode()).digest()[:8], signed=True)


def device_mark(visitor_id: uuid.UUID) -> int:
    """A browser as a number that says nothing about it; never 0."""
    return _keyed(b"rush.device", visitor_id.bytes)


def address_mark(address: str) -> int:
    """A network address (the /64 of an IPv6 one) as a keyed number; the address itself is kept nowhere."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return _keyed(b"rush.address", address.encode())
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return _keyed(b"rush.address", found.packed[:8])
        found = found.ipv4_mapped
    return _keyed(b"rush.address", found.packed)


def _keyed(purpose: bytes, value: bytes) -> int:
    return int.from_bytes(_sign(purpose, value)[:8], signed=True) or 1


def _seal(purpose: bytes, body: bytes) -> str:
    return base64.urlsafe_b64encode(body + _sign(purpose, body)).decode().rstrip("=")


def _unseal(purpose: bytes, text: str) -> bytes | None:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    body, digest = raw[:-_DIGEST_BYTES], raw[-_DIGEST_BYTES:]
    return body if hmac.compare_digest(digest, _sign(purpose, body)) else None


def _sign(purpose: bytes, body: bytes) -> bytes:
    key = b"%s:%s" % (purpose, settings.SECRET_KEY.encode())
    return hmac.digest(key, body, hashlib.sha256)[:_DIGEST_BYTES]
