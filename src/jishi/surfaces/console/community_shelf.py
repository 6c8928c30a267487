"""What a community puts before its people: goods picked by picture, plays that run, in an order of one's own; and its cover."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jishi.flows.community import set_shelf
from jishi.flows.community_pictures import hang_cover
from jishi.kernel.errors import NotFound, Refusal
from jishi.modules.catalog.public import cards_by_ids, product_table
from jishi.modules.community.public import Ref, RefKind, door_of_id, shelf_of
from jishi.modules.plays.group_buy.public import offers_by_ids, selling_offers
from jishi.modules.plays.life.public import PlayKind, plays_by_ids, running_plays
from jishi.platform.files import IMAGE_BYTES_MAX, NotAnImage
from jishi.platform.http import actor_of
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.frame import show
from jishi.surfaces.refusals import words_of

PRODUCTS_SHOWN = 24
PLAYS_SHOWN = 30
_REF_OF_PLAY = {
    PlayKind.BARGAIN: RefKind.BARGAIN,
    PlayKind.FLASH_SALE: RefKind.FLASH_SALE,
    PlayKind.RED_PACKET: RefKind.PACKET,
    PlayKind.LUCKY_DRAW: RefKind.DRAW,
}


@guarded("community.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def community_shelf(request: HttpRequest, community_id: uuid.UUID) -> HttpResponse:
    """What stands there on the left, what could on the right; every tap keeps the whole order."""
    actor = actor_of(request)
    found = door_of_id(community_id, by=actor).community
    refs = shelf_of(community_id)
    if request.method == "POST":
        try:
            set_shelf(community_id, _after(refs, request), by=actor)
        except Refusal as refusal:
            messages.error(request, words_of(refusal))
        address = reverse("console:community_shelf", args=[community_id])
        asked = request.POST.get("q", "")[:80]
        return redirect(f"{address}?q={asked}" if asked else address)
    asked = request.GET.get("q", "")[:80]
    rows, _total = product_table(by=actor, text=asked, state="published", sort="-sold", limit=PRODUCTS_SHOWN)
    standing = set(refs)
    context = {
        "community": found,
        "rows": shelf_rows(refs),
        "search_text": asked,
        "products": [
            {
                "ref": _text(ref),
                "card": one.card,
                "is_there": ref in standing,
            }
            for one in rows
            for ref in [Ref(RefKind.PRODUCT, one.card.id)]
        ],
        "plays": [one for one in _plays() if one["key"] not in standing],
    }
    crumbs = [
        (_("社群"), reverse("console:communities")),
        (found.name, reverse("console:community", args=[community_id])),
    ]
    return show(
        request, "console/community_shelf.html", section="communities", context=context, crumbs=crumbs
    )


@guarded("community.edit")
@require_POST
def community_cover(request: HttpRequest, community_id: uuid.UUID) -> HttpResponse:
    """A picture in place of the drawn cover, or the drawn one again."""
    file = request.FILES.get("cover")
    try:
        if "remove" in request.POST:
            hang_cover(community_id, None, by=actor_of(request))
            messages.success(request, _("用回画的封面"))
        elif file is None:
            messages.warning(request, _("没有选图片"))
        else:
            if (file.size or 0) > IMAGE_BYTES_MAX:
                raise NotAnImage(size=file.size)
            hang_cover(community_id, file.read(), by=actor_of(request))
            messages.success(request, _("封面换好了"))
    except NotAnImage as refusal:
        messages.error(request, words_of(refusal))
    return redirect("console:community", community_id)


def shelf_rows(refs: Sequence[Ref]) -> list[dict[str, Any]]:
    """Every thing with a name, a picture where it has one, and what kind it is; three queries at most."""
    by_kind: dict[RefKind, list[uuid.UUID]] = {}
    for ref in refs:
        by_kind.setdefault(ref.kind, []).append(ref.id)
    offers = offers_by_ids(by_kind.get(RefKind.GROUP_BUY, []))
    goods = [*by_kind.get(RefKind.PRODUCT, []), *(one.product_id for one in offers.values())]
    cards = cards_by_ids(goods)
    plays = plays_by_ids([key for kind in _REF_OF_PLAY.values() for key in by_kind.get(kind, [])])
    rows = []
    for ref in refs:
        product_id = offers[ref.id].product_id if ref.id in offers else ref.id
        card, play = cards.get(product_id), plays.get(ref.id)
        rows.append(
            {
                "ref": _text(ref),
                "title": card.title if card else play.name if play else _("已下架"),
                "cover": card.cover_address if card else "",
                "kind": kind_words(ref.kind),
            }
        )
    return rows


def kind_words(kind: RefKind) -> str:
    return {
        RefKind.PRODUCT: _("商品"),
        RefKind.TEAM: _("团"),
        RefKind.GROUP_BUY: _("拼团"),
        RefKind.BARGAIN: _("砍价"),
        RefKind.FLASH_SALE: _("秒杀"),
        RefKind.COUPON: _("券"),
        RefKind.PACKET: _("红包"),
        RefKind.DRAW: _("抽奖"),
    }[kind]


def _plays() -> list[dict[str, Any]]:
    """Plays that run now; six queries."""
    offers = selling_offers(limit=PLAYS_SHOWN)
    cards = cards_by_ids([one.product_id for one in offers])
    found = [
        (Ref(RefKind.GROUP_BUY, one.id), cards[one.product_id].title)
        for one in offers
        if one.product_id in cards
    ]
    for kind, ref_kind in _REF_OF_PLAY.items():
        found += [(Ref(ref_kind, one.id), one.name) for one in running_plays(kind=kind, limit=PLAYS_SHOWN)]
    return [
        {"key": ref, "ref": _text(ref), "title": title, "kind": kind_words(ref.kind)} for ref, title in found
    ]


def _after(refs: Sequence[Ref], request: HttpRequest) -> list[Ref]:
    """The shelf after one tap: add, remove, up, down. Raises NotFound."""
    verb, ref = request.POST.get("verb", ""), _ref(request.POST.get("ref", ""))
    wanted = list(refs)
    if verb == "add":
        return wanted if ref in wanted else [*wanted, ref]
    if ref not in wanted or verb not in ("remove", "up", "down"):
        raise NotFound()
    place = wanted.index(ref)
    wanted.remove(ref)
    if verb != "remove":
        wanted.insert(max(0, place - 1) if verb == "up" else place + 1, ref)
    return wanted


def _ref(text: str) -> Ref:
    kind, _sign, key = text.partition(":")
    try:
        return Ref(RefKind(kind), uuid.UUID(key))
    except ValueError as error:
        raise NotFound() from error


def _text(ref: Ref) -> str:
    return f"{ref.kind.value}:{ref.id}"


def moved(ids: Sequence[uuid.UUID], wanted: uuid.UUID, *, by: int) -> list[uuid.UUID]:
    """The same ids with one of them a place earlier or later. Raises NotFound."""
    if wanted not in ids:
        raise NotFound()
    rest = [one for one in ids if one != wanted]
    rest.insert(max(0, list(ids).index(wanted) + by), wanted)
    return rest
