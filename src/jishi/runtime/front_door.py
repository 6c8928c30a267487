"""The one ASGI application: native routes on the event loop, everything else through Django's WSGI.

Every request gets an id, a size limit, a count, a duration, and (unless it is one of very many alike) a line
in the log.
"""

import gc
import os
import re
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from anyio import to_thread
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from granian.utils.proxies import wrap_asgi_with_proxy_headers
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.runtime.settings")

from jishi.runtime.wsgi import application as django_application  # noqa: I001 - sets Django up for what follows
from jishi.runtime import otel, telemetry, wiring
from jishi.runtime.bridge import Bridge
from jishi.runtime.environment import environment
from jishi.runtime.logs import AccessLine, access_log, get_logger, request_id
from jishi.runtime.readiness import readiness

WAITING_PER_THREAD_MAX = 32
COLLECT_AFTER = (20_000, 20, 50)
MEDIA_AGE_SECONDS = 60 * 60 * 24 * 365
LOGGED = "jishi.logged"  # what Django answers is written down; the rest only when it fails
_ID_PATTERN = re.compile(r"[A-Za-z0-9._-]{8,64}")

log = get_logger("jishi.front_door")


class BodyTooLarge(OSError):
    """Raised while reading; an OSError because that is what readers of a request body expect."""


def build() -> ASGIApp:
    """The application that the server runs, outermost layer first: proxies, tracing, watching, routes."""
    env = environment()
    app: ASGIApp = watched(routes(), body_max_bytes=env.body_max_bytes)
    app = wrap_asgi_with_proxy_headers(traced(app), trusted_hosts=env.trusted_proxies)
    return beside_hot(app, trusted_proxies=env.trusted_proxies)


def routes() -> Starlette:
    env = environment()
    env.home.joinpath("media").mkdir(parents=True, exist_ok=True)
    app = Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Mount("/media", MediaFiles(directory=env.home / "media")),
        ],
        lifespan=_lifespan,
    )
    django = Bridge(django_application, workers=env.web_threads)  # type: ignore[arg-type]
    app.router.redirect_slashes = False
    app.router.default = bounded(django, waiting_max=env.web_threads * WAITING_PER_THREAD_MAX)
    return app


async def healthz(_request: Request) -> Response:
    """The process is alive; says nothing about the database."""
    return PlainTextResponse("ok")


async def readyz(_request: Request) -> Response:
    state = await to_thread.run_sync(readiness)
    words = {"ready": state.is_ready, "database": state.database, "migrations": state.migrations}
    return JSONResponse(words, status_code=200 if state.is_ready else 503)


async def metrics(_request: Request) -> Response:
    body, content_type = await to_thread.run_sync(telemetry.exposition)
    return Response(body, media_type=content_type)


class MediaFiles(StaticFiles):
    """Uploaded and drawn pictures: stored under their digest, so they may be kept for ever; never run as a page."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        response = super().file_response(*args, **options)
        response.headers["cache-control"] = f"public, max-age={MEDIA_AGE_SECONDS}, immutable"
        response.headers["content-security-policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        response.headers["x-content-type-options"] = "nosniff"
        return response


@asynccontextmanager
async def _lifespan(_app: Starlette) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for lifespan in wiring.NATIVE_LIFESPANS:
            await stack.enter_async_context(lifespan())
        await to_thread.run_sync(load_pages)
        settle_memory()
        yield


def load_pages() -> None:
    """Every page and both languages, before anybody asks: the first visitor of a process waited 1.5 s for them."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            reverse("shop:home")
            translation.gettext("集市")


