"""Sharing: links that remember who sent them, the sheet with QR and poster, and arriving by a link or a source."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jishi.kernel import clock
from jishi.kernel.errors import NotFound
from jishi.modules.catalog.public import cards_by_ids
from jishi.modules.media.public import media_by_ids
from jishi.modules.notes.public import cards_of_notes, note_share
from jishi.modules.people.public import meet_visitor, people_by_ids
from jishi.modules.plays.bargain.public import bargain_view
from jishi.modules.plays.group_buy.public import TeamView, team_view
from jishi.modules.plays.life.public import play_view
from jishi.modules.plays.red_packet.public import packet_view
from jishi.modules.sharing.public import (
    WINDOW_DAYS,
    Channel,
    LinkUnknown,
    LinkView,
    TargetKind,
    credits_table,
    figures_of_sharer,
    link_of_code,
    record_touch,
    share,
)
from jishi.platform.http import actor_of
from jishi.surfaces.shop.frame import absolute, go, is_swap, require_member, show, show_part, visitor_of
from jishi.surfaces.shop.words import team_call
from jishi.surfaces.templatetags.pictures import still

SOURCE_PARAMETERS = ("utm_source", "source")
CREDITS_SHOWN = 30
WITH_POSTER = frozenset({TargetKind.PRODUCT, TargetKind.TEAM, TargetKind.BARGAIN})

_PAGES = {
    TargetKind.TEAM: "shop:team",
    TargetKind.BARGAIN: "shop:bargain",
    TargetKind.PACKET: "shop:packet",
    TargetKind.DRAW: "shop:draw",
    TargetKind.NOTE: "shop:note",
}


class SourceMiddleware:
    """`?utm_source=` or `?source=` on any page of the shop is noted as where the visitor came from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "GET" and "source=" in request.META.get("QUERY_STRING", ""):
            self._note(request)
        return self.get_response(request)

    def _note(self, request: HttpRequest) -> None:
        source = next((request.GET[name] for name in SOURCE_PARAMETERS if request.GET.get(name)), "")
        actor = actor_of(request)
        if source and actor.visitor_id is not None and not request.path.startswith(("/api/", "/console/")):
            meet_visitor(actor.visitor_id)
            record_touch(visitor_id=actor.visitor_id, member_id=actor.id, source=source)


@require_safe
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody came by a person's link: remember it, then show what the link is about."""
    link = link_of_code(code)
    if link is None:
        raise LinkUnknown()
    visitor_id = visitor_of(request)
    meet_visitor(visitor_id)
    record_touch(visitor_id=visitor_id, member_id=actor_of(request).id, code=code)
    return go(target_address(link))


@require_safe
def sheet(request: HttpRequest, kind: str, target_id: uuid.UUID | None = None) -> HttpResponse:
    """The sharer's own link with its QR and poster; a sheet for HTMX, a page without a script."""
    actor = require_member(request)
    target = _kind(kind)
    values = _sheet_values(target, target_id)
    link = share(by=actor, target_kind=target, target_id=target_id, channel=Channel.LINK)
    if target is TargetKind.NOTE and target_id:
        note_share(target_id)
    poster = (
        share(by=actor, target_kind=target, target_id=target_id, channel=Channel.POSTER)
        if target_id and target in WITH_POSTER
        else None
    )
    url = absolute(reverse("shop:follow", args=[link.code]))
    values |= {
        "url": url,
        "qr": qr_markup(url),
        "poster_url": reverse("shop:poster", args=[poster.code]) if poster else "",
        "back": target_address(link),
    }
    if is_swap(request):
        return show_part(request, "shop/parts/share_sheet.html", values | {"is_sheet": True})
    return show(request, "shop/share.html", values, tab="me")


