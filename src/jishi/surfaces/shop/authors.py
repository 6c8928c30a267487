"""People who write, and topics: who they are, what they published, following them."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.kernel.errors import Kind, NotFound, Refusal
from jishi.modules.notes.public import (
    NoteCard,
    author_view,
    follow_author,
    notes_of_author,
    notes_of_topic,
    topics_of,
)
from jishi.modules.people.public import people_by_ids
from jishi.platform.http import actor_of
from jishi.platform.paging import Key, cursor_of, key_of
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.feed import note_markup
from jishi.surfaces.shop.frame import ShareCard, absolute, go, is_swap, require_member, show, show_part

PAGE_LENGTH = 20


@require_safe
def author(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """Nine queries at most. Only people who have published have a page, and everybody sees their own."""
    actor = actor_of(request)
    person = people_by_ids([member_id]).get(member_id)
    standing = author_view(member_id, by=actor)
    if person is None or not (standing.notes or actor.owns(member_id)):
        raise NotFound()
    after = key_of(request.GET.get("cursor", ""))
    rows = notes_of_author(member_id, by=actor, after=after, limit=PAGE_LENGTH)
    values = _list(request, rows)
    if is_swap(request):
        return show_part(request, "shop/parts/note_list.html", values)
    values |= {
        "person": person,
        "standing": standing,
        "is_me": actor.owns(member_id),
        "share": ShareCard(
            title=_("%(name)s的笔记") % {"name": person.nickname},
            description=_("%(count)d 篇笔记") % {"count": standing.notes},
            url=absolute(reverse("shop:author", args=[member_id])),
        ),
    }
    return show(request, "shop/author.html", values, tab="home")


@require_POST
def follow(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    if member_id not in people_by_ids([member_id]):
        raise NotFound()
    try:
        follow_author(member_id, by=actor, is_on=request.POST.get("on", "1") == "1")
    except Refusal as refusal:
        if refusal.kind is not Kind.CONFLICT:
            raise
        messages.error(request, words_of(refusal))
    if is_swap(request):
        return show_part(request, "shop/parts/follow.html", {"standing": author_view(member_id, by=actor)})
    return go(reverse("shop:author", args=[member_id]))


@require_safe
def topic(request: HttpRequest, name: str) -> HttpResponse:
    """Notes of a topic, newest first."""
    try:
        wanted = topics_of([name])[0]
    except (Refusal, IndexError) as error:
        raise NotFound() from error
    rows = notes_of_topic(wanted, after=key_of(request.GET.get("cursor", "")), limit=PAGE_LENGTH)
    values = _list(request, rows)
    if is_swap(request):
        return show_part(request, "shop/parts/note_list.html", values)
    return show(request, "shop/topic.html", {**values, "topic": wanted}, tab="home")


def _list(request: HttpRequest, rows: list[NoteCard]) -> dict[str, Any]:
    cursor = cursor_of(Key(rows[-1].publish_at, rows[-1].id)) if len(rows) >= PAGE_LENGTH else ""
    return {
        "notes": note_markup(rows, by=actor_of(request)),
        "next_url": f"{request.path}?cursor={cursor}" if cursor else None,
    }
