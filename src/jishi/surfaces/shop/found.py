"""What a search finds besides goods: notes, posts that the reader may read, people by name."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from jishi.modules.community.public import find_posts, followed_ids
from jishi.modules.guard.public import hidden_authors
from jishi.modules.notes.public import authors_among, search_notes
from jishi.modules.people.public import people_named
from jishi.platform.http import actor_of
from jishi.platform.paging import cursor_after, key_of, offset_cursor, offset_of
from jishi.surfaces.shop.feed import note_markup
from jishi.surfaces.shop.posts import post_cards

NOTES_SHOWN, POSTS_SHOWN, PEOPLE_SHOWN = 20, 20, 30


def search_tabs(text: str, *, chosen: str) -> list[dict[str, Any]]:
    """What a search looks through."""
    names = {"": _("商品"), "notes": _("笔记"), "posts": _("帖子"), "people": _("用户")}
    return [
        {"label": label, "url": _address(text, tab=tab), "is_on": tab == chosen}
        for tab, label in names.items()
    ]


def found_notes(request: HttpRequest, text: str) -> dict[str, Any]:
    """Those whose words match, the best first; at most seven queries."""
    start = offset_of(request.GET.get("cursor", ""))
    rows = search_notes(text, offset=start, limit=NOTES_SHOWN)
    cursor = offset_cursor(start + NOTES_SHOWN) if len(rows) >= NOTES_SHOWN else ""
    return {"notes": note_markup(rows, by=actor_of(request)), "next_url": _next(text, "notes", cursor)}


def found_posts(request: HttpRequest, text: str) -> dict[str, Any]:
    """Newest first, where the reader may read; at most twenty queries."""
    actor = actor_of(request)
    rows = find_posts(text, by=actor, after=key_of(request.GET.get("cursor", "")), limit=POSTS_SHOWN)
    cursor = cursor_after(rows, limit=POSTS_SHOWN, field="published_at")
    return {"posts": post_cards(rows, by=actor), "next_url": _next(text, "posts", cursor)}


def found_people(request: HttpRequest, text: str) -> dict[str, Any]:
    """By name, nobody whom moderation hides; at most five queries.

    Who writes notes is followed for them, others for what they say in communities.
    """
    actor, start = actor_of(request), offset_of(request.GET.get("cursor", ""))
    people = people_named(text, offset=start, limit=PEOPLE_SHOWN)
    hidden = hidden_authors([one.id for one in people])
    authors = authors_among([one.id for one in people], by=actor)
    followed = followed_ids(actor.require_member()) if actor.is_member and people else frozenset()
    rows = [
        {
            "person": one,
            "standing": authors.get(one.id),
            "url": reverse("shop:author" if one.id in authors else "shop:neighbour", args=[one.id]),
            "is_me": actor.owns(one.id),
            "is_followed": one.id in followed,
        }
        for one in people
        if one.id not in hidden
    ]
    cursor = offset_cursor(start + PEOPLE_SHOWN) if len(people) >= PEOPLE_SHOWN else ""
    return {"people": rows, "next_url": _next(text, "people", cursor), "here": _address(text, tab="people")}


Finder = Callable[[HttpRequest, str], dict[str, Any]]
# tab → (what finds, the part that shows a page of it)
FINDERS: dict[str, tuple[Finder, str]] = {
    "notes": (found_notes, "shop/parts/note_list.html"),
    "posts": (found_posts, "shop/parts/post_stream.html"),
    "people": (found_people, "shop/parts/people_found.html"),
}


def _address(text: str, *, tab: str, cursor: str = "") -> str:
    query = {"q": text} | ({"tab": tab} if tab else {}) | ({"cursor": cursor} if cursor else {})
    return f"{reverse('shop:search')}?{urlencode(query)}"


def _next(text: str, tab: str, cursor: str) -> str | None:
    return _address(text, tab=tab, cursor=cursor) if cursor else None
