"""Reading sanctions."""

import uuid
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.guard.models import Sanction
from jishi.modules.guard.types import SanctionKind, SanctionView

ROWS_MAX = 200


def active_sanctions(member_id: uuid.UUID, *, community_id: uuid.UUID | None = None) -> list[SanctionView]:
    """Everywhere and, when given, in the community; one query."""
    rows = _running().filter(member_id=member_id)
    scope = Q(community_id__isnull=True)
    rows = rows.filter(scope | Q(community_id=community_id) if community_id else scope)
    return [view_of(row) for row in rows.order_by("set_at")[:ROWS_MAX]]


def hidden_authors(
    member_ids: Collection[uuid.UUID], *, community_id: uuid.UUID | None = None
) -> set[uuid.UUID]:
    """Those whose content nobody else sees at present; one query."""
    rows = _running().filter(member_id__in=list(member_ids), kind=SanctionKind.HIDE_ALL.value)
    scope = Q(community_id__isnull=True)
    rows = rows.filter(scope | Q(community_id=community_id) if community_id else scope)
    return set(rows.values_list("member_id", flat=True))


def in_sight(author: str, *, by: Actor | None = None, community: str = "") -> Q:
    """A condition on rows of another room: moderation hides nothing of their author, or the reader is the author.

    `author` and `community` name columns of those rows. It costs a look into an index of the sanctions that hide, which holds
    no others, and no query: lists stay as many queries as they were.
    """
    rows = _running().filter(member_id=OuterRef(author), kind=SanctionKind.HIDE_ALL.value)
    scope = Q(community_id__isnull=True)
    rows = rows.filter(scope | Q(community_id=OuterRef(community)) if community else scope)
    if by is not None and by.is_member and by.id is not None:
        rows = rows.exclude(member_id=by.id)
    return Q(~Exists(rows))


def in_sight_sql(author: str, *, now: str = "%s") -> str:
    """The same for SQL, outside of communities; `now` is where the statement takes the present from."""
    return (
        f"NOT EXISTS (SELECT 1 FROM {Sanction._meta.db_table} hidden WHERE hidden.member_id = {author}"
        f" AND hidden.kind = '{SanctionKind.HIDE_ALL.value}' AND hidden.community_id IS NULL"
        f" AND hidden.lifted_at IS NULL AND (hidden.ends_at IS NULL OR hidden.ends_at > {now}))"
    )


def sanctions_of(member_id: uuid.UUID, *, by: Actor) -> list[SanctionView]:
    """All of a member, newest first: for themselves and for moderators."""
    if not by.owns(member_id):
        by.require("moderation.view")
    rows = Sanction.objects.filter(member_id=member_id).order_by("-set_at", "-id")[:ROWS_MAX]
    return [view_of(row) for row in rows]


def sanctions_table(
    *, by: Actor, is_running: bool = True, page: int = 1, limit: int = 50
) -> tuple[list[SanctionView], int]:
    """(rows of a page, how many in all), newest first; two queries."""
    by.require("moderation.view")
    size = min(limit, ROWS_MAX)
    rows = _running() if is_running else Sanction.objects.all()
    found = rows.order_by("-set_at", "-id")[(page - 1) * size : page * size]
    return [view_of(row) for row in found], rows.count()


def ended_ids(*, limit: int = ROWS_MAX) -> list[uuid.UUID]:
    rows = Sanction.objects.filter(lifted_at__isnull=True, ends_at__lte=clock.now())
    return list(rows.order_by("ends_at").values_list("id", flat=True)[:limit])


def view_of(row: Sanction) -> SanctionView:
    return SanctionView(
        id=row.id,
        member_id=row.member_id,
        kind=SanctionKind(row.kind),
        community_id=row.community_id,
        slow_seconds=row.slow_seconds,
        reason=row.reason,
        item_id=row.item_id,
        set_by=row.set_by,
        set_at=row.set_at,
        ends_at=row.ends_at,
        lifted_at=row.lifted_at,
    )


def _running() -> QuerySet[Sanction]:
    still = Q(ends_at__isnull=True) | Q(ends_at__gt=clock.now())
    return Sanction.objects.filter(still, lifted_at__isnull=True)
