"""Reading notes: one, an author's, staff's tables, their comments and versions."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, cast

from django.db import connection
from django.db.models import Count, Q, QuerySet

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.catalog.public import asked_words
from jishi.modules.guard.public import in_sight, in_sight_sql
from jishi.modules.notes.models import Author, Comment, Follow, Note, NoteTag, NoteVersion, Reaction
from jishi.modules.notes.types import (
    AuthorView,
    CommentView,
    Cooperation,
    Counts,
    NewTag,
    NoteCard,
    NoteDraft,
    NoteFilter,
    NoteState,
    NoteView,
    ReactionKind,
    TagView,
    TopicRow,
    VersionView,
)
from jishi.platform.paging import Key, older_than
from jishi.platform.reads import rows_of

PAGE_MAX = 100
CALENDAR_MAX = 500
ANSWERS_MAX = 200
WEEK_SECONDS, WEEKS_CHOSEN_FROM = 7 * 86_400, 12
_HEAVY = ("search_vector", "text")


def note_view(note_id: uuid.UUID, *, by: Actor) -> NoteView:
    """A published one for everybody, others for their author and for staff; three queries for a member, two otherwise.

    Raises NotFound.
    """
    rows = Note.objects.defer("search_vector").filter(id=note_id)
    if not by.may("notes.view"):
        rows = rows.filter(in_sight("author_id", by=by))
    row = rows.first()
    if row is None or row.state == NoteState.REMOVED.value or not may_see(row, by):
        raise NotFound()
    tags = list(NoteTag.objects.filter(note=row).order_by("picture", "id"))
    mine: set[str] = set()
    if by.is_member:
        mine = set(
            Reaction.objects.filter(note=row, member_id=by.require_member()).values_list("kind", flat=True)
        )
    return _view(row, tags, mine=mine)


def may_see(row: Note, by: Actor) -> bool:
    return row.state == NoteState.PUBLISHED.value or by.owns(row.author_id) or by.may("notes.view")


def cards_of_notes(note_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, NoteCard]:
    """Published ones only, of authors whom nobody hides; one query, by hand because every feed asks it; none for none."""
    wanted = list(note_ids)
    if not wanted:
        return {}
    rows = rows_of(_CARDS, {"ids": wanted, "now": clock.now()})
    return {row[0]: _card(CardRow(*row)) for row in rows}


def notes_of_author(
    author_id: uuid.UUID, *, by: Actor | None = None, after: Key | None = None, limit: int = 20
) -> list[NoteCard]:
    """What they published, newest first; one query."""
    rows = _shown(by).filter(older_than(after, field="publish_at"), author_id=author_id)
    return [_card(row) for row in rows.order_by("-publish_at", "-id")[: min(limit, PAGE_MAX)]]


def own_notes(*, by: Actor, offset: int = 0, limit: int = 20) -> list[NoteView]:
    """The actor's own in every state but removed, the last changed first; one query."""
    rows = Note.objects.defer("search_vector").filter(author_id=by.require_member())
    rows = rows.exclude(state=NoteState.REMOVED.value).order_by("-changed_at", "-id")
    return [_view(row, ()) for row in rows[offset : offset + min(limit, PAGE_MAX)]]


def saved_notes(*, by: Actor, offset: int = 0, limit: int = 20) -> list[NoteCard]:
    """What the actor saved and can still be seen; two queries."""
    saved = Reaction.objects.filter(member_id=by.require_member(), kind=ReactionKind.SAVE.value).order_by(
        "-at"
    )
    wanted = list(saved.values_list("note_id", flat=True)[offset : offset + min(limit, PAGE_MAX)])
    found = cards_of_notes(wanted)
    return [found[note_id] for note_id in wanted if note_id in found]


def notes_of_product(product_id: uuid.UUID, *, limit: int = 6) -> list[NoteCard]:
    """Published notes with these goods on them, the best first; one query."""
    tagged = NoteTag.objects.filter(product_id=product_id).values("note_id")
    return [_card(row) for row in _shown().filter(id__in=tagged).order_by("-quality_bp", "-id")[:limit]]


