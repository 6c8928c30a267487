"""The page of a neighbour, following them, and what one keeps."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from jishi.kernel.errors import NotFound, Refusal
from jishi.modules.community.public import (
    bookmarked_posts,
    follow,
    follow_counts,
    follows,
    posts_of_author,
)
from jishi.modules.guard.public import hidden_authors
from jishi.modules.people.public import person
from jishi.platform.http import actor_of
from jishi.platform.paging import Key, cursor_of, key_of
from jishi.surfaces.shop.acts import say_no
from jishi.surfaces.shop.frame import (
    go,
    is_swap,
    require_member,
    safe_next,
    show,
    show_part,
)
from jishi.surfaces.shop.posts import post_cards

POSTS_SHOWN = 20
TAB = "communities"


@require_safe
def neighbour(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """Somebody: whom they follow and what they wrote where the reader may read; twenty queries at most."""
    actor = actor_of(request)
    found = person(member_id)
    if not actor.owns(member_id) and not actor.may("moderation.view") and hidden_authors([member_id]):
        raise NotFound()
    after = key_of(request.GET.get("cursor", ""))
    posts = posts_of_author(member_id, by=actor, after=after, limit=POSTS_SHOWN)
    next_url = None
    if len(posts) >= POSTS_SHOWN:
        next_url = f"?cursor={cursor_of(Key(posts[-1].published_at, posts[-1].id))}"
    cards = post_cards(posts, by=actor)
    if is_swap(request):
        return show_part(request, "shop/parts/post_stream.html", {"posts": cards, "next_url": next_url})
    following, followers = follow_counts(member_id)
    values = {
        "person": found,
        "posts": cards,
        "next_url": next_url,
        "following": following,
        "followers": followers,
        "is_me": actor.owns(member_id),
        "is_followed": follows(actor.id if actor.is_member else None, member_id),
    }
    return show(request, "shop/neighbour.html", values, tab=TAB)


@require_POST
def follow_neighbour(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    person(member_id)
    try:
        follow(member_id, is_followed=request.POST.get("follow") == "1", by=actor)
    except Refusal as refusal:
        say_no(request, refusal)
    return go(safe_next(request, default=reverse("shop:neighbour", args=[member_id])))


@require_safe
def bookmarks(request: HttpRequest) -> HttpResponse:
    """What one keeps, the latest first."""
    actor = require_member(request)
    posts = post_cards(bookmarked_posts(by=actor, limit=50), by=actor)
    return show(request, "shop/bookmarks.html", {"posts": posts, "next_url": None}, tab="me")
