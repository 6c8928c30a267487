"""The queue as a community's own moderators see it. Whether somebody is one, the flow has asked.

Left out: appeals and whatever the shop has decided against its author (both are the shop's), and what the asker wrote.
"""

import uuid

from django.db.models import Q, QuerySet

from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.guard.models import Item, Report
from jishi.modules.guard.queries.items import ROWS_MAX, view_of
from jishi.modules.guard.types import Decision, ItemState, ItemView, Precinct, ReportReason

_WAITING = (ItemState.OPEN.value, ItemState.CLAIMED.value)


def local_queue(
    precinct: Precinct, *, by: Actor, is_decided: bool = False, page: int = 1, limit: int = 50
) -> tuple[list[ItemView], int]:
    """(items of a page, how many in all): waiting ones by the clock, or decided ones newest first; two queries."""
    size, rows = min(limit, ROWS_MAX), local_items(precinct, by=by)
    if is_decided:
        rows = rows.filter(state=ItemState.DECIDED.value, decided_locally=True).order_by("-decided_at", "id")
    else:
        rows = rows.filter(state__in=_WAITING).order_by("due_at", "id")
    return [view_of(row) for row in rows[(page - 1) * size : page * size]], rows.count()


def local_item(item_id: uuid.UUID, *, by: Actor, precinct: Precinct) -> ItemView:
    """Raises NotFound, also for items of other communities and kinds."""
    row = local_items(precinct, by=by).filter(id=item_id).first()
    if row is None:
        raise NotFound()
    return view_of(row)


def count_local_waiting(precinct: Precinct, *, by: Actor) -> int:
    return local_items(precinct, by=by).filter(state__in=_WAITING).count()


def local_reports(item_id: uuid.UUID, *, by: Actor, precinct: Precinct) -> list[tuple[ReportReason, str]]:
    """(reason, note), heaviest first: neighbours are not told who reported. Two queries. Raises NotFound."""
    local_item(item_id, by=by, precinct=precinct)
    rows = Report.objects.filter(item_id=item_id).order_by("-weight", "at")
    return [(ReportReason(reason), note) for reason, note in rows.values_list("reason", "note")[:ROWS_MAX]]


def has_reported(item_id: uuid.UUID, *, by: Actor) -> bool:
    return Report.objects.filter(item_id=item_id, member_id=by.require_member()).exists()


def local_items(precinct: Precinct, *, by: Actor) -> QuerySet[Item]:
    rows = Item.objects.filter(community_id=precinct.community_id, kind__in=precinct.kinds, is_appeal=False)
    against_by_shop = Q(decided_locally=False) & ~Q(decision__in=["", Decision.KEEP.value])
    return rows.exclude(against_by_shop).exclude(author_id=by.id)
