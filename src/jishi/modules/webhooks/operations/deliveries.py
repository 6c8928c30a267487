"""Bringing facts to endpoints: written down with the fact's reaction, sent by a job, tried again by a schedule."""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime

import httpx
from django.conf import settings
from django.db import connection
from standardwebhooks import Webhook

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.kernel.fact import RecordedFact
from jishi.modules.webhooks import rules
from jishi.modules.webhooks.errors import EndpointOff
from jishi.modules.webhooks.models import Delivery, Endpoint
from jishi.modules.webhooks.operations.endpoints import switch_off
from jishi.modules.webhooks.types import DeliveryState, Reply
from jishi.platform import history, jobs, locks, outbound
from jishi.platform.transactions import in_transaction

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
ERROR_LENGTH_MAX = 200
DELIVER_JOB = "webhooks.deliver"
_AGENT = "Jishi webhooks"


def queue_deliveries(fact: RecordedFact) -> int:
    """Write one delivery per endpoint that wants the fact, with its job, in the transaction that is open."""
    if fact.name not in rules.PUBLIC_FACTS:
        return 0
    wanting = [
        endpoint
        for endpoint in Endpoint.objects.filter(is_active=True)
        if not endpoint.fact_names or fact.name in endpoint.fact_names
    ]
    body = rules.body_of(fact_name=fact.name, at=fact.at, fact_id=fact.id, payload=fact.payload)
    for endpoint in wanting:
        _queue(endpoint, fact_id=fact.id, fact_name=fact.name, body=body)
    return len(wanting)


@in_transaction
def send_test(endpoint_id: uuid.UUID, *, by: Actor) -> uuid.UUID:
    """A delivery that says nothing but hello. Raises EndpointOff."""
    by.require("webhooks.manage")
    endpoint = locks.lock_one(Endpoint, endpoint_id)
    if not endpoint.is_active:
        raise EndpointOff()
    fact_id = ids.new_id()
    body = rules.body_of(fact_name=rules.TEST_FACT, at=clock.now(), fact_id=fact_id, payload={})
    return _queue(endpoint, fact_id=fact_id, fact_name=rules.TEST_FACT, body=body)


@in_transaction
def redeliver(delivery_id: uuid.UUID, *, by: Actor) -> None:
    """A person sends it again, from the first try on; the receiver sees the same id. Raises EndpointOff."""
    by.require("webhooks.manage")
    row = locks.lock_one(Delivery, delivery_id)
    endpoint = Endpoint.objects.get(id=row.endpoint_id)
    if not endpoint.is_active:
        raise EndpointOff()
    row.state, row.attempts, row.next_try_at = DeliveryState.QUEUED.value, 0, clock.now()
    row.save(update_fields=["state", "attempts", "next_try_at"])
    history.record_step(subject=("webhook_endpoint", endpoint.id), verb="redeliver", by=by)
    jobs.defer(DELIVER_JOB, delivery_id=str(delivery_id))


def deliver(
    delivery_id: uuid.UUID,
    *,
    resolve: outbound.Resolve = outbound.resolve_host,
    transport: httpx.BaseTransport | None = None,
) -> DeliveryState:
    """Try once if its time has come, and write down what became of it. Outside of any transaction."""
    if connection.in_atomic_block:
        raise RuntimeError("a receiver is called outside of any transaction")
    row = Delivery.objects.select_related("endpoint").filter(id=delivery_id).first()
    if row is None:
        raise NotFound()
    attempt = _begin_attempt(row)
    if attempt is None:
        return DeliveryState(row.state)
    endpoint = row.endpoint
    text = json.dumps(row.body, ensure_ascii=False, separators=(",", ":"))
    headers = signed_headers(
        message_id=str(row.id), at=clock.now(), text=text, secrets=_secrets_of(endpoint, now=clock.now())
    )
    reply = _post(endpoint.url, text=text, headers=headers, resolve=resolve, transport=transport)
    return _record_reply(row.id, reply, attempt=attempt)


