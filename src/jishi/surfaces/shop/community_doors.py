"""The doors of a community: coming in, going, requests, and what only members may take."""

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jishi.flows.community import claim_community_coupon
from jishi.kernel.errors import Refusal
from jishi.modules.community.public import (
    BadCommunity,
    CommunityView,
    Door,
    Joining,
    ask_to_join,
    check_in,
    community_of_code,
    community_view,
    decide_request,
    door_of,
    join_community,
    leave_community,
    requests_of,
    require_moderator,
)
from jishi.modules.media.public import MediaView, media_by_ids
from jishi.modules.people.public import people_by_ids
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.acts import say_no
from jishi.surfaces.shop.frame import (
    go,
    require_member,
    show,
    uuid_from,
)
from jishi.surfaces.shop.posts import ago

TAB = "communities"


@require_http_methods(["GET", "HEAD"])
def invitation(request: HttpRequest, code: str) -> HttpResponse:
    """The door that a code opens, also of a community nobody knows of."""
    found = community_view(community_of_code(code))
    values = {"community": found, "code": code, "joining": Joining.INVITE.value, "given": {}}
    return show(request, "shop/community_door.html", values, tab=TAB)


@require_POST
def join(request: HttpRequest, handle: str) -> HttpResponse:
    """Come in, by the open door, with a code, or by answering."""
    actor, code = require_member(request), request.POST.get("code", "").strip()[:12]
    if code:
        found = community_view(community_of_code(code))
        if found.handle == handle:
            join_community(found.id, by=actor, code=code)
            messages.success(request, _("欢迎加入，打个招呼吧"))
            return go(reverse("shop:community", args=[handle]))
    door = door_of(handle, by=actor)
    try:
        if door.community.form.joining is Joining.REQUEST:
            ask_to_join(door.community.id, request.POST.getlist("answer")[:3], by=actor)
            messages.success(request, _("申请已送到版主手里，通过后会告诉你"))
        else:
            join_community(door.community.id, by=actor, code=code)
            messages.success(request, _("欢迎加入，打个招呼吧"))
    except BadCommunity as refusal:
        return door_page(request, door, problem=words_of(refusal), status=422)
    except Refusal as refusal:
        say_no(request, refusal)
    return go(reverse("shop:community", args=[handle]))


@require_POST
def leave(request: HttpRequest, handle: str) -> HttpResponse:
    actor = require_member(request)
    door = door_of(handle, by=actor)
    try:
        leave_community(door.community.id, by=actor)
        messages.success(request, _("你已退出「%s」") % door.community.name)
    except Refusal as refusal:
        say_no(request, refusal)
    return go(reverse("shop:communities"))


@require_POST
def claim_coupon(request: HttpRequest, handle: str, batch_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    door = door_of(handle, by=actor)
    try:
        claim_community_coupon(batch_id, by=actor)
        messages.success(request, _("券到手了，下单时自动用最划算的"))
    except Refusal as refusal:
        say_no(request, refusal)
    return go(reverse("shop:community_shelf", args=[door.community.handle]))


@require_POST
def do_task(request: HttpRequest, handle: str, task_id: uuid.UUID) -> HttpResponse:
    """A check-in."""
    actor = require_member(request)
    door_of(handle, by=actor)
    try:
        check_in(task_id, by=actor)
        messages.success(request, _("打卡成功，明天见"))
    except Refusal as refusal:
        say_no(request, refusal)
    return go(reverse("shop:community", args=[handle]))


@require_http_methods(["GET", "HEAD", "POST"])
def requests(request: HttpRequest, handle: str) -> HttpResponse:
    """Who would like to come in; for moderators."""
    actor = require_member(request)
    door = door_of(handle, by=actor)
    require_moderator(door.community.id, by=actor)
    if request.method == "POST":
        request_id = uuid_from(request.POST.get("request"))
        if request_id is not None:
            try:
                decide_request(request_id, is_accepted=request.POST.get("verb") == "accept", by=actor)
            except Refusal as refusal:
                say_no(request, refusal)
        return go(reverse("shop:community_requests", args=[handle]))
    found = requests_of(door.community.id)
    people = people_by_ids(one.member_id for one in found)
    rows = [
        {
            "id": one.id,
            "name": people[one.member_id].nickname,
            "when": ago(one.at),
            "answers": list(zip(door.community.form.questions, one.answers, strict=False)),
        }
        for one in found
        if one.member_id in people
    ]
    return show(request, "shop/community_requests.html", {"community": door.community, "rows": rows}, tab=TAB)


def covers_of(found: Sequence[CommunityView]) -> dict[uuid.UUID, MediaView]:
    """Pictures in place of drawn covers, by community; one query, none without any."""
    media = media_by_ids(one.cover_id for one in found if one.cover_id is not None)
    return {one.id: media[one.cover_id] for one in found if one.cover_id in media}


def covers_page(found: CommunityView) -> str:
    """Where a cover lies that not everybody may see."""
    return f"{reverse('shop:community', args=[found.handle])}cover/"


def door_page(request: HttpRequest, door: Door, *, problem: str = "", status: int = 200) -> HttpResponse:
    """Only what the openness lets strangers know: no numbers, no people, no words of theirs."""
    form = door.community.form
    values = {
        "community": door.community,
        "cover": covers_of([door.community]).get(door.community.id),
        "behind": covers_page(door.community),
        "questions": form.questions if form.joining is Joining.REQUEST else (),
        "joining": form.joining.value,
        "is_waiting": door.is_waiting,
        "problem": problem,
        "given": request.POST.getlist("answer"),
        "code": "",
    }
    return show(request, "shop/community_door.html", values, tab=TAB, status=status)
