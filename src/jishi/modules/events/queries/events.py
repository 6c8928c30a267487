"""Reading events."""

import uuid
from collections.abc import Collection

from django.db.models import Count, Q, QuerySet

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.events.models import Event, Place
from jishi.modules.events.types import EventForm, EventState, EventView, PlaceState, PlaceView
from jishi.modules.guard.public import in_sight

ROWS_MAX = 200
PEOPLE_MAX = 1_000
S = PlaceState


def upcoming_events(*, communities: Collection[uuid.UUID] = (), limit: int = 50) -> list[EventView]:
    """Published and not over, soonest first: shop-wide ones and those of `communities`; two queries."""
    rows = Event.objects.filter(state=EventState.PUBLISHED.value, ends_at__gt=clock.now())
    rows = rows.filter(_seen(communities)).order_by("starts_at", "id")
    return _views(rows[: min(limit, ROWS_MAX)])


def events_of_community(
    community_id: uuid.UUID, *, limit: int = 3
) -> tuple[list[EventView], list[EventView]]:
    """(published and not over, soonest first; over, latest first) for who may read there; four queries."""
    rows, now = Event.objects.filter(community_id=community_id), clock.now()
    coming = rows.filter(state=EventState.PUBLISHED.value, ends_at__gt=now).order_by("starts_at", "id")
    is_over = Q(state=EventState.ENDED.value) | Q(state=EventState.PUBLISHED.value, ends_at__lte=now)
    past = rows.filter(is_over).order_by("-ends_at", "id")
    size = min(limit, ROWS_MAX)
    return _views(coming[:size]), _views(past[:size])


def event_view(event_id: uuid.UUID, *, by: Actor, communities: Collection[uuid.UUID] = ()) -> EventView:
    """For who may see it; drafts only for staff; two queries. Raises NotFound."""
    rows = Event.objects.filter(id=event_id)
    if not by.may("community.view"):
        rows = rows.filter(_seen(communities)).exclude(state=EventState.DRAFT.value)
    found = _views(rows[:1])
    if not found:
        raise NotFound()
    return found[0]


def events_table(
    *, by: Actor, state: str = "", page: int = 1, limit: int = 50
) -> tuple[list[EventView], int]:
    """(rows of a page, how many in all), latest first; three queries."""
    by.require("community.view")
    size = min(limit, ROWS_MAX)
    rows = Event.objects.filter(state=state) if state in set(EventState) else Event.objects.all()
    return _views(rows.order_by("-starts_at", "id")[(page - 1) * size : page * size]), rows.count()


def my_place(event_id: uuid.UUID, *, by: Actor) -> PlaceView | None:
    """None when they never asked or have cancelled; at most two queries."""
    row = Place.objects.filter(event_id=event_id, member_id=by.require_member()).first()
    if row is None or row.state == S.CANCELLED.value:
        return None
    position = None
    if row.state == S.WAITING.value:
        before = Q(asked_at__lt=row.asked_at) | Q(asked_at=row.asked_at, id__lte=row.id)
        position = Place.objects.filter(before, event_id=event_id, state=S.WAITING.value).count()
    return place_view(row, position=position)


def my_places(*, by: Actor, limit: int = 50) -> list[PlaceView]:
    """Newest first; one query."""
    rows = Place.objects.filter(member_id=by.require_member()).exclude(state=S.CANCELLED.value)
    return [place_view(row) for row in rows.order_by("-asked_at", "-id")[: min(limit, ROWS_MAX)]]


def events_by_ids(event_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, EventView]:
    return {view.id: view for view in _views(Event.objects.filter(id__in=list(event_ids)[:ROWS_MAX]))}


def people_of(event_id: uuid.UUID, *, by: Actor, limit: int = PEOPLE_MAX) -> list[PlaceView]:
    """Everybody who goes, came or waits, in the order they asked; for staff. One query."""
    by.require("community.view")
    rows = Place.objects.filter(event_id=event_id).exclude(state=S.CANCELLED.value)
    return [place_view(row) for row in rows.order_by("asked_at", "id")[:limit]]


def faces_of(event_id: uuid.UUID, *, limit: int = 8) -> list[uuid.UUID]:
    """Members who go, for avatars, but for those whom moderation hides; one query."""
    rows = Place.objects.filter(
        in_sight("member_id"), event_id=event_id, state__in=[S.GOING.value, S.ATTENDED.value]
    )
    return list(rows.order_by("asked_at").values_list("member_id", flat=True)[:limit])


def place_by_id(place_id: uuid.UUID) -> PlaceView:
    """Raises NotFound."""
    row = Place.objects.filter(id=place_id).first()
    if row is None:
        raise NotFound()
    return place_view(row)


def due_ids(*, limit: int = ROWS_MAX) -> list[uuid.UUID]:
    """Events with something to do by now: to be reminded of, or over."""
    now = clock.now()
    rows = Event.objects.filter(state=EventState.PUBLISHED.value).extra(
        where=[
            "(ends_at <= %s OR (reminded_at IS NULL AND starts_at - make_interval(hours => remind_hours) <= %s))"
        ],
        params=[now, now],
    )
    return list(rows.order_by("starts_at").values_list("id", flat=True)[:limit])


def place_view(row: Place, *, position: int | None = None) -> PlaceView:
    return PlaceView(
        row.id, row.event_id, row.member_id, PlaceState(row.state), row.asked_at, row.attended_at, position
    )


def _seen(communities: Collection[uuid.UUID]) -> Q:
    return Q(community_id__isnull=True) | Q(community_id__in=list(communities))


def _views(rows: QuerySet[Event]) -> list[EventView]:
    found = list(rows)
    counted = Place.objects.filter(event_id__in=[row.id for row in found]).values_list("event_id")
    counts = {
        event_id: (going, waiting, attended)
        for event_id, going, waiting, attended in counted.annotate(
            going=Count("id", filter=Q(state__in=[S.GOING.value, S.ATTENDED.value])),
            waiting=Count("id", filter=Q(state=S.WAITING.value)),
            attended=Count("id", filter=Q(state=S.ATTENDED.value)),
        ).order_by()
    }
    return [_view(row, counts.get(row.id, (0, 0, 0))) for row in found]


def _view(row: Event, counts: tuple[int, int, int]) -> EventView:
    form = EventForm(
        title=row.title,
        text=row.text,
        is_online=row.is_online,
        place=row.place,
        join_link=row.join_link,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        capacity=row.capacity,
        remind_hours=row.remind_hours,
        coupon_batch_id=row.coupon_batch_id,
        community_id=row.community_id,
    )
    return EventView(row.id, form, EventState(row.state), row.version, *counts)
