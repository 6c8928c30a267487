"""Bodies of the lane's answers as bytes: the words of a refusal are made once per language and kept."""

import json
import math
import uuid
from collections.abc import Hashable
from datetime import UTC, datetime
from functools import lru_cache
from typing import cast

from django.conf import settings
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from jishi.kernel import clock
from jishi.kernel.errors import Busy, Kind, Refusal
from jishi.platform.rush.claims import REFUSALS, facts_of
from jishi.platform.rush.lane import Reply
from jishi.platform.rush.memory import PoolLook
from jishi.platform.rush.passes import TurnPaper, issue_turn
from jishi.surfaces.refusals import status_of, words_of

WORDS_KEPT_MAX = 4096
BUSY_SECONDS = 1
_KIND = (b"content-type", b"application/json")
_PROBLEM_KIND = (b"content-type", b"application/problem+json")
_PRIVATE = (b"cache-control", b"no-store")
_SHARED = (b"cache-control", b"public, max-age=1")

Answer = tuple[int, list[tuple[bytes, bytes]], bytes]


class PassNeeded(Refusal):
    kind = Kind.UNAUTHENTICATED
    code = "pass_needed"
    message = "请先登录，领取通行证。"


class BadRequest(Refusal):
    code = "bad_request"
    message = "请求有误：要有 Idempotency-Key（UUID）和正确的数量。"


class NoSuchRoute(Refusal):
    kind = Kind.MISSING
    code = "not_found"
    message = "没有找到你要的内容，它可能已被移走。"


def granted(claim_id: str, reply: Reply) -> Answer:
    status = 201 if reply.outcome == "granted" else 200
    seconds = "null" if reply.hold_seconds is None else reply.hold_seconds
    return status, [_KIND], f'{{"claim_id": "{claim_id}", "hold_seconds": {seconds}}}'.encode()


def refused(reply: Reply, *, language: bytes, request_id: bytes) -> Answer:
    """What the claim function, the memory or the waiting room refused."""
    facts: dict[str, object] = facts_of(reply.outcome, reply.detail)
    if reply.outcome == "waiting" and reply.look is not None:
        ahead, seconds = reply.look.standing(reply.detail, clock.now().timestamp())
        facts = {"position": reply.detail, "ahead": ahead, "seconds": seconds}
    elif reply.outcome == "too_early" and reply.look is not None:
        facts = {"opens_at": _moment(reply.look.opens_at)}
    return problem(REFUSALS[reply.outcome], facts, language=language, request_id=request_id)


def problem(
    refusal: type[Refusal], facts: dict[str, object], *, language: bytes, request_id: bytes
) -> Answer:
    status, headers, body = _problem(cast(Hashable, refusal), tuple(facts.items()), _language_of(language))
    return status, headers, b'%s%s"}' % (body, request_id)


def turn(reply: Reply, *, pool: str, member_id: uuid.UUID) -> Answer:
    """A place in the waiting room and the paper that proves it; position 0 where nobody has to wait."""
    look = reply.look
    assert look is not None
    position = reply.detail
    ahead, seconds = look.standing(position, clock.now().timestamp()) if position else (0, 0)
    paper = issue_turn(TurnPaper(uuid.UUID(pool), member_id, position)) if position else ""
    words = {"position": position, "ahead": ahead, "seconds": seconds, "turn": paper}
    return 200, [_KIND, _PRIVATE], json.dumps(words).encode()


def state(look: PoolLook) -> Answer:
    """The pool as it was at most a second ago, with this server's time for countdowns."""
    now = clock.now().timestamp()
    remaining = max(0, look.capacity - look.taken)
    is_open = look.is_open and look.opens_at <= now < look.closes_at
    words = {
        "server_time": _moment(now),
        "opens_at": _moment(look.opens_at),
        "closes_at": _moment(look.closes_at),
        "is_open": is_open,
        "capacity": look.capacity,
        "remaining": remaining,
        "reserved": look.reserved,
        "is_sold_out": remaining == 0,
        "waiting_room": {"turns": look.turns, "called": min(look.turns, look.admitted(now))}
        if look.rate
        else None,
    }
    return 200, [_KIND, _SHARED], json.dumps(words).encode()


@lru_cache(maxsize=WORDS_KEPT_MAX)
def _problem(
    refusal: Hashable, facts: tuple[tuple[str, object], ...], language: str
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    said = cast(type[Refusal], refusal)(**dict(facts))
    status = status_of(said)
    with translation.override(language):
        words = words_of(said)
    body = {
        "type": f"urn:jishi:problem:{said.code}",
        "title": words,
        "status": status,
        "code": said.code,
        "detail": words,
        "facts": dict(facts),
        "request_id": "",
    }
    headers = [_PROBLEM_KIND]
    if refusal is Busy:
        headers.append((b"retry-after", str(BUSY_SECONDS).encode()))
    elif said.kind is Kind.LIMITED:
        headers.append((b"retry-after", str(dict(facts).get("seconds", BUSY_SECONDS)).encode()))
    return status, headers, json.dumps(body, ensure_ascii=False).encode()[:-2]


@lru_cache(maxsize=WORDS_KEPT_MAX)
def _language_of(accepted: bytes) -> str:
    """The first language of an Accept-Language header that the shop speaks."""
    spoken = [code for code, _ in settings.LANGUAGES]
    for wanted, _ in parse_accept_lang_header(accepted.decode("latin-1")):
        for code in spoken:
            if wanted == code or wanted.split("-")[0] == code.split("-")[0]:
                return code
    return settings.LANGUAGE_CODE


def _moment(seconds: float) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).isoformat() if math.isfinite(seconds) else None
