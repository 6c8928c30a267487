"""Events: what is coming, one of them with its places, my ticket, and the check-in on a staff phone."""

import io
import uuid
from collections.abc import Mapping
from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jishi.flows.event_photos import is_host
from jishi.flows.meetings import event_for, events_for, go_to, own_events, place_of, stay_away
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound, Refusal
from jishi.modules.community.public import CommunityView, communities_by_ids
from jishi.modules.events.public import (
    CODE_SECONDS,
    PHOTOS_PER_PERSON,
    EventState,
    EventView,
    PlaceState,
    PlaceView,
    check_in,
    check_photo,
    code_of,
    count_own_photos,
    event_view,
    faces_of,
    my_place,
    photos_of,
    place_by_id,
)
from jishi.modules.people.public import people_by_ids, person
from jishi.platform.http import actor_of
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.event_photos import photo_rows
from jishi.surfaces.shop.frame import absolute, go, is_swap, require_member, show, show_part

FACES_SHOWN = 8
PHOTOS_SHOWN = 60


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """What is coming; for a member with their own places on top."""
    actor = actor_of(request)
    own = own_events(by=actor) if actor.is_member else {}
    now = clock.now()
    mine = [
        (view, place)
        for view, place in own.values()
        if view.form.ends_at > now and view.state is EventState.PUBLISHED
    ]
    coming = [view for view in events_for(by=actor) if view.id not in own]
    shown = [*(view for view, _place in mine), *coming]
    places = communities_by_ids(one.form.community_id for one in shown if one.form.community_id)
    values = {
        "mine": [
            event_row(view, place, places=places)
            for view, place in sorted(mine, key=lambda pair: pair[0].form.starts_at)
        ],
        "coming": [event_row(view, None, places=places) for view in coming],
    }
    return show(request, "shop/events.html", values, tab="communities")


@require_safe
def event(request: HttpRequest, event_id: uuid.UUID) -> HttpResponse:
    """Sixteen queries at most, besides the frame's, however many photos."""
    actor = actor_of(request)
    view = event_for(event_id, by=actor)
    place = my_place(event_id, by=actor) if actor.is_member else None
    faces = faces_of(event_id, limit=FACES_SHOWN)
    names = people_by_ids(faces)
    is_open = view.state is EventState.PUBLISHED and view.form.starts_at > clock.now()
    photos = photos_of(event_id, by=actor, limit=PHOTOS_SHOWN)
    values = {
        **_row(view, place),
        "community": place_of(view, by=actor),
        "photos": photo_rows(photos, by=actor),
        "photos_left": _photos_left(view, place, by=actor),
        "place": place,
        "faces": [names[one].nickname for one in faces if one in names],
        "is_open": is_open,
        "is_going": place is not None and place.state in (PlaceState.GOING, PlaceState.ATTENDED),
    }
    return show(request, "shop/event.html", values, tab="communities")


@require_POST
def event_take(request: HttpRequest, event_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    try:
        place = go_to(event_id, by=actor)
        going = place.state is PlaceState.GOING
        messages.success(request, _("报名成功，到时见") if going else _("名额满了，已经帮你排上候补"))
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, words_of(refusal))
    return go(reverse("shop:event", args=[event_id]))


@require_POST
def event_leave(request: HttpRequest, event_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    try:
        stay_away(event_id, by=actor)
        messages.success(request, _("已取消，名额给了下一位"))
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, words_of(refusal))
    return go(reverse("shop:event", args=[event_id]))


@never_cache
@require_safe
def event_ticket(request: HttpRequest, event_id: uuid.UUID) -> HttpResponse:
    """The code of who goes, another one every 30 seconds; without script the page asks to be loaded again."""
    actor = require_member(request)
    view, place = event_for(event_id, by=actor), my_place(event_id, by=actor)
    if place is None or place.state not in (PlaceState.GOING, PlaceState.ATTENDED):
        raise NotFound()
    values = {
        **_row(view, place),
        "place": place,
        "is_attended": place.state is PlaceState.ATTENDED,
        "qr": _svg(_address(place)),
        "seconds": CODE_SECONDS - 5,
        "name": person(place.member_id).nickname,
    }
    if is_swap(request):
        return show_part(request, "shop/parts/event_ticket.html", values)
    return show(request, "shop/event_ticket.html", values, tab="communities")


@never_cache
@require_safe
def event_ticket_png(request: HttpRequest, event_id: uuid.UUID) -> HttpResponse:
    """The same code as a picture, for applications that show no SVG."""
    place = my_place(event_id, by=require_member(request))
    if place is None or place.state is not PlaceState.GOING:
        raise NotFound()
    picture = io.BytesIO()
    segno.make(_address(place), error="m").save(picture, kind="png", scale=8, border=2)
    return HttpResponse(picture.getvalue(), content_type="image/png")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def event_check_in(request: HttpRequest, place_id: uuid.UUID, code: str) -> HttpResponse:
    """What a staff phone opens when it has read a code: who it is, and one button."""
    actor = require_member(request)
    actor.require("community.edit")
    place = place_by_id(place_id)
    problem = ""
    if request.method == "POST":
        try:
            place = check_in(place_id, by=actor, code=code)
        except Refusal as refusal:
            problem = words_of(refusal)
    values = {
        **_row(event_view(place.event_id, by=actor), place),
        "place": place,
        "name": person(place.member_id).nickname,
        "is_attended": place.state is PlaceState.ATTENDED,
        "problem": problem,
    }
    return show(request, "shop/event_check_in.html", values, status=422 if problem else 200)


def event_row(
    view: EventView, place: PlaceView | None, *, places: Mapping[uuid.UUID, CommunityView]
) -> dict[str, Any]:
    """A card of an event, with the community it belongs to."""
    community = places.get(view.form.community_id) if view.form.community_id else None
    return {**_row(view, place), "community": community}


def _photos_left(view: EventView, place: PlaceView | None, *, by: Actor) -> int:
    """How many pictures the actor may still add; none before it is over, and for who was not there."""
    if not by.is_member:
        return 0
    try:
        check_photo(
            view.state,
            place=place.state if place else None,
            is_online=view.form.is_online,
            is_host=is_host(view, by=by),
            ends_at=view.form.ends_at,
            now=clock.now(),
        )
    except Refusal:
        return 0
    return max(0, PHOTOS_PER_PERSON - count_own_photos(view.id, by=by))


def _row(view: EventView, place: PlaceView | None) -> dict[str, Any]:
    is_going = place is not None and place.state in (PlaceState.GOING, PlaceState.ATTENDED)
    return {
        "event": view,
        "form": view.form,
        "left": view.left,
        "percent": min(100, view.going * 100 // view.form.capacity),
        "is_waiting": place is not None and place.state is PlaceState.WAITING,
        "is_mine": is_going,
        "join_link": view.form.join_link if is_going and view.form.is_online else "",
    }


def _address(place: PlaceView) -> str:
    return absolute(reverse("shop:event_check_in", args=[place.id, code_of(place.id)]))


def _svg(address: str) -> SafeString:
    svg = segno.make(address, error="m").svg_inline(scale=6, border=2, dark="#1f1b16", omitsize=True)
    return mark_safe(svg)
