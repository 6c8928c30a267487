"""From the event loop to Django and back, with as few hand-overs between threads as there can be."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi import WSGIResponder


class Bridge(WSGIMiddleware):
    """a2wsgi, with an answer that is there as a whole brought to the loop in one step instead of three."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await _Responder(self.app, self.executor, self.send_queue_size)(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class _Responder(WSGIResponder):
    """Keeps head and first part of the body until the second part or the end comes; from a second part on nothing is kept."""

    def __init__(self, app: Any, executor: ThreadPoolExecutor, send_queue_size: int) -> None:
        super().__init__(app, executor, send_queue_size)
        self._kept: list[Any] = []
        self._is_streamed = False

    def send(self, message: Any) -> None:
        if self._is_streamed:
            super().send(message)
            return
        self._kept.append(message)
        parts = [one for one in self._kept if one["type"] == "http.response.body"]
        is_end = bool(parts) and not parts[-1].get("more_body")
        if is_end and len(parts) == 2 and not parts[1]["body"]:
            self._kept = [*self._kept[:-2], {"type": "http.response.body", "body": parts[0]["body"]}]
        if is_end or len(parts) == 2:
            kept, self._kept, self._is_streamed = self._kept, [], True
            asyncio.run_coroutine_threadsafe(self._put(kept), loop=self.loop).result()

    async def _put(self, messages: list[Any]) -> None:
        for one in messages:
            await self.send_queue.put(one)
