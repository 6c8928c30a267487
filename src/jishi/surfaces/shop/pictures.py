"""Pictures made on demand: the poster of a share link and the cards that unfurl, kept in memory per version."""

import uuid
from collections.abc import Callable

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from jishi.kernel.errors import NotFound
from jishi.kernel.money import format_minor
from jishi.modules.catalog.public import ProductCard, cards_by_ids, product_id_of
from jishi.modules.people.public import people_by_ids, person
from jishi.modules.plays.bargain.public import bargain_view
from jishi.modules.plays.group_buy.public import TeamState, offer_view, team_prices, team_view
from jishi.modules.sharing.public import LinkUnknown, TargetKind, link_of_code
from jishi.platform.files import path_of
from jishi.surfaces.memo import Memo
from jishi.surfaces.shop.cards import by_leader
from jishi.surfaces.shop.drawing import (
    Words,
    draw_poster,
    draw_share_card,
    picture_as_data,
    svg_as_data,
)
from jishi.surfaces.shop.frame import absolute
from jishi.surfaces.shop.words import team_words

PICTURES_KEPT = 96
CARD_SECONDS = 300

_kept: Memo[tuple[object, ...], bytes] = Memo(size=PICTURES_KEPT)


@require_safe
@cache_control(public=True, max_age=CARD_SECONDS)
def product_card_picture(request: HttpRequest, handle: str) -> HttpResponse:
    card = _card_of(product_id_of(handle))
    words = _words_of_product(card)
    return _png(request, card, words, lambda picture: draw_share_card(words, picture=picture), "card")


@require_safe
@cache_control(public=True, max_age=60)
def team_card_picture(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    card, words = _words_of_team(team_id)
    return _png(request, card, words, lambda picture: draw_share_card(words, picture=picture), "card")


@require_safe
@cache_control(private=True, max_age=60)
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """The poster of somebody's link; its code leads through the link, so who scans it is remembered."""
    link = link_of_code(code)
    if link is None:
        raise LinkUnknown()
    if link.target_id is None or link.target_kind in (TargetKind.PACKET, TargetKind.DRAW):
        raise NotFound()
    if link.target_kind is TargetKind.TEAM:
        card, words = _words_of_team(link.target_id)
    else:
        is_bargain = link.target_kind is TargetKind.BARGAIN
        card = _card_of(bargain_view(link.target_id).product_id if is_bargain else link.target_id)
        words = _words_of_product(card)
    url = absolute(reverse("shop:follow", args=[code]))
    sharer = person(link.member_id).nickname

    def draw(picture: str) -> bytes:
        return draw_poster(
            words,
            picture=picture,
            url=url,
            sharer=sharer,
            invitation=_("%(name)s邀请你一起买") % {"name": sharer},
            hint=_("扫一扫"),
        )

    return _png(request, card, words, draw, url, sharer)


def _png(
    request: HttpRequest, card: ProductCard, words: Words, draw: Callable[[str], bytes], *more: object
) -> HttpResponse:
    key = (card.id, card.stamp, words, get_language(), *more)
    content = _kept.get(key, lambda: draw(_picture(request, card.cover_address)))
    return HttpResponse(content, content_type="image/png")


def _picture(request: HttpRequest, address: str) -> str:
    """The cover as a data address: a stored file, or what one of our own routes draws."""
    if path := path_of(address):
        try:
            with default_storage.open(path) as file:
                return picture_as_data(file.read())
        except OSError:
            return ""
    try:
        match = resolve(address)
    except Resolver404:
        return ""
    answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return svg_as_data(answer.content)


def _card_of(product_id: uuid.UUID) -> ProductCard:
    card = cards_by_ids([product_id]).get(product_id)
    if card is None:
        raise NotFound()
    return card


def _words_of_product(card: ProductCard) -> Words:
    single = format_minor(card.min_price_minor or 0, currency=card.currency)
    team = team_prices([card.id]).get(card.id)
    if team is None:
        return Words(title=card.title, price=single, was="", note=card.subtitle)
    return Words(
        title=card.title,
        price=format_minor(team.price_minor, currency=card.currency),
        was=single,
        note=_("%(size)d 人团，凑不满全额退") % {"size": team.team_size},
    )


def _words_of_team(team_id: uuid.UUID) -> tuple[ProductCard, Words]:
    team = team_view(team_id)
    card = _card_of(team.product_id)
    people = people_by_ids(seat.member_id for seat in team.seats)
    is_forming = team.state is TeamState.FORMING
    note = (
        _("%(size)d 人团 · 人够了，多来更便宜") % {"size": team.size}
        if team.is_assured
        else _("%(size)d 人团 · 还差 %(missing)d 席") % {"size": team.size, "missing": team.missing_count}
    )
    return card, Words(
        title=card.title,
        price=format_minor(offer_view(team.offer_id).min_price_minor, currency=card.currency),
        was=format_minor(card.min_price_minor or 0, currency=card.currency),
        note=note if is_forming else team_words(team.state),
        names=tuple(people[seat.member_id].nickname for seat in by_leader(team) if seat.member_id in people),
        empty_seats=team.free_count if is_forming else 0,
    )
