"""Reading links, touches and credits."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, Subquery

from jishi.kernel import clock
from jishi.modules.sharing import rules
from jishi.modules.sharing.models import Credit, Introduction, ShareLink, Touch
from jishi.modules.sharing.types import (
    Attribution,
    Channel,
    LinkView,
    SharerFigures,
    TargetFigures,
    TargetKind,
    TouchView,
)
from jishi.platform.paging import Key, older_than

TOUCHES_CONSIDERED_MAX = 200
ROWS_MAX = 500


@dataclass(frozen=True, slots=True)
class IntroductionView:
    member_id: uuid.UUID
    sharer_id: uuid.UUID
    target_kind: str
    target_id: uuid.UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """A link and how many people it brought."""

    link: LinkView
    visitor_count: int


@dataclass(frozen=True, slots=True)
class CreditView:
    order_line_id: uuid.UUID
    order_id: uuid.UUID
    buyer_id: uuid.UUID
    sharer_id: uuid.UUID
    source: str
    reason: str
    amount_minor: int
    reversed_minor: int
    at: datetime


_SHARERS = """
WITH visits AS (
    SELECT sharer_id, count(DISTINCT visitor_id) AS visitors FROM sharing_touch
    WHERE sharer_id IS NOT NULL AND at >= %(since)s AND at < %(until)s GROUP BY 1
), credits AS (
    SELECT sharer_id, count(DISTINCT order_id) AS orders, sum(amount_minor)::bigint AS amount,
           sum(reversed_minor)::bigint AS reversed FROM sharing_credit
    WHERE at >= %(since)s AND at < %(until)s GROUP BY 1
), joined AS (
    SELECT sharer_id, count(*) AS members FROM sharing_introduction
    WHERE at >= %(since)s AND at < %(until)s GROUP BY 1
)
SELECT sharer_id, coalesce(visitors, 0), coalesce(orders, 0), coalesce(members, 0), coalesce(amount, 0),
       coalesce(reversed, 0)
FROM visits FULL JOIN credits USING (sharer_id) FULL JOIN joined USING (sharer_id)
ORDER BY coalesce(amount, 0) - coalesce(reversed, 0) DESC, 2 DESC LIMIT %(limit)s
"""


def link_of_code(code: str) -> LinkView | None:
    row = ShareLink.objects.filter(code=code).first()
    return link_view(row) if row else None


def touches_of(*, member_id: uuid.UUID | None, visitor_id: uuid.UUID | None) -> list[TouchView]:
    """Touches of a person within the window, newest first; one query."""
    owner = Q()
    if member_id:
        owner |= Q(member_id=member_id)
    if visitor_id:
        owner |= Q(visitor_id=visitor_id)
    if not owner:
        return []
    since = clock.now() - timedelta(days=rules.WINDOW_DAYS)
    rows = Touch.objects.filter(owner, at__gte=since).order_by("-at")[:TOUCHES_CONSIDERED_MAX]
    return [_touch_view(row) for row in rows]


def attribution_of(
    *, member_id: uuid.UUID, visitor_id: uuid.UUID | None, team_id: uuid.UUID | None = None
) -> Attribution:
    """Who brought this buyer, now; one query."""
    touches = touches_of(member_id=member_id, visitor_id=visitor_id)
    return rules.attribute(touches, buyer_id=member_id, now=clock.now(), team_id=team_id)


def attributions_of(member_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Attribution]:
    """Who brought each of these buyers, by what is known of them as members; one query."""
    now = clock.now()
    touches: dict[uuid.UUID, list[TouchView]] = {member_id: [] for member_id in member_ids}
    rows = Touch.objects.filter(member_id__in=list(touches), at__gte=now - timedelta(days=rules.WINDOW_DAYS))
    for row in rows.order_by("-at")[: TOUCHES_CONSIDERED_MAX * max(1, len(touches))]:
        if row.member_id is not None:
            touches[row.member_id].append(_touch_view(row))
    return {
        member_id: rules.attribute(found, buyer_id=member_id, now=now, team_id=None)
        for member_id, found in touches.items()
    }


def sharers(*, since: datetime, until: datetime, limit: int = 50) -> list[SharerFigures]:
    """What each sharer brought in a period, best first; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARERS, {"since": since, "until": until, "limit": min(limit, ROWS_MAX)})
        return [SharerFigures(*row) for row in cursor.fetchall()]


def figures_of_sharer(member_id: uuid.UUID, *, since: datetime, until: datetime) -> SharerFigures:
    found = [row for row in sharers(since=since, until=until, limit=ROWS_MAX) if row.sharer_id == member_id]
    return found[0] if found else SharerFigures(member_id, 0, 0, 0, 0, 0)


def introductions(*, since: datetime, until: datetime, limit: int = ROWS_MAX) -> list[IntroductionView]:
    rows = Introduction.objects.filter(at__gte=since, at__lt=until).order_by("-at")[: min(limit, 100_000)]
    return [_introduction_view(row) for row in rows]