def notes_of_topic(topic: str, *, after: Key | None = None, limit: int = 20) -> list[NoteCard]:
    rows = _shown().filter(older_than(after, field="publish_at"), topics__contains=[topic])
    return [_card(row) for row in rows.order_by("-publish_at", "-id")[: min(limit, PAGE_MAX)]]


def best_notes(*, limit: int = 60) -> list[NoteCard]:
    """Published ones of the last weeks, the best first: for who chooses some. One query."""
    week = int(clock.now().timestamp()) // WEEK_SECONDS
    rows = _shown().filter(week__in=[week - back for back in range(WEEKS_CHOSEN_FROM)])
    return [_card(row) for row in rows.order_by("-quality_bp", "-id")[: min(limit, PAGE_MAX)]]


def newest_of_topics(topics: Iterable[str], *, each: int = 6) -> dict[str, list[NoteCard]]:
    """By topic, its newest notes; two queries however many topics, none for none."""
    wanted = list(dict.fromkeys(topics))[:PAGE_MAX]
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST_OF_TOPICS, [wanted, clock.now(), min(each, PAGE_MAX)])
        pairs = list(cursor.fetchall())
    cards = cards_of_notes(note_id for _topic, note_id in pairs)
    found: dict[str, list[NoteCard]] = {topic: [] for topic in wanted}
    for topic, note_id in pairs:
        if note_id in cards:
            found[topic].append(cards[note_id])
    return found


def search_notes(text: str, *, offset: int = 0, limit: int = 20) -> list[NoteCard]:
    """Published notes that say it, title before topics before text; two queries."""
    source, values = asked_words(text)
    if not source:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT n.id FROM notes_note n{source} WHERE n.state = 'published' AND n.search_vector @@ q.query"
            f" AND {in_sight_sql('n.author_id')}"
            " ORDER BY ts_rank(n.search_vector, q.query) DESC, n.publish_at DESC, n.id LIMIT %s OFFSET %s",
            [*values, clock.now(), min(limit, PAGE_MAX), offset],
        )
        wanted = [row[0] for row in cursor.fetchall()]
    found = cards_of_notes(wanted)
    return [found[note_id] for note_id in wanted if note_id in found]


def find_notes(
    wanted: NoteFilter, *, by: Actor, page: int = 1, limit: int = 30
) -> tuple[list[NoteView], int]:
    """For staff, the last changed first, with how many there are; two queries."""
    by.require("notes.view")
    rows = _matching(wanted)
    start = (max(page, 1) - 1) * min(limit, PAGE_MAX)
    shown = rows.order_by("-changed_at", "-id")[start : start + min(limit, PAGE_MAX)]
    return [_view(row, ()) for row in shown], rows.count()


def count_notes_by_state(*, by: Actor) -> dict[str, int]:
    if not by.may("notes.view"):
        return {}
    return dict(Note.objects.values_list("state").annotate(n=Count("id")).order_by())


def notes_between(first: datetime, last: datetime, *, by: Actor) -> list[NoteView]:
    """The editorial plan: what was or will be published in a period, and what waits for a look for it; one query."""
    by.require("notes.view")
    planned = Q(publish_at__gte=first, publish_at__lt=last, state__in=["scheduled", "published", "hidden"])
    asked = Q(wanted_at__gte=first, wanted_at__lt=last, state="in_review")
    rows = Note.objects.defer("search_vector").filter(planned | asked).order_by("publish_at", "id")
    return [_view(row, ()) for row in rows[:CALENDAR_MAX]]


def versions_of(note_id: uuid.UUID, *, limit: int = 30) -> list[VersionView]:
    """Newest first; one query."""
    rows = NoteVersion.objects.filter(note_id=note_id).order_by("-number")[:limit]
    return [
        VersionView(row.number, row.by_id, row.title, row.text, tuple(row.topics), row.at) for row in rows
    ]


