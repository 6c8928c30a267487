"""Events: what is coming, places, and the desk."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.flows.meetings import event_for, events_for, go_to, stay_away
from jishi.modules.events.public import (
    EventForm,
    EventState,
    EventView,
    PlaceState,
    cancel_event,
    change_event,
    check_in,
    code_of,
    create_event,
    event_view,
    events_table,
    my_place,
    people_of,
    publish_event,
)
from jishi.platform.http import actor_of, anyone, scopes
from jishi.surfaces.api.common import Instant, MadeOut

ROWS_MAX = 100
router = Router(tags=["events"])


class MeetingOut(Schema):
    """`place` is empty for online events; the way in is told to who goes, by `/events/{id}/place`."""

    id: uuid.UUID
    title: str
    text: str
    is_online: bool
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    going: int
    waiting: int
    state: EventState
    community_id: uuid.UUID | None


class OwnPlaceOut(Schema):
    """`code` changes every 30 seconds; `position` only while waiting, `join_link` only for who goes online."""

    id: uuid.UUID
    state: PlaceState
    position: int | None
    code: str
    join_link: str


class MeetingIn(Schema):
    title: str = Field(min_length=1, max_length=80)
    text: str = Field("", max_length=4000)
    is_online: bool = False
    place: str = Field("", max_length=200)
    join_link: str = Field("", max_length=400)
    starts_at: Instant
    ends_at: Instant
    capacity: int = Field(ge=1, le=100_000)
    remind_hours: int = Field(24, ge=1, le=168)
    coupon_batch_id: uuid.UUID | None = None
    community_id: uuid.UUID | None = None

    def form(self) -> EventForm:
        return EventForm(
            **{name: getattr(self, name) for name in MeetingIn.model_fields if name != "version"}
        )


class MeetingPatch(MeetingIn):
    version: int = Field(ge=1, description="As you read it; refused when somebody changed it meanwhile")


class StaffMeetingOut(MeetingOut):
    join_link: str
    remind_hours: int
    coupon_batch_id: uuid.UUID | None
    attended: int
    version: int


class MeetingsOut(Schema):
    items: list[StaffMeetingOut]
    total: int


class MeetingsAsked(Schema):
    state: EventState | None = None
    page: int = Field(1, ge=1, le=1000)
    limit: int = Field(50, ge=1, le=ROWS_MAX)


class GuestOut(Schema):
    id: uuid.UUID
    member_id: uuid.UUID
    state: PlaceState
    asked_at: datetime
    attended_at: datetime | None


class CheckInIn(Schema):
    """Empty: from the list, without a code."""

    code: str = Field("", max_length=40)


@router.get("/events", response=list[MeetingOut], summary="What is coming", openapi_extra=anyone())
def list_meetings(request: HttpRequest) -> Any:
    """Of the whole shop, and of the communities you are in."""
    return [_meeting(view) for view in events_for(by=actor_of(request), limit=ROWS_MAX)]


@router.get("/events/{uuid:event_id}", response=MeetingOut, summary="One event", openapi_extra=anyone())
def get_meeting(request: HttpRequest, event_id: uuid.UUID) -> Any:
    """One of a community is there for who may read the community."""
    return _meeting(event_for(event_id, by=actor_of(request)))


@router.get(
    "/events/{uuid:event_id}/place",
    response=OwnPlaceOut | None,
    summary="Your place, with the code of now; null when you do not go",
    openapi_extra=scopes("shop.read"),
)
def get_own_place(request: HttpRequest, event_id: uuid.UUID) -> Any:
    return _own_place(request, event_id)


@router.post(
    "/events/{uuid:event_id}/place",
    response={201: OwnPlaceOut},
    summary="Go, or wait for a place",
    openapi_extra=scopes("shop.write"),
)
def take_one_place(request: HttpRequest, event_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    actor.require_member()
    go_to(event_id, by=actor)
    return Status(201, _own_place(request, event_id))


@router.delete(
    "/events/{uuid:event_id}/place",
    response={204: None},
    summary="Give your place back",
    openapi_extra=scopes("shop.write"),
)
def give_one_place_back(request: HttpRequest, event_id: uuid.UUID) -> Any:
    stay_away(event_id, by=actor_of(request))
    return Status(204, None)


@router.get(
    "/staff/events",
    response=MeetingsOut,
    summary="All events",
    tags=["staff"],
    openapi_extra=scopes("community.view"),
)
def list_all_meetings(request: HttpRequest, asked: Query[MeetingsAsked]) -> Any:
    rows, total = events_table(
        by=actor_of(request),
        state=asked.state.value if asked.state else "",
        page=asked.page,
        limit=asked.limit,
    )
    return {"items": [_staff_meeting(row) for row in rows], "total": total}


@router.post(
    "/staff/events",
    response={201: MadeOut},
    summary="Write an event",
    tags=["staff"],
    openapi_extra=scopes("community.edit"),
)
def create_meeting(request: HttpRequest, body: MeetingIn) -> Any:
    return Status(201, {"id": create_event(body.form(), by=actor_of(request))})


@router.put(
    "/staff/events/{uuid:event_id}",
    response=StaffMeetingOut,
    summary="Change an event",
    tags=["staff"],
    openapi_extra=scopes("community.edit"),
)
def change_meeting(request: HttpRequest, event_id: uuid.UUID, body: MeetingPatch) -> Any:
    actor = actor_of(request)
    change_event(event_id, body.form(), by=actor, version=body.version)
    return _staff_meeting(event_view(event_id, by=actor))


@router.post(
    "/staff/events/{uuid:event_id}/publish",
    response=StaffMeetingOut,
    summary="Let people come",
    tags=["staff"],
    openapi_extra=scopes("community.edit"),
)
def publish_meeting(request: HttpRequest, event_id: uuid.UUID) -> Any:
    publish_event(event_id, by=actor_of(request))
    return _staff_meeting(event_view(event_id, by=actor_of(request)))


@router.post(
    "/staff/events/{uuid:event_id}/cancel",
    response=StaffMeetingOut,
    summary="Call it off",
    tags=["staff"],
    openapi_extra=scopes("community.edit"),
)
def cancel_meeting(request: HttpRequest, event_id: uuid.UUID) -> Any:
    cancel_event(event_id, by=actor_of(request))
    return _staff_meeting(event_view(event_id, by=actor_of(request)))


@router.get(
    "/staff/events/{uuid:event_id}/people",
    response=list[GuestOut],
    summary="Who goes, waits and came",
    tags=["staff"],
    openapi_extra=scopes("community.view"),
)
def list_guests(request: HttpRequest, event_id: uuid.UUID) -> Any:
    return people_of(event_id, by=actor_of(request))


@router.post(
    "/staff/events/places/{uuid:place_id}/check-in",
    response=GuestOut,
    summary="Somebody came",
    tags=["staff"],
    openapi_extra=scopes("community.edit"),
)
def check_in_guest(request: HttpRequest, place_id: uuid.UUID, body: CheckInIn) -> Any:
    return check_in(place_id, by=actor_of(request), code=body.code or None)


def _own_place(request: HttpRequest, event_id: uuid.UUID) -> dict[str, Any] | None:
    actor = actor_of(request)
    place = my_place(event_id, by=actor)
    if place is None:
        return None
    is_going = place.state in (PlaceState.GOING, PlaceState.ATTENDED)
    view = event_for(event_id, by=actor)
    return {
        "id": place.id,
        "state": place.state,
        "position": place.position,
        "code": code_of(place.id) if place.state is PlaceState.GOING else "",
        "join_link": view.form.join_link if is_going else "",
    }


def _meeting(view: EventView) -> dict[str, Any]:
    names = ("title", "text", "is_online", "place", "starts_at", "ends_at", "capacity", "community_id")
    shown = {name: getattr(view.form, name) for name in names}
    return shown | {"id": view.id, "going": view.going, "waiting": view.waiting, "state": view.state}


def _staff_meeting(view: EventView) -> dict[str, Any]:
    form = view.form
    return _meeting(view) | {
        "join_link": form.join_link,
        "remind_hours": form.remind_hours,
        "coupon_batch_id": form.coupon_batch_id,
        "attended": view.attended,
        "version": view.version,
    }
