"""A post and what people do with it: write, answer, react, keep, vote, edit; and the page of a neighbour."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jishi.flows.community import (
    announce_post,
    bought_goods,
    change_post,
    delete_post,
    new_post_key,
    write_post,
)
from jishi.flows.community_moderation import let_show, take_down
from jishi.flows.community_pictures import PICTURES_MAX, keep_pictures, picture_path
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import Kind, NotFound, Refusal
from jishi.modules.catalog.public import cards_by_ids
from jishi.modules.community.public import (
    BadPost,
    Door,
    Openness,
    PollForm,
    PostForm,
    PostKind,
    PostView,
    Ref,
    RefKind,
    Visibility,
    accepted_answer,
    bookmark,
    cast_vote,
    channels_of,
    comments_of,
    door_of,
    door_of_id,
    excerpt_of,
    pin_post,
    post_view,
    react,
    require_reader,
    versions_of,
)
from jishi.modules.media.public import media_by_ids
from jishi.modules.plays.group_buy.public import TeamState, teams_of_member
from jishi.platform.files import IMAGE_BYTES_MAX, NotAnImage
from jishi.platform.http import actor_of
from jishi.platform.paging import Key, cursor_of, key_of
from jishi.surfaces.community_words import kind_words
from jishi.surfaces.private_files import send_private
from jishi.surfaces.refusals import status_of, words_of
from jishi.surfaces.shop.acts import act_on_post
from jishi.surfaces.shop.frame import (
    ShareCard,
    absolute,
    go,
    is_swap,
    require_member,
    safe_next,
    show,
    show_part,
    uuid_from,
)
from jishi.surfaces.shop.posts import ago, comment_rows, pictures_page, post_cards
from jishi.surfaces.templatetags.pictures import still

COMMENTS_SHOWN = 30
POSTS_SHOWN = 20
GOODS_OFFERED = 12
POLL_DAYS = 3
TAB = "communities"


@require_safe
def post(request: HttpRequest, post_id: uuid.UUID) -> HttpResponse:
    """A post with its threads; 26 queries at most besides the frame's, however many comments."""
    actor = actor_of(request)
    found = post_view(post_id, by=actor)
    door = door_of_id(found.community_id, by=actor)
    after = key_of(request.GET.get("cursor", ""))
    comments = comments_of(post_id, by=actor, after=after, limit=COMMENTS_SHOWN)
    asks = found.kind is PostKind.QUESTION and found.accepted_comment_id is None
    asker = found.author_id if asks else None
    rows = comment_rows(comments, by=actor, community=door.community, asker_id=asker)
    next_url = None
    if len(comments) >= COMMENTS_SHOWN:
        next_url = f"?cursor={cursor_of(Key(comments[-1].made_at, comments[-1].id))}"
    values: dict[str, Any] = {
        "rows": rows,
        "next_url": next_url,
        "door": door,
        "post": found,
        "may_talk": _may_talk(door, found),
    }
    if is_swap(request) and after is not None:
        return show_part(request, "shop/parts/comment_page.html", values)
    best = accepted_answer(post_id, by=actor) if found.accepted_comment_id else None
    values |= {
        "card": post_cards([found], by=actor, community=door.community, is_whole=True)[0],
        "best": comment_rows([best], by=actor, community=door.community, asker_id=None) if best else [],
        "community": door.community,
        "key": new_post_key(),
        "may_moderate": door.may_moderate or actor.may("moderation.decide"),
        "share": _share_card(found, door),
        "reply_to": request.GET.get("reply", ""),
    }
    return show(request, "shop/post.html", values, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, handle: str) -> HttpResponse:
    """The form for a new post; what was written stays in it when something is refused."""
    actor = require_member(request)
    door = door_of(handle, by=actor)
    require_reader(door)
    problem, status = "", 200
    if request.method == "POST":
        try:
            form = _form(request, door, by=actor)
            post_id = write_post(form, by=actor, post_id=uuid_from(request.POST.get("key")))
            state = post_view(post_id, by=actor).state
            said = _("发出来了") if state is Visibility.SHOWN else _("已收到，版主看过后会显示")
            messages.success(request, said)
            return go(reverse("shop:post", args=[post_id]))
        except Refusal as refusal:
            if refusal.kind in (Kind.UNAUTHENTICATED, Kind.MISSING):
                raise
            problem, status = _plain(refusal), status_of(refusal)
    return _write_page(request, door, actor, problem=problem, status=status)


