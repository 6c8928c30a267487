"""The gateway's HTTP: an API for merchants, a page for payers, and callbacks going out."""

import asyncio
import contextlib
import json
import logging
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import parse_qs

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from jishi.runtime.environment import environment
from jishi.runtime.sandbox_gateway import cashier
from jishi.runtime.sandbox_gateway.books import Books
from jishi.runtime.sandbox_gateway.signing import check, signature

log = logging.getLogger("jishi.sandbox")
env = environment()
books = Books(env.home / "sandbox.sqlite3")

BODY_BYTES_MAX = 64 * 1024
CALLBACK_TIMEOUT_SECONDS = 5.0
POLL_SECONDS = 0.2
DELAY_SECONDS = 20

Handler = Callable[[Request, dict[str, Any]], Awaitable[Response]]


def merchant_only(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Only signed requests; the body is parsed once it is trusted."""

    @wraps(handler)
    async def guarded(request: Request) -> Response:
        body = await request.body()
        if len(body) > BODY_BYTES_MAX:
            return JSONResponse({"error": "too_large"}, 413)
        if not check(request.headers.get("x-sandbox-signature", ""), body=body, secret=env.sandbox_secret):
            return JSONResponse({"error": "bad_signature"}, 401)
        try:
            asked = json.loads(body) if body else {}
            return await handler(request, asked)
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"error": "bad_request"}, 400)

    return guarded


@merchant_only
async def open_payment(request: Request, asked: dict[str, Any]) -> Response:
    uuid.UUID(asked["payment_id"])
    if int(asked["amount_minor"]) <= 0:
        return JSONResponse({"error": "bad_amount"}, 400)
    return JSONResponse(books.open_payment(asked, cashier=env.sandbox_url), 201)


@merchant_only
async def show_payment(request: Request, asked: dict[str, Any]) -> Response:
    return _found(books.payment(request.path_params["payment_id"]))


@merchant_only
async def close_payment(request: Request, asked: dict[str, Any]) -> Response:
    return _found(books.close(request.path_params["payment_id"]))


@merchant_only
async def open_refund(request: Request, asked: dict[str, Any]) -> Response:
    uuid.UUID(asked["refund_id"])
    refund = books.open_refund(asked)
    if refund is not None:
        _tell(refund, kind=f"refund.{refund['state']}", delay=1.0)
    return _found(refund)


@merchant_only
async def show_refund(request: Request, asked: dict[str, Any]) -> Response:
    return _found(books.refund(request.path_params["refund_id"]))


@merchant_only
async def statement(request: Request, asked: dict[str, Any]) -> Response:
    day = datetime.fromisoformat(request.path_params["day"]).replace(tzinfo=UTC)
    lines = books.statement(day.timestamp(), (day + timedelta(days=1)).timestamp())
    return JSONResponse({"lines": lines})


async def pay_page(request: Request) -> Response:
    payment = books.payment_of_reference(request.path_params["reference"])
    if payment is None:
        return HTMLResponse("没有这笔付款 · no such payment", 404)
    if request.method == "GET":
        return HTMLResponse(cashier.page(payment))
    body = await request.body()
    if len(body) > BODY_BYTES_MAX:
        return HTMLResponse("太大了 · too large", 413)
    form = {name: values[-1] for name, values in parse_qs(body.decode("latin-1"), max_num_fields=20).items()}
    switches = {name: True for name, _, _ in cashier.SWITCHES if form.get(name)}
    was_pending = payment["state"] == "pending"
    state = "succeeded" if form.get("do") == "pay" else "failed"
    settled = books.settle(payment["id"], state=state, switches=switches) or payment
    if was_pending:
        _announce(settled, switches)
    if switches.get("no_return"):
        return HTMLResponse(cashier.page(settled))
    return RedirectResponse(payment["return_url"], 303)


def _announce(payment: dict[str, Any], switches: dict[str, Any]) -> None:
    """Callbacks about a payment, with the troubles that were asked for."""
    if switches.get("lost"):
        return
    delay = float(DELAY_SECONDS) if switches.get("delay") else 0.0
    kind = f"payment.{payment['state']}"
    if switches.get("reorder"):
        stale = {**payment, "state": "pending"}
        _tell(stale, kind="payment.pending", delay=delay + 1.5)
    event_id = str(uuid.uuid4())
    for copy in range(3 if switches.get("duplicate") else 1):
        _tell(payment, kind=kind, delay=delay + copy * 0.3, event_id=event_id)


def _tell(thing: dict[str, Any], *, kind: str, delay: float, event_id: str = "") -> None:
    body = {
        "event_id": event_id or str(uuid.uuid4()),
        "kind": kind,
        "id": thing["id"],
        "state": thing["state"],
        "reference": thing["reference"],
        "amount_minor": thing["amount_minor"],
        "fee_minor": thing.get("fee_minor", 0),
        "currency": thing["currency"],
        "failure": thing.get("failure", ""),
        "settled_at": thing["settled_at"],
    }
    if thing["notify_url"]:
        books.queue_callback(
            event_id=body["event_id"], url=thing["notify_url"], body=body, due_at=time.time() + delay
        )


async def deliver_callbacks() -> None:
    """Send what is due until told to stop; a merchant that does not say 2xx hears it again, ever later."""
    async with httpx.AsyncClient(timeout=CALLBACK_TIMEOUT_SECONDS) as client:
        while True:
            due = books.due_callbacks()
            if due:
                await asyncio.gather(*(_deliver(client, row) for row in due))
            else:
                await asyncio.sleep(POLL_SECONDS)


async def _deliver(client: httpx.AsyncClient, row: dict[str, Any]) -> None:
    body = row["body"].encode()
    headers = {
        "x-sandbox-signature": signature(body=body, secret=env.sandbox_secret),
        "content-type": "application/json",
    }
    try:
        response = await client.post(row["url"], content=body, headers=headers)
        delivered = response.is_success
    except httpx.HTTPError:
        delivered = False
    books.note_callback(row["rowid"], delivered=delivered, attempts=row["attempts"] + 1)


def _found(thing: dict[str, Any] | None) -> Response:
    return JSONResponse({"error": "not_found"}, 404) if thing is None else JSONResponse(thing)


@contextlib.asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    courier = asyncio.create_task(deliver_callbacks())
    yield
    courier.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await courier


app = Starlette(
    routes=[
        Route("/v1/payments", open_payment, methods=["POST"]),
        Route("/v1/payments/{payment_id}", show_payment),
        Route("/v1/payments/{payment_id}/close", close_payment, methods=["POST"]),
        Route("/v1/refunds", open_refund, methods=["POST"]),
        Route("/v1/refunds/{refund_id}", show_refund),
        Route("/v1/statements/{day}", statement),
        Route("/pay/{reference}", pay_page, methods=["GET", "POST"]),
        Route("/healthz", lambda request: JSONResponse({"ok": True})),
    ],
    lifespan=lifespan,
)
