"""Events for who looks at them: those of a community are seen by who may read there, and nobody else learns that they are."""

import uuid

from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.community.public import CommunityView, community_ids_of, door_of_id, readable_ids
from jishi.modules.events.public import (
    EventView,
    PlaceView,
    event_view,
    events_by_ids,
    give_place_back,
    my_place,
    my_places,
    take_place,
    upcoming_events,
)
from jishi.platform.transactions import in_transaction


def event_for(event_id: uuid.UUID, *, by: Actor) -> EventView:
    """For who may see it; five queries at most. Raises NotFound, also for what is there but not for them."""
    found = events_by_ids([event_id]).get(event_id)
    if found is None:
        raise NotFound()
    community_id = found.form.community_id
    return event_view(
        event_id, by=by, communities=readable_ids([community_id], by=by) if community_id else ()
    )


def place_of(event: EventView, *, by: Actor) -> CommunityView | None:
    """The community of an event that the actor may see; two queries at most."""
    return door_of_id(event.form.community_id, by=by).community if event.form.community_id else None


def events_for(*, by: Actor, limit: int = 50) -> list[EventView]:
    """What is coming: shop-wide and in one's own communities; three queries."""
    own = community_ids_of(by.id) if by.is_member and by.id is not None else frozenset()
    return upcoming_events(communities=own, limit=limit)


def own_events(*, by: Actor) -> dict[uuid.UUID, tuple[EventView, PlaceView]]:
    """Where one goes or waits, without what one may no longer see; five queries."""
    places = {place.event_id: place for place in my_places(by=by)}
    found = events_by_ids(list(places))
    seen = readable_ids((one.form.community_id for one in found.values() if one.form.community_id), by=by)
    return {
        key: (view, places[key])
        for key, view in found.items()
        if view.form.community_id is None or view.form.community_id in seen
    }


@in_transaction
def go_to(event_id: uuid.UUID, *, by: Actor) -> PlaceView:
    """Who may not see it takes no place in it. Raises NotFound and what `take_place` raises."""
    event_for(event_id, by=by)
    return take_place(event_id, by=by)


@in_transaction
def stay_away(event_id: uuid.UUID, *, by: Actor) -> None:
    """Who has a place gives it back, also where they may no longer read. Raises NotFound, NotGoing, EventOver."""
    if my_place(event_id, by=by) is None:
        event_for(event_id, by=by)
    give_place_back(event_id, by=by)
