"""`POST /rush/pools/POOL/claims`: a claim with a member pass and an idempotency key.

A plain ASGI application, because at this rate every layer costs thousands of requests a second.
"""

import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from django.db import connection
from psycopg.conninfo import make_conninfo
from starlette.routing import BaseRoute, Mount
from starlette.types import Receive, Scope, Send

from jishi.platform.rush.lane import HOLD_MINUTES, Lane, LaneFull, open_lane
from jishi.platform.rush.passes import read_pass

BODY_BYTES_MAX = 1024
QUANTITY_MAX = 99
_STATUS = {"granted": 201, "replayed": 200, "missing": 404}
_WORDS = {
    "sold_out": "已经被抢完了。",
    "limit_reached": "你已经占到上限了。",
    "too_early": "还没开始，请稍候。",
    "too_late": "已经结束了。",
    "missing": "没有找到这个池。",
    "key_reused": "这个幂等键已用于另一个请求，请换一个新的键。",
    "busy": "人太多了，请过一会儿再试。",
    "pass_needed": "请先登录，领取通行证。",
    "bad_request": "请求有误：要有 Idempotency-Key（UUID）和正确的数量。",
}

_lane: Lane | None = None


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


async def claim(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    if scope["method"] != "POST":
        await _answer(send, 405, {"code": "method_not_allowed"})
        return
    headers = dict(scope["headers"])
    kind, _, text = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    member_id = read_pass(text, now_seconds=int(time.time())) if kind.lower() == "pass" else None
    if member_id is None:
        await _refuse(send, 401, "pass_needed")
        return
    try:
        pool_id = _pool_of(scope["path"])
        claim_id = uuid.UUID(headers[b"idempotency-key"].decode("latin-1"))
        quantity = _quantity_of(await _body(receive))
    except (ValueError, KeyError, TypeError, AttributeError):
        await _refuse(send, 422, "bad_request")
        return
    try:
        if _lane is None:
            raise LaneFull()
        outcome, limit = await _lane.claim(
            pool_id=pool_id, claim_id=claim_id, member_id=member_id, quantity=quantity
        )
    except (LaneFull, TimeoutError, ConnectionError):
        await _refuse(send, 503, "busy")
        return
    if outcome in ("granted", "replayed"):
        await _answer(send, _STATUS[outcome], {"claim_id": str(claim_id), "hold_minutes": HOLD_MINUTES})
        return
    await _refuse(send, _STATUS.get(outcome, 409), outcome, limit=limit)


def _pool_of(path: str) -> uuid.UUID:
    parts = path.rstrip("/").split("/")
    if parts[-1] != "claims":
        raise ValueError(path)
    return uuid.UUID(parts[-2])


def _quantity_of(body: bytes) -> int:
    asked = json.loads(body) if body else {}
    quantity = asked.get("quantity", 1)
    if type(quantity) is not int or not 1 <= quantity <= QUANTITY_MAX:
        raise ValueError(quantity)
    return quantity


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body") and len(body) <= BODY_BYTES_MAX:
        message = await receive()
        body += message.get("body", b"")
    if len(body) > BODY_BYTES_MAX:
        raise ValueError("body too large")
    return body


async def _refuse(send: Send, status: int, code: str, **facts: Any) -> None:
    await _answer(
        send, status, {"code": code, "detail": _WORDS.get(code, code), "facts": facts}, problem=True
    )


async def _answer(send: Send, status: int, words: dict[str, Any], *, problem: bool = False) -> None:
    kind = b"application/problem+json" if problem else b"application/json"
    headers = [(b"content-type", kind)]
    if status == 503:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(words, ensure_ascii=False).encode()})


ROUTES: list[BaseRoute] = [Mount("/rush/pools", app=claim)]
