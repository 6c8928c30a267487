"""Counters of posts and communities, each one statement; `heat` follows them (docs in models)."""

import uuid
from typing import Final

from django.db import connection

HEAT_SECONDS: Final = 14_400  # a doubling of the talk is worth four hours of freshness

_COUNT_POST = f"""
UPDATE community_post SET comment_count = comment_count + %(comments)s, reaction_count = reaction_count + %(reactions)s,
  bookmark_count = bookmark_count + %(bookmarks)s,
  heat = extract(epoch FROM published_at)::bigint + ({HEAT_SECONDS} * log(2, 1 + 2 * (comment_count + %(comments)s)
    + reaction_count + %(reactions)s + 2 * (bookmark_count + %(bookmarks)s)))::bigint
WHERE id = %(post)s
"""
_RECOUNT = f"""
UPDATE community_post p SET comment_count = s.found,
  heat = extract(epoch FROM p.published_at)::bigint
    + ({HEAT_SECONDS} * log(2, 1 + 2 * s.found + p.reaction_count + 2 * p.bookmark_count))::bigint
FROM (SELECT count(*) AS found FROM community_comment c LEFT JOIN community_comment top ON top.id = c.parent_id
      WHERE c.post_id = %(post)s AND c.state = 'shown' AND (top.id IS NULL OR top.state = 'shown')) s
WHERE p.id = %(post)s
"""
_COUNT_COMMUNITY = """
UPDATE community_community c SET
  post_count = (SELECT count(*) FROM community_post p WHERE p.community_id = c.id AND p.state = 'shown'),
  last_post_at = (SELECT max(published_at) FROM community_post p WHERE p.community_id = c.id AND p.state = 'shown')
WHERE c.id = %s
"""


def count_on_post(post_id: uuid.UUID, *, comments: int = 0, reactions: int = 0, bookmarks: int = 0) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT_POST,
            {"post": post_id, "comments": comments, "reactions": reactions, "bookmarks": bookmarks},
        )


def count_new_post(community_id: uuid.UUID) -> None:
    """One more, just now; cheaper than counting them all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE community_community SET post_count = post_count + 1, last_post_at = greatest(last_post_at,"
            " (SELECT max(published_at) FROM community_post WHERE community_id = %s AND state = 'shown')) WHERE id = %s",
            [community_id, community_id],
        )


def recount_comments(post_id: uuid.UUID) -> None:
    """After something was hidden or shown: replies go with what they answer.

    The post is locked in a statement of its own: one that waits for a comment that is just being counted would go on with
    what it saw before, and lose it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM community_post WHERE id = %s FOR NO KEY UPDATE", [post_id])
        cursor.execute(_RECOUNT, {"post": post_id})


def recount_posts(community_id: uuid.UUID) -> None:
    """Locked first, for the same reason."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM community_community WHERE id = %s FOR NO KEY UPDATE", [community_id])
        cursor.execute(_COUNT_COMMUNITY, [community_id])