def settle_memory() -> None:
    """What was loaded at the start stays: walking through all of it at every collection stopped the lane for 200 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def bounded(app: ASGIApp, *, waiting_max: int) -> ASGIApp:
    """At most so many requests wait for a thread; the next are told to come back at once, not left hanging."""
    waiting = 0

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal waiting
        if waiting >= waiting_max:
            await _problem(503, "busy", "人太多了，请过一会儿再试。", {"retry-after": "1"})(
                scope, receive, send
            )
            return
        waiting += 1
        scope[LOGGED] = True
        _escape_query(scope)
        try:
            await app(scope, receive, send)
        finally:
            waiting -= 1

    return guarded


def _escape_query(scope: Scope) -> None:
    """Some clients send what people typed as bare bytes; behind here a query string is ASCII."""
    query = scope.get("query_string", b"")
    if not query.isascii():
        scope["query_string"] = "".join(chr(one) if one < 128 else f"%{one:02X}" for one in query).encode()


def beside_hot(app: ASGIApp, *, trusted_proxies: list[str]) -> ASGIApp:
    """The hot paths go past every layer: they bound their own bodies and name their own requests."""
    tally = telemetry.HotTally("rush")
    read_client = wrap_asgi_with_proxy_headers(_client_of, trusted_hosts=trusted_proxies)

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(wiring.HOT_PREFIX):
            await app(scope, receive, send)
            return
        started = time.perf_counter()
        scope[wiring.HOT_CLIENT] = partial(read_client, scope, receive, send)
        status = 499  # the client went away before it was answered
        try:
            status = await wiring.answer_hot(scope, receive, send)
        except Exception:
            status = 500
            log.exception("unhandled", method=scope["method"], path=scope["path"])
            raise
        finally:
            tally.count(method=scope["method"], status=status, started=started, ended=time.perf_counter())

    return door


def _client_of(scope: Scope, _receive: Receive, _send: Send) -> str:
    """The address that the layer before it has found in the headers of trusted proxies."""
    return str((scope.get("client") or ("",))[0])


def traced(app: ASGIApp) -> ASGIApp:
    tracer = otel.tracer("web")
    if tracer is None:
        return app

    async def spanned(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        name = f"{scope['method']} {telemetry.route_class_of(scope['path'])}"
        with tracer.start_as_current_span(name) as span:
            span.set_attribute("http.request.method", scope["method"])
            span.set_attribute("url.path", scope["path"])

            async def send_noting(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            await app(scope, receive, send_noting)

    return spanned


def watched(app: ASGIApp, *, body_max_bytes: int) -> ASGIApp:
    env = environment()
    tell = access_log(log_format=env.log_format, level=env.log_level)

    async def front(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        visit = _Visit(scope, receive, send, body_max_bytes=body_max_bytes)
        await visit.run(app, tell)

    return front


class _Visit:
    """One request on its way through: its id, how much body it has sent, what it was answered."""

    __slots__ = ("body_bytes", "body_max_bytes", "id", "receive", "scope", "send", "started", "status")

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, body_max_bytes: int) -> None:
        self.scope = scope
        self.receive = receive
        self.send = send
        self.body_max_bytes = body_max_bytes
        self.body_bytes = 0
        self.status = 0
        self.id = ""
        self.started = time.perf_counter()

    async def run(self, app: ASGIApp, tell: AccessLine) -> None:
        announced = self._read_headers()
        token = request_id.set(self.id)
        telemetry.count_started()
        try:
            if announced > self.body_max_bytes:
                await self._refuse_body()
            else:
                await app(self.scope, self._receive, self._send)
        except BodyTooLarge:
            await self._refuse_body()
        except Exception:
            log.exception("unhandled", method=self.scope["method"], path=self.scope["path"])
            if self.status:
                raise
            await _problem(500, "internal", "出错了，我们已经记录下来。", {})(
                self.scope, self.receive, self._send
            )
        finally:
            self._close(tell)
            request_id.reset(token)

    def _read_headers(self) -> int:
        """Take over a sound X-Request-ID or make one; returns the announced length of the body."""
        announced, headers = 0, []
        for name, value in self.scope["headers"]:
            if name == b"x-request-id":
                if _ID_PATTERN.fullmatch(text := value.decode("latin-1")):
                    self.id = text
                continue
            if name == b"content-length" and value.isdigit():
                announced = int(value)
            headers.append((name, value))
        self.id = self.id or uuid.uuid4().hex
        headers.append((b"x-request-id", self.id.encode()))
        self.scope["headers"] = headers
        return announced

    async def _receive(self) -> Message:
        message = await self.receive()
        self.body_bytes += len(message.get("body", b""))
        if self.body_bytes > self.body_max_bytes:
            raise BodyTooLarge("the request body is larger than allowed")
        return message

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if self.body_bytes > self.body_max_bytes and not self.status and message["status"] != 413:
                raise BodyTooLarge("the request body is larger than allowed")
            self.status = message["status"]
            message = {
                **message,
                "headers": [*message.get("headers", ()), (b"x-request-id", self.id.encode())],
            }
        await self.send(message)

    async def _refuse_body(self) -> None:
        if not self.status:
            answer = _problem(413, "body_too_large", "上传的内容太大了。", {"connection": "close"})
            await answer(self.scope, self.receive, self._send)

    def _close(self, tell: AccessLine) -> None:
        seconds = time.perf_counter() - self.started
        path, method = self.scope["path"], self.scope["method"]
        route_class = telemetry.route_class_of(path)
        status = self.status or 499  # the client went away before it was answered
        telemetry.count_answered(route_class=route_class, method=method, status=status, seconds=seconds)
        if status >= 400 or (LOGGED in self.scope and route_class != "static"):
            client = self.scope.get("client") or ("",)
            tell(method, path, status, seconds * 1000, client[0])


def _problem(status: int, code: str, title: str, headers: dict[str, str]) -> Response:
    body = {
        "type": f"urn:jishi:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": title,
        "facts": {},
        "request_id": request_id.get() or "",
    }
    return JSONResponse(body, status_code=status, headers=headers, media_type="application/problem+json")
