"""Keeping the words of a post as search reads them."""

import uuid

from django.db import connection

from jishi.modules.catalog.public import indexed_words
from jishi.modules.community.models import PostWords


def index_post(post_id: uuid.UUID, *, title: str, text: str) -> None:
    """Title before text; topics stand in them. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_INDEX, [post_id, indexed_words(title), indexed_words(text)])


_INDEX = f"""
INSERT INTO {PostWords._meta.db_table} (post_id, search_vector)
VALUES (%s, setweight(to_tsvector('simple', %s), 'A') || setweight(to_tsvector('simple', %s), 'B'))
ON CONFLICT (post_id) DO UPDATE SET search_vector = excluded.search_vector
"""
