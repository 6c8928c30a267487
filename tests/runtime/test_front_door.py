import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from jishi.runtime import front_door, readiness, telemetry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_answers() -> Iterator[None]:
    readiness._last = None
    yield
    readiness._last = None


class Client:
    """Asks an ASGI application without a server; one event loop for all its requests."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def get(self, path: str, *, headers: dict[str, str] | None = None) -> httpx.Response:
        return self.request("GET", path, headers=headers)

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        content: AsyncIterator[bytes] | bytes = b"",
    ) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
                return await client.request(method, path, headers=headers, content=content)

        return asyncio.run(ask())


@pytest.fixture
def client() -> Client:
    return Client(front_door.build())


def test_health_and_readiness(client: Client) -> None:
    assert client.get("/healthz").text == "ok"
    assert client.get("/readyz").json() == {"ready": True, "database": "ok", "migrations": "ok"}


def test_a_missing_migration_means_not_ready(client: Client) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET name = name || '_gone' WHERE app = 'platform'")
    try:
        answer = client.get("/readyz")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE django_migrations SET name = replace(name, '_gone', '') WHERE app = 'platform'"
            )

    assert answer.status_code == 503
    assert re.fullmatch(r"\d+ missing", answer.json()["migrations"])


def test_readiness_is_looked_up_once_a_second(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    real = readiness._look
    monkeypatch.setattr(readiness, "_look", lambda: looks.append(1) or real())

    for _ in range(5):
        client.get("/readyz")

    assert len(looks) == 1


def test_every_answer_carries_a_request_id_and_takes_over_a_sound_one(client: Client) -> None:
    made = client.get("/healthz").headers["x-request-id"]
    taken = client.get("/healthz", headers={"x-request-id": "from-the-proxy-1"}).headers["x-request-id"]
    refused = client.get("/healthz", headers={"x-request-id": "bad id\t"}).headers["x-request-id"]

    assert re.fullmatch(r"[0-9a-f]{32}", made)
    assert taken == "from-the-proxy-1"
    assert re.fullmatch(r"[0-9a-f]{32}", refused)


def test_an_announced_body_that_is_too_large_is_refused_unread(client: Client) -> None:
    answer = client.request("POST", "/anything", headers={"content-length": str(1 << 40)})

    assert answer.status_code == 413
    assert answer.json()["code"] == "body_too_large"


async def chunks(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * 1000


async def reads_all(scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"read"})


@pytest.mark.parametrize(("count", "status"), [(5, 200), (50, 413)])
def test_a_body_of_unknown_length_is_counted_as_it_comes(count: int, status: int) -> None:
    client = Client(front_door.watched(reads_all, body_max_bytes=10_000))

    assert client.request("POST", "/", content=chunks(count)).status_code == status


def test_a_bug_is_answered_with_500_and_the_server_lives_on() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("a bug")

    client = Client(front_door.watched(broken, body_max_bytes=1000))

    answer = client.get("/")

    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.headers["x-request-id"]


def test_more_waiting_requests_than_allowed_are_told_to_come_back() -> None:
    client = Client(front_door.bounded(reads_all, waiting_max=0))

    answer = client.get("/")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_metrics_count_by_route_class_and_not_by_path(client: Client) -> None:
    client.get("/no/such/page")
    client.get("/api/v1/nothing")

    text = client.get("/metrics").text

    assert re.search(r'jishi_http_requests_total\{method="GET",route_class="shop",status="404"\} \d', text)
    assert 'route_class="api"' in text
    assert "jishi_http_request_duration_seconds_bucket" in text
    assert "process_resident_memory_bytes" in text
    assert "/no/such" not in text


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "shop"),
        ("/api/v1/products", "api"),
        ("/console/", "console"),
        ("/apiary", "shop"),
        ("//", "shop"),
    ],
)
def test_route_classes_are_few(path: str, name: str) -> None:
    assert telemetry.route_class_of(path) == name


def test_media_is_kept_for_ever_and_never_run(client: Client) -> None:
    from jishi.runtime.environment import environment

    folder = environment().home / "media"
    (folder / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")

    answer = client.get("/media/a.svg")

    assert "immutable" in answer.headers["cache-control"]
    assert "sandbox" in answer.headers["content-security-policy"]
    assert client.get("/media/../secret.key").status_code == 404


def test_a_query_of_bare_bytes_reaches_django_escaped() -> None:
    seen: list[bytes] = []

    async def looks(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["query_string"])
        await reads_all(scope, receive, send)

    async def ask(query: bytes) -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            del message

        await front_door.bounded(looks, waiting_max=1)({"type": "http", "query_string": query}, receive, send)

    asyncio.run(ask("q=橙&tab=a%20b".encode()))
    asyncio.run(ask(b"q=plain"))
    assert seen == [b"q=%E6%A9%99&tab=a%20b", b"q=plain"]
