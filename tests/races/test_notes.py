"""Notes at the same moment: two clocks that publish, taps and words that are counted, a note that goes while somebody speaks."""

import threading
import uuid
from collections import Counter
from datetime import timedelta

import pytest

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.media.public import store_picture
from jishi.modules.notes.models import Author, Comment, Note, Reaction
from jishi.modules.notes.operations import react as reacting
from jishi.modules.notes.operations import review as reviewing
from jishi.modules.notes.public import (
    NoteDraft,
    ReactionKind,
    approve_note,
    comment,
    hide_comment,
    hide_note,
    publish_due_notes,
    publish_note,
    react,
    start_note,
)
from jishi.platform.models import FactRow, HistoryRow
from tests.world import makers
from tests.world.races import at_once, crashes, line_up, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_folders")]
DUE = 12


def a_draft(author: Actor) -> uuid.UUID:
    media = store_picture(makers.picture(), by=author)
    return start_note(by=author, draft=NoteDraft(title="脐橙", text="甜", media_ids=(media.id,)))


def a_note(author: Actor) -> uuid.UUID:
    note_id = a_draft(author)
    publish_note(note_id, by=author)
    approve_note(note_id, by=makers.OWNER)
    return note_id


def due_notes(author: Actor) -> list[uuid.UUID]:
    found = [a_draft(author) for _ in range(DUE)]
    past = clock.now() - timedelta(minutes=1)
    Note.objects.filter(id__in=found).update(state="scheduled", publish_at=past, wanted_at=past)
    return found


def times_told(found: list[uuid.UUID]) -> Counter[int]:
    """How often each note was told of, and how many notes that is true of."""
    facts = FactRow.objects.filter(name="notes.note_published.v1", subject_id__in=found)
    return Counter(Counter(facts.values_list("subject_id", flat=True)).values())


# ---- the clock that publishes -----------------------------------------------------------------------------


def test_workers_share_what_is_due_and_each_note_comes_out_once() -> None:
    author = makers.make_member()
    found = due_notes(author)

    answers = at_once(*[lambda: publish_due_notes(limit=5) for _ in range(4)])
    rest = publish_due_notes()

    assert crashes(answers) == [] and sum(answers) + rest == DUE  # type: ignore[arg-type]
    assert times_told(found) == {1: DUE}
    assert set(Note.objects.filter(id__in=found).values_list("state", flat=True)) == {"published"}
    assert Author.objects.get(member_id=author.id).notes == DUE
    assert HistoryRow.objects.filter(subject_id__in=found, verb="publish").count() == DUE


def test_without_the_lock_two_workers_tell_of_a_note_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both read what is due before either has published it."""
    author = makers.make_member()
    found = due_notes(author)
    both_have_read, come_out = line_up(2), reviewing.come_out_together

    def come_out_late(notes: list[Note]) -> None:
        both_have_read()
        come_out(notes)

    monkeypatch.setattr(Note.objects, "select_for_update", lambda **_options: Note.objects.all())
    monkeypatch.setattr(reviewing, "come_out_together", come_out_late)

    answers = at_once(publish_due_notes, publish_due_notes)

    assert crashes(answers) == [] and times_told(found) == {2: DUE}
    assert Author.objects.get(member_id=author.id).notes == 2 * DUE


# ---- counters ---------------------------------------------------------------------------------------------


def test_likes_saves_and_comments_at_once_are_all_counted() -> None:
    note_id, fans = a_note(makers.make_member()), [makers.make_member() for _ in range(5)]

    answers = at_once(
        *[lambda fan=fan: react(note_id, by=fan, kind=ReactionKind.LIKE) for fan in fans],
        *[lambda fan=fan: react(note_id, by=fan, kind=ReactionKind.SAVE) for fan in fans],
        *[lambda fan=fan: comment(note_id, by=fan, words="好") for fan in fans],
        *[lambda fan=fan: react(note_id, by=fan, kind=ReactionKind.LIKE) for fan in fans],
    )

    assert crashes(answers) == [] and refusals(answers) == []
    assert counted(note_id) == (5, 5, 5) == rows(note_id)


def test_likes_come_and_go_and_the_count_is_that_of_the_rows() -> None:
    note_id, fans = a_note(makers.make_member()), [makers.make_member() for _ in range(4)]
    for fan in fans[:2]:
        react(note_id, by=fan, kind=ReactionKind.LIKE)

    answers = at_once(
        *[lambda fan=fan: react(note_id, by=fan, kind=ReactionKind.LIKE, is_on=False) for fan in fans[:2]],
        *[lambda fan=fan: react(note_id, by=fan, kind=ReactionKind.LIKE) for fan in fans],
    )

    assert crashes(answers) == []
    assert counted(note_id) == rows(note_id)


def test_without_the_lock_a_like_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both have read the count before either writes it."""
    note_id, fans = a_note(makers.make_member()), [makers.make_member() for _ in range(2)]
    both_have_read = line_up(2)

    def read_only(key: uuid.UUID) -> Note:
        found = Note.objects.get(pk=key)
        both_have_read()
        return found

    monkeypatch.setattr(reacting, "_lock_shown", read_only)

    answers = at_once(*[lambda fan=fan: react(note_id, by=fan, kind=ReactionKind.LIKE) for fan in fans])

    assert crashes(answers) == []
    assert (counted(note_id)[0], rows(note_id)[0]) == (1, 2)


