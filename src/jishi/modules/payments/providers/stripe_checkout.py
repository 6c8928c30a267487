"""Stripe through its own library: a Checkout Session per intent, its PaymentIntent once it is paid.

The intent's id is the idempotency key of every call that moves something, and stands in `client_reference_id` and in the
metadata of session, payment and refund, so that whatever became of a call can be found by asking. The library never
repeats a call by itself. Amounts: docs/guides/payments.md.
"""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import requests
import stripe

from jishi.kernel import clock
from jishi.kernel.money import exponent_of
from jishi.modules.payments.errors import BadCallback, BadSignature, ProviderSilent
from jishi.modules.payments.providers.accounts import (
    CALL_SECONDS,
    CALLBACK_BYTES_MAX,
    CONNECT_SECONDS,
    account_of,
)
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

INTENT = "jishi_intent"
TOLERANCE_SECONDS = 300
PAGE = 100
PAGES_MAX = 500  # of a statement
FOUND_WITHIN = timedelta(minutes=30)
_ZERO_AT_STRIPE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
_THREE_AT_STRIPE = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])  # the last digit must be a zero
_REFUND_STATES = {
    "succeeded": OutcomeKind.SUCCEEDED,
    "pending": OutcomeKind.PENDING,
    "requires_action": OutcomeKind.PENDING,
    "failed": OutcomeKind.FAILED,
    "canceled": OutcomeKind.FAILED,
}
_ABOUT = {"charge": "payment", "payment": "payment", "refund": "refund", "payment_refund": "refund"}
Values = Mapping[str, Any]


class NotChargeable(ValueError):
    """The amount cannot be said in Stripe's units."""


def stripe_amount(minor: int, *, currency: str) -> int:
    """Our minor units (ISO 4217) in Stripe's. Raises NotChargeable for what Stripe cannot charge."""
    ours, theirs = _scales(currency)
    amount, rest = divmod(minor * theirs, ours)
    if rest:
        raise NotChargeable(currency)
    if currency in _THREE_AT_STRIPE and amount % 10:
        raise NotChargeable(currency)
    return amount


def minor_of(amount: int, *, currency: str) -> int:
    """Stripe's units in ours."""
    ours, theirs = _scales(currency)
    return amount * ours // theirs


