"""The feed as a waterfall of cards: discover, following, near; why a card is there; what one agrees to."""

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.notes import agree_to_feed
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.catalog.public import ProductCard, cards_by_ids
from jishi.modules.media.public import MediaView, media_by_ids
from jishi.modules.notes.public import (
    Arm,
    Consent,
    FeedKind,
    NoteCard,
    Scored,
    arm_of,
    cards_of_notes,
    consent_of,
    discover,
    explain,
    following,
    near,
    note_exposures,
)
from jishi.modules.people.public import Person, people_by_ids
from jishi.platform.http import actor_of
from jishi.platform.paging import offset_cursor, offset_of
from jishi.surfaces import note_words
from jishi.surfaces.shop.frame import ShareCard, absolute, go, is_swap, require_member, show, show_part
from jishi.surfaces.templatetags.chrome import kept_markup

PAGE_LENGTH, ON_HOME = 20, 8
FOLLOWING_MAX = 200


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """At most nine queries, whatever is stored."""
    kind = _kind(request.GET.get("tab", ""))
    actor = require_member(request) if kind is not FeedKind.DISCOVER else actor_of(request)
    start = offset_of(request.GET.get("cursor", ""))
    consent = consent_of(actor.require_member()) if actor.is_member and not is_swap(request) else Consent()
    cards, has_more = _page(kind, by=actor, start=start)
    query = {"tab": kind.value, "cursor": offset_cursor(start + PAGE_LENGTH)}
    values: dict[str, Any] = {
        "notes": note_markup(cards, by=actor),
        "next_url": f"{reverse('shop:feed')}?{urlencode(query)}" if has_more else None,
    }
    if is_swap(request):
        return show_part(request, "shop/parts/note_list.html", values)
    values |= {
        "kind": kind.value,
        "feed_tabs": _tabs(kind),
        "consent": consent,
        "share": ShareCard(
            title=_("邻居们的笔记"), description=_("买过的人说给你听"), url=absolute(reverse("shop:feed"))
        ),
    }
    return show(request, "shop/feed.html", values, tab="home")


@require_safe
def why(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    """The factors of a card, as they were multiplied for this reader."""
    found = explain(note_id, by=actor_of(request))
    if found is None:
        raise NotFound()
    values = {
        "reason": note_words.reason_words(found.reason),
        "rows": note_words.factor_rows(found),
        "score": round(found.score * 100, 1),
        "note_id": note_id,
        "is_sheet": is_swap(request),
    }
    if is_swap(request):
        return show_part(request, "shop/parts/why_sheet.html", values)
    return show(request, "shop/why.html", values)


@require_POST
def agree(request: HttpRequest) -> HttpResponse:
    """What the feed may use, said or taken back."""
    actor = require_member(request)
    wanted = request.POST
    consent = agree_to_feed(
        by=actor, is_personal=wanted.get("is_personal") == "on", is_near=wanted.get("is_near") == "on"
    )
    if consent.is_near and not consent.province:
        messages.info(request, _("记下了。填好默认收货地址，就能看同城的笔记"))
    else:
        messages.success(request, _("记下了，随时可以改"))
    return go(reverse("shop:feed"))


def home_notes(by: Actor) -> list[SafeString]:
    """For the front page."""
    return note_markup(_cards(discover(by=by, limit=ON_HOME)), by=by)


def note_markup(cards: Sequence[NoteCard], *, by: Actor) -> list[SafeString]:
    """A card each: media, people and goods in one query each; the markup is made once for what it shows."""
    if not cards:
        return []
    viewer = by.id or by.visitor_id
    arms = {card.id: arm_of(card.id, viewer) if card.has_test else Arm.A for card in cards}
    covers = {card.id: card.alt_media_id if arms[card.id] is Arm.B else card.cover_media_id for card in cards}
    media = media_by_ids(one for one in covers.values() if one)
    people = people_by_ids(card.author_id for card in cards)
    goods = cards_by_ids([card.first_product_id for card in cards if card.first_product_id])
    if viewer is not None:
        note_exposures([(card.id, arms[card.id]) for card in cards if card.has_test], viewer_id=viewer)
    return [
        _markup(
            card,
            arms[card.id],
            media.get(covers[card.id]) if covers[card.id] else None,  # type: ignore[arg-type]
            people.get(card.author_id),
            goods.get(card.first_product_id) if card.first_product_id else None,
        )
        for card in cards
    ]


def _markup(
    card: NoteCard, arm: Arm, cover: MediaView | None, author: Person | None, goods: ProductCard | None
) -> SafeString:
    key = (
        card.id,
        card.version,
        card.likes,
        arm,
        author.nickname if author else "",
        (goods.id, goods.stamp) if goods else None,
        (cover.id, len(cover.renditions), cover.is_public) if cover else None,
    )
    return kept_markup(
        "shop/parts/note_card.html",
        key,
        lambda: {
            "note": card,
            "title": card.alt_title if arm is Arm.B else card.title,
            "cover": cover,
            "author": author.nickname if author else _("邻居"),
            "goods": goods,
            "mark": note_words.cooperation_mark(card.cooperation),
        },
    )


def _page(kind: FeedKind, *, by: Actor, start: int) -> tuple[list[NoteCard], bool]:
    wanted = start + PAGE_LENGTH
    if kind is FeedKind.FOLLOWING:
        cards = following(by=by, limit=min(wanted + 1, FOLLOWING_MAX))
        return cards[start:wanted], len(cards) > wanted
    ranked = discover(by=by, limit=wanted + 1) if kind is FeedKind.DISCOVER else near(by=by, limit=wanted + 1)
    return _cards(ranked[start:wanted]), len(ranked) > wanted


def _cards(ranked: Sequence[Scored]) -> list[NoteCard]:
    found = cards_of_notes(one.candidate.id for one in ranked)
    return [found[one.candidate.id] for one in ranked if one.candidate.id in found]


def _kind(text: str) -> FeedKind:
    return FeedKind(text) if text in set(FeedKind) else FeedKind.DISCOVER


def _tabs(chosen: FeedKind) -> list[dict[str, Any]]:
    names = {FeedKind.FOLLOWING: _("关注"), FeedKind.DISCOVER: _("发现"), FeedKind.NEAR: _("附近")}
    return [
        {"label": label, "url": f"{reverse('shop:feed')}?tab={kind.value}", "is_on": kind is chosen}
        for kind, label in names.items()
    ]