def test_a_comment_and_its_answer_are_hidden_at_once() -> None:
    """By two moderators, who lock in the same order, and what was said meanwhile is counted."""
    note_id, fan = a_note(makers.make_member()), makers.make_member()
    said = comment(note_id, by=fan, words="好")
    answer = comment(note_id, by=makers.make_member(), words="是的", answers=said)

    answers = at_once(
        lambda: hide_comment(said, by=makers.OWNER),
        lambda: hide_comment(answer, by=makers.OWNER),
        lambda: comment(note_id, by=makers.make_member(), words="我也买了"),
    )

    assert crashes(answers) == [] and refusals(answers) == []
    assert counted(note_id)[2] == rows(note_id)[2] == 1


# ---- a note that goes -------------------------------------------------------------------------------------


def test_nothing_is_said_below_a_note_that_has_gone() -> None:
    for _ in range(3):
        note_id, fans = a_note(makers.make_member()), [makers.make_member() for _ in range(3)]

        answers = at_once(
            lambda note_id=note_id: hide_note(note_id, by=makers.OWNER, reason="不合适"),
            *[lambda fan=fan, note_id=note_id: comment(note_id, by=fan, words="好") for fan in fans],
        )

        assert crashes(answers) == [] and set(refusals(answers)) <= {"not_found"}
        assert said_too_late(note_id) == 0
        assert counted(note_id)[2] == rows(note_id)[2] == 3 - len(refusals(answers))


def test_without_the_lock_something_is_said_below_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the note was there when it was looked at."""
    note_id, fan = a_note(makers.make_member()), makers.make_member()
    has_looked, has_gone = threading.Event(), threading.Event()

    def look(key: uuid.UUID) -> Note:
        found = Note.objects.get(pk=key, state="published")
        has_looked.set()
        has_gone.wait(8)
        return found

    def hide() -> None:
        has_looked.wait(8)
        hide_note(note_id, by=makers.OWNER, reason="不合适")
        has_gone.set()

    monkeypatch.setattr(reacting, "_lock_shown", look)

    answers = at_once(hide, lambda: comment(note_id, by=fan, words="好"))

    assert crashes(answers) == [] and refusals(answers) == []
    assert said_too_late(note_id) == 1


def counted(note_id: uuid.UUID) -> tuple[int, int, int]:
    note = Note.objects.get(id=note_id)
    return note.likes, note.saves, note.comments


def rows(note_id: uuid.UUID) -> tuple[int, int, int]:
    taps = Reaction.objects.filter(note_id=note_id)
    said = Comment.objects.filter(note_id=note_id, is_hidden=False)
    return taps.filter(kind="like").count(), taps.filter(kind="save").count(), said.count()


def said_too_late(note_id: uuid.UUID) -> int:
    gone_at = Note.objects.get(id=note_id).changed_at
    return Comment.objects.filter(note_id=note_id, at__gt=gone_at).count()
