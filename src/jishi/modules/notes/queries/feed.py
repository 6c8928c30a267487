"""The feed's candidates, in SQL with a bound on every source (docs/algorithms/feed.md)."""

import uuid
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.guard.public import in_sight_sql
from jishi.modules.notes.models import Exposure, FeedWeights
from jishi.modules.notes.queries.notes import cards_of_notes
from jishi.modules.notes.rules import arms
from jishi.modules.notes.rules.feed import Ranking, rank, weigh
from jishi.modules.notes.types import (
    Arm,
    ArmResult,
    Candidate,
    Consent,
    NoteCard,
    Scored,
    Taste,
    Weighed,
    Weights,
)
from jishi.platform.reads import rows_of

OF_FOLLOWED, OF_EACH_AUTHOR, OF_EACH_WEEK, OF_NEWEST, OF_NEAR = 120, 3, 80, 120, 60
WEEKS, FOLLOWED_DAYS = 4, 30
WEEK_SECONDS = 7 * 86_400
RANKED_MAX = 240
POOL_KEPT_SECONDS, WEIGHTS_KEPT_SECONDS, RANKING_KEPT_SECONDS = 5.0, 5.0, 30.0
RANKINGS_MAX = 256
AFFINITIES_MAX = 60

_pool: tuple[float, Weights, list[Weighed]] | None = None
_weights: tuple[float, Weights] | None = None
_rankings: OrderedDict[uuid.UUID | None, tuple[float, tuple[Consent, Weights], Ranking]] = OrderedDict()


def consent_of(member_id: uuid.UUID) -> Consent:
    """Nothing unless they said so; one query."""
    rows = rows_of(_CONSENT, [member_id])
    return Consent(*rows[0]) if rows else Consent()


def weights_now() -> Weights:
    """The newest; read again every few seconds."""
    global _weights  # noqa: PLW0603
    now = clock.monotonic_seconds()
    if _weights is None or now - _weights[0] > WEIGHTS_KEPT_SECONDS:
        row = FeedWeights.objects.order_by("-id").first()
        found = Weights(*(getattr(row, name) for name in Weights.__slots__)) if row else Weights()
        _weights = (now, found)
    return _weights[1]


def discover(*, by: Actor, weights: Weights | None = None, limit: int = RANKED_MAX) -> list[Scored]:
    """The ranked feed of a reader: at most four queries, whatever is stored.

    A list stands for half a minute, so that a reader who scrolls meets nothing twice; what the reader agreed to
    is read each time. Other weights than those in force are a preview, and nothing of it is kept.
    """
    if weights is None:
        return _ranking(by).first(limit)
    taste, own = _taste_and_own(by)
    pool = {one.id: one for one in (*(one.candidate for one in common_pool()), *own)}
    return rank(pool.values(), taste=taste, weights=weights, now=clock.now(), limit=limit)


def following(*, by: Actor, before: datetime | None = None, limit: int = 20) -> list[NoteCard]:
    """Notes of people one follows, newest first; two queries. Needs no consent: it is what one asked for."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FOLLOWING,
            {
                "member": by.require_member(),
                "before": before or clock.now(),
                "each": limit,
                "limit": limit,
                "now": clock.now(),
            },
        )
        wanted = [row[0] for row in cursor.fetchall()]
    found = cards_of_notes(wanted)
    return [found[note_id] for note_id in wanted if note_id in found]


def near(*, by: Actor, limit: int = RANKED_MAX) -> list[Scored]:
    """Ranked notes of the reader's city and, after them, province; nothing without consent. Three queries."""
    consent = consent_of(by.require_member())
    if not consent.is_near or not consent.province:
        return []
    found = [
        one
        for one in (*_near(consent), *(one.candidate for one in common_pool()))
        if one.province == consent.province
    ]
    taste = Taste(is_near=True, province=consent.province, city=consent.city)
    pool = {one.id: one for one in found}
    return rank(pool.values(), taste=taste, weights=weights_now(), now=clock.now(), limit=limit)


def explain(note_id: uuid.UUID, *, by: Actor) -> Scored | None:
    """The factors of one note for a reader, as the feed counts them; None for what cannot be seen."""
    rows = _candidates(
        f"SELECT {_COLUMNS} FROM notes_note WHERE id = %(note)s AND state = 'published' AND {_SEEN}",
        {"note": note_id},
    )
    if not rows:
        return None
    taste, _own = _taste_and_own(by)
    return rank(rows, taste=taste, weights=weights_now(), now=clock.now(), limit=1)[0]


