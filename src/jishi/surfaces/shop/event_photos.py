"""Pictures after an event: adding, one large, taking back, and the file for who may see it."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.community_pictures import keep_pictures
from jishi.flows.event_photos import add_event_photos, photo_for, photo_path, take_photo_back
from jishi.flows.meetings import event_for, place_of
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound, Refusal
from jishi.modules.events.public import PHOTOS_PER_PERSON, PhotoState, PhotoView
from jishi.modules.media.public import media_by_ids
from jishi.modules.people.public import people_by_ids
from jishi.platform.http import actor_of
from jishi.surfaces.private_files import send_private
from jishi.surfaces.shop.acts import say_no
from jishi.surfaces.shop.frame import go, require_member, show
from jishi.surfaces.shop.posts import ago

TAB = "communities"


@require_POST
def add(request: HttpRequest, event_id: uuid.UUID) -> HttpResponse:
    """Up to nine at once, with one line for all of them."""
    actor = require_member(request)
    files = request.FILES.getlist("photos")[:PHOTOS_PER_PERSON]
    try:
        event_for(event_id, by=actor)
        kept = keep_pictures([file.read() for file in files], by=actor)
        added = add_event_photos(event_id, kept, by=actor, caption=request.POST.get("caption", "")[:200])
        _thank(request, added)
    except Refusal as refusal:
        say_no(request, refusal)
    return go(reverse("shop:event", args=[event_id]) + "#photos")


@require_safe
def photo(request: HttpRequest, event_id: uuid.UUID, photo_id: uuid.UUID) -> HttpResponse:
    """One picture, large; nine queries besides the frame's."""
    actor = actor_of(request)
    found = photo_for(photo_id, by=actor)
    if found.event_id != event_id:
        raise NotFound()
    event = event_for(event_id, by=actor)
    place = place_of(event, by=actor)
    values = {"event": event, "row": photo_rows([found], by=actor)[0], "community": place}
    return show(request, "shop/event_photo.html", values, tab=TAB)


@require_POST
def take_back(request: HttpRequest, event_id: uuid.UUID, photo_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    take_photo_back(photo_id, by=actor)
    messages.success(request, _("照片删掉了"))
    return go(reverse("shop:event", args=[event_id]) + "#photos")


@require_safe
def photo_file(
    request: HttpRequest, event_id: uuid.UUID, photo_id: uuid.UUID, media_id: uuid.UUID, name: str
) -> HttpResponseBase:
    """A picture that is not for everybody, for who may see it."""
    actor = actor_of(request)
    found = photo_for(photo_id, by=actor)
    if found.event_id != event_id or found.media_id != media_id:
        raise NotFound()
    return send_private(photo_path(photo_id, name=name, by=actor))


def photo_rows(photos: Sequence[PhotoView], *, by: Actor) -> list[dict[str, Any]]:
    """With their files and who took them; two queries, none for nothing."""
    if not photos:
        return []
    media = media_by_ids(one.media_id for one in photos)
    people = people_by_ids(one.member_id for one in photos)
    return [
        {
            "photo": one,
            "media": media[one.media_id],
            "url": _address(one),
            "behind": f"{_address(one)}file/",
            "author": people[one.member_id].nickname if one.member_id in people else _("一位邻居"),
            "when": ago(one.at),
            "is_mine": by.owns(one.member_id),
            "is_waiting": one.state is PhotoState.WAITING,
            "is_hidden": one.state is PhotoState.HIDDEN,
        }
        for one in photos
        if one.media_id in media
    ]


def _address(one: PhotoView) -> str:
    return reverse("shop:event_photo", args=[one.event_id, one.id])


def _thank(request: HttpRequest, added: Sequence[PhotoView]) -> None:
    if not added:
        messages.error(request, _("先选几张照片"))
    elif added[0].state is PhotoState.WAITING:
        messages.success(request, _("收到了，审核后大家能看到"))
    else:
        messages.success(request, _("照片加好了，谢谢分享"))
