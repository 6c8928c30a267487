"""Facts on their way out: once per endpoint, signed, tried again, given up, switched off."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.db import connection, transaction
from standardwebhooks import Webhook

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor, ActorKind
from jishi.kernel.errors import NotAllowed, NotFound, Refusal
from jishi.modules.people.public import MemberJoined
from jishi.modules.webhooks import public as webhooks
from jishi.modules.webhooks import rules
from jishi.modules.webhooks.models import Delivery, Endpoint
from jishi.modules.webhooks.operations.deliveries import deliver, queue_deliveries
from jishi.modules.webhooks.queries import due_delivery_ids
from jishi.modules.webhooks.types import DeliveryState
from jishi.platform.facts import StoredFact, record_fact
from jishi.platform.models import HistoryRow

pytestmark = pytest.mark.django_db(transaction=True)
MANAGER = Actor(kind=ActorKind.STAFF, id=ids.new_id(), permissions=frozenset({"webhooks.manage"}))
URL = "https://shop.example/hooks"
Handler = Callable[[httpx.Request], httpx.Response]


def a_fact(name: str = "orders.order_paid.v1") -> StoredFact:
    return StoredFact(
        ids.new_id(), name, clock.now(), "system", None, "order", ids.new_id(), {"total_minor": 100}
    )


def queued(**endpoint: Any) -> tuple[str, Delivery]:
    """An endpoint's secret, and a delivery that waits for it."""
    _, secret = webhooks.create_endpoint(by=MANAGER, url=URL, **endpoint)
    with transaction.atomic():
        queue_deliveries(a_fact())
    return secret, Delivery.objects.get()


def send(delivery: Delivery, handler: Handler, *, ip: str = "93.184.216.34") -> DeliveryState:
    def resolve(host: str, port: int) -> list[str]:
        del host, port
        return [ip]

    return deliver(delivery.id, resolve=resolve, transport=httpx.MockTransport(handler))


def says(status: int) -> Handler:
    return lambda request: httpx.Response(status)


def test_a_fact_is_queued_once_for_everyone_who_wants_it() -> None:
    everything, _ = webhooks.create_endpoint(by=MANAGER, url=URL)
    some, _ = webhooks.create_endpoint(by=MANAGER, url=URL, fact_names=["orders.order_paid.v1"])
    webhooks.create_endpoint(by=MANAGER, url=URL, fact_names=["orders.order_placed.v1"])
    off, _ = webhooks.create_endpoint(by=MANAGER, url=URL)
    webhooks.change_endpoint(off.id, by=MANAGER, is_active=False)
    fact = a_fact()

    for _ in range(2):
        with transaction.atomic():
            assert queue_deliveries(fact) == 2

    assert set(Delivery.objects.values_list("endpoint_id", flat=True)) == {everything.id, some.id}
    assert _jobs("webhooks.deliver") == 2


def test_private_facts_never_leave() -> None:
    webhooks.create_endpoint(by=MANAGER, url=URL)
    with transaction.atomic():
        assert [queue_deliveries(a_fact(name)) for name in rules.PRIVATE_FACTS] == [0] * len(
            rules.PRIVATE_FACTS
        )
    assert not Delivery.objects.exists()


def test_no_job_is_made_for_a_fact_while_nobody_listens() -> None:
    for listens, jobs in ((False, 0), (True, 1)):
        if listens:
            webhooks.create_endpoint(by=MANAGER, url=URL)
        with transaction.atomic():
            record_fact(MemberJoined(member_id=ids.new_id(), visitor_id=None), by=MANAGER)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE args->>'reader_name' = 'webhooks.tell_endpoints'"
            )
            assert cursor.fetchone()[0] == jobs


def test_a_delivery_goes_to_the_checked_address_and_can_be_verified() -> None:
    secret, delivery = queued()
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(204)

    assert send(delivery, handler) is DeliveryState.DELIVERED

    [request] = asked
    assert (request.url.host, request.headers["host"]) == ("93.184.216.34", "shop.example")
    told = Webhook(secret).verify(request.content, dict(request.headers))
    assert (told["type"], told["data"]) == ("orders.order_paid.v1", {"total_minor": 100})
    assert request.headers["webhook-id"] == str(delivery.id)
    delivery.refresh_from_db()
    assert (delivery.attempts, delivery.last_status) == (1, 204)
    assert send(delivery, says(500)) is DeliveryState.DELIVERED
    assert delivery.attempts == 1


