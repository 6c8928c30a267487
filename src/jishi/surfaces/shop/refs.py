"""Goods, teams, plays and coupons inside a post or on a shelf: cards by kind and id, a constant number of queries."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.catalog.public import ProductCard, cards_by_ids
from jishi.modules.community.public import Ref, RefKind
from jishi.modules.plays.group_buy.public import TeamState, offers_by_ids, team_prices, teams_by_ids
from jishi.modules.plays.life.public import plays_by_ids
from jishi.modules.promotions.public import CouponWay, claimable_batches, counts_of_member
from jishi.surfaces.price_words import offer_words
from jishi.surfaces.shop.campaigns import tile_of_play, tiles_of_offers
from jishi.surfaces.shop.cards import team_cards

REFS_MAX = 300
_PLAYS = (RefKind.BARGAIN, RefKind.FLASH_SALE, RefKind.PACKET, RefKind.DRAW)


@dataclass(frozen=True, slots=True)
class CouponCard:
    id: uuid.UUID
    label: str
    words: str
    is_mine: bool


def ref_markup(refs: Iterable[Ref]) -> dict[Ref, SafeString]:
    """A card for each that is still there: at most nine queries however many, none without any. Not for coupons."""
    wanted: dict[RefKind, list[uuid.UUID]] = {}
    for ref in list(dict.fromkeys(refs))[:REFS_MAX]:
        wanted.setdefault(ref.kind, []).append(ref.id)
    found: dict[Ref, SafeString] = {}
    if RefKind.PRODUCT in wanted:
        found |= _goods(wanted[RefKind.PRODUCT])
    if RefKind.TEAM in wanted:
        found |= _teams(wanted[RefKind.TEAM])
    if RefKind.GROUP_BUY in wanted:
        tiles = tiles_of_offers(offers_by_ids(wanted[RefKind.GROUP_BUY]))
        found |= {Ref(RefKind.GROUP_BUY, key): _tile(tile) for key, tile in tiles.items()}
    plays = {one: kind for kind in _PLAYS for one in wanted.get(kind, [])}
    if plays:
        for key, play in plays_by_ids(plays).items():
            found[Ref(plays[key], key)] = _tile(tile_of_play(play))
    return found


def coupon_cards(community_id: uuid.UUID, *, by: Actor) -> list[CouponCard]:
    """What the community hands out to its members now; two queries."""
    batches = [
        one for one in claimable_batches(ways=[CouponWay.COMMUNITY]) if one.community_id == community_id
    ]
    if not batches:
        return []
    had = counts_of_member(by.id, [one.id for one in batches]) if by.is_member and by.id else {}
    return [
        CouponCard(one.id, one.offer.label, offer_words(one.offer), bool(had.get(one.id))) for one in batches
    ]


def _goods(product_ids: list[uuid.UUID]) -> dict[Ref, SafeString]:
    cards = cards_by_ids(product_ids)
    prices = team_prices(list(cards))
    return {
        Ref(RefKind.PRODUCT, key): render_to_string(
            "shop/parts/ref_product.html", {"product": _product(card, prices.get(key))}
        )
        for key, card in cards.items()
    }


def _product(card: ProductCard, team: Any) -> dict[str, Any]:
    return {
        "url": reverse("shop:product", args=[card.handle]),
        "title": card.title,
        "image": card.cover_address,
        "price_minor": team.price_minor if team else card.min_price_minor,
        "was_minor": card.min_price_minor if team else None,
        "size": team.team_size if team else None,
        "sold": card.sold_count,
    }


def _teams(team_ids: list[uuid.UUID]) -> dict[Ref, SafeString]:
    """Teams that still wait for people; one that is over is left out."""
    teams = [
        team
        for team in teams_by_ids(team_ids).values()
        if team.state is TeamState.FORMING and team.deadline > clock.now()
    ]
    cards = {card.url: card for card in team_cards(teams)}
    return {
        Ref(RefKind.TEAM, team.id): cards[url].as_card
        for team in teams
        if (url := reverse("shop:team", args=[team.id])) in cards
    }


def _tile(tile: dict[str, Any]) -> SafeString:
    return render_to_string("shop/parts/play_tile.html", {"play": tile})
