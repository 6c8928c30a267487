"""The sandbox provider: speaks HTTP to the sandbox gateway and trusts only what is signed.

The protocol is in docs/guides/sandbox.md: JSON over HTTP, requests and callbacks carry
`X-Sandbox-Signature: t=SECONDS,v1=HEX` where HEX is HMAC-SHA256 over `SECONDS.BODY`.
"""

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import httpx
from django.conf import settings

from jishi.kernel import clock
from jishi.modules.payments.errors import BadCallback, BadSignature, ProviderSilent
from jishi.modules.payments.types import (
    Callback,
    CallbackAnswer,
    Outcome,
    OutcomeKind,
    PaymentView,
    RefundView,
    Started,
    StatementLine,
)

TIMEOUT_SECONDS = 5.0
TOLERANCE_SECONDS = 300
SIGNATURE_HEADER = "x-sandbox-signature"
CALLBACK_BYTES_MAX = 64 * 1024
SAYS_NOTHING = (401, 403, 408, 425, 429)  # about our signature, our clock or our pace, not about the money
NONSENSE = "nonsense"
_KIND_OF_STATE = {
    "pending": OutcomeKind.PENDING,
    "succeeded": OutcomeKind.SUCCEEDED,
    "failed": OutcomeKind.FAILED,
    "closed": OutcomeKind.CANCELLED,
}


def sign(*, secret: str, at: int, body: bytes) -> str:
    """The header's value for a body signed at a Unix time."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def verify(*, secret: str, header: str, body: bytes, now: int) -> None:
    """Raises BadSignature unless the header is ours, fresh, and about this very body."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    try:
        at = int(parts["t"])
    except (KeyError, ValueError):
        raise BadSignature() from None
    wanted = sign(secret=secret, at=at, body=body)
    if abs(now - at) > TOLERANCE_SECONDS or not hmac.compare_digest(header.encode(), wanted.encode()):
        raise BadSignature()


class SandboxProvider:
    name = "sandbox"
    day_zone = "UTC"
    currencies: frozenset[str] = frozenset()
    has_late_fees = False
    callback_answer = CallbackAnswer()

    def __init__(self) -> None:
        self._client = httpx.Client(timeout=TIMEOUT_SECONDS, limits=httpx.Limits(max_connections=40))

    def start(
        self, payment: PaymentView, *, title: str, return_url: str, notify_url: str
    ) -> Started | Outcome:
        body = {
            "payment_id": str(payment.id),
            "amount_minor": payment.amount_minor,
            "currency": payment.currency,
            "title": title,
            "return_url": return_url,
            "notify_url": notify_url,
        }
        answer = self._call("POST", "/v1/payments", body)
        if answer is None or "pay_url" not in answer:
            return Outcome(kind=OutcomeKind.UNKNOWN, failure="no_answer")
        return Started(reference=answer["reference"], pay_url=answer["pay_url"])

    def ask(self, payment: PaymentView) -> Outcome:
        return _outcome(self._call("GET", f"/v1/payments/{payment.id}"))

    def cancel(self, payment: PaymentView) -> Outcome:
        return _outcome(self._call("POST", f"/v1/payments/{payment.id}/close", {}))

    def refund(self, refund: RefundView, *, notify_url: str) -> Outcome:
        body = {
            "refund_id": str(refund.id),
            "payment_id": str(refund.payment_id),
            "amount_minor": refund.amount_minor,
            "notify_url": notify_url,
        }
        return _outcome(self._call("POST", "/v1/refunds", body))

    def ask_refund(self, refund: RefundView) -> Outcome:
        return _outcome(self._call("GET", f"/v1/refunds/{refund.id}"))

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback:
        """Verify first, read afterwards. Raises BadSignature, BadCallback."""
        if len(body) > CALLBACK_BYTES_MAX:
            raise BadCallback()
        lowered = {name.lower(): value for name, value in headers.items()}
        verify(
            secret=settings.JISHI_SANDBOX_SECRET,
            header=lowered.get(SIGNATURE_HEADER, ""),
            body=body,
            now=int(clock.now().timestamp()),
        )
        try:
            event = json.loads(body)
            about, _, _ = event["kind"].partition(".")
            intent_id, event_id, outcome = uuid.UUID(event["id"]), str(event["event_id"]), _outcome(event)
        except (ValueError, KeyError, AttributeError, TypeError):
            raise BadCallback() from None
        if about not in ("payment", "refund") or outcome.failure == NONSENSE:
            raise BadCallback()
        return Callback(event_id=event_id[:120], about=about, intent_id=intent_id, outcome=outcome)

    def statement(self, day: date) -> list[StatementLine]:
        answer = self._call("GET", f"/v1/statements/{day.isoformat()}")
        if answer is None or "lines" not in answer:
            raise ProviderSilent()
        return [
            StatementLine(
                intent_id=line["id"],
                about=line["about"],
                reference=line["reference"],
                amount_minor=line["amount_minor"],
                fee_minor=line["fee_minor"],
                currency=line["currency"],
                at=datetime.fromtimestamp(line["at"], UTC),
            )
            for line in answer["lines"]
        ]

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """The answer's JSON; `{"state": "not_found"}` for a 404; None for silence or nonsense."""
        content = json.dumps(body).encode() if body is not None else b""
        header = sign(secret=settings.JISHI_SANDBOX_SECRET, at=int(clock.now().timestamp()), body=content)
        try:
            response = self._client.request(
                method,
                settings.JISHI_SANDBOX_URL + path,
                content=content,
                headers={SIGNATURE_HEADER: header, "content-type": "application/json"},
            )
            if response.status_code == 404:
                return {"state": "not_found"}
            if response.status_code >= 500 or response.status_code in SAYS_NOTHING:
                return None
            answer = response.json()
        except (httpx.HTTPError, ValueError):
            return None
        if response.status_code >= 400:
            return {"state": "failed", "failure": str(answer.get("error", "refused"))}
        return answer if isinstance(answer, dict) else None


def _outcome(answer: dict[str, Any] | None) -> Outcome:
    if answer is None:
        return Outcome(kind=OutcomeKind.UNKNOWN, failure="no_answer")
    if answer.get("state") == "not_found":
        return Outcome(kind=OutcomeKind.NOT_FOUND)
    kind = _KIND_OF_STATE.get(str(answer.get("state")), OutcomeKind.UNKNOWN)
    at = answer.get("settled_at")
    try:
        return Outcome(
            kind=kind,
            reference=str(answer.get("reference", ""))[:80],
            amount_minor=int(answer.get("amount_minor") or 0),
            fee_minor=int(answer.get("fee_minor") or 0),
            currency=str(answer.get("currency", "")),
            failure=str(answer.get("failure", "")),
            at=datetime.fromtimestamp(at, UTC) if at else None,
        )
    except (ValueError, TypeError, OverflowError):
        return Outcome(kind=OutcomeKind.UNKNOWN, failure=NONSENSE)