def test_a_private_address_is_never_asked() -> None:
    _, delivery = queued()

    def handler(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    assert send(delivery, handler, ip="10.0.0.7") is DeliveryState.QUEUED
    delivery.refresh_from_db()
    assert delivery.last_error == "private_address"


@pytest.mark.parametrize(
    ("handler", "status", "error"),
    [
        (says(500), 500, ""),
        (says(302), 302, ""),
        (lambda request: (_ for _ in ()).throw(httpx.ReadTimeout("slow")), None, "timeout"),
        (lambda request: (_ for _ in ()).throw(httpx.ConnectError("no")), None, "ConnectError"),
    ],
)
def test_a_failure_is_written_down_and_tried_again_when_its_time_comes(
    handler: Handler, status: int | None, error: str
) -> None:
    _, delivery = queued()
    now = clock.now()
    with clock.held_at(now):
        assert send(delivery, handler) is DeliveryState.QUEUED
        assert send(delivery, says(200)) is DeliveryState.QUEUED, "its time has not come"
        delivery.refresh_from_db()
        assert (delivery.last_status, delivery.last_error, delivery.attempts) == (status, error, 1)
        assert due_delivery_ids(limit=9) == []
    with clock.held_at(now + timedelta(seconds=5)):
        assert due_delivery_ids(limit=9) == [delivery.id]
        assert send(delivery, says(200)) is DeliveryState.DELIVERED
    assert Endpoint.objects.get().failing_since is None


def test_after_the_last_try_it_is_given_up_until_a_person_sends_it_again() -> None:
    _, delivery = queued()
    now = clock.now()
    states = []
    for wait in (0, *rules.RETRY_AFTER_SECONDS):
        now += timedelta(seconds=wait)
        with clock.held_at(now):
            states.append(send(delivery, says(503)))
    assert states == [DeliveryState.QUEUED] * (rules.ATTEMPTS_MAX - 1) + [DeliveryState.GIVEN_UP]

    webhooks.redeliver(delivery.id, by=MANAGER)
    assert send(delivery, says(200)) is DeliveryState.DELIVERED


def test_an_endpoint_that_says_it_is_gone_is_switched_off_at_once() -> None:
    _, delivery = queued()
    assert send(delivery, says(410)) is DeliveryState.GIVEN_UP
    endpoint = Endpoint.objects.get()
    assert (endpoint.is_active, endpoint.disabled_reason) == (False, "gone")
    with pytest.raises(Refusal) as refused:
        webhooks.redeliver(delivery.id, by=MANAGER)
    assert refused.value.code == "endpoint_off"


def test_an_endpoint_that_fails_for_days_is_switched_off_and_can_be_switched_on() -> None:
    _, delivery = queued()
    Endpoint.objects.update(failing_since=clock.now() - timedelta(days=rules.FAILING_DAYS_MAX, seconds=1))
    assert send(delivery, says(500)) is DeliveryState.GIVEN_UP
    endpoint = Endpoint.objects.get()
    assert (endpoint.is_active, endpoint.disabled_reason) == (False, "failing")

    shown = webhooks.change_endpoint(endpoint.id, by=MANAGER, is_active=True)
    assert (shown.is_active, shown.failing_since, shown.disabled_reason) == (True, None, "")


def test_a_rotated_secret_signs_beside_the_new_one_for_a_day() -> None:
    old, delivery = queued()
    new = webhooks.rotate_secret(Endpoint.objects.get().id, by=MANAGER)
    assert new != old
    for day, counts in ((0, {old, new}), (1, {new})):
        headers: dict[str, str] = {}

        def handler(request: httpx.Request, headers: dict[str, str] = headers) -> httpx.Response:
            headers.update(request.headers)
            return httpx.Response(500)

        with clock.held_at(clock.now() + timedelta(days=day)):
            send(delivery, handler)
        assert len(headers["webhook-signature"].split(" ")) == len(counts)


@pytest.mark.parametrize(
    ("url", "demo"),
    [
        ("http://shop.example/hooks", False),
        ("https://10.0.0.1/hooks", False),
        ("https://localhost/hooks", False),
        ("https://[::1]/hooks", False),
        ("https://169.254.169.254/", True),
        ("https://user:pass@shop.example/", False),
        ("https://shop.example:22/", False),
        ("ftp://shop.example/", False),
        ("https://", False),
        ("https://shop.example/\u4e2d", False),
        ("https://[bad", False),
    ],
)
def test_an_address_that_cannot_be_is_refused_and_nothing_is_kept(
    url: str, demo: bool, settings: Any
) -> None:
    settings.JISHI_DEMO = demo
    with pytest.raises(Refusal) as refused:
        webhooks.create_endpoint(by=MANAGER, url=url)
    assert refused.value.code == "bad_endpoint"
    assert not Endpoint.objects.exists() and not HistoryRow.objects.exists()


def test_plain_http_is_for_the_demo() -> None:
    from django.test import override_settings

    with override_settings(JISHI_DEMO=True):
        assert webhooks.create_endpoint(by=MANAGER, url="http://shop.example/")[0].is_active


def test_only_managers_keep_endpoints_and_a_removed_one_is_gone() -> None:
    endpoint, _ = webhooks.create_endpoint(by=MANAGER, url=URL)
    with pytest.raises(NotAllowed):
        webhooks.create_endpoint(by=Actor(kind=ActorKind.STAFF, id=ids.new_id()), url=URL)
    with pytest.raises(Refusal):
        webhooks.create_endpoint(by=MANAGER, url=URL, fact_names=["people.role_changed.v1"])
    webhooks.remove_endpoint(endpoint.id, by=MANAGER)
    assert webhooks.endpoints(by=MANAGER) == []
    for act in (webhooks.rotate_secret, webhooks.remove_endpoint):
        with pytest.raises(NotFound):
            act(endpoint.id, by=MANAGER)
    row = Endpoint.objects.get()
    assert (row.secret, row.is_active) == ("", False)


def test_no_receiver_is_called_inside_a_transaction() -> None:
    _, delivery = queued()
    with transaction.atomic(), pytest.raises(RuntimeError):
        send(delivery, says(200))
    assert json.loads(json.dumps(delivery.body))["type"] == "orders.order_paid.v1"


def _jobs(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [name])
        return int(cursor.fetchone()[0])


@pytest.fixture(autouse=True)
def _empty_queue(transactional_db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
