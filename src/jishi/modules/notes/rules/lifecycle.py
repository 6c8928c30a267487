"""What a note must have, where it may go, who looks at it first, and how good it is."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from jishi.modules.notes.errors import (
    BadComment,
    BadTag,
    DisclosureNeeded,
    MediaMissing,
    ScheduleInvalid,
    TextTooLong,
    TitleMissing,
    TooManyNotePictures,
    TooManyTopics,
)
from jishi.modules.notes.types import Cooperation, NoteDraft, NoteState

S = NoteState
LIFECYCLE: dict[tuple[NoteState, str], NoteState] = {
    (S.DRAFT, "submit"): S.IN_REVIEW,
    (S.DRAFT, "schedule"): S.SCHEDULED,
    (S.DRAFT, "publish"): S.PUBLISHED,
    (S.IN_REVIEW, "return"): S.DRAFT,
    (S.IN_REVIEW, "schedule"): S.SCHEDULED,
    (S.IN_REVIEW, "publish"): S.PUBLISHED,
    (S.SCHEDULED, "publish"): S.PUBLISHED,
    (S.SCHEDULED, "return"): S.DRAFT,
    (S.PUBLISHED, "submit"): S.IN_REVIEW,  # an edit that somebody has to look at
    (S.PUBLISHED, "hide"): S.HIDDEN,
    (S.HIDDEN, "show"): S.PUBLISHED,
    **{(state, "remove"): S.REMOVED for state in S if state is not S.REMOVED},
}
EDITABLE = frozenset({S.DRAFT, S.IN_REVIEW, S.SCHEDULED, S.PUBLISHED})
TITLE_MAX, TEXT_MAX, TOPICS_MAX, TOPIC_MAX = 30, 1_500, 8, 16
PICTURES_MAX, TAGS_MAX, TAGS_PER_PICTURE_MAX = 9, 20, 6
WHOLE_BP = 10_000
COMMENT_MAX, COMMENTS_A_MINUTE_MAX = 300, 6
SCHEDULE_DAYS_MAX = 90
FIRST_NOTES_WAIT = 1
FOLLOWS_MAX = 5_000
FIRST_NOTE, STOPPED_WORDS, PAID = "first_note", "stopped_words", "paid"
_NOT_IN_TOPIC = re.compile(r"[^\w·\-]")
_IN_TEXT = re.compile(r"[#\uff03]([\w·]{1,16})")


def clean_draft(draft: NoteDraft) -> NoteDraft:
    """Spaces trimmed, topics of the text gathered.

    Raises TitleMissing, TextTooLong, TooManyTopics, TooManyNotePictures, BadTag.
    """
    title, alt_title = _one_line(draft.title), _one_line(draft.alt_title)
    text = _without_controls(draft.text).strip()
    if max(len(title), len(alt_title)) > TITLE_MAX:
        raise TitleMissing(limit=TITLE_MAX)
    if len(text) > TEXT_MAX:
        raise TextTooLong(limit=TEXT_MAX)
    if len(draft.media_ids) > PICTURES_MAX or len(set(draft.media_ids)) != len(draft.media_ids):
        raise TooManyNotePictures(limit=PICTURES_MAX)
    topics = topics_of([*draft.topics, *_IN_TEXT.findall(text)])
    _check_tags(draft)
    has_cover = draft.alt_cover is not None and 0 <= draft.alt_cover < len(draft.media_ids)
    return replace(
        draft,
        title=title,
        text=text,
        topics=topics,
        alt_title=alt_title,
        alt_cover=draft.alt_cover if has_cover else None,
    )


def check_complete(draft: NoteDraft, *, is_paid_creator: bool) -> None:
    """Before others may see it. Raises TitleMissing, MediaMissing, DisclosureNeeded."""
    if not draft.title:
        raise TitleMissing(limit=TITLE_MAX)
    if not draft.media_ids:
        raise MediaMissing()
    if is_paid_creator and draft.cooperation is Cooperation.NONE:
        raise DisclosureNeeded()


def topics_of(words: Sequence[str]) -> tuple[str, ...]:
    """Once each, in their order, letters and digits alone: a topic is part of an address. Raises TooManyTopics."""
    cleaned = [_NOT_IN_TOPIC.sub("", _one_line(word)).strip("-") for word in words]
    found = tuple(dict.fromkeys(word for word in cleaned if word))
    if len(found) > TOPICS_MAX or any(len(word) > TOPIC_MAX for word in found):
        raise TooManyTopics(limit=TOPICS_MAX, length=TOPIC_MAX)
    return found


def check_schedule(publish_at: datetime, *, now: datetime) -> None:
    if not now + timedelta(minutes=1) <= publish_at <= now + timedelta(days=SCHEDULE_DAYS_MAX):
        raise ScheduleInvalid()


def check_comment(words: str) -> str:
    text = _without_controls(words).strip()
    if not text or len(text) > COMMENT_MAX:
        raise BadComment(limit=COMMENT_MAX)
    return text


def waits_for(*, published_before: int, is_stopped: bool, cooperation: Cooperation) -> str:
    """Why somebody looks at a note before it is published; empty: at once."""
    if is_stopped:
        return STOPPED_WORDS
    if published_before < FIRST_NOTES_WAIT:
        return FIRST_NOTE
    return PAID if cooperation is Cooperation.PAID else ""


def quality_bp(*, views: int, likes: int, saves: int, comments: int, orders: int) -> int:
    """The smoothed answer of those who looked (docs/algorithms/feed.md)."""
    answers = likes + 3 * saves + 2 * comments + 5 * orders
    return min(WHOLE_BP, WHOLE_BP * (answers + 2) // (views + 40))


def _check_tags(draft: NoteDraft) -> None:
    places = [tag.picture for tag in draft.tags]
    if len(places) > TAGS_MAX or any(places.count(place) > TAGS_PER_PICTURE_MAX for place in set(places)):
        raise BadTag()
    for tag in draft.tags:
        inside = 0 <= tag.x_bp <= WHOLE_BP and 0 <= tag.y_bp <= WHOLE_BP
        if not inside or not 0 <= tag.picture < max(1, len(draft.media_ids)):
            raise BadTag()


def _one_line(text: str) -> str:
    return " ".join(_without_controls(text).split())


def _without_controls(text: str) -> str:
    """Without invisible signs that turn lines around or break them."""
    return "".join(
        char
        for char in text.replace("\r\n", "\n")
        if char in "\n\u200d" or unicodedata.category(char)[0] != "C"
    )
