"""Suggestions while typing, and the tree of categories."""

import uuid
from typing import Final

from django.db import connection

from jishi.modules.catalog.rules.search_words import folded
from jishi.modules.catalog.types import CategoryView

SUGGESTIONS_MAX: Final = 10
CATEGORIES_MAX: Final = 2_000

_TREE = """
SELECT c.id, c.parent_id, c.handle, c.name, c.path, c.depth,
  (SELECT count(*) FROM catalog_product p
    WHERE p.state = 'published' AND p.is_listed AND p.category_ids @> ARRAY[c.id])
FROM catalog_category c ORDER BY c.depth, c.position, c.name LIMIT %s
"""


def suggest(*, prefix: str, limit: int = SUGGESTIONS_MAX) -> list[str]:
    """Words and names that begin so, most common first; one statement, none for an empty prefix."""
    wanted = folded(prefix).strip()[:60]
    if not wanted:
        return []
    pattern = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    with connection.cursor() as db:
        db.execute(
            "SELECT term FROM catalog_searchterm WHERE folded LIKE %s"
            " ORDER BY products DESC, length(term), term LIMIT %s",
            [pattern, max(1, min(limit, SUGGESTIONS_MAX))],
        )
        return [row[0] for row in db.fetchall()]


def category_tree() -> tuple[CategoryView, ...]:
    """All categories under their parents, with how many products each shows; one statement."""
    with connection.cursor() as db:
        db.execute(_TREE, [CATEGORIES_MAX])
        rows = db.fetchall()
    children: dict[uuid.UUID | None, list[CategoryView]] = {}
    for key, parent, handle, name, path, depth, count in reversed(rows):  # deepest first
        view = CategoryView(
            id=key,
            handle=handle,
            name=name,
            path=path,
            depth=depth,
            children=tuple(reversed(children.get(key, []))),
            product_count=count,
        )
        children.setdefault(parent, []).append(view)
    return tuple(reversed(children.get(None, [])))


def category_by_handle(handle: str) -> CategoryView | None:
    """One statement."""
    with connection.cursor() as db:
        db.execute("SELECT id, handle, name, path, depth FROM catalog_category WHERE handle = %s", [handle])
        row = db.fetchone()
    return CategoryView(id=row[0], handle=row[1], name=row[2], path=row[3], depth=row[4]) if row else None
