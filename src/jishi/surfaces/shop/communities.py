"""The tab of communities: the directory, a community with its stream, who is there, trust, shelf, coming and going."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jishi.flows.community_moderation import count_waiting_here
from jishi.flows.community_pictures import cover_path
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.community.public import (
    CommunityView,
    Door,
    Joining,
    Openness,
    PostKind,
    PostView,
    RefKind,
    Sort,
    channels_of,
    communities_of,
    count_newer,
    directory,
    door_of,
    heat_of,
    lively_topics,
    members_page,
    own_standing,
    pinned_posts,
    requests_of,
    require_reader,
    shelf_of,
    staff_of,
    stream,
    tasks_of,
)
from jishi.modules.events.public import events_of_community, my_places
from jishi.modules.media.public import MediaView
from jishi.modules.people.public import people_by_ids
from jishi.platform.http import actor_of
from jishi.platform.paging import CursorInvalid, Key, cursor_of, key_of
from jishi.surfaces.community_words import kind_words, level_words, role_words
from jishi.surfaces.private_files import send_private
from jishi.surfaces.shop.cards import team_rail
from jishi.surfaces.shop.community_doors import TAB, covers_of, covers_page, door_page
from jishi.surfaces.shop.events import event_row
from jishi.surfaces.shop.frame import (
    ShareCard,
    absolute,
    is_swap,
    require_member,
    show,
    show_part,
    uuid_from,
)
from jishi.surfaces.shop.posts import ago, mark_of, post_cards
from jishi.surfaces.shop.refs import coupon_cards, ref_markup

POSTS_SHOWN = 20
DIRECTORY_SHOWN = 60
MEMBERS_SHOWN = 60
FACES_SHOWN = 6
SHELF_ON_TOP = 6
EVENTS_SHOWN = 3
PAST_EVENTS_SHOWN = 2


@require_safe
def communities(request: HttpRequest) -> HttpResponse:
    """One's own communities and those one could join; seven queries at most besides the frame's."""
    actor, text = actor_of(request), request.GET.get("q", "")[:40]
    own = communities_of(actor.require_member()) if actor.is_member else []
    mine = {one.id for one, _membership in own}
    found = [one for one in directory(text=text, limit=DIRECTORY_SHOWN) if one.id not in mine or text]
    covers = covers_of([*found, *(one for one, _membership in own)])
    values = {
        "own": [_own_row(one, membership.level, covers=covers) for one, membership in own]
        if not text
        else [],
        "found": [_directory_row(one, covers=covers) for one in found],
        "text": text,
        "teams": [] if found or own else team_rail(),
    }
    return show(request, "shop/communities.html", values, tab=TAB)


@require_safe
def community(request: HttpRequest, handle: str) -> HttpResponse:
    """A community with its stream: 30 queries for a member with posts, polls and goods in sight, however many posts; five more
    when teams and plays are shown.

    Who may not read stands before its door: name, promise, and how to come in; nothing else.
    """
    actor = actor_of(request)
    door = door_of(handle, by=actor)
    if not door.reads:
        return door_page(request, door)
    posts, more = _stream_page(request, door, by=actor)
    if is_swap(request):
        return show_part(
            request, "shop/parts/post_stream.html", {"posts": posts, "next_url": more, "door": door}
        )
    found = door.community
    is_plain = not any(request.GET.get(name) for name in ("channel", "topic", "kind", "cursor"))
    pinned = post_cards(pinned_posts(found.id, by=actor), by=actor, community=found) if is_plain else []
    values = {
        "door": door,
        "community": found,
        "posts": posts,
        "next_url": more,
        "pinned": pinned,
        "channels": _channels(request, found.id),
        "kinds": _kinds(request),
        "topics": lively_topics(found.id),
        "topic": request.GET.get("topic", "")[:24],
        "tasks": tasks_of(found.id, member_id=actor.id if door.membership else None),
        "staff": _staff(found.id),
        "coupons": coupon_cards(found.id, by=actor) if door.membership else [],
        "shelf": list(
            ref_markup(ref for ref in shelf_of(found.id) if ref.kind is not RefKind.COUPON).values()
        )[:SHELF_ON_TOP],
        "own_mark": level_words(door.membership.level) if door.membership else "",
        "sort": request.GET.get("sort", "new"),
        "now": clock.now().isoformat(),
        "waiting": len(requests_of(found.id)) if door.may_moderate else 0,
        "to_look_at": count_waiting_here(found.id, by=actor) if door.may_moderate else 0,
        **_events(found.id, by=actor),
        "cover": covers_of([found]).get(found.id),
        "behind": covers_page(found),
        "share": _share_card(found),
    }
    return show(request, "shop/community.html", values, tab=TAB)


@require_safe
def newer(request: HttpRequest, handle: str) -> HttpResponse:
    """The bar “N new posts”, asked for every so often; three queries."""
    door = door_of(handle, by=actor_of(request))
    require_reader(door)
    try:
        since = datetime.fromisoformat(request.GET.get("since", "").replace(" ", "+"))
    except ValueError as error:
        raise CursorInvalid() from error
    if since.tzinfo is None:
        raise CursorInvalid()
    count = count_newer(door.community.id, than=since)
    return show_part(request, "shop/parts/new_posts.html", {"count": count, "community": door.community})


@require_safe
def cover_file(request: HttpRequest, handle: str, media_id: uuid.UUID, name: str) -> HttpResponseBase:
    """The cover of a community that not everybody may know of."""
    del media_id  # it makes the address change with the picture
    return send_private(cover_path(handle, name=name, by=actor_of(request)))


@require_safe
def about(request: HttpRequest, handle: str) -> HttpResponse:
    """House rules and who is there, by trust; five queries besides the frame's."""
    actor = actor_of(request)
    door = door_of(handle, by=actor)
    require_reader(door)
    page = _page(request)
    members, total = members_page(door.community.id, page=page, limit=MEMBERS_SHOWN)
    people = people_by_ids(one.member_id for one in members)
    rows = [
        {
            "name": people[one.member_id].nickname,
            "url": reverse("shop:neighbour", args=[one.member_id]),
            "mark": mark_of(one),
            "since": ago(one.joined_at),
        }
        for one in members
        if one.member_id in people
    ]
    values = {
        "door": door,
        "community": door.community,
        "members": rows,
        "total": total,
        "next_page": page + 1 if page * MEMBERS_SHOWN < total else None,
    }
    return show(request, "shop/community_about.html", values, tab=TAB)


