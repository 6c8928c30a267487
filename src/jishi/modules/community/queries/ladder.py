"""What members did in the window, as the ladder asks for it (docs/algorithms/trust-ladder.md)."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.community.errors import MembersOnly
from jishi.modules.community.queries.days import today, window_start
from jishi.modules.community.queries.places import Door, require_reader
from jishi.modules.community.rules import ladder
from jishi.modules.community.types import Figures, Record, Standing

_RECORDS = """
WITH said AS (
  SELECT author_id AS who, (published_at AT TIME ZONE %(zone)s)::date AS day FROM community_post
  WHERE community_id = %(community)s AND author_id = ANY(%(who)s) AND state = 'shown' AND published_at >= %(since)s
  UNION ALL
  SELECT author_id, (made_at AT TIME ZONE %(zone)s)::date FROM community_comment
  WHERE community_id = %(community)s AND author_id = ANY(%(who)s) AND state = 'shown' AND made_at >= %(since)s
), done AS (
  SELECT member_id AS who, day FROM community_taskdone
  WHERE community_id = %(community)s AND member_id = ANY(%(who)s) AND day >= %(first)s
), days AS (
  SELECT who, count(DISTINCT day) AS found FROM (SELECT who, day FROM said UNION SELECT who, day FROM done) d GROUP BY 1
), pieces AS (
  SELECT who, sum(found) AS found FROM (SELECT who, day, least(count(*), %(a_day)s) AS found FROM said GROUP BY 1, 2) p
  GROUP BY 1
), talked AS (
  SELECT c.author_id AS who, count(DISTINCT p.author_id) AS found
  FROM community_comment c JOIN community_post p ON p.id = c.post_id
  WHERE c.community_id = %(community)s AND c.author_id = ANY(%(who)s) AND c.state = 'shown' AND c.made_at >= %(since)s
    AND p.author_id <> c.author_id GROUP BY 1
), given AS (
  SELECT author_id AS who, sum(least(found, %(pair)s)) AS received, count(*) AS givers
  FROM (SELECT author_id, member_id, count(DISTINCT day) AS found FROM community_reaction
        WHERE community_id = %(community)s AND author_id = ANY(%(who)s) AND member_id <> author_id AND day >= %(first)s
        GROUP BY 1, 2) g GROUP BY 1
), gone AS (
  SELECT who, count(*) AS found FROM (
    SELECT author_id AS who FROM community_post WHERE community_id = %(community)s AND author_id = ANY(%(who)s)
      AND state = 'removed' AND state_by_staff AND published_at >= %(since)s
    UNION ALL
    SELECT author_id FROM community_comment WHERE community_id = %(community)s AND author_id = ANY(%(who)s)
      AND state = 'removed' AND state_by_staff AND made_at >= %(since)s) r GROUP BY 1
)
SELECT who, coalesce(days.found, 0), coalesce(pieces.found, 0), coalesce(talked.found, 0),
       coalesce(given.received, 0), coalesce(given.givers, 0), coalesce(gone.found, 0)