def signed_headers(*, message_id: str, at: datetime, text: str, secrets: Sequence[str]) -> dict[str, str]:
    """The three headers of Standard Webhooks; one signature per secret that counts now."""
    signatures = [Webhook(secret).sign(msg_id=message_id, timestamp=at, data=text) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _queue(endpoint: Endpoint, *, fact_id: uuid.UUID, fact_name: str, body: dict[str, object]) -> uuid.UUID:
    row, is_new = Delivery.objects.get_or_create(
        endpoint=endpoint,
        fact_id=fact_id,
        defaults={"id": ids.new_id(), "fact_name": fact_name, "body": body, "next_try_at": clock.now()},
    )
    if is_new:
        jobs.defer(DELIVER_JOB, delivery_id=str(row.id))
    return row.id


def _begin_attempt(row: Delivery) -> int | None:
    """Take the next attempt so that no other worker makes it too; None when it is not its turn.

    Should this process die now, the delivery is tried again when its next time comes.
    """
    now = clock.now()
    if row.state != DeliveryState.QUEUED.value or row.next_try_at > now:
        return None
    attempt = row.attempts + 1
    following = rules.next_try_at(now=now, attempts=attempt) or now
    taken = Delivery.objects.filter(
        id=row.id, state=DeliveryState.QUEUED.value, attempts=row.attempts, next_try_at__lte=now
    ).update(attempts=attempt, next_try_at=following)
    return attempt if taken else None


def _secrets_of(endpoint: Endpoint, *, now: datetime) -> list[str]:
    old = endpoint.old_secret if endpoint.old_secret_until and now < endpoint.old_secret_until else ""
    return [secret for secret in (endpoint.secret, old) if secret]


def _post(
    url: str,
    *,
    text: str,
    headers: dict[str, str],
    resolve: outbound.Resolve,
    transport: httpx.BaseTransport | None,
) -> Reply:
    """Post and look only at the status; redirects are not followed, what the receiver says is not read."""
    try:
        pinned = outbound.pin_address(url, resolve=resolve, may_be_private=settings.DEBUG)
    except outbound.AddressRefused as refused:
        return Reply(status=None, error=refused.code)
    except (OSError, UnicodeError):
        return Reply(status=None, error="host_unknown")
    sent = {
        **headers,
        "Host": pinned.host_header,
        "User-Agent": _AGENT,
        "Content-Type": "application/json; charset=utf-8",
    }
    timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    try:
        with (
            httpx.Client(transport=transport, timeout=timeout, trust_env=False) as client,
            client.stream(
                "POST", pinned.address, content=text.encode(), headers=sent, extensions=pinned.extensions
            ) as response,
        ):
            return Reply(status=response.status_code)
    except httpx.TimeoutException:
        return Reply(status=None, error="timeout")
    except (httpx.TransportError, httpx.InvalidURL) as error:
        return Reply(status=None, error=type(error).__name__[:ERROR_LENGTH_MAX])


@in_transaction
def _record_reply(delivery_id: uuid.UUID, reply: Reply, *, attempt: int) -> DeliveryState:
    """The endpoint before the delivery: everybody locks them in this order."""
    endpoint_id = Delivery.objects.values_list("endpoint_id", flat=True).get(id=delivery_id)
    endpoint = locks.lock_one(Endpoint, endpoint_id)
    row = locks.lock_one(Delivery, delivery_id)
    row.last_status, row.last_error = reply.status, reply.error[:ERROR_LENGTH_MAX]
    if reply.is_taken:
        row.state, row.delivered_at = DeliveryState.DELIVERED.value, clock.now()
        Endpoint.objects.filter(id=endpoint.id).update(failing_since=None)
    elif row.state == DeliveryState.QUEUED.value and attempt >= rules.ATTEMPTS_MAX:
        row.state = DeliveryState.GIVEN_UP.value
    row.save(update_fields=["state", "delivered_at", "last_status", "last_error"])
    if not reply.is_taken:
        _note_failure(endpoint, reply)
        row.refresh_from_db(fields=["state"])
    return DeliveryState(row.state)


def _note_failure(endpoint: Endpoint, reply: Reply) -> None:
    now = clock.now()
    if endpoint.failing_since is None:
        endpoint.failing_since = now
        endpoint.save(update_fields=["failing_since"])
    if endpoint.is_active and rules.is_hopeless(
        failing_since=endpoint.failing_since, now=now, status=reply.status
    ):
        switch_off(endpoint, reason="gone" if reply.status == rules.GONE else "failing")