def common_pool() -> list[Weighed]:
    """What is the same for everybody: the best of each week and the newest, weighed; read again every few seconds."""
    global _pool  # noqa: PLW0603
    now, weights = clock.monotonic_seconds(), weights_now()
    if _pool is None or now - _pool[0] > POOL_KEPT_SECONDS or _pool[1] != weights:
        week = int(clock.now().timestamp()) // WEEK_SECONDS
        values = {"weeks": [week - back for back in range(WEEKS)], "each": OF_EACH_WEEK, "newest": OF_NEWEST}
        _pool = (now, weights, weigh(_candidates(_COMMON, values), weights=weights, now=clock.now()))
    return _pool[2]


def forget_feed() -> None:
    global _pool, _weights  # noqa: PLW0603
    _pool = _weights = None
    _rankings.clear()


def _ranking(by: Actor) -> Ranking:
    """The reader's list, or the one of all who have agreed to nothing; bounded in age and number."""
    consent = consent_of(by.id) if by.is_member and by.id is not None else Consent()
    reader = by.id if consent.is_personal or consent.is_near else None
    if reader is None and by.id is not None:
        _rankings.pop(by.id, None)  # nothing is kept of who takes the consent back
    age_max = RANKING_KEPT_SECONDS if reader else POOL_KEPT_SECONDS
    now, stamp = clock.monotonic_seconds(), (consent, weights_now())
    kept = _rankings.get(reader)
    if kept is not None and now - kept[0] <= age_max and kept[1] == stamp:
        return kept[2]
    taste, own = _taste_and_own(by) if reader else (Taste(), [])
    pool = {one.candidate.id: one for one in common_pool()}
    pool |= {one.candidate.id: one for one in weigh(own, weights=stamp[1], now=clock.now())}
    ranking = Ranking(pool.values(), taste=taste, weights=stamp[1])
    _rankings.pop(reader, None)
    _rankings[reader] = (now, stamp, ranking)
    while len(_rankings) > RANKINGS_MAX:
        with suppress(KeyError):  # another thread was quicker
            _rankings.popitem(last=False)
    return ranking


def arm_results(note_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, ArmResult]:
    """How their A/B tests stand; one query."""
    counts: dict[uuid.UUID, dict[str, tuple[int, int]]] = {note_id: {} for note_id in note_ids}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT note_id, arm, count(*), count(*) FILTER (WHERE is_clicked) FROM {Exposure._meta.db_table}"
            " WHERE note_id = ANY(%s) GROUP BY 1, 2",
            [list(note_ids)],
        )
        for note_id, arm, shown, clicked in cursor.fetchall():
            counts[note_id][arm] = (shown, clicked)
    nothing = (0, 0)
    return {
        note_id: arms.result_of(
            exposures=(found.get(Arm.A, nothing)[0], found.get(Arm.B, nothing)[0]),
            clicks=(found.get(Arm.A, nothing)[1], found.get(Arm.B, nothing)[1]),
        )
        for note_id, found in counts.items()
    }


def _taste_and_own(by: Actor) -> tuple[Taste, list[Candidate]]:
    """Two queries for a member who has agreed, one for one who has not, none for a visitor."""
    if not by.is_member or by.id is None:
        return Taste(), []
    found = rows_of(_TASTE, {"member": by.id, "limit": AFFINITIES_MAX})
    if not found or not (found[0][0] or found[0][1]):
        return Taste(), []
    is_personal, is_near, province, city, authors, author_points, topics, topic_points = found[0]
    since = clock.now() - timedelta(days=FOLLOWED_DAYS)
    values = {
        "member": by.id,
        "since": since,
        "each": OF_EACH_AUTHOR,
        "followed": OF_FOLLOWED if is_personal else 0,
        "city": city if is_near else "",
        "near": OF_NEAR,
    }
    rows = _rows(_OWN, values)
    followed = frozenset(row[1] for row in rows if row[-1])
    taste = Taste(
        is_personal=is_personal,
        followed=followed,
        author_points=dict(zip(authors or (), author_points or (), strict=True)) if is_personal else {},
        topic_points=dict(zip(topics or (), topic_points or (), strict=True)) if is_personal else {},
        is_near=is_near,
        province=province,
        city=city,
    )
    return taste, [Candidate(*row[:-1]) for row in rows]


