"""From the loop to a WSGI application and back: whole answers in one step, streams part by part."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from jishi.runtime.bridge import Bridge

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def said_by(app: App, *, method: str = "GET") -> list[dict[str, Any]]:
    """Every message that the server gets."""
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(dict(message))

    async def ask() -> None:
        scope = {
            "type": "http",
            "method": method,
            "path": "/",
            "raw_path": b"/",
            "query_string": b"",
            "headers": [],
            "http_version": "1.1",
            "scheme": "http",
        }
        await Bridge(app, workers=1)(scope, receive, send)

    asyncio.run(ask())
    return said


def answering(*parts: bytes, status: str = "200 OK") -> App:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response(status, [("Content-Type", "text/plain")])
        return list(parts)

    return app


def body_of(said: list[dict[str, Any]]) -> bytes:
    return b"".join(one.get("body", b"") for one in said[1:])


def test_a_whole_answer_is_two_messages_and_ends() -> None:
    said = said_by(answering(b"hello"))
    assert [one["type"] for one in said] == ["http.response.start", "http.response.body"]
    assert said[0]["status"] == 200 and said[0]["headers"] == [(b"content-type", b"text/plain")]
    assert said[1]["body"] == b"hello" and not said[1].get("more_body")


def test_an_answer_without_a_body_ends_too() -> None:
    said = said_by(answering(status="304 Not Modified"))
    assert said[0]["status"] == 304 and body_of(said) == b"" and not said[-1].get("more_body")


@pytest.mark.parametrize("parts", [2, 3, 40])
def test_a_stream_comes_whole_and_in_order(parts: int) -> None:
    said = said_by(answering(*(b"%d," % number for number in range(parts))))
    assert body_of(said) == b"".join(b"%d," % number for number in range(parts))
    assert not said[-1].get("more_body") and all(one["more_body"] for one in said[1:-1])


def test_an_empty_part_is_no_end() -> None:
    assert body_of(said_by(answering(b"", b"a", b"", b"b"))) == b"ab"


def test_a_stream_is_on_its_way_before_it_ends() -> None:
    """From the second part on nothing is kept: the third is asked for when two have been sent."""
    seen: list[int] = []
    said: list[dict[str, Any]] = []

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        start_response("200 OK", [])
        for _number in range(4):
            seen.append(len(said))
            yield b"x"

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(dict(message))

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "headers": [],
        "http_version": "1.1",
    }
    asyncio.run(Bridge(app, workers=1, send_queue_size=1)(scope | {"scheme": "http"}, receive, send))
    assert seen[2] >= 2


def test_a_failure_before_the_end_of_a_whole_answer_says_nothing() -> None:
    """So the layer outside can still answer with an error of its own."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"half"
        raise RuntimeError("gone")

    said: list[Any] = []
    with pytest.raises(RuntimeError, match="gone"):
        said = said_by(app)
    assert said == []
