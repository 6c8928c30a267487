"""Moderation through its doors: profiles, product copy, notices, pages, API."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client

from jishi.flows import moderation
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.modules.catalog.public import ProductMissing, cards_by_ids, product_page, variants_by_ids
from jishi.modules.guard import public as guard
from jishi.modules.guard.public import Decision, LexiconKind, ReportReason, Severity, Visible, WordForm
from jishi.modules.messaging.public import notices_of
from jishi.modules.people.public import person
from tests.world import makers
from tests.world.jobs import run_jobs

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def words(kind: LexiconKind, *forms: WordForm) -> None:
    lexicon_id = guard.create_lexicon(by=SYSTEM, name=f"词库 {kind.value}", kind=kind)
    for form in forms:
        guard.save_word(form, by=SYSTEM, lexicon_id=lexicon_id)


def logged_in(actor: Actor) -> Client:
    from django.contrib.auth import get_user_model

    client = Client()
    client.force_login(
        get_user_model().objects.get(id=actor.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def reported_name(count: int = 1, name: str = "坏邻居") -> tuple[Actor, uuid.UUID]:
    author = makers.make_member(nickname=name)
    done = [
        moderation.report_subject("profile", author.id, by=makers.make_member(), reason=ReportReason.ABUSE)  # type: ignore[arg-type]
        for _ in range(count)
    ]
    return author, done[0].item_id


def decide(item_id: uuid.UUID, decision: Decision, by: Actor | None = None) -> guard.ItemView:
    operator = by or makers.make_member(role="operator")
    version = guard.item_view(item_id, by=SYSTEM).version
    return moderation.decide(item_id, by=operator, version=version, decision=decision, reason="骂人")


def test_a_name_that_is_hidden_becomes_another_and_comes_back_when_the_appeal_is_won() -> None:
    author, item_id = reported_name()
    assert author.id is not None
    decide(item_id, Decision.HIDE)
    assert person(author.id).nickname.startswith("邻居")
    guard.appeal(item_id, by=author, text="这是我的真名")
    decide(item_id, Decision.KEEP)
    assert person(author.id).nickname == "坏邻居"


def test_enough_reports_hide_a_name_before_anybody_has_looked() -> None:
    author, item_id = reported_name(8)
    assert author.id is not None
    assert guard.item_view(item_id, by=SYSTEM).visible is Visible.HIDDEN
    assert person(author.id).nickname.startswith("邻居")


def test_a_blocked_name_is_refused_and_the_old_one_stays() -> None:
    words(LexiconKind.WATCHED, WordForm("官方客服", severity=Severity.BLOCK, reason="冒充官方"))
    member = makers.make_member(nickname="小林")
    with pytest.raises(guard.ContentRefused):
        moderation.rename(by=member, nickname="官·方·客·服")
    assert member.id is not None
    assert person(member.id).nickname == "小林"


def test_a_doubtful_name_is_used_and_looked_at() -> None:
    words(LexiconKind.WATCHED, WordForm("微信", sounds_alike=True))
    member = makers.make_member()
    moderation.rename(by=member, nickname="加薇信聊")
    rows, total = guard.queue(by=SYSTEM)
    assert (total, rows[0].kind, rows[0].reasons, rows[0].visible) == (
        1,
        "profile",
        ("watched_word",),
        Visible.SHOWN,
    )


def test_reports_alone_never_take_a_product_off_sale_and_a_decision_does_both_ways() -> None:
    [variant] = variants_by_ids([makers.make_product()]).values()
    product = variant.product_id
    for _ in range(9):
        done = moderation.report_subject(
            "product", product, by=makers.make_member(), reason=ReportReason.FALSE_CLAIM
        )
    handle = cards_by_ids([product])[product].handle
    assert product_page(handle=handle).card.id == product
    decide(done.item_id, Decision.HIDE)
    with pytest.raises(ProductMissing):
        product_page(handle=handle)


def test_nobody_reports_what_is_not_there() -> None:
    with pytest.raises(NotFound):
        moderation.report_subject("product", uuid.uuid4(), by=makers.make_member(), reason=ReportReason.SPAM)
    with pytest.raises(NotFound):
        moderation.report_subject(
            "no_such_kind", uuid.uuid4(), by=makers.make_member(), reason=ReportReason.SPAM
        )


@pytest.mark.django_db(transaction=True)
def test_product_copy_against_the_advertising_law_comes_into_the_queue_with_reason_and_suggestion() -> None:
    words(
        LexiconKind.ADVERTISING,
        WordForm("最甜", category="极限用语", reason="广告法第九条", suggestion="很甜"),
    )
    makers.make_product(title="全国最 甜的脐橙")
    run_jobs()
    rows, total = guard.queue(by=SYSTEM)
    assert (total, rows[0].kind, rows[0].reasons) == (1, "product", ("advertising_word",))
    found = guard.find_words(rows[0].excerpt)[0]
    assert (found.word, found.suggestion, found.written) == ("最甜", "很甜", "最 甜")


@pytest.mark.django_db(transaction=True)
def test_author_and_reporter_are_told_and_the_author_not_who_reported() -> None:
    author, item_id = reported_name()
    decide(item_id, Decision.REMOVE)
    run_jobs()
    assert [one.kind for one in notices_of(by=author)] == ["content_removed"]
    assert "骂人" in notices_of(by=author)[0].body


def test_the_item_page_shows_evil_text_as_text() -> None:
    author, item_id = reported_name()
    words(LexiconKind.WATCHED, WordForm("alert", reason=EVIL, suggestion=EVIL, category="x"))
    from jishi.modules.guard.models import Item, Report

    Item.objects.filter(id=item_id).update(excerpt=EVIL, appeal_text=EVIL, reason=EVIL)
    Report.objects.filter(item_id=item_id).update(note=EVIL)
    page = (
        logged_in(makers.make_member(role="operator")).get(f"/console/moderation/{item_id}/").content.decode()
    )
    assert EVIL not in page and "<script>alert" not in page and "onerror=alert(1)>" not in page
    assert '<mark class="found is-review"' in page
    own = logged_in(author).get("/me/decisions/").content.decode()
    assert "<script>alert" not in own


def test_the_pages_of_the_desk_answer() -> None:
    _author, item_id = reported_name()
    words(LexiconKind.ADVERTISING, WordForm("第一", suggestion="受欢迎"))
    lexicon_id = guard.lexicons(by=SYSTEM)[0].id
    client = logged_in(makers.make_member(role="operator"))
    for address in (
        "/console/moderation/",
        f"/console/moderation/{item_id}/",
        "/console/lexicons/?text=全网第一&commercial=on",
        f"/console/lexicons/{lexicon_id}/",
        "/console/lexicons/numbers/",
        "/console/sanctions/",
    ):
        assert client.get(address).status_code == 200, address


def test_a_moderator_claims_and_decides_on_the_page() -> None:
    author, item_id = reported_name()
    client = logged_in(makers.make_member(role="operator"))
    client.post(f"/console/moderation/{item_id}/claim/", {"version": "1"})
    form = {
        "version": "2",
        "decision": "sanction",
        "reason": "辱骂",
        "sanction": "mute",
        "hours": "24",
        "once": str(uuid.uuid4()),
    }
    assert client.post(f"/console/moderation/{item_id}/decide/", form).status_code == 302
    view = guard.item_view(item_id, by=SYSTEM)
    assert (view.state, view.decision, view.visible) == ("decided", Decision.SANCTION, Visible.HIDDEN)
    assert author.id is not None
    with pytest.raises(guard.MutedNow):
        guard.require_may_write(author.id)


def test_a_member_reports_and_appeals_on_the_pages() -> None:
    author, item_id = reported_name()
    other = makers.make_member()
    client = logged_in(other)
    address = f"/report/profile/{author.id}/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": "spam", "next": "/me/"}).status_code == 303
    assert "广告或骚扰" in client.get("/me/reports/").content.decode()
    decide(item_id, Decision.HIDE)
    own = logged_in(author)
    assert "申诉" in own.get("/me/decisions/").content.decode()
    own.post(f"/me/decisions/{item_id}/appeal/", {"text": "请再看看"})
    assert guard.item_view(item_id, by=SYSTEM).is_appeal


def test_a_stranger_learns_nothing_of_an_item() -> None:
    author, item_id = reported_name()
    stranger: Any = makers.make_member()
    with pytest.raises(NotFound):
        guard.item_view(item_id, by=stranger)
    assert guard.decisions_about_me(by=author) == [], "reports that hid nothing are not told"
    assert json.dumps([one.kind for one in guard.reports_of(by=stranger)]) == "[]"
