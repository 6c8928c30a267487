"""Notes on a real database: states and what follows, who may see, counters, versions, schedule."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from jishi.kernel import clock
from jishi.kernel.errors import IllegalStep, InvalidInput, LoginRequired, NotAllowed, NotFound
from jishi.modules.media.public import media_by_ids
from jishi.modules.notes import errors
from jishi.modules.notes.models import Comment, Note, Reaction
from jishi.modules.notes.public import (
    Cooperation,
    NewTag,
    NoteDraft,
    NoteFilter,
    NoteState,
    ReactionKind,
    Weights,
    approve_note,
    assign_note,
    author_view,
    cards_of_notes,
    comment,
    comments_of,
    discover,
    explain,
    find_notes,
    follow_author,
    following,
    forget_feed,
    hide_comment,
    hide_note,
    mark_paid_creator,
    note_look,
    note_view,
    notes_of_author,
    notes_of_product,
    notes_of_topic,
    publish_due_notes,
    publish_note,
    react,
    refresh_quality,
    remove_note,
    reschedule_note,
    return_note,
    save_note,
    saved_notes,
    search_notes,
    set_weights,
    show_note,
    start_note,
    take_back_note,
    versions_of,
)
from jishi.modules.notes.tests.making import draft, facts_of, kept, published
from jishi.platform.facts import facts_about
from jishi.platform.http import ANONYMOUS
from tests.world.makers import OWNER, make_member, make_product, product_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


def test_a_first_note_waits_and_the_second_comes_out_at_once() -> None:
    author = make_member()
    goods = product_of(make_product())
    first = start_note(by=author, draft=draft(author, tags=(NewTag(0, 4_200, 5_800, goods),)))
    assert publish_note(first, by=author) is NoteState.IN_REVIEW
    assert facts_of(first) == [] and author_view(author.require_member(), by=author).notes == 0
    approve_note(first, by=OWNER)
    found = note_view(first, by=ANONYMOUS)
    assert found.state is NoteState.PUBLISHED and found.topics == ("水果",)
    assert [(tag.x_bp, tag.y_bp, tag.product_id) for tag in found.tags] == [(4_200, 5_800, goods)]
    told = facts_about(subject_kind="note", subject_id=first)
    assert [one.name for one in told] == ["notes.note_published.v1"]
    assert told[0].payload["member_id"] == str(author.id) and told[0].payload["product_ids"] == [str(goods)]
    second = start_note(by=author, draft=draft(author))
    assert publish_note(second, by=author) is NoteState.PUBLISHED
    assert author_view(author.require_member(), by=author).notes == 2


def test_a_refused_publication_changes_nothing() -> None:
    author = make_member()
    empty = start_note(by=author)
    with pytest.raises(errors.TitleMissing):
        publish_note(empty, by=author)
    mark_paid_creator(author.require_member(), by=OWNER, is_paid=True)
    whole = start_note(by=author, draft=draft(author))
    with pytest.raises(errors.DisclosureNeeded):
        publish_note(whole, by=author)
    assert set(Note.objects.values_list("state", flat=True)) == {"draft"}
    save_note(whole, NoteDraft(**{**kept(whole, author), "cooperation": Cooperation.PAID}), by=author)
    assert publish_note(whole, by=author) is NoteState.IN_REVIEW


def test_hidden_notes_are_nowhere_and_their_pictures_neither() -> None:
    author, note_id = published(topics=("时令",), tags=())
    reader, goods = make_member(), product_of(make_product())
    save_note(
        note_id,
        NoteDraft(**{**kept(note_id, author), "tags": (NewTag(0, 1, 1, goods),)}),
        by=author,
    )
    react(note_id, by=reader, kind=ReactionKind.SAVE)
    follow_author(author.require_member(), by=reader)
    path = next(iter(media_by_ids(note_view(note_id, by=author).media_ids).values())).renditions[0].path
    forget_feed()

    def seen() -> list[bool]:
        forget_feed()
        member = author.require_member()
        return [
            note_id in cards_of_notes([note_id]),
            note_id in [card.id for card in notes_of_author(member)],
            note_id in [card.id for card in notes_of_topic("时令")],
            note_id in [card.id for card in notes_of_product(goods)],
            note_id in [card.id for card in search_notes("脐橙")],
            note_id in [card.id for card in saved_notes(by=reader)],
            note_id in [card.id for card in following(by=reader)],
            note_id in [one.candidate.id for one in discover(by=reader)],
            explain(note_id, by=reader) is not None,
            default_storage.exists(path),
        ]

    assert all(seen())
    hide_note(note_id, by=OWNER, reason="违规")
    assert not any(seen())
    for stranger in (reader, ANONYMOUS):
        with pytest.raises(NotFound):
            note_view(note_id, by=stranger)
    assert note_view(note_id, by=author).review_note == "违规"
    for act in (
        lambda: react(note_id, by=reader, kind=ReactionKind.LIKE),
        lambda: comment(note_id, by=reader, words="在吗"),
    ):
        with pytest.raises(NotFound):
            act()
    assert not note_look(note_id, viewer_id=reader.require_member())
    show_note(note_id, by=OWNER)
    assert all(seen())
    assert facts_of(note_id).count("note_published") == 1
    remove_note(note_id, by=author)
    assert not any(seen())
    with pytest.raises(NotFound):
        note_view(note_id, by=author)


def test_strangers_and_other_roles_may_not() -> None:
    author, note_id = published()
    other, service = make_member(), make_member(role="read_only")
    whole = NoteDraft(**kept(note_id, author))
    for act in (
        lambda by: save_note(note_id, whole, by=by),
        lambda by: publish_note(note_id, by=by),
        lambda by: take_back_note(note_id, by=by),
        lambda by: remove_note(note_id, by=by),
    ):
        with pytest.raises(NotFound):
            act(other)
    for staff_act in (
        lambda by: approve_note(note_id, by=by),
        lambda by: return_note(note_id, by=by, reason="x"),
        lambda by: hide_note(note_id, by=by, reason="x"),
        lambda by: assign_note(note_id, by=by, assignee_id=None),
        lambda by: set_weights(Weights(), by=by),
        lambda by: mark_paid_creator(other.require_member(), by=by, is_paid=True),
    ):
        with pytest.raises(NotAllowed):
            staff_act(other)
        with pytest.raises(NotAllowed):
            staff_act(service)
        with pytest.raises(LoginRequired):
            staff_act(ANONYMOUS)
    with pytest.raises(NotAllowed):
        find_notes(NoteFilter(), by=other)
    assert find_notes(NoteFilter(), by=service)[1] == 1
    with pytest.raises(LoginRequired):
        react(note_id, by=ANONYMOUS, kind=ReactionKind.LIKE)
    assert note_view(note_id, by=ANONYMOUS).state is NoteState.PUBLISHED


def test_anothers_picture_and_unknown_goods_cannot_be_used() -> None:
    author, other = make_member(), make_member()
    note_id = start_note(by=author)
    with pytest.raises(NotFound):
        save_note(note_id, draft(other), by=author)
    with pytest.raises(errors.BadTag):
        save_note(note_id, draft(author, tags=(NewTag(0, 1, 1, uuid.uuid4()),)), by=author)
    assert note_view(note_id, by=author).media_ids == ()


def test_a_version_that_was_changed_elsewhere_is_refused() -> None:
    author = make_member()
    note_id = start_note(by=author, draft=draft(author))
    version = note_view(note_id, by=author).version
    assert (
        save_note(
            note_id,
            NoteDraft(**{**kept(note_id, author), "title": "一"}),
            by=author,
            expected_version=version,
        )
        == version + 1
    )
    with pytest.raises(errors.ChangedElsewhere):
        save_note(note_id, NoteDraft(title="二"), by=author, expected_version=version)
    assert note_view(note_id, by=author).title == "一"
    assert versions_of(note_id) == []
    publish_note(note_id, by=author)
    approve_note(note_id, by=OWNER)
    save_note(note_id, NoteDraft(**{**kept(note_id, author), "title": "三"}), by=author)
    assert [one.title for one in versions_of(note_id)] == ["三", "一"]
    with pytest.raises(errors.MediaMissing):
        save_note(note_id, NoteDraft(title="没有图"), by=author)
    assert (
        save_note(note_id, NoteDraft(**kept(note_id, author)), by=author)
        == note_view(note_id, by=author).version
    )


def test_new_words_that_are_stopped_take_a_note_off() -> None:
    author, note_id = published()
    changed = NoteDraft(**{**kept(note_id, author), "text": "最好的"})
    save_note(note_id, changed, by=author, is_stopped=True)
    assert note_view(note_id, by=author).state is NoteState.IN_REVIEW
    assert note_id not in cards_of_notes([note_id])
    approve_note(note_id, by=OWNER)
    assert note_view(note_id, by=ANONYMOUS).text == "最好的"


def test_scheduled_notes_come_out_at_their_time_once() -> None:
    author, _ = published()
    now = clock.now()
    note_id = start_note(by=author, draft=draft(author))
    with pytest.raises(errors.ScheduleInvalid):
        publish_note(note_id, by=author, publish_at=now)
    assert publish_note(note_id, by=author, publish_at=now + timedelta(hours=1)) is NoteState.SCHEDULED
    assert publish_due_notes() == 0
    with pytest.raises(NotFound):
        note_view(note_id, by=ANONYMOUS)
    reschedule_note(note_id, by=author, publish_at=now + timedelta(hours=2))
    with clock.held_at(now + timedelta(hours=1, minutes=30)):
        assert publish_due_notes() == 0
    with clock.held_at(now + timedelta(hours=2, seconds=1)):
        assert publish_due_notes() == 1
        assert publish_due_notes() == 0
        assert note_view(note_id, by=ANONYMOUS).publish_at == clock.now()
    assert facts_of(note_id) == ["note_published"]
    with pytest.raises(IllegalStep):
        reschedule_note(note_id, by=author, publish_at=now + timedelta(days=3))


def test_taken_back_and_returned_notes_are_drafts_that_say_why() -> None:
    author = make_member()
    note_id = start_note(by=author, draft=draft(author))
    publish_note(note_id, by=author)
    with pytest.raises(InvalidInput):
        return_note(note_id, by=OWNER, reason="  ")
    return_note(note_id, by=OWNER, reason="请写明赠品")
    found = note_view(note_id, by=author)
    assert (found.state, found.review_note) == (NoteState.DRAFT, "请写明赠品")
    assert facts_of(note_id) == ["note_returned"]
    publish_note(note_id, by=author)
    take_back_note(note_id, by=author)
    assert note_view(note_id, by=author).state is NoteState.DRAFT


def test_counters_follow_what_they_count() -> None:
    author, note_id = published()
    readers = [make_member() for _ in range(3)]
    for reader in readers:
        for _ in range(2):
            react(note_id, by=reader, kind=ReactionKind.LIKE)
            note_look(note_id, viewer_id=reader.require_member())
    react(note_id, by=readers[0], kind=ReactionKind.SAVE)
    react(note_id, by=readers[1], kind=ReactionKind.LIKE, is_on=False)
    react(note_id, by=readers[1], kind=ReactionKind.LIKE, is_on=False)
    said = comment(note_id, by=readers[0], words="真的吗")
    answer = comment(note_id, by=author, words="真的", answers=said)
    deeper = comment(note_id, by=readers[0], words="谢谢", answers=answer)
    counts = note_view(note_id, by=ANONYMOUS).counts
    assert (counts.views, counts.likes, counts.saves, counts.comments) == (3, 2, 1, 3)
    assert Reaction.objects.count() == 3
    shown = comments_of(note_id)
    assert [one.id for one in shown] == [said] and [one.id for one in shown[0].replies] == [answer, deeper]
    assert facts_of(note_id).count("note_liked") == 3 and facts_of(note_id).count("note_saved") == 1
    assert refresh_quality() == 1 and refresh_quality() == 0
    assert note_view(note_id, by=ANONYMOUS).quality_bp == 10_000 * (2 + 3 + 6 + 2) // 43
    with pytest.raises(NotAllowed):
        hide_comment(said, by=readers[2])
    hide_comment(said, by=author)
    hide_comment(said, by=author)
    assert comments_of(note_id) == [] and note_view(note_id, by=ANONYMOUS).counts.comments == 0
    with pytest.raises(NotFound):
        comment(note_id, by=readers[2], words="在吗", answers=said)
    assert Comment.objects.count() == 3


def test_talking_too_fast_is_refused() -> None:
    _, note_id = published()
    reader = make_member()
    for _ in range(6):
        comment(note_id, by=reader, words="好")
    with pytest.raises(errors.CommentTooFast):
        comment(note_id, by=reader, words="好")
    assert Comment.objects.count() == 6
