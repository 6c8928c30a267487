"""Idempotency keys: one effect, one answer, also when two requests come in the same moment."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from jishi.kernel import clock
from jishi.kernel.errors import Busy, Refusal
from jishi.platform.models import OnceRow, Pool
from jishi.platform.once import KEY_LENGTH_MAX, Answer, KeyReused, answer_once, fingerprint_of
from jishi.platform.rush import open_pool
from jishi.platform.tasks import ONCE_KEPT_DAYS, forget_old_answers

BODY = fingerprint_of("POST", "/orders", {"total": 2990})


def make(name: str = "effect") -> tuple[int, Any]:
    """An effect that can be counted."""
    return 201, {"pool": open_pool(purpose=name, capacity=1)}


def once(key: str = "k1", *, scope: str = "member:1", fingerprint: str = BODY, act: Any = make) -> Answer:
    return answer_once(scope=scope, key=key, fingerprint=fingerprint, act=act)


@pytest.mark.django_db
def test_the_same_request_twice_has_one_effect_and_one_answer() -> None:
    first, second = once(), once()

    assert (first.status, first.replayed, second.replayed) == (201, False, True)
    assert second.body == first.body
    assert Pool.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_for_another_request_is_refused_and_does_nothing() -> None:
    once()

    with pytest.raises(KeyReused):
        once(fingerprint=fingerprint_of("POST", "/orders", {"total": 1}))

    assert Pool.objects.count() == 1


@pytest.mark.django_db
def test_keys_of_other_people_and_other_keys_are_other_requests() -> None:
    once(), once("k2"), once(scope="member:2")

    assert Pool.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "k" * (KEY_LENGTH_MAX + 1)])
def test_a_key_must_be_a_key(key: str) -> None:
    with pytest.raises(KeyReused):
        once(key)

    assert not Pool.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("trouble", [Busy, ZeroDivisionError])
def test_a_failed_request_leaves_its_key_free(trouble: type[Exception]) -> None:
    def fail() -> tuple[int, Any]:
        make()
        raise trouble()

    with pytest.raises(trouble):
        once(act=fail)
    assert not Pool.objects.exists()
    assert not OnceRow.objects.exists()

    assert not once().replayed


@pytest.mark.django_db(transaction=True)
def test_parallel_duplicates_wait_for_the_first_and_hear_its_answer(at_once: Any) -> None:
    running = threading.Semaphore(1)

    def slow() -> tuple[int, Any]:
        assert running.acquire(blocking=False), "two at once"
        time.sleep(0.2)
        running.release()
        return make()

    answers = at_once(*[lambda: once(act=slow)] * 5)

    assert all(isinstance(answer, Answer) for answer in answers), answers
    assert sorted(answer.replayed for answer in answers) == [False, True, True, True, True]
    assert len({str(answer.body) for answer in answers}) == 1
    assert Pool.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_when_the_first_of_two_fails_the_second_does_the_work(at_once: Any) -> None:
    first_is_in = threading.Event()

    def fail() -> tuple[int, Any]:
        first_is_in.set()
        time.sleep(0.2)
        raise Busy()

    def second() -> Answer:
        assert first_is_in.wait(5)
        return once()

    failed, done = at_once(lambda: once(act=fail), second)

    assert isinstance(failed, Refusal)
    assert isinstance(done, Answer)
    assert (done.replayed, Pool.objects.count()) == (False, 1)


def test_a_fingerprint_follows_the_meaning_and_not_the_order_of_fields() -> None:
    assert fingerprint_of({"a": 1, "b": 2}) == fingerprint_of({"b": 2, "a": 1})
    assert fingerprint_of({"a": 1}) != fingerprint_of({"a": "1"})
    assert fingerprint_of("POST", "/a") != fingerprint_of("POST/a")


@pytest.mark.django_db
def test_answers_are_forgotten_after_a_week() -> None:
    with clock.held_at(clock.now() - timedelta(days=ONCE_KEPT_DAYS, seconds=1)):
        once("old")
    once("young")

    forget_old_answers.func(0)

    assert list(OnceRow.objects.values_list("key", flat=True)) == ["young"]
