"""Who hears what of a note: its author why it came back, author and answered person who spoke, nobody of oneself."""

import pytest

from jishi.kernel.actor import Actor
from jishi.modules.media.public import store_picture
from jishi.modules.messaging.public import notices_of
from jishi.modules.notes.public import NoteDraft, approve_note, comment, publish_note, return_note, start_note
from tests.world import makers
from tests.world.jobs import run_jobs

pytestmark = pytest.mark.django_db


def waiting_note(author: Actor):
    picture = store_picture(makers.picture(size=(60, 40)), by=author)
    note_id = start_note(by=author, draft=NoteDraft(title="脐橙", text="甜", media_ids=(picture.id,)))
    publish_note(note_id, by=author)
    return note_id


def heard(member: Actor) -> list[tuple[str, str]]:
    run_jobs()
    return [(notice.kind, notice.link) for notice in notices_of(by=member) if notice.kind.startswith("note_")]


def test_the_author_hears_why_a_note_came_back() -> None:
    author = makers.make_member()
    note_id = waiting_note(author)
    return_note(note_id, by=makers.OWNER, reason="图片太糊")
    assert heard(author) == [("note_returned", f"/me/notes/{note_id}/")]
    assert "图片太糊" in str(notices_of(by=author)[0].body)


def test_author_and_answered_person_hear_of_a_comment_and_the_speaker_does_not() -> None:
    author, asker = makers.make_member(), makers.make_member()
    note_id = waiting_note(author)
    approve_note(note_id, by=makers.OWNER)
    asked = comment(note_id, by=asker, words="在哪买的？")
    assert heard(author) == [("note_comment", f"/n/{note_id}/")]
    comment(note_id, by=author, words="图上点一下就到", answers=asked)
    assert heard(asker) == [("note_reply", f"/n/{note_id}/")]
    assert len(heard(author)) == 1
