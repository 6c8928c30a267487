"""The bare reference of the feed: one indexed SELECT of 20 rows behind the same server, rendered as JSON."""

import json
import os
from collections.abc import Awaitable, Callable
from typing import Any

from psycopg_pool import AsyncConnectionPool

Send = Callable[[dict[str, Any]], Awaitable[None]]

_NEWEST = (
    "SELECT id::text, author_id::text, title, likes, publish_at::text AS shown_at FROM notes_note"
    " WHERE state = 'published' ORDER BY publish_at DESC LIMIT 20"
)
_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json")],
}
_pool: AsyncConnectionPool[Any] | None = None


async def app(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Send) -> None:
    del receive
    if scope["type"] != "http":
        return
    pool = await _open()
    async with pool.connection() as connection:
        rows = await (await connection.execute(_NEWEST, prepare=True)).fetchall()
    await send(_START)
    await send({"type": "http.response.body", "body": json.dumps(rows).encode()})


async def _open() -> AsyncConnectionPool[Any]:
    """Four connections a process, as many as the shop has threads."""
    global _pool  # noqa: PLW0603
    if _pool is None:
        pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
            os.environ["DATABASE_URL"], min_size=4, max_size=4, open=False, kwargs={"autocommit": True}
        )
        _pool = pool
        await pool.open()
    return _pool