@require_safe
def trust(request: HttpRequest, handle: str) -> HttpResponse:
    """Where one stands, what is missing for the next level and what keeps this one; four queries."""
    actor = require_member(request)
    door = door_of(handle, by=actor)
    standing = own_standing(door, by=actor)
    values = {
        "community": door.community,
        "standing": standing,
        "level": level_words(standing.level),
        "next_level": level_words(standing.next_level) if standing.next_level is not None else "",
        "missing": [
            _need_row(one.term, one.have, one.need, one.is_met, one.percent) for one in standing.missing
        ],
        "keeps": [_need_row(one.term, one.have, one.need, one.is_met, one.percent) for one in standing.keeps],
        "scale": standing.scale_bps // 100,
    }
    return show(request, "shop/community_trust.html", values, tab=TAB)


@require_safe
def shelf(request: HttpRequest, handle: str) -> HttpResponse:
    """Goods, plays and coupons of the community; twelve queries at most."""
    actor = actor_of(request)
    door = door_of(handle, by=actor)
    require_reader(door)
    values = {
        "door": door,
        "community": door.community,
        "items": list(ref_markup(shelf_of(door.community.id)).values()),
        "coupons": coupon_cards(door.community.id, by=actor),
    }
    return show(request, "shop/community_shelf.html", values, tab=TAB)


def _stream_page(request: HttpRequest, door: Door, *, by: Actor) -> tuple[list[dict[str, Any]], str | None]:
    query = request.GET
    sort = Sort.HOT if query.get("sort") == Sort.HOT.value else Sort.NEW
    after, heat = _place(query.get("cursor", ""), sort=sort)
    kind = next((one for one in PostKind if one.value == query.get("kind")), None)
    found = stream(
        door.community.id,
        by=by,
        sort=sort,
        after=after,
        heat=heat,
        channel_id=uuid_from(query.get("channel")),
        topic=query.get("topic", "")[:24],
        kind=kind,
        limit=POSTS_SHOWN,
    )
    return post_cards(found, by=by, community=door.community), _next_url(request, found, sort=sort)