def comments_of(
    note_id: uuid.UUID, *, by: Actor | None = None, after: Key | None = None, limit: int = 20
) -> list[CommentView]:
    """Shown ones, newest first, each with its answers, oldest first; two queries."""
    seen = Q(is_hidden=False) & in_sight("member_id", by=by)
    rows = Comment.objects.filter(older_than(after, field="at"), seen, note_id=note_id, parent=None)
    firsts = list(rows.order_by("-at", "-id")[: min(limit, PAGE_MAX)])
    answers: dict[uuid.UUID, list[CommentView]] = defaultdict(list)
    if firsts:
        below = Comment.objects.filter(seen, parent__in=[row.id for row in firsts])
        for row in below.order_by("at", "id")[:ANSWERS_MAX]:
            if row.parent_id is not None:
                answers[row.parent_id].append(_comment(row, ()))
    return [_comment(row, tuple(answers[row.id])) for row in firsts]


def author_view(member_id: uuid.UUID, *, by: Actor) -> AuthorView:
    """Counters of anybody, none of who is hidden; two queries for a member."""
    rows = Author.objects.filter(member_id=member_id)
    row = (rows if by.may("notes.view") else rows.filter(in_sight("member_id", by=by))).first()
    followed = (
        by.is_member and Follow.objects.filter(follower_id=by.require_member(), author_id=member_id).exists()
    )
    if row is None:
        return AuthorView(member_id, 0, 0, 0, False, followed)
    return AuthorView(member_id, row.followers, row.following, row.notes, row.is_paid_creator, followed)


def authors_among(member_ids: Iterable[uuid.UUID], *, by: Actor | None = None) -> dict[uuid.UUID, AuthorView]:
    """Those of them who have published; one query, two for a member who may follow some."""
    rows = Author.objects.filter(in_sight("member_id"), member_id__in=list(member_ids), notes__gt=0)
    found = {row.member_id: row for row in rows}
    followed: set[uuid.UUID] = set()
    if found and by is not None and by.is_member:
        mine = Follow.objects.filter(follower_id=by.require_member(), author_id__in=found)
        followed = set(mine.values_list("author_id", flat=True))
    return {
        key: AuthorView(key, row.followers, row.following, row.notes, row.is_paid_creator, key in followed)
        for key, row in found.items()
    }


def topics_table(*, since: datetime, by: Actor, limit: int = 50) -> list[TopicRow]:
    """What topics of notes published since then came to; one query."""
    by.require("notes.view")
    with connection.cursor() as cursor:
        cursor.execute(_TOPICS, [since, clock.now(), min(limit, PAGE_MAX)])
        return [TopicRow(*row) for row in cursor.fetchall()]


