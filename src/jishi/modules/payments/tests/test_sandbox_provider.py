"""The sandbox provider trusts what is signed, says `unknown` when it does not know, and never raises."""

import hashlib
import hmac
import json
import uuid
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel import clock
from jishi.modules.payments.errors import BadCallback, BadSignature
from jishi.modules.payments.providers.sandbox import TOLERANCE_SECONDS, SandboxProvider, sign, verify
from jishi.modules.payments.types import Outcome, OutcomeKind, PaymentState, PaymentView, Started

AT = 1_800_000_000
SECRET = "between-us"
PAYMENT = uuid.UUID(int=5)
EVENT = {"event_id": "e1", "kind": "payment.succeeded", "id": str(PAYMENT), "state": "succeeded", "reference": "S5",
         "amount_minor": 2990, "fee_minor": 17, "currency": "CNY", "settled_at": AT}  # fmt: skip


def test_the_signature_is_an_hmac_over_seconds_and_body() -> None:
    wanted = hmac.new(b"between-us", b'1800000000.{"a":1}', hashlib.sha256).hexdigest()

    assert sign(secret=SECRET, at=AT, body=b'{"a":1}') == f"t=1800000000,v1={wanted}"


@given(st.binary(max_size=200), st.integers(-TOLERANCE_SECONDS, TOLERANCE_SECONDS))
def test_what_we_signed_verifies_for_five_minutes(body: bytes, age: int) -> None:
    verify(secret=SECRET, header=sign(secret=SECRET, at=AT, body=body), body=body, now=AT + age)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=1800000000",
        "v1=abc",
        "t=now,v1=abc",
        "t=1800000000,v1=",
        "t=1800000000,v1=é",
        "t=١٨٠٠٠٠٠٠٠٠,v1=abc",
        "=,=,t",
        sign(secret="another", at=AT, body=b"body"),
        sign(secret=SECRET, at=AT, body=b"bodY"),
        sign(secret=SECRET, at=AT - TOLERANCE_SECONDS - 1, body=b"body"),
        sign(secret=SECRET, at=AT + TOLERANCE_SECONDS + 1, body=b"body"),
        sign(secret=SECRET, at=AT - 1, body=b"body").replace(str(AT - 1), str(AT)),
    ],
)
def test_anything_else_is_refused(header: str) -> None:
    with pytest.raises(BadSignature):
        verify(secret=SECRET, header=header, body=b"body", now=AT)


@given(st.text(max_size=60), st.binary(max_size=60))
def test_no_header_crashes_us(header: str, body: bytes) -> None:
    with pytest.raises(BadSignature):
        verify(secret=SECRET, header=f"t={AT},{header}", body=body, now=AT)


@pytest.fixture
def provider(settings: Any) -> SandboxProvider:
    settings.JISHI_SANDBOX_SECRET = SECRET
    settings.JISHI_SANDBOX_URL = "http://gateway.example"
    return SandboxProvider()


def read(provider: SandboxProvider, event: Any, *, secret: str = SECRET) -> Any:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    with clock.held_at(datetime.fromtimestamp(AT, UTC)):
        return provider.read_callback(
            headers={"X-Sandbox-Signature": sign(secret=secret, at=AT, body=body)}, body=body
        )


def test_a_signed_callback_is_read(provider: SandboxProvider) -> None:
    callback = read(provider, EVENT)

    assert (callback.event_id, callback.about, callback.intent_id) == ("e1", "payment", PAYMENT)
    assert callback.outcome == Outcome(
        kind=OutcomeKind.SUCCEEDED, reference="S5", amount_minor=2990, fee_minor=17, currency="CNY",
        at=datetime.fromtimestamp(AT, UTC),
    )  # fmt: skip


def test_a_forged_callback_is_not_even_read(provider: SandboxProvider) -> None:
    with pytest.raises(BadSignature):
        read(provider, b"not json", secret="guess")


