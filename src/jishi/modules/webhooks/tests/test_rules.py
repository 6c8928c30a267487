"""When a delivery is tried again, when an endpoint is switched off, how it is signed; no database."""

import json
import os
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jishi.modules.webhooks import rules
from jishi.modules.webhooks.operations.deliveries import signed_headers

HERE = Path(__file__).resolve()
SHARED = Path(os.environ.get("JISHI_SHARED_DATA", "") or HERE.parents[6] / "shared" / "data")
VECTORS = SHARED / "signatures" / "vectors.json"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_schedule_waits_ever_longer_and_ends_after_about_three_days() -> None:
    waits = rules.RETRY_AFTER_SECONDS
    assert list(waits) == sorted(waits)
    assert timedelta(days=3) < timedelta(seconds=sum(waits)) < timedelta(days=4)
    assert rules.next_try_at(now=NOW, attempts=1) == NOW + timedelta(seconds=5)
    assert rules.next_try_at(now=NOW, attempts=len(waits)) == NOW + timedelta(days=1)
    assert rules.next_try_at(now=NOW, attempts=rules.ATTEMPTS_MAX) is None


@pytest.mark.parametrize(
    ("failing_days", "status", "hopeless"),
    [(None, 500, False), (0, 410, True), (4, 500, False), (6, None, True), (6, 500, True)],
)
def test_an_endpoint_that_is_gone_or_fails_for_days_is_hopeless(
    failing_days: int | None, status: int | None, hopeless: bool
) -> None:
    since = None if failing_days is None else NOW - timedelta(days=failing_days)
    assert rules.is_hopeless(failing_since=since, now=NOW, status=status) is hopeless


def test_the_body_has_the_recommended_shape() -> None:
    fact_id = uuid.UUID(int=1)
    body = rules.body_of(fact_name="orders.order_paid.v1", at=NOW, fact_id=fact_id, payload={"a": 1})
    assert body == {
        "type": "orders.order_paid.v1",
        "timestamp": "2026-03-01T00:00:00+00:00",
        "id": str(fact_id),
        "data": {"a": 1},
    }


def test_signing_gives_the_published_signature() -> None:
    headers = signed_headers(
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, UTC),
        text='{"test": 2432232314}',
        secrets=[SECRET],
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_two_secrets_make_two_signatures() -> None:
    other = "whsec_" + "A" * 32
    both = signed_headers(message_id="m", at=NOW, text="{}", secrets=[SECRET, other])["webhook-signature"]
    alone = [
        signed_headers(message_id="m", at=NOW, text="{}", secrets=[secret])["webhook-signature"]
        for secret in (SECRET, other)
    ]
    assert both.split(" ") == alone


@pytest.mark.skipif(not VECTORS.exists(), reason="the shared vectors are not here (JISHI_SHARED_DATA)")
def test_the_shared_vectors_agree() -> None:
    cases = json.loads(VECTORS.read_text())["standard_webhooks"]["cases"]
    checked = 0
    for case in cases:
        if not case["webhook-timestamp"].isdigit() or not case.get("secret"):
            continue
        signed = signed_headers(
            message_id=case["webhook-id"],
            at=datetime.fromtimestamp(int(case["webhook-timestamp"]), UTC),
            text=case["payload"],
            secrets=[case["secret"]],
        )["webhook-signature"]
        in_time = abs(case["now"] - int(case["webhook-timestamp"])) <= 300
        assert (signed in case["webhook-signature"].split(" ") and in_time) is case["valid"], case
        checked += 1
    assert checked > 5
