"""The hot lane over HTTP: claims, turns and the state of a pool, for requests that come by the thousand.

    POST /rush/pools/POOL/claims   a member pass, an Idempotency-Key; with a waiting room also X-Rush-Turn
    POST /rush/pools/POOL/turns    a place in the waiting room
    GET  /rush/pools/POOL          hours, what remains, the server's time

A plain ASGI application without layers, because at this rate every layer costs thousands of requests a second. The
front door hands it `/rush/` before anything else and counts by the status that it returns.
"""

import itertools
import json
import os
import re
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import lru_cache

from django.db import connection
from psycopg.conninfo import make_conninfo
from starlette.types import Receive, Scope, Send

from jishi.kernel.errors import Busy, NotFound, Refusal
from jishi.platform.rush.lane import Lane, LaneFull, Wish, open_lane
from jishi.platform.rush.memory import STATE_SECONDS
from jishi.platform.rush.passes import Pass, TurnPaper, address_mark, read_pass, read_turn
from jishi.surfaces.rush import answers
from jishi.surfaces.rush.answers import Answer, BadRequest, NoSuchRoute, PassNeeded

PREFIX = "/rush/"
CLIENT = "jishi.client"  # in the scope: a callable that says the client's address, behind proxies too
BODY_BYTES_MAX = 1024
QUANTITY_MAX = 99
PAPERS_KEPT_MAX = 20_000
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_ONE = frozenset({b"", b'{"quantity": 1}', b'{"quantity":1}'})

Headers = dict[bytes, bytes]
_lane: Lane | None = None
_passes: dict[bytes, Pass] = {}
_numbers = itertools.count(1)


@asynccontextmanager
async def lane_lifespan() -> AsyncIterator[None]:
    """Open the lane with the front door."""
    global _lane  # noqa: PLW0603  (one lane per process, set when its loop starts)
    async with open_lane(_database_address()) as lane:
        _lane = lane
        yield
    _lane = None


def _database_address() -> str:
    """The database that Django uses, as one connection string."""
    values = connection.get_connection_params()
    kept = {name: values[name] for name in ("dbname", "user", "password", "host", "port") if values.get(name)}
    return make_conninfo(**kept)


async def answer(scope: Scope, receive: Receive, send: Send) -> int:
    """Answer one request under `/rush/`; the status it was answered with."""
    headers: Headers = dict(scope["headers"])
    request_id = _request_id(headers)
    try:
        status, fields, body = await _route(scope, headers, receive, request_id)
    except (LaneFull, TimeoutError, ConnectionError):
        status, fields, body = _problem(Busy, headers, request_id)
    await send(
        {"type": "http.response.start", "status": status, "headers": [*fields, (b"x-request-id", request_id)]}
    )
    await send({"type": "http.response.body", "body": body})
    return status


async def _route(scope: Scope, headers: Headers, receive: Receive, request_id: bytes) -> Answer:
    method, (pool, verb) = scope["method"], _pool_and_verb(scope["path"])
    if method == "POST" and verb == "claims":
        return await _claim(pool, scope, headers, receive, request_id)
    if method == "POST" and verb == "turns":
        return await _turn(pool, headers, request_id)
    if method == "GET" and verb == "state":
        return await _state(pool, headers, request_id)
    return _problem(NoSuchRoute, headers, request_id)


async def _claim(pool: str, scope: Scope, headers: Headers, receive: Receive, request_id: bytes) -> Answer:
    bearer = _bearer(headers)
    if bearer is None:
        return _problem(PassNeeded, headers, request_id)
    claim_id = _uuid_of(headers.get(b"idempotency-key", b"").decode("latin-1"))
    quantity = await _quantity(receive) if headers.get(b"content-length", b"") != b"0" else 1
    if not claim_id or not quantity:
        return _problem(BadRequest, headers, request_id)
    turn = headers.get(b"x-rush-turn")
    wish = Wish(
        pool,
        claim_id,
        bearer,
        quantity,
        _turn_of(turn) if turn else None,
        lambda: _address(scope.get(CLIENT) or (lambda: _peer(scope))),
    )
    reply = await _open_lane().claim(wish)
    if reply.outcome in ("granted", "replayed"):
        return answers.granted(claim_id, reply)
    return answers.refused(reply, language=headers.get(b"accept-language", b""), request_id=request_id)