@require_safe
def my_shares(request: HttpRequest) -> HttpResponse:
    """What one's sharing brought in the last thirty days, with the orders behind it."""
    actor = require_member(request)
    member_id = actor.require_member()
    until = clock.now()
    since = until - timedelta(days=WINDOW_DAYS)
    credits = credits_table(since=since, until=until, sharer_id=member_id, limit=CREDITS_SHOWN)
    buyers = people_by_ids(credit.buyer_id for credit in credits)
    values = {
        "figures": figures_of_sharer(member_id, since=since, until=until),
        "days": WINDOW_DAYS,
        "credits": [
            {"row": credit, "buyer": buyers[credit.buyer_id].nickname if credit.buyer_id in buyers else ""}
            for credit in credits
        ],
    }
    return show(request, "shop/my_shares.html", values, tab="me")


def team_share(request: HttpRequest, team: TeamView) -> dict[str, Any]:
    """What the share buttons of a team need; the link is the actor's own."""
    link = share(by=actor_of(request), target_kind=TargetKind.TEAM, target_id=team.id, channel=Channel.NATIVE)
    title = cards_by_ids([team.product_id])[team.product_id].title
    return {
        "url": absolute(reverse("shop:follow", args=[link.code])),
        "title": title,
        "text": team_call(team),
        "sheet_url": reverse("shop:share_target", args=["team", team.id]),
    }


def target_address(link: LinkView) -> str:
    """The page that a link is about. Raises NotFound when it is gone."""
    page = _PAGES.get(link.target_kind)
    if page and link.target_id:
        return reverse(page, args=[link.target_id])
    if link.target_kind is TargetKind.PRODUCT and link.target_id:
        card = cards_by_ids([link.target_id]).get(link.target_id)
        if card is None:
            raise NotFound()
        return reverse("shop:product", args=[card.handle])
    return reverse("shop:home")


def qr_markup(url: str) -> str:
    """An inline SVG; segno writes nothing of the address into it but the code itself."""
    svg = segno.make(url, error="m").svg_inline(scale=5, border=2, dark="#1f1b16", omitsize=True)
    return mark_safe(svg)


def _kind(text: str) -> TargetKind:
    try:
        return TargetKind(text)
    except ValueError as error:
        raise NotFound() from error


def _sheet_values(target: TargetKind, target_id: uuid.UUID | None) -> dict[str, Any]:
    """Raises NotFound for something that is not there to be shared."""
    if target is TargetKind.SHOP:
        return {"title": _("集市 · 和邻居一起买"), "text": _("时令好物，凑满就发，凑不满就退。"), "image": ""}
    if target_id is None:
        raise NotFound()
    if target is TargetKind.TEAM:
        found = team_view(target_id)
        card = cards_by_ids([found.product_id])[found.product_id]
        text = team_call(found)
        return {"title": card.title, "text": text, "image": card.cover_address}
    if target is TargetKind.BARGAIN:
        bargain = bargain_view(target_id)
        card = cards_by_ids([bargain.product_id])[bargain.product_id]
        text = _("还差 %(slots)d 刀到底价，帮我砍一刀？") % {"slots": bargain.slots_left}
        return {"title": card.title, "text": text, "image": card.cover_address}
    if target is TargetKind.PACKET:
        greeting = packet_view(target_id).greeting or _("恭喜发财，大吉大利")
        return {"title": greeting, "text": _("拆红包啦，先到先得"), "image": ""}
    if target is TargetKind.DRAW:
        return {"title": play_view(target_id).name, "text": _("抽奖的概率都写着，谁都能验"), "image": ""}
    return _note_values(target_id) if target is TargetKind.NOTE else _product_values(target_id)


def _note_values(note_id: uuid.UUID) -> dict[str, Any]:
    """Published notes only."""
    note = cards_of_notes([note_id]).get(note_id)
    if note is None:
        raise NotFound()
    cover = media_by_ids([note.cover_media_id]).get(note.cover_media_id) if note.cover_media_id else None
    return {"title": note.title, "text": _("邻居的笔记，图上的东西可以直接买"), "image": still(cover)}


def _product_values(product_id: uuid.UUID) -> dict[str, Any]:
    product = cards_by_ids([product_id]).get(product_id)
    if product is None:
        raise NotFound()
    return {"title": product.title, "text": product.subtitle, "image": product.cover_address}