@pytest.mark.parametrize(
    "event",
    [
        b"not json",
        [],
        "text",
        {},
        {**EVENT, "id": "5"},
        {**EVENT, "kind": None},
        {**EVENT, "kind": "parcel.lost"},
        {key: value for key, value in EVENT.items() if key != "event_id"},
        {**EVENT, "amount_minor": "much"},
        {**EVENT, "settled_at": "yesterday"},
        {**EVENT, "settled_at": 1e300},
        b"x" * 70_000,
    ],
    ids=str,
)
def test_a_signed_callback_that_makes_no_sense_is_refused(provider: SandboxProvider, event: Any) -> None:
    with pytest.raises(BadCallback):
        read(provider, event)


VIEW = PaymentView(
    id=PAYMENT, order_id=uuid.UUID(int=6), member_id=uuid.UUID(int=7), provider="sandbox", amount_minor=2990,
    currency="CNY", state=PaymentState.PENDING, reference="", pay_url="", fee_minor=0, failure="",
    created_at=datetime.fromtimestamp(AT, UTC), settled_at=None,
)  # fmt: skip


def answering(provider: SandboxProvider, answer: Any) -> list[httpx.Request]:
    """Let the gateway answer so; the requests it got."""
    asked: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    provider._client = httpx.Client(transport=httpx.MockTransport(respond))
    return asked


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(200, json={"state": "pending"}), OutcomeKind.PENDING),
        (httpx.Response(200, json={"state": "closed"}), OutcomeKind.CANCELLED),
        (httpx.Response(200, json={"state": "failed"}), OutcomeKind.FAILED),
        (httpx.Response(200, json=EVENT), OutcomeKind.SUCCEEDED),
        (httpx.Response(200, json={"state": "dancing"}), OutcomeKind.UNKNOWN),
        (httpx.Response(404, json={"error": "not_found"}), OutcomeKind.NOT_FOUND),
        (httpx.Response(401, json={"error": "bad_signature"}), OutcomeKind.UNKNOWN),  # our clock or secret, not the payer
        (httpx.Response(429, json={"error": "slow down"}), OutcomeKind.UNKNOWN),
        (httpx.Response(500), OutcomeKind.UNKNOWN),
        (httpx.Response(200, text="<html>"), OutcomeKind.UNKNOWN),
        (httpx.Response(200, json=[1]), OutcomeKind.UNKNOWN),
        (httpx.Response(200, json={"state": "succeeded", "amount_minor": "much"}), OutcomeKind.UNKNOWN),
        (httpx.ConnectError("nobody there"), OutcomeKind.UNKNOWN),
        (httpx.ReadTimeout("no answer"), OutcomeKind.UNKNOWN),
    ],
    ids=str,
)  # fmt: skip
def test_what_the_gateway_says_and_does_not_say(
    provider: SandboxProvider, answer: Any, kind: OutcomeKind
) -> None:
    answering(provider, answer)

    assert provider.ask(VIEW).kind is kind


def test_a_payment_is_opened_under_its_own_id_and_signed(provider: SandboxProvider) -> None:
    asked = answering(
        provider, httpx.Response(201, json={"reference": "S5", "pay_url": "http://gateway.example/pay/S5"})
    )

    answer = provider.start(VIEW, title="脐橙", return_url="http://shop/r", notify_url="http://shop/n")

    assert answer == Started(reference="S5", pay_url="http://gateway.example/pay/S5")
    [request] = asked
    assert json.loads(request.content)["payment_id"] == str(PAYMENT)
    header = request.headers["x-sandbox-signature"]
    verify(secret=SECRET, header=header, body=request.content, now=int(clock.now().timestamp()))


def test_an_opening_without_an_address_is_unknown_and_not_failed(provider: SandboxProvider) -> None:
    answering(provider, httpx.Response(400, json={"error": "bad_amount"}))

    answer = provider.start(VIEW, title="脐橙", return_url="http://shop/r", notify_url="http://shop/n")

    assert isinstance(answer, Outcome)
    assert answer.kind is OutcomeKind.UNKNOWN
