"""The bare reference of the feed: one indexed SELECT of 20 rows behind the same server, rendered as JSON."""

import json
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg

_local = threading.local()
_NEWEST = (
    "SELECT id::text, author_id::text, title, likes, publish_at::text FROM notes_note"
    " WHERE state = 'published' ORDER BY publish_at DESC LIMIT 20"
)


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    del environ
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    rows = _local.connection.execute(_NEWEST, prepare=True).fetchall()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(rows).encode()]
