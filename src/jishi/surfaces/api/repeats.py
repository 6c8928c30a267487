"""Idempotency keys over HTTP: a repeated write has one effect and gets the first answer again.

The key is kept in the transaction of the work (`platform.once`), so it is taken exactly when the work is done. A
refused request leaves its key free. Routes that call a provider, or whose answer must not be kept, say so in their
declaration and repeat safely by themselves.
"""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from jishi.kernel.errors import Refusal
from jishi.platform.once import KEY_LENGTH_MAX, answer_once, fingerprint_of

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
Run = Callable[[], HttpResponse]
_KEY = re.compile(rf"[!-~]{{1,{KEY_LENGTH_MAX}}}")


class BadKey(Refusal):
    code = "bad_idempotency_key"
    message = "幂等键要有 1 到 {limit} 个可见的 ASCII 字符。"


class _NotKept(Exception):
    """Undoes the key of a request that was refused, and carries its answer out."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(response.status_code)
        self.response = response


def key_of(request: HttpRequest) -> str:
    """The key of a request, empty without one. Raises BadKey."""
    key = request.headers.get(HEADER)
    if key is None:
        return ""
    if not _KEY.fullmatch(key):
        raise BadKey(limit=KEY_LENGTH_MAX)
    return key


def answer_under_key(
    request: HttpRequest, run: Run, *, key: str, scope: str, hidden: list[str]
) -> HttpResponse:
    """Run once per (scope, key). Raises KeyReused when the same key comes with another request."""
    kept: list[HttpResponse] = []

    def act() -> tuple[int, Any]:
        response = run()
        if response.status_code >= 400 or response.streaming:
            raise _NotKept(response)
        kept.append(response)
        body = json.loads(response.content) if response.content else None
        if isinstance(body, dict):
            body = {name: None if name in hidden else value for name, value in body.items()}
        return response.status_code, body

    try:
        answer = answer_once(scope=scope, key=key, fingerprint=_fingerprint(request), act=act)
    except _NotKept as refused:
        return refused.response
    if not answer.replayed:
        return kept[0]
    content = "" if answer.body is None else json.dumps(answer.body)
    response = HttpResponse(content, status=answer.status, content_type="application/json; charset=utf-8")
    response[REPLAYED] = "true"
    return response


def _fingerprint(request: HttpRequest) -> str:
    """What was asked: method, address, and the body or the digests of uploaded files."""
    if request.content_type == "multipart/form-data":
        files = {name: _digest_of_file(request, name) for name in request.FILES}
        return fingerprint_of(request.method, request.get_full_path(), dict(request.POST.lists()), files)
    body = hashlib.sha256(request.body).hexdigest()
    return fingerprint_of(request.method, request.get_full_path(), body)


def _digest_of_file(request: HttpRequest, name: str) -> list[str]:
    digests = []
    for file in request.FILES.getlist(name):
        total = hashlib.sha256()
        for chunk in file.chunks():
            total.update(chunk)
        file.seek(0)
        digests.append(total.hexdigest())
    return digests