class StripeProvider:
    name = "stripe"
    day_zone = "UTC"
    currencies: frozenset[str] = frozenset()
    has_late_fees = True  # a webhook does not tell the fee
    callback_answer = CallbackAnswer()

    def start(
        self, payment: PaymentView, *, title: str, return_url: str, notify_url: str
    ) -> Started | Outcome:
        del notify_url  # Stripe knows its endpoints from the dashboard
        try:
            amount = stripe_amount(payment.amount_minor, currency=payment.currency)
        except NotChargeable:
            return Outcome(kind=OutcomeKind.FAILED, failure="amount_not_chargeable")
        mark = {INTENT: str(payment.id)}
        price = {"currency": payment.currency.lower(), "unit_amount": amount, "product_data": {"name": title}}
        wanted: Any = {
            "mode": "payment",
            "client_reference_id": str(payment.id),
            "metadata": mark,
            "payment_intent_data": {"metadata": mark},
            "line_items": [{"quantity": 1, "price_data": price}],
            "success_url": return_url,
            "cancel_url": return_url,
        }
        answer = _call(lambda c: c.v1.checkout.sessions.create(wanted, {"idempotency_key": str(payment.id)}))
        if isinstance(answer, Outcome):
            return answer
        return Started(reference=str(answer["id"]), pay_url=str(answer["url"]))

    def ask(self, payment: PaymentView) -> Outcome:
        if payment.reference.startswith("pi_"):
            found = _call(
                lambda c: c.v1.payment_intents.retrieve(
                    payment.reference, {"expand": ["latest_charge.balance_transaction"]}
                )
            )
            return found if isinstance(found, Outcome) else _of_intent(found)
        session = self._session(payment)
        return session if isinstance(session, Outcome) else _of_session(session)

    def cancel(self, payment: PaymentView) -> Outcome:
        """Expire the session; one that is paid or over says so when asked."""
        session = self._session(payment)
        if isinstance(session, Outcome):
            return session
        if session["status"] != "open":
            return _of_session(session)
        answer = _call(lambda c: c.v1.checkout.sessions.expire(str(session["id"])))
        if isinstance(answer, Outcome):
            return self.ask(payment) if answer.kind is OutcomeKind.FAILED else answer
        return _of_session(answer)

    def refund(self, refund: RefundView, *, notify_url: str) -> Outcome:
        del notify_url
        try:
            amount = stripe_amount(refund.amount_minor, currency=refund.currency)
        except NotChargeable:
            return Outcome(kind=OutcomeKind.FAILED, failure="amount_not_chargeable")
        wanted: Any = {
            "payment_intent": refund.payment_reference,
            "amount": amount,
            "metadata": {INTENT: str(refund.id)},
        }
        answer = _call(lambda c: c.v1.refunds.create(wanted, {"idempotency_key": str(refund.id)}))
        return answer if isinstance(answer, Outcome) else _of_refund(answer)

    def ask_refund(self, refund: RefundView) -> Outcome:
        """Stripe has no search for refunds: those of the payment are few, and ours is marked."""
        found = _call(
            lambda c: c.v1.refunds.list({"payment_intent": refund.payment_reference, "limit": PAGE})
        )
        if isinstance(found, Outcome):
            return found
        for one in found["data"]:
            if _mark(one) == str(refund.id):
                return _of_refund(one)
        return Outcome(kind=OutcomeKind.UNKNOWN if found["has_more"] else OutcomeKind.NOT_FOUND)

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback:
        """Verify with the library, then read. Raises BadSignature, BadCallback."""
        if len(body) > CALLBACK_BYTES_MAX:
            raise BadCallback()
        lowered = {name.lower(): value for name, value in headers.items()}
        secret = account_of(self.name)["webhook_secret"]
        try:
            stripe.WebhookSignature.verify_header(
                body.decode(), lowered.get("stripe-signature", ""), secret, TOLERANCE_SECONDS
            )
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            raise BadSignature() from None
        try:
            event = json.loads(body)
            kind, thing = str(event["type"]), event["data"]["object"]
            intent_id = uuid.UUID(_mark(thing))
            about = "refund" if kind.startswith("refund.") else "payment"
            outcome = _of_event(kind, thing)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BadCallback() from None
        return Callback(event_id=str(event["id"])[:120], about=about, intent_id=intent_id, outcome=outcome)

    def statement(self, day: date) -> list[StatementLine]:
        """Balance transactions of the day, each with the payment or refund it came from."""
        since = int(datetime.combine(day, time.min, UTC).timestamp())
        lines = []
        for row in _balance_rows(since, since + 86_400):
            line = _line(row)
            if line is not None:
                lines.append(line)
        return lines

    def _session(self, payment: PaymentView) -> Values | Outcome:
        """By its id, or, when the answer to the start was lost, among the sessions of those minutes."""
        expand = ["payment_intent.latest_charge.balance_transaction"]
        if payment.reference:
            return _call(lambda c: c.v1.checkout.sessions.retrieve(payment.reference, {"expand": expand}))
        around = {
            "gte": int((payment.created_at - FOUND_WITHIN).timestamp()),
            "lte": int(min(payment.created_at + FOUND_WITHIN, clock.now() + FOUND_WITHIN).timestamp()),
        }
        after: dict[str, str] = {}
        for _page in range(PAGES_MAX):
            wanted: Any = {"created": around, "limit": PAGE, "expand": [f"data.{expand[0]}"], **after}
            found = _call(lambda c, wanted=wanted: c.v1.checkout.sessions.list(wanted))  # type: ignore[misc]
            if isinstance(found, Outcome):
                return found
            for session in found["data"]:
                if session["client_reference_id"] == str(payment.id):
                    return dict(session)
            if not found["has_more"]:
                return Outcome(kind=OutcomeKind.NOT_FOUND)
            after = {"starting_after": str(found["data"][-1]["id"])}
        return Outcome(kind=OutcomeKind.UNKNOWN, failure="too_many_sessions")


@lru_cache(maxsize=4)
def _client(secret_key: str, base_url: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        secret_key,
        base_addresses={"api": base_url or "https://api.stripe.com"},
        max_network_retries=0,
        http_client=stripe.RequestsClient(
            timeout=(CONNECT_SECONDS, CALL_SECONDS), session=requests.Session()
        ),
    )


def _call(act: Callable[[stripe.StripeClient], Any]) -> Values | Outcome:
    """The answer as plain values; what it means when there is none."""
    account = account_of("stripe")
    try:
        answer = act(_client(account["secret_key"], account.get("base_url", "")))
    except (
        stripe.APIConnectionError,
        stripe.RateLimitError,
        stripe.AuthenticationError,
        stripe.IdempotencyError,
    ):
        return Outcome(kind=OutcomeKind.UNKNOWN, failure="no_answer")
    except stripe.InvalidRequestError as error:
        if error.http_status == 404 or error.code == "resource_missing":
            return Outcome(kind=OutcomeKind.NOT_FOUND)
        return Outcome(kind=OutcomeKind.FAILED, failure=str(error.code or "refused")[:80])
    except stripe.CardError as error:
        return Outcome(kind=OutcomeKind.FAILED, failure=str(error.code or "refused")[:80])
    except stripe.StripeError:
        return Outcome(kind=OutcomeKind.UNKNOWN, failure="no_answer")
    found: Values = json.loads(str(answer))
    return found


