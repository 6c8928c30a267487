"""What members write meets the watched words before others see it, and the queue decides about all of it alike."""

import uuid

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from jishi.flows.community import write_comment, write_post
from jishi.flows.moderation import decide, report_subject
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.community.public import PostForm, PostKind, Visibility, post_view
from jishi.modules.guard.public import (
    ContentRefused,
    Decision,
    LexiconKind,
    MutedNow,
    ReportReason,
    SanctionForm,
    SanctionKind,
    Severity,
    WordForm,
    appeal,
    create_lexicon,
    item_of,
    save_word,
    set_sanction,
)
from tests.world import makers, talk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def watched() -> None:
    lexicon = create_lexicon(by=makers.OWNER, name="自测", kind=LexiconKind.WATCHED)
    save_word(
        WordForm("刷单", severity=Severity.REVIEW, reason="代人刷单"), by=makers.OWNER, lexicon_id=lexicon
    )
    save_word(WordForm("假钞", severity=Severity.BLOCK, reason="违法"), by=makers.OWNER, lexicon_id=lexicon)


def a_place() -> tuple[Actor, Actor, uuid.UUID]:
    owner, reader = makers.make_member(), makers.make_member()
    place = talk.make_community(owner)
    talk.let_in(place, reader)
    return owner, reader, place.id


def write(author: Actor, place: uuid.UUID, text: str) -> uuid.UUID:
    return write_post(PostForm(community_id=place, kind=PostKind.TALK, text=text), by=author)


def is_seen_by(reader: Actor | None, post_id: uuid.UUID) -> bool:
    """By the page, as that reader."""
    browser = Client()
    if reader is not None:
        browser.force_login(get_user_model().objects.get(id=reader.id))
    return browser.get(f"/posts/{post_id}/").status_code == 200


@pytest.mark.usefixtures("watched")
def test_a_post_with_a_doubtful_word_waits_until_somebody_has_looked() -> None:
    _, reader, place = a_place()
    author = makers.make_member()
    post = write(reader, place, "专业刷·单，加我")
    assert post_view(post, by=reader).state is Visibility.WAITING
    assert is_seen_by(reader, post) and not is_seen_by(author, post) and not is_seen_by(None, post)
    item = item_of("post", post)
    assert item is not None
    decide(item.id, by=makers.OWNER, version=item.version, decision=Decision.KEEP)
    assert is_seen_by(author, post)


@pytest.mark.usefixtures("watched")
def test_words_that_are_never_published_are_refused_and_nothing_is_written() -> None:
    owner, reader, place = a_place()
    with pytest.raises(ContentRefused):
        write(reader, place, "出 假 钞")
    post = write(owner, place, "今天的橙子很甜")
    with pytest.raises(ContentRefused):
        write_comment(post, text="假鈔", by=reader)


def test_a_muted_member_reads_and_does_not_write() -> None:
    owner, reader, place = a_place()
    post = write(owner, place, "今天的橙子很甜")
    set_sanction(
        SanctionForm(SanctionKind.MUTE, 24, "刷屏"), by=makers.OWNER, member_id=reader.require_member()
    )
    assert is_seen_by(reader, post)
    with pytest.raises(MutedNow):
        write_comment(post, text="甜吗", by=reader)


def test_a_report_is_decided_appealed_and_won_by_another_moderator() -> None:
    owner, reader, place = a_place()
    post = write(owner, place, "这条会被举报")
    report_subject("post", post, by=reader, reason=ReportReason.ABUSE)
    item = item_of("post", post)
    assert item is not None
    first, second = makers.make_member(role="operator"), makers.make_member(role="operator")
    decide(item.id, by=first, version=item.version, decision=Decision.HIDE, reason="争吵")
    assert not is_seen_by(reader, post) and not is_seen_by(None, post)
    with pytest.raises(NotFound):
        report_subject("post", post, by=makers.make_member(), reason=ReportReason.SPAM)
    appeal(item.id, by=owner, text="只是在讨论价格")
    again = item_of("post", post)
    assert again is not None and again.is_appeal
    decide(again.id, by=second, version=again.version, decision=Decision.KEEP)
    assert is_seen_by(reader, post)
