import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from starlette.responses import PlainTextResponse

from jishi.runtime import front_door, otel
from jishi.runtime.environment import environment


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, bytes]]]:
    """A collector that keeps what it is sent; the environment points at it."""
    kept: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
    environment.cache_clear()
    yield kept
    environment.cache_clear()
    server.shutdown()


def test_without_a_collector_there_is_no_tracing() -> None:
    app = PlainTextResponse("ok")

    assert otel.tracer("web") is None
    assert front_door.traced(app) is app


def test_with_a_collector_every_request_becomes_a_span(received: list[tuple[str, bytes]]) -> None:
    app = front_door.traced(PlainTextResponse("ok"))

    async def ask() -> None:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://shop"
        ) as client:
            await client.get("/api/v1/products")
        deadline = asyncio.get_running_loop().time() + 5
        while not received and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.05)

    asyncio.run(ask())

    path, body = received[0]
    assert path == "/v1/traces"
    assert b"GET api" in body
    assert b"jishi-web" in body