FROM unnest(%(who)s) AS asked (who) LEFT JOIN days USING (who) LEFT JOIN pieces USING (who)
LEFT JOIN talked USING (who) LEFT JOIN given USING (who) LEFT JOIN gone USING (who)
"""
_WRITERS = """
SELECT count(*) FROM (
  SELECT author_id FROM community_post WHERE community_id = %(community)s AND state = 'shown' AND published_at >= %(since)s
  UNION
  SELECT author_id FROM community_comment WHERE community_id = %(community)s AND state = 'shown' AND made_at >= %(since)s
) w
"""
_FIGURES = """
WITH posts AS (
  SELECT author_id, kind, accepted_comment_id, published_at AS at FROM community_post
  WHERE community_id = %(community)s AND state = 'shown' AND published_at >= %(since)s AND published_at < %(until)s
), comments AS (
  SELECT author_id, made_at AS at FROM community_comment
  WHERE community_id = %(community)s AND state = 'shown' AND made_at >= %(since)s AND made_at < %(until)s
), said AS (SELECT author_id, at FROM posts UNION ALL SELECT author_id, at FROM comments),
early AS (SELECT DISTINCT author_id FROM said WHERE at < %(middle)s),
late AS (SELECT DISTINCT author_id FROM said WHERE at >= %(middle)s)
SELECT (SELECT count(*) FROM community_membership WHERE community_id = %(community)s AND state = 'in'),
       (SELECT count(*) FROM community_membership WHERE community_id = %(community)s AND joined_at >= %(since)s
         AND joined_at < %(until)s),
       (SELECT count(*) FROM community_membership WHERE community_id = %(community)s AND left_at >= %(since)s
         AND left_at < %(until)s),
       (SELECT count(DISTINCT author_id) FROM said), (SELECT count(*) FROM posts), (SELECT count(*) FROM comments),
       (SELECT count(*) FROM community_reaction WHERE community_id = %(community)s AND day >= %(first)s AND day < %(last)s),
       (SELECT count(*) FROM posts WHERE kind = 'question'),
       (SELECT count(*) FROM posts WHERE kind = 'question' AND accepted_comment_id IS NOT NULL),
       (SELECT count(*) FROM early), (SELECT count(*) FROM early JOIN late USING (author_id))
"""
_NAMES = (
    "members", "joined", "left", "authors", "posts", "comments", "reactions", "questions", "answered", "known", "kept",
)  # fmt: skip
_BY_DAY = """
SELECT (at AT TIME ZONE %(zone)s)::date, count(*) FROM (
  SELECT published_at AS at FROM community_post
  WHERE community_id = %(community)s AND state = 'shown' AND published_at >= %(since)s AND published_at < %(until)s
  UNION ALL
  SELECT made_at FROM community_comment
  WHERE community_id = %(community)s AND state = 'shown' AND made_at >= %(since)s AND made_at < %(until)s
) s GROUP BY 1 ORDER BY 1 LIMIT 400
"""


def records_of(community_id: uuid.UUID, member_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Record]:
    """What each of these did in the window; one query."""
    first = today() - timedelta(days=ladder.WINDOW_DAYS - 1)
    asked: dict[str, Any] = {
        "community": community_id,
        "who": list(member_ids),
        "zone": settings.TIME_ZONE,
        "since": window_start(days=ladder.WINDOW_DAYS),
        "first": first,
        "a_day": ladder.PIECES_A_DAY,
        "pair": ladder.PAIR_CAP,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS, asked)
        return {row[0]: Record(*(int(value) for value in row[1:])) for row in cursor.fetchall()}


def scale_of(community_id: uuid.UUID) -> int:
    """How high the ladder stands there now, in basis points; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS, {"community": community_id, "since": window_start(days=ladder.WINDOW_DAYS)})
        return ladder.scale_bps(int(cursor.fetchone()[0]))


def own_standing(door: Door, *, by: Actor) -> Standing:
    """The actor's own place on the ladder, with reasons; two queries. Raises MembersOnly."""
    require_reader(door)
    own = door.membership
    if own is None:
        by.require_member()
        raise MembersOnly()
    record = records_of(own.community_id, [own.member_id]).get(own.member_id, Record())
    return ladder.standing(
        own.level, record, scale=scale_of(own.community_id), since=own.level_since, now=clock.now()
    )


def figures_of(community_id: uuid.UUID, *, since: datetime, until: datetime) -> Figures:
    """A community in a period; two queries. Retention: who wrote in its first half and again in its second."""
    asked: dict[str, Any] = {
        "community": community_id,
        "since": since,
        "until": until,
        "middle": since + (until - since) / 2,
        "first": since.date(),
        "last": until.date() + timedelta(days=1),
        "zone": settings.TIME_ZONE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, asked)
        row = cursor.fetchone()
        cursor.execute(_BY_DAY, asked)
        days = tuple((day, int(count)) for day, count in cursor.fetchall())
    return Figures(**dict(zip(_NAMES, row, strict=True)), days=days)
