"""Notices once per cause; texts as intent, call and outcome."""

import uuid
from typing import Any

import pytest
from django.db import connection, transaction

from jishi.kernel import ids
from jishi.kernel.actor import Actor, ActorKind
from jishi.kernel.errors import LoginRequired
from jishi.modules.messaging import public as messaging
from jishi.modules.messaging.models import Notice, Outgoing
from jishi.modules.messaging.types import NOTICE_WORDS, OUTGOING_WORDS

pytestmark = pytest.mark.django_db
ME, OTHER = (Actor(kind=ActorKind.MEMBER, id=uuid.UUID(int=number)) for number in (1, 2))
sent: list[tuple[str, str]] = []
refusing: list[str] = []


def sender(phone: str, text: str) -> str:
    sent.append((phone, text))
    return refusing.pop() if refusing else ""


@pytest.fixture(autouse=True)
def own_sender(settings: Any) -> None:
    settings.JISHI_SMS_SENDER = f"{__name__}.sender"
    sent.clear()
    refusing.clear()


def tell(key: str = "k", *, member: Actor = ME, kind: str = "order_paid", **facts: str) -> bool:
    assert member.id is not None
    return messaging.notify(member_id=member.id, kind=kind, key=key, facts=facts, link="/orders/1/")


def text(key: str = "t1") -> uuid.UUID:
    facts = {"code": "123456", "minutes": "5"}
    return messaging.send_text(
        phone="+8613800001234", kind="phone_code", key=key, facts=facts, language="zh-hans"
    )


def send_jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'messaging.send_outgoing'")
        return int(cursor.fetchone()[0])


def test_a_notice_is_given_once_per_cause() -> None:
    assert [tell(number="J1", total="¥29.90"), tell(number="J2", total="¥1.00")] == [True, False]

    [notice] = messaging.notices_of(by=ME)
    assert (notice.title, notice.body, notice.link) == ("付款成功", "订单 J1 已付款 ¥29.90。", "/orders/1/")


def test_everybody_reads_their_own_notices() -> None:
    tell("a"), tell("b"), tell("c", member=OTHER)

    assert (messaging.count_unread(by=ME), messaging.count_unread(by=OTHER)) == (2, 1)
    assert messaging.mark_notices_read(by=ME) == 2
    assert messaging.mark_notices_read(by=ME) == 0
    assert (messaging.count_unread(by=ME), messaging.count_unread(by=OTHER)) == (0, 1)
    assert all(notice.is_read for notice in messaging.notices_of(by=ME))
    assert messaging.count_unread(by=Actor(kind=ActorKind.VISITOR)) == 0
    with pytest.raises(LoginRequired):
        messaging.notices_of(by=Actor(kind=ActorKind.VISITOR))


@pytest.mark.parametrize("count", [1, 20])
def test_notices_are_read_with_one_query(count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        tell(f"k{number}", number=str(number))
    with django_assert_num_queries(1):
        assert len(messaging.notices_of(by=ME)) == count


@pytest.mark.parametrize("kind", NOTICE_WORDS)
def test_a_notice_with_a_fact_missing_is_still_readable(kind: str) -> None:
    tell(kind, kind=kind)
    [notice] = messaging.notices_of(by=ME)
    assert notice.title and "{" not in notice.body


def test_what_has_no_words_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no words"):
        tell(kind="unheard_of")
    with pytest.raises(ValueError, match="no words"):
        messaging.send_text(phone="+86138", kind="unheard_of", key="k", facts={}, language="en")
    assert not Notice.objects.exists() and not Outgoing.objects.exists()
    assert set(OUTGOING_WORDS) == {"phone_code"}


def test_a_text_is_written_down_and_handed_to_a_job_once_per_key() -> None:
    before = send_jobs()
    assert text() == text()
    assert (Outgoing.objects.count(), send_jobs() - before, sent) == (1, 1, [])


def test_a_text_of_an_undone_transaction_is_never_sent() -> None:
    before = send_jobs()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        text()
        _ = 1 / 0
    assert (Outgoing.objects.count(), send_jobs()) == (0, before)


def test_a_text_is_sent_once_and_its_secret_forgotten() -> None:
    outgoing = text()

    assert [messaging.send_outgoing(outgoing), messaging.send_outgoing(outgoing)] == ["sent", "sent"]

    assert len(sent) == 1
    assert sent[0][0] == "+8613800001234" and "123456" in sent[0][1]
    row = Outgoing.objects.get(id=outgoing)
    assert (row.state, row.facts, row.attempts) == ("sent", {}, 1)
    assert row.sent_at is not None


def test_a_refused_text_says_why_and_is_not_sent_again() -> None:
    refusing.append("no such number")
    outgoing = text()

    assert [messaging.send_outgoing(outgoing), messaging.send_outgoing(outgoing)] == ["failed", "failed"]

    row = Outgoing.objects.get(id=outgoing)
    assert (row.failure, row.sent_at, len(sent)) == ("no such number", None, 1)


def test_an_unknown_text_is_a_bug() -> None:
    with pytest.raises(Outgoing.DoesNotExist):
        messaging.send_outgoing(ids.new_id())