def introduction_of(member_id: uuid.UUID) -> IntroductionView | None:
    """Who brought a member, if anybody did; one query."""
    row = Introduction.objects.filter(member_id=member_id).first()
    return _introduction_view(row) if row else None


def links_of(member_id: uuid.UUID, *, limit: int = 100) -> list[LinkFigures]:
    """A person's links with the visitors each brought, the busiest first; one query."""
    rows = ShareLink.objects.filter(member_id=member_id).annotate(
        visitors=Subquery(
            Touch.objects.filter(link_id=OuterRef("id"))
            .order_by()
            .values("link_id")
            .annotate(found=Count("visitor_id", distinct=True))
            .values("found")
        )
    )
    ordered = rows.order_by(F("visitors").desc(nulls_last=True), "-created_at")
    return [
        LinkFigures(link=link_view(row), visitor_count=row.visitors or 0)
        for row in ordered[: min(limit, ROWS_MAX)]
    ]


def credits_of_orders(order_ids: Iterable[uuid.UUID]) -> list[CreditView]:
    """The credits of some orders; one query."""
    return [_credit_view(row) for row in Credit.objects.filter(order_id__in=list(order_ids)).order_by("at")]


def credits_table(
    *,
    since: datetime,
    until: datetime,
    sharer_id: uuid.UUID | None = None,
    after: Key | None = None,
    limit: int = 100,
) -> list[CreditView]:
    """Newest first; one query."""
    page = older_than(after, field="at", id_field="order_line_id")
    rows = Credit.objects.filter(page, at__gte=since, at__lt=until)
    if sharer_id:
        rows = rows.filter(sharer_id=sharer_id)
    return [_credit_view(row) for row in rows.order_by("-at", "-order_line_id")[: min(limit, ROWS_MAX)]]


def visits_to(
    *, target_ids: Iterable[uuid.UUID], since: datetime, until: datetime
) -> list[tuple[uuid.UUID, int]]:
    """(sharer, distinct visitors) who arrived at some targets by a person's link; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sharer_id, count(DISTINCT visitor_id) FROM sharing_touch WHERE target_id = ANY(%s)"
            " AND sharer_id IS NOT NULL AND at >= %s AND at < %s GROUP BY 1 ORDER BY 2 DESC",
            [list(target_ids), since, until],
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def targets_of_touches(touch_ids: Iterable[uuid.UUID], *, kind: TargetKind) -> dict[uuid.UUID, uuid.UUID]:
    """Touch → what it was of, for touches of one kind of thing; one query."""
    rows = Touch.objects.filter(id__in=list(touch_ids), target_kind=kind.value, target_id__isnull=False)
    return {row[0]: row[1] for row in rows.values_list("id", "target_id") if row[1] is not None}


def figures_of_targets(
    target_ids: Iterable[uuid.UUID], *, kind: TargetKind
) -> dict[uuid.UUID, TargetFigures]:
    """What the credits of touches of these things come to; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_TARGET, [kind.value, list(target_ids)])
        return {row[0]: TargetFigures(*row) for row in cursor.fetchall()}


_BY_TARGET = """
SELECT t.target_id, count(DISTINCT c.order_id), sum(c.amount_minor)::bigint, sum(c.reversed_minor)::bigint
FROM sharing_touch t JOIN sharing_credit c ON c.touch_id = t.id
WHERE t.target_kind = %s AND t.target_id = ANY(%s) GROUP BY 1
"""


def visits_by_sharer(sharer_id: uuid.UUID, *, since: datetime) -> int:
    """How many different people came by somebody's links, themselves not counted; one query."""
    rows = Touch.objects.filter(sharer_id=sharer_id, at__gte=since).exclude(member_id=sharer_id)
    return rows.values("visitor_id").distinct().count()


def count_visitors(*, since: datetime, until: datetime) -> int:
    """Distinct visitors who arrived by a link or a source."""
    found = Touch.objects.filter(at__gte=since, at__lt=until).values("visitor_id").distinct()
    return found.count()


def _touch_view(row: Touch) -> TouchView:
    return TouchView(
        id=row.id,
        at=row.at,
        sharer_id=row.sharer_id,
        link_id=row.link_id,
        source=row.source,
        target_kind=row.target_kind,
        target_id=row.target_id,
    )


def link_view(row: ShareLink) -> LinkView:
    return LinkView(
        id=row.id,
        code=row.code,
        member_id=row.member_id,
        target_kind=TargetKind(row.target_kind),
        target_id=row.target_id,
        channel=Channel(row.channel),
        created_at=row.created_at,
    )


def _introduction_view(row: Introduction) -> IntroductionView:
    return IntroductionView(
        member_id=row.member_id,
        sharer_id=row.sharer_id,
        target_kind=row.target_kind,
        target_id=row.target_id,
        at=row.at,
    )


def _credit_view(row: Credit) -> CreditView:
    return CreditView(
        order_line_id=row.order_line_id,
        order_id=row.order_id,
        buyer_id=row.buyer_id,
        sharer_id=row.sharer_id,
        source=row.source,
        reason=row.reason,
        amount_minor=row.amount_minor,
        reversed_minor=row.reversed_minor,
        at=row.at,
    )
