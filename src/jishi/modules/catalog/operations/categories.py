"""Categories, made as they are named."""

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_noop

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import InvalidInput
from jishi.modules.catalog.errors import CategoryMissing
from jishi.modules.catalog.models import Category
from jishi.modules.catalog.queries.drafts import PATH_SEPARATOR
from jishi.modules.catalog.rules.cells import handle_from, split_path
from jishi.modules.catalog.rules.drafts import CATEGORY_NAME_LENGTH_MAX, tidy_categories
from jishi.platform.history import record_step
from jishi.platform.locks import lock_name

Path = tuple[str, ...]


def ensure_categories(*, paths: Iterable[Path]) -> dict[Path, Category]:
    """The categories at the ends of the paths, made where missing, with their ancestors."""
    wanted = {path[:depth] for path in tidy_categories(tuple(paths)) for depth in range(1, len(path) + 1)}
    known = _by_path(wanted)
    missing = sorted((path for path in wanted if path not in known), key=lambda path: (len(path), path))
    if missing:
        lock_name("catalog.categories")
        known = _by_path(wanted)
        for path in missing:
            if path not in known:
                known[path] = _create(path, known)
    return known


def ancestors_of(*, categories: dict[Path, Category], paths: Iterable[Path]) -> list[uuid.UUID]:
    """Ids of the named categories and everything above them, sorted."""
    found = {categories[path[:depth]].id for path in paths for depth in range(1, len(path) + 1)}
    return sorted(found)


def create_category(*, by: Actor, name: str, parent_id: uuid.UUID | None = None) -> uuid.UUID:
    """A new category, or the one that is already there under this name."""
    by.require("catalog.edit")
    clean = name.replace(">", "›").strip()[:CATEGORY_NAME_LENGTH_MAX]
    if not clean:
        raise InvalidInput(field="name", reason=gettext_noop("不能为空"))
    with transaction.atomic():
        above: Path = ()
        if parent_id is not None:
            parent = Category.objects.filter(id=parent_id).first()
            if parent is None:
                raise CategoryMissing(id=str(parent_id))
            above = split_path(parent.path)
        path = (*above, clean)
        category = ensure_categories(paths=[path])[path]
        record_step(subject=("category", category.id), verb="create", by=by, note=category.path)
    return category.id


def _by_path(paths: Iterable[Path]) -> dict[Path, Category]:
    names = [PATH_SEPARATOR.join(path) for path in paths]
    return {split_path(row.path): row for row in Category.objects.filter(path__in=names)}


def _create(path: Path, known: dict[Path, Category]) -> Category:
    handle = handle_from(" ".join(path)) or "category"
    taken = set(Category.objects.filter(handle__startswith=handle).values_list("handle", flat=True))
    number = 1
    candidate = handle
    while candidate in taken:
        number += 1
        candidate = f"{handle[:190]}-{number}"
    return Category.objects.create(
        parent=known.get(path[:-1]),
        handle=candidate,
        name=path[-1],
        path=PATH_SEPARATOR.join(path),
        depth=len(path) - 1,
        created_at=clock.now(),
    )