def _place(cursor: str, *, sort: Sort) -> tuple[Key | None, int | None]:
    key = key_of(cursor)
    if key is None:
        return None, None
    return key, heat_of(key.id) if sort is Sort.HOT else None


def _next_url(request: HttpRequest, posts: list[PostView], *, sort: Sort) -> str | None:
    del sort
    if len(posts) < POSTS_SHOWN:
        return None
    query = request.GET.copy()
    query["cursor"] = cursor_of(Key(posts[-1].published_at, posts[-1].id))
    return f"?{query.urlencode()}"


def _share_card(found: CommunityView) -> ShareCard | None:
    """Nothing unfurls that strangers could not read anyway."""
    if found.form.openness is not Openness.PUBLIC:
        return None
    return ShareCard(
        title=_("%s · 集市社群") % found.name,
        description=found.form.promise,
        url=absolute(reverse("shop:community", args=[found.handle])),
    )


def _own_row(found: CommunityView, level: Any, *, covers: Mapping[uuid.UUID, MediaView]) -> dict[str, Any]:
    return {
        "community": found,
        "cover": covers.get(found.id),
        "behind": covers_page(found),
        "level": level_words(level),
        "when": ago(found.last_post_at) if found.last_post_at else "",
    }


def _directory_row(found: CommunityView, *, covers: Mapping[uuid.UUID, MediaView]) -> dict[str, Any]:
    """Numbers only of those that anybody may read."""
    is_public = found.form.openness is Openness.PUBLIC
    joining = {Joining.OPEN: "", Joining.REQUEST: _("申请加入"), Joining.INVITE: _("邀请加入")}
    return {
        "community": found,
        "cover": covers.get(found.id),
        "behind": covers_page(found),
        "is_public": is_public,
        "joining": joining[found.form.joining],
        "when": ago(found.last_post_at) if is_public and found.last_post_at else "",
    }


def _channels(request: HttpRequest, community_id: uuid.UUID) -> list[dict[str, Any]]:
    chosen = request.GET.get("channel", "")
    return [
        {"name": one.name, "about": one.about, "url": f"?channel={one.id}", "is_on": chosen == str(one.id)}
        for one in channels_of(community_id)
    ]


def _kinds(request: HttpRequest) -> list[dict[str, Any]]:
    chosen = request.GET.get("kind", "")
    shown = (PostKind.QUESTION, PostKind.SHOW, PostKind.POLL)
    return [
        {"name": kind_words(one), "url": f"?kind={one.value}", "is_on": chosen == one.value} for one in shown
    ]


def _events(community_id: uuid.UUID, *, by: Actor) -> dict[str, list[dict[str, Any]]]:
    """What is coming and what was; five queries at most."""
    coming, past = events_of_community(community_id, limit=EVENTS_SHOWN)
    own = {one.event_id: one for one in my_places(by=by)} if by.is_member and coming else {}
    return {
        "events": [event_row(one, own.get(one.id), places={}) for one in coming],
        "past_events": [event_row(one, None, places={}) for one in past[:PAST_EVENTS_SHOWN]],
    }


def _staff(community_id: uuid.UUID) -> list[dict[str, Any]]:
    staff = staff_of(community_id)[:FACES_SHOWN]
    people = people_by_ids(one.member_id for one in staff)
    return [
        {
            "name": people[one.member_id].nickname,
            "role": role_words(one.role),
            "url": reverse("shop:neighbour", args=[one.member_id]),
        }
        for one in staff
        if one.member_id in people
    ]


def _need_row(term: str, have: int, need: int, is_met: bool, percent: int) -> dict[str, Any]:
    words = {
        "days": _("来过的天数"),
        "pieces": _("帖子和评论"),
        "talked_with": _("回应过的邻居"),
        "received": _("收到的回应"),
        "givers": _("给你回应的邻居"),
        "removed": _("被移除的内容（最多）"),
    }
    return {"label": words[term], "have": have, "need": need, "is_met": is_met, "percent": percent}


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return min(int(text), 10_000) if text.isascii() and text.isdigit() and len(text) < 6 and int(text) else 1