@require_safe
def post_picture(
    request: HttpRequest, post_id: uuid.UUID, media_id: uuid.UUID, name: str
) -> HttpResponseBase:
    """A picture that is not for everybody, for who may read its post; five queries at most."""
    return send_private(picture_path(post_id, media_id, name=name, by=actor_of(request)))


@require_POST
def react_to(request: HttpRequest, post_id: uuid.UUID) -> HttpResponse:
    """A tap on an emoji; HTMX gets the row of buttons back."""
    actor = require_member(request)
    react(post_id, emoji=request.POST.get("emoji", "")[:8], by=actor)
    return _after_tap(request, post_id, by=actor)


@require_POST
def keep(request: HttpRequest, post_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    bookmark(post_id, is_kept=request.POST.get("keep") == "1", by=actor)
    return _after_tap(request, post_id, by=actor)


@require_POST
def vote(request: HttpRequest, post_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    option_id = uuid_from(request.POST.get("option"))
    if option_id is None:
        raise NotFound()
    return act_on_post(request, post_id, lambda: cast_vote(post_id, option_id, by=actor))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, post_id: uuid.UUID) -> HttpResponse:
    """Other words for one's own post."""
    actor = require_member(request)
    found = post_view(post_id, by=actor)
    if not actor.owns(found.author_id):
        raise NotFound()
    problem, status = "", 200
    if request.method == "POST":
        try:
            change_post(
                post_id,
                title=request.POST.get("title", "")[:200],
                text=request.POST.get("text", "")[:20_000],
                version=_number(request.POST.get("version")),
                by=actor,
            )
            messages.success(request, _("改好了"))
            return go(reverse("shop:post", args=[post_id]))
        except Refusal as refusal:
            if refusal.kind is Kind.MISSING:
                raise
            problem, status = _plain(refusal), status_of(refusal)
    values = {
        "post": found,
        "title": request.POST.get("title", found.title),
        "text": request.POST.get("text", found.text),
        "problem": problem,
        "pictures": list(media_by_ids(found.media_ids).values()),
        "behind": pictures_page(post_id),
    }
    return show(request, "shop/post_edit.html", values, tab=TAB, status=status)


@require_safe
def history(request: HttpRequest, post_id: uuid.UUID) -> HttpResponse:
    """What a post said before it was edited; for everybody who may read it."""
    found = post_view(post_id, by=actor_of(request))
    rows = [{"version": one, "when": ago(one.at)} for one in versions_of(post_id)]
    return show(request, "shop/post_history.html", {"post": found, "rows": rows}, tab=TAB)


@require_POST
def remove(request: HttpRequest, post_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    door = door_of_id(post_view(post_id, by=actor).community_id, by=actor)
    delete_post(post_id, by=actor)
    messages.success(request, _("删掉了"))
    return go(reverse("shop:community", args=[door.community.handle]))


@require_POST
def moderate(request: HttpRequest, post_id: uuid.UUID) -> HttpResponse:
    """Pin, announce, hide, show; the operations ask who may."""
    actor, verb = require_member(request), request.POST.get("verb", "")
    acts: dict[str, Callable[[], Any]] = {
        "pin": lambda: pin_post(post_id, is_pinned=True, by=actor),
        "unpin": lambda: pin_post(post_id, is_pinned=False, by=actor),
        "announce": lambda: announce_post(post_id, by=actor),
        "hide": lambda: take_down("post", post_id, by=actor, reason=request.POST.get("reason", "")[:400]),
        "show": lambda: let_show("post", post_id, by=actor),
    }
    if verb not in acts:
        raise NotFound()
    return act_on_post(request, post_id, acts[verb])


def _form(request: HttpRequest, door: Door, *, by: Actor) -> PostForm:
    sent = request.POST
    kind = next((one for one in PostKind if one.value == sent.get("kind")), PostKind.TALK)
    options = tuple(text.strip() for text in sent.getlist("option")[:8] if text.strip())
    days = min(max(_number(sent.get("poll_days")) or POLL_DAYS, 1), 30)
    return PostForm(
        community_id=door.community.id,
        channel_id=uuid_from(sent.get("channel")),
        kind=kind,
        title=sent.get("title", "")[:200],
        text=sent.get("text", "")[:20_000],
        media_ids=keep_pictures(_pictures(request), by=by),
        refs=tuple(_refs(sent.getlist("ref"))),
        poll=PollForm(options, clock.now() + timedelta(days=days), sent.get("poll_open") != "1")
        if kind is PostKind.POLL
        else None,
        order_line_id=uuid_from(sent.get("order_line")) if kind is PostKind.SHOW else None,
    )


def _pictures(request: HttpRequest) -> list[bytes]:
    """Raises NotAnImage before anything that large is read."""
    files = request.FILES.getlist("pictures")[:PICTURES_MAX]
    for file in files:
        if (file.size or 0) > IMAGE_BYTES_MAX:
            raise NotAnImage(size=file.size)
    return [file.read() for file in files]


def _refs(texts: list[str]) -> list[Ref]:
    """`team:…` and `product:…`; a line of the form that is empty says nothing."""
    found = []
    for text in texts[:6]:
        kind, _sign, key = text.partition(":")
        if not key:
            continue
        ref_id = uuid_from(key)
        if kind not in (RefKind.PRODUCT.value, RefKind.TEAM.value) or ref_id is None:
            raise NotFound()
        found.append(Ref(RefKind(kind), ref_id))
    return found


def _write_page(request: HttpRequest, door: Door, actor: Actor, *, problem: str, status: int) -> HttpResponse:
    bought = bought_goods(by=actor)
    teams = [team for team in teams_of_member(actor.require_member()) if team.state is TeamState.FORMING]
    goods = cards_by_ids([*dict.fromkeys(one.product_id for one in bought), *(t.product_id for t in teams)])
    kinds = [PostKind.TALK, PostKind.QUESTION, PostKind.POLL, PostKind.SHOW]
    if door.membership is not None and door.membership.is_staff:
        kinds.append(PostKind.NOTICE)
    asked = request.POST.get("kind") or request.GET.get("kind") or PostKind.TALK.value
    values = {
        "door": door,
        "community": door.community,
        "kinds": [
            {"value": one.value, "words": kind_words(one), "is_on": one.value == asked} for one in kinds
        ],
        "kind": asked,
        "channels": channels_of(door.community.id),
        "bought": bought[:GOODS_OFFERED],
        "goods": [(f"product:{key}", card.title) for key, card in goods.items()][:GOODS_OFFERED],
        "teams": [
            (f"team:{team.id}", goods[team.product_id].title, team.missing_count)
            for team in teams
            if team.product_id in goods
        ],
        "options": [*request.POST.getlist("option"), "", "", "", ""][:4],
        "given": request.POST,
        "topic": request.GET.get("topic", "")[:24],
        "key": request.POST.get("key") or new_post_key(),
        "problem": problem,
    }
    return show(request, "shop/post_write.html", values, tab=TAB, status=status)


def _after_tap(request: HttpRequest, post_id: uuid.UUID, *, by: Actor) -> HttpResponse:
    found = post_view(post_id, by=by)
    if is_swap(request):
        door = door_of_id(found.community_id, by=by)
        card = post_cards([found], by=by, community=door.community)[0]
        return show_part(request, "shop/parts/post_actions.html", {"card": card})
    return go(safe_next(request, default=reverse("shop:post", args=[post_id])))


def _may_talk(door: Door, found: PostView) -> bool:
    return door.membership is not None and door.community.is_open and found.state is Visibility.SHOWN


def _share_card(found: PostView, door: Door) -> ShareCard | None:
    """Nothing unfurls that strangers could not read anyway."""
    if door.community.form.openness is not Openness.PUBLIC or found.state is not Visibility.SHOWN:
        return None
    cover = media_by_ids(found.media_ids[:1]).get(found.media_ids[0]) if found.media_ids else None
    return ShareCard(
        title=found.title or excerpt_of(found.text, length=40) or door.community.name,
        description=excerpt_of(found.text, length=100) or door.community.form.promise,
        url=absolute(reverse("shop:post", args=[found.id])),
        image=absolute(still(cover)) if cover is not None and cover.is_public else "",
    )


def _plain(refusal: Refusal) -> str:
    """The reason alone: the form itself shows which field it is about."""
    reason = refusal.facts.get("reason")
    return str(reason) if isinstance(refusal, BadPost) and reason else words_of(refusal)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0