def _near(consent: Consent) -> list[Candidate]:
    return _candidates(_NEAR, {"city": consent.city, "near": OF_NEAR})


def _candidates(sql: str, values: dict[str, Any]) -> list[Candidate]:
    return [Candidate(*row) for row in _rows(sql, values)]


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    return rows_of(sql, {"now": clock.now(), **values})


_COLUMNS = (
    "id, author_id, coalesce(topics[1], ''), publish_at, quality_bp, orders, tag_count > 0, province, city"
)
_N = "n.id, n.author_id, coalesce(n.topics[1], ''), n.publish_at, n.quality_bp, n.orders, n.tag_count > 0, n.province, n.city"

_SEEN_FOLLOWED = in_sight_sql("f.author_id", now="%(now)s")
_SEEN = in_sight_sql("author_id", now="%(now)s")

_NEEDED = "id, author_id, topics, publish_at, quality_bp, orders, tag_count, province, city"

_COMMON = f"""
(SELECT {_N} FROM unnest(%(weeks)s::int[]) AS w(week) CROSS JOIN LATERAL (
  SELECT {_NEEDED} FROM notes_note WHERE state = 'published' AND week = w.week AND {_SEEN} ORDER BY quality_bp DESC LIMIT %(each)s
) n)
UNION
(SELECT {_COLUMNS} FROM notes_note WHERE state = 'published' AND {_SEEN} ORDER BY publish_at DESC LIMIT %(newest)s)
"""

# Whoever is not among the 120 followed people with the newest notes cannot have one of the 120 newest, so only
# these are read whole; finding them is 500 looks into an index and no table.
_OWN = f"""
WITH late AS MATERIALIZED (
  SELECT f.author_id FROM notes_follow f CROSS JOIN LATERAL (
    SELECT publish_at FROM notes_note WHERE state = 'published' AND author_id = f.author_id AND publish_at >= %(since)s
    ORDER BY publish_at DESC LIMIT 1
  ) n WHERE f.follower_id = %(member)s AND {_SEEN_FOLLOWED} ORDER BY n.publish_at DESC LIMIT %(followed)s
)
(SELECT {_N}, true FROM late CROSS JOIN LATERAL (
  SELECT {_NEEDED} FROM notes_note WHERE state = 'published' AND author_id = late.author_id AND publish_at >= %(since)s
  ORDER BY publish_at DESC LIMIT %(each)s
) n ORDER BY n.publish_at DESC LIMIT %(followed)s)
UNION ALL
(SELECT {_COLUMNS}, false FROM notes_note
 WHERE state = 'published' AND city = %(city)s AND city <> '' AND {_SEEN} ORDER BY publish_at DESC LIMIT %(near)s)
"""

_NEAR = f"""
SELECT {_COLUMNS} FROM notes_note
WHERE state = 'published' AND city = %(city)s AND city <> '' AND {_SEEN} ORDER BY publish_at DESC LIMIT %(near)s
"""

_FOLLOWING = f"""
SELECT n.id FROM notes_follow f CROSS JOIN LATERAL (
  SELECT id, publish_at FROM notes_note
  WHERE state = 'published' AND author_id = f.author_id AND publish_at < %(before)s
  ORDER BY publish_at DESC LIMIT %(each)s
) n WHERE f.follower_id = %(member)s AND {_SEEN_FOLLOWED} ORDER BY n.publish_at DESC, n.id LIMIT %(limit)s
"""

_CONSENT = "SELECT is_personal, is_near, province, city FROM notes_feedconsent WHERE member_id = %s"

_TASTE = """
SELECT c.is_personal, c.is_near, c.province, c.city,
  array_agg(a.author_id) FILTER (WHERE a.author_id IS NOT NULL),
  array_agg(a.points) FILTER (WHERE a.author_id IS NOT NULL),
  array_agg(a.topic) FILTER (WHERE a.author_id IS NULL AND a.points IS NOT NULL),
  array_agg(a.points) FILTER (WHERE a.author_id IS NULL AND a.points IS NOT NULL)
FROM notes_feedconsent c LEFT JOIN LATERAL (
  SELECT author_id, topic, points FROM notes_affinity WHERE member_id = c.member_id ORDER BY points DESC LIMIT %(limit)s
) a ON true
WHERE c.member_id = %(member)s GROUP BY c.member_id, c.is_personal, c.is_near, c.province, c.city
"""