def _scales(currency: str) -> tuple[int, int]:
    """How many of our minor units, and of Stripe's, are one unit of the currency."""
    places = 0 if currency in _ZERO_AT_STRIPE else 3 if currency in _THREE_AT_STRIPE else 2
    return int(10 ** exponent_of(currency)), int(10**places)


def _mark(thing: Values) -> str:
    return str((thing.get("metadata") or {}).get(INTENT) or thing.get("client_reference_id") or "")


def _of_session(session: Values) -> Outcome:
    intent = session.get("payment_intent")
    if isinstance(intent, dict) and intent.get("status") == "succeeded":
        return _of_intent(intent)
    if session.get("payment_status") == "paid":
        return Outcome(
            kind=OutcomeKind.SUCCEEDED,
            reference=str(intent["id"] if isinstance(intent, dict) else intent or session["id"]),
            **_sum(session["amount_total"], session["currency"]),
        )
    if session.get("status") == "expired":
        return Outcome(kind=OutcomeKind.CANCELLED, reference=str(session["id"]))
    return Outcome(kind=OutcomeKind.PENDING, reference=str(session["id"]))


def _of_intent(intent: Values) -> Outcome:
    status = intent["status"]
    if status == "canceled":
        return Outcome(kind=OutcomeKind.CANCELLED, reference=str(intent["id"]))
    if status != "succeeded":
        return Outcome(kind=OutcomeKind.PENDING, reference=str(intent["id"]))
    return Outcome(
        kind=OutcomeKind.SUCCEEDED,
        reference=str(intent["id"]),
        fee_minor=_fee(intent),
        **_sum(intent["amount_received"], intent["currency"]),
    )


def _fee(intent: Values) -> int:
    """Known when the charge was asked for with its balance transaction, in the currency of the payment."""
    charge = intent.get("latest_charge")
    settled = charge.get("balance_transaction") if isinstance(charge, dict) else None
    if not isinstance(settled, dict) or settled["currency"] != intent["currency"]:
        return 0
    return minor_of(int(settled["fee"]), currency=str(settled["currency"]).upper())


def _of_refund(refund: Values) -> Outcome:
    return Outcome(
        kind=_REFUND_STATES.get(str(refund["status"]), OutcomeKind.UNKNOWN),
        reference=str(refund["id"]),
        failure=str(refund.get("failure_reason") or "")[:80],
        **_sum(refund["amount"], refund["currency"]),
    )


def _of_event(kind: str, thing: Values) -> Outcome:
    if kind.startswith("refund."):
        return _of_refund(thing)
    if kind == "checkout.session.async_payment_failed":
        return Outcome(kind=OutcomeKind.FAILED, failure="async_payment_failed")
    if kind.startswith("checkout.session."):
        return _of_session(thing)
    if kind == "payment_intent.payment_failed":  # the payer may try another card on the same page
        return Outcome(kind=OutcomeKind.PENDING)
    if kind.startswith("payment_intent."):
        return _of_intent(thing)
    raise ValueError(kind)


def _sum(amount: Any, currency: Any) -> dict[str, Any]:
    code = str(currency).upper()
    return {"amount_minor": minor_of(int(amount), currency=code), "currency": code}


def _balance_rows(since: int, until: int) -> Iterator[Values]:
    after: dict[str, str] = {}
    for _page in range(PAGES_MAX):
        wanted: Any = {
            "created": {"gte": since, "lt": until},
            "limit": PAGE,
            "expand": ["data.source"],
            **after,
        }
        found = _call(lambda c, wanted=wanted: c.v1.balance_transactions.list(wanted))  # type: ignore[misc]
        if isinstance(found, Outcome):
            raise ProviderSilent()
        yield from found["data"]
        if not found["has_more"]:
            return
        after = {"starting_after": str(found["data"][-1]["id"])}
    raise ProviderSilent()


def _line(row: Values) -> StatementLine | None:
    """Payouts and the provider's own adjustments are not movements of ours."""
    about = _ABOUT.get(str(row["type"]))
    source = row.get("source")
    if about is None or not isinstance(source, dict):
        return None
    currency = str(row["currency"]).upper()
    return StatementLine(
        intent_id=_mark(source) or str(source["id"]),
        about=about,
        reference=str(source.get("payment_intent") or source["id"])
        if about == "payment"
        else str(source["id"]),
        amount_minor=abs(minor_of(int(row["amount"]), currency=currency)),
        fee_minor=minor_of(int(row["fee"]), currency=currency),
        currency=currency,
        at=datetime.fromtimestamp(int(row["created"]), UTC),
    )
