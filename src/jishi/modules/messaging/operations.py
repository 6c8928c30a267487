"""Telling members things in the shop, and sending texts and e-mails: intent, call, outcome."""

import json
import uuid
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils.module_loading import import_string
from django.utils.translation import gettext, override

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.messaging.models import Notice, Outgoing, Silence
from jishi.modules.messaging.types import NOTICE_WORDS, OPTIONAL_NOTICES, OUTGOING_WORDS
from jishi.platform import jobs
from jishi.platform.transactions import in_transaction

SEND_TRIES_MAX = 5


def notify(*, member_id: uuid.UUID, kind: str, key: str, facts: dict[str, Any], link: str = "") -> bool:
    """Put a notice in a member's inbox, once per key, unless they do not want that kind; one statement. True when it was new."""
    if kind not in NOTICE_WORDS:
        raise ValueError(f"no words for notice {kind}")
    written = json.dumps(facts, ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO messaging_notice (id, member_id, kind, facts, link, key, created_at)"
            " SELECT %s, %s, %s, %s::jsonb, %s, %s, %s WHERE NOT EXISTS"
            " (SELECT 1 FROM messaging_silence WHERE member_id = %s AND kind = %s) ON CONFLICT (key) DO NOTHING",
            [ids.new_id(), member_id, kind, written, link, key, clock.now(), member_id, kind],
        )
        return bool(cursor.rowcount == 1)


@in_transaction
def choose_notice(kind: str, *, is_on: bool, by: Actor) -> None:
    """Whether the actor gets notices of a kind they may do without. Raises NotFound for any other kind."""
    member_id = by.require_member()
    if kind not in OPTIONAL_NOTICES:
        raise NotFound()
    if is_on:
        Silence.objects.filter(member_id=member_id, kind=kind).delete()
        return
    Silence.objects.bulk_create(
        [Silence(id=ids.new_id(), member_id=member_id, kind=kind, at=clock.now())], ignore_conflicts=True
    )


def mark_notices_read(*, by: Actor) -> int:
    return Notice.objects.filter(member_id=by.require_member(), read_at__isnull=True).update(
        read_at=clock.now()
    )


@in_transaction
def send_text(*, phone: str, kind: str, key: str, facts: dict[str, Any], language: str) -> uuid.UUID:
    """Write a text message down and hand it to a job of this transaction."""
    if kind not in OUTGOING_WORDS:
        raise ValueError(f"no words for text {kind}")
    row, is_new = Outgoing.objects.get_or_create(
        key=key,
        defaults={
            "id": ids.new_id(),
            "channel": "sms",
            "recipient": phone,
            "kind": kind,
            "facts": facts,
            "language": language,
            "created_at": clock.now(),
        },
    )
    if is_new:
        jobs.defer("messaging.send_outgoing", outgoing_id=str(row.id))
    return row.id


def send_outgoing(outgoing_id: uuid.UUID) -> str:
    """Call the sender once and record what it said. Not inside a transaction. Returns the state."""
    taken = Outgoing.objects.filter(id=outgoing_id, state="queued", attempts__lt=SEND_TRIES_MAX).update(
        attempts=F("attempts") + 1
    )
    row = Outgoing.objects.get(id=outgoing_id)
    if not taken:
        return row.state
    with override(row.language):
        text = gettext(OUTGOING_WORDS[row.kind]).format_map(row.facts)
    failure = import_string(settings.JISHI_SMS_SENDER)(row.recipient, text)
    state = "failed" if failure else "sent"
    Outgoing.objects.filter(id=outgoing_id).update(
        state=state, failure=(failure or "")[:200], sent_at=None if failure else clock.now(), facts={}
    )
    return state