async def _turn(pool: str, headers: Headers, request_id: bytes) -> Answer:
    bearer = _bearer(headers)
    if bearer is None:
        return _problem(PassNeeded, headers, request_id)
    reply = await _open_lane().take_turn(pool=pool, member_id=bearer.member_id)
    if reply.look is None:
        return _problem(NotFound, headers, request_id)
    return answers.turn(reply, pool=pool, member_id=bearer.member_id)


async def _state(pool: str, headers: Headers, request_id: bytes) -> Answer:
    look = await _open_lane().look(pool, seconds=STATE_SECONDS)
    return answers.state(look) if look else _problem(NotFound, headers, request_id)


def _open_lane() -> Lane:
    if _lane is None:
        raise LaneFull()
    return _lane


def _bearer(headers: Headers) -> Pass | None:
    """Whose pass it is; checked once, then known by its text until it is too old."""
    given = headers.get(b"authorization", b"")
    known = _passes.get(given)
    now = int(time.time())
    if known is not None:
        return known if known.expires_seconds >= now else None
    kind, _, text = given.decode("latin-1").partition(" ")
    found = read_pass(text, now_seconds=now) if kind.lower() == "pass" else None
    if found is not None:
        if len(_passes) >= PAPERS_KEPT_MAX:
            _passes.clear()
        _passes[given] = found
    return found


@lru_cache(maxsize=PAPERS_KEPT_MAX)
def _turn_of(text: bytes) -> TurnPaper | None:
    return read_turn(text.decode("latin-1"))


@lru_cache(maxsize=PAPERS_KEPT_MAX)
def _pool_and_verb(path: str) -> tuple[str, str]:
    """(the pool's id, what is asked of it); empty for no address of ours."""
    parts = path.removeprefix(PREFIX).rstrip("/").split("/")
    if parts[0] != "pools" or len(parts) not in (2, 3):
        return "", ""
    pool = _uuid_of(parts[1])
    return (pool, parts[2] if len(parts) == 3 else "state") if pool else ("", "")


def _uuid_of(text: str) -> str:
    """In the one spelling that the lane compares; empty when it is none."""
    if _UUID.fullmatch(text):
        return text
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""


async def _quantity(receive: Receive) -> int:
    """How many units the body asks for; 0 when it makes no sense."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body") and len(body) <= BODY_BYTES_MAX:
        message = await receive()
        body += message.get("body", b"")
    if body in _ONE:
        return 1
    if len(body) > BODY_BYTES_MAX:
        return 0
    try:
        quantity = json.loads(body).get("quantity", 1)
    except (ValueError, AttributeError, RecursionError):
        return 0
    return quantity if type(quantity) is int and 1 <= quantity <= QUANTITY_MAX else 0


def _peer(scope: Scope) -> str:
    return str((scope.get("client") or ("",))[0])


def _address(client: Callable[[], str]) -> int:
    return _address_mark(client())


@lru_cache(maxsize=PAPERS_KEPT_MAX)
def _address_mark(address: str) -> int:
    return address_mark(address)


def _request_id(headers: Headers) -> bytes:
    """The caller's, when it is sound; else one of our own, told apart by process and number."""
    given = headers.get(b"x-request-id")
    if given is not None and _REQUEST_ID.fullmatch(given):
        return given
    return b"%s-%x" % (_process_mark(), next(_numbers))


@lru_cache(maxsize=1)
def _process_mark() -> bytes:
    return b"rush-%x-%x" % (os.getpid(), int(time.time()))


def _problem(refusal: type[Refusal], headers: Headers, request_id: bytes) -> Answer:
    return answers.problem(refusal, {}, language=headers.get(b"accept-language", b""), request_id=request_id)
