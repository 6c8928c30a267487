"""The door of events."""

from jishi.modules.events.errors import (
    AlreadyGoing,
    BadEvent,
    BadTicket,
    EventMoved,
    EventOver,
    NotGoing,
    TooEarlyToCheckIn,
)
from jishi.modules.events.operations.life import (
    cancel_event,
    change_event,
    create_event,
    keep_time,
    publish_event,
)
from jishi.modules.events.operations.places import check_in, code_of, give_place_back, take_place
from jishi.modules.events.queries import (
    event_view,
    events_by_ids,
    events_table,
    faces_of,
    my_place,
    my_places,
    people_of,
    place_by_id,
    upcoming_events,
)
from jishi.modules.events.rules import CODE_SECONDS
from jishi.modules.events.types import EventForm, EventState, EventView, PlaceState, PlaceView

__all__ = [
    "CODE_SECONDS",
    "AlreadyGoing",
    "BadEvent",
    "BadTicket",
    "EventForm",
    "EventMoved",
    "EventOver",
    "EventState",
    "EventView",
    "NotGoing",
    "PlaceState",
    "PlaceView",
    "TooEarlyToCheckIn",
    "cancel_event",
    "change_event",
    "check_in",
    "code_of",
    "create_event",
    "event_view",
    "events_by_ids",
    "events_table",
    "faces_of",
    "give_place_back",
    "keep_time",
    "my_place",
    "my_places",
    "people_of",
    "place_by_id",
    "publish_event",
    "take_place",
    "upcoming_events",
]