def popular_topics(*, since: datetime, limit: int = 12) -> list[str]:
    """For chips; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_TOPICS, [since, clock.now(), limit])
        return [row[0] for row in cursor.fetchall()]


def draft_of(row: Note) -> NoteDraft:
    """What a row says, as its author wrote it; one query."""
    tags = NoteTag.objects.filter(note=row).order_by("picture", "id")
    return NoteDraft(
        title=row.title,
        text=row.text,
        topics=tuple(row.topics),
        media_ids=tuple(row.media_ids),
        tags=tuple(NewTag(tag.picture, tag.x_bp, tag.y_bp, tag.product_id) for tag in tags),
        cooperation=Cooperation(row.cooperation),
        alt_title=row.alt_title,
        alt_cover=row.alt_cover,
    )


def _shown(by: Actor | None = None) -> QuerySet[Note]:
    """Published, and nobody hides their author."""
    return Note.objects.defer(*_HEAVY).filter(in_sight("author_id", by=by), state=NoteState.PUBLISHED.value)


def _matching(wanted: NoteFilter) -> QuerySet[Note]:
    rows = Note.objects.defer("search_vector")
    if wanted.states:
        rows = rows.filter(state__in=[state.value for state in wanted.states])
    if wanted.author_id is not None:
        rows = rows.filter(author_id=wanted.author_id)
    if wanted.assignee_id is not None:
        rows = rows.filter(assignee_id=wanted.assignee_id)
    if wanted.topic:
        rows = rows.filter(topics__contains=[wanted.topic])
    if wanted.text:
        rows = rows.filter(title__icontains=wanted.text)
    return rows


def _view(row: Note, tags: Sequence[NoteTag], *, mine: Iterable[str] = ()) -> NoteView:
    liked = set(mine)
    return NoteView(
        id=row.id,
        author_id=row.author_id,
        state=NoteState(row.state),
        title=row.title,
        text=row.text,
        topics=tuple(row.topics),
        cooperation=Cooperation(row.cooperation),
        media_ids=tuple(row.media_ids),
        cover_media_id=row.media_ids[0] if row.media_ids else None,
        tags=tuple(TagView(tag.id, tag.picture, tag.x_bp, tag.y_bp, tag.product_id) for tag in tags),
        counts=Counts(**{name: getattr(row, name) for name in Counts.__slots__}),
        quality_bp=row.quality_bp,
        province=row.province,
        city=row.city,
        version=row.version,
        review_note=row.review_note,
        assignee_id=row.assignee_id,
        publish_at=row.publish_at or row.wanted_at,
        created_at=row.created_at,
        changed_at=row.changed_at,
        alt_title=row.alt_title,
        alt_cover=row.alt_cover,
        is_video=row.is_video,
        is_liked_by_me=ReactionKind.LIKE.value in liked,
        is_saved_by_me=ReactionKind.SAVE.value in liked,
    )


class CardRow(NamedTuple):
    """The columns of a card."""

    id: uuid.UUID
    author_id: uuid.UUID
    title: str
    topics: Sequence[str]
    cooperation: str
    media_ids: Sequence[uuid.UUID]
    first_product_id: uuid.UUID | None
    tag_count: int
    likes: int
    is_video: bool
    publish_at: datetime
    version: int
    has_test: bool
    alt_title: str
    alt_cover: int | None


_CARDS = (
    f"SELECT {', '.join(CardRow._fields)} FROM notes_note"
    f" WHERE id = ANY(%(ids)s) AND state = 'published' AND {in_sight_sql('author_id', now='%(now)s')}"
)


def _card(row: Note | CardRow) -> NoteCard:
    alt = row.alt_cover if row.alt_cover is not None and row.alt_cover < len(row.media_ids) else 0
    return NoteCard(
        id=row.id,
        author_id=row.author_id,
        title=row.title,
        topics=tuple(row.topics),
        cooperation=Cooperation(row.cooperation),
        cover_media_id=row.media_ids[0] if row.media_ids else None,
        first_product_id=row.first_product_id,
        tag_count=row.tag_count,
        likes=row.likes,
        is_video=row.is_video,
        publish_at=cast(datetime, row.publish_at),  # what is out has a time: note_out_has_a_time
        version=row.version,
        has_test=row.has_test,
        alt_title=row.alt_title or row.title,
        alt_media_id=row.media_ids[alt] if row.media_ids else None,
    )


def comment_view(comment_id: uuid.UUID, *, by: Actor) -> CommentView:
    """A comment that is shown, for who may see its note. Raises NotFound."""
    row = Comment.objects.filter(in_sight("member_id", by=by), id=comment_id, is_hidden=False).first()
    if row is None:
        raise NotFound()
    note_view(row.note_id, by=by)
    return _comment(row, ())


def _comment(row: Comment, replies: tuple[CommentView, ...]) -> CommentView:
    return CommentView(
        row.id, row.note_id, row.member_id, row.parent_id, row.words, row.is_hidden, row.at, replies
    )


_NEWEST_OF_TOPICS = f"""
SELECT t.topic, n.id FROM unnest(%s::varchar[]) AS t(topic) CROSS JOIN LATERAL (
  SELECT id, publish_at FROM notes_note
  WHERE state = 'published' AND topics @> ARRAY[t.topic] AND {in_sight_sql("author_id")}
  ORDER BY publish_at DESC, id DESC LIMIT %s
) n ORDER BY t.topic, n.publish_at DESC, n.id DESC
"""

_TOPICS = f"""
SELECT t.topic, count(*), sum(n.views)::bigint, sum(n.saves)::bigint, sum(n.orders)::bigint,
       sum(n.revenue_minor - n.refunded_minor)::bigint
FROM notes_note n CROSS JOIN LATERAL unnest(n.topics) AS t(topic)
WHERE n.state = 'published' AND n.publish_at >= %s AND {in_sight_sql("n.author_id")} GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT %s
"""
