"""Idempotency keys: the same request twice has one effect and one answer.

The key's row is inserted in the transaction of the work itself. A second request with the same key waits on the
unique index until the first commits and then gets the stored answer; when the first fails, the key is free again.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from jishi.kernel import clock
from jishi.kernel.errors import Kind, Refusal
from jishi.platform.models import OnceRow

KEY_LENGTH_MAX = 255


class KeyReused(Refusal):
    kind = Kind.CONFLICT
    code = "idempotency_key_reused"
    message = "这个幂等键已用于另一个请求，请换一个新的键。"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any
    replayed: bool


def fingerprint_of(*parts: Any) -> str:
    """A digest of what was asked, so that a key cannot be used for something else."""
    text = json.dumps(parts, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def answer_once(*, scope: str, key: str, fingerprint: str, act: Callable[[], tuple[int, Any]]) -> Answer:
    """Run `act` once per (scope, key) and keep its answer. Raises KeyReused for the same key with another body."""
    if not key or len(key) > KEY_LENGTH_MAX:
        raise KeyReused(key=key[:40])
    with transaction.atomic():
        if not _reserve(scope=scope, key=key, fingerprint=fingerprint):
            row = OnceRow.objects.get(scope=scope, key=key)
            if row.fingerprint != fingerprint:
                raise KeyReused(key=key)
            return Answer(status=row.status, body=row.body, replayed=True)
        status, body = act()
        plain = json.loads(json.dumps(body, cls=DjangoJSONEncoder))
        OnceRow.objects.filter(scope=scope, key=key).update(status=status, body=plain)
        return Answer(status=status, body=plain, replayed=False)


def _reserve(*, scope: str, key: str, fingerprint: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO platform_once (scope, key, fingerprint, status, body, at)"
            " VALUES (%s, %s, %s, 0, NULL, %s) ON CONFLICT (scope, key) DO NOTHING",
            [scope, key, fingerprint, clock.now()],
        )
        return bool(cursor.rowcount == 1)
