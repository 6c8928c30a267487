"""Campaign pages: a theme, blocks, and what takes part in them."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.campaigns.public import (
    IDS_MAX,
    Arm,
    Block,
    BlockKind,
    CampaignState,
    CampaignView,
    campaign_of_slug,
    is_running,
    note_sight,
    running_campaigns,
)
from jishi.modules.catalog.public import cards_by_ids
from jishi.modules.notes.public import cards_of_notes, newest_of_topics
from jishi.modules.plays.group_buy.public import OfferView, is_selling, offers_by_ids
from jishi.modules.plays.life.public import PlayKind, PlayView, plays_by_ids
from jishi.modules.plays.life.public import is_running as is_play_running
from jishi.modules.promotions.public import batches_by_ids
from jishi.platform.http import actor_of
from jishi.surfaces.memo import Memo
from jishi.surfaces.shop.cards import goods_markup
from jishi.surfaces.shop.coupons import coupon_tile
from jishi.surfaces.shop.feed import note_markup
from jishi.surfaces.shop.frame import ShareCard, absolute, show

CAMPAIGNS_ON_HOME = 2
NOTES_SHOWN = 8
KEPT_SECONDS = 2.0
PEOPLE_KEPT = 5_000
_PAGES = {
    PlayKind.BARGAIN: "shop:bargains",
    PlayKind.RED_PACKET: "shop:packets",
}
_kept: tuple[float, list[CampaignView]] | None = None
_arms: Memo[tuple[object, ...], Arm] = Memo(size=PEOPLE_KEPT)
_PAGES_BY_ID = {PlayKind.FLASH_SALE: "shop:flash_session", PlayKind.LUCKY_DRAW: "shop:draw"}


@xframe_options_sameorigin
@require_safe
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; fifteen queries at most, however many blocks. Staff who edit plays see drafts too."""
    actor = actor_of(request)
    found = campaign_of_slug(slug)
    is_preview = actor.may("plays.edit") and not is_running(found, now=clock.now())
    if found.state is CampaignState.DRAFT and not is_preview:
        raise NotFound()
    if not is_preview and is_running(found, now=clock.now()):
        note_sight(found, member_id=actor.id, visitor_id=actor.visitor_id, came_by_address=True)
    values = {
        "campaign": found,
        "mode": _mode(found),
        "is_preview": is_preview,
        "blocks": _blocks(found, by=actor),
        "share": ShareCard(
            title=found.name,
            description=found.headline,
            url=absolute(reverse("shop:campaign", args=[found.slug])),
        ),
    }
    return show(request, "shop/campaign.html", values)


def campaign_banners(request: HttpRequest) -> list[CampaignView]:
    """The campaigns that the front page shows to this person: not those they are held out of.

    The campaigns are read again every two seconds in each process. The first sight of a person is written down, one
    statement for each campaign; the arm of those seen before is remembered.
    """
    actor = actor_of(request)
    now = clock.now()
    return [
        found
        for found in campaigns_kept()
        if is_running(found, now=now) and _arm_on_home(found, actor) is Arm.SHOWN
    ]


def campaigns_kept() -> list[CampaignView]:
    """Those that run, read again every two seconds."""
    global _kept  # noqa: PLW0603  (the one thing remembered here)
    now = clock.monotonic_seconds()
    kept = _kept
    if kept is None or now - kept[0] > KEPT_SECONDS:
        kept = (now, running_campaigns(limit=CAMPAIGNS_ON_HOME))
        _kept = kept
    return kept[1]


def forget_campaigns() -> None:
    global _kept  # noqa: PLW0603
    _kept = None
    _arms.clear()


def _arm_on_home(found: CampaignView, actor: Actor) -> Arm:
    """The same person stands in the same arm as long as the holdout's share stays; their sight is noted already."""
    key = (found.id, found.holdout_bps, actor.id, actor.visitor_id)
    return _arms.get(
        key,
        lambda: note_sight(found, member_id=actor.id, visitor_id=actor.visitor_id, came_by_address=False),
    )


def _mode(found: CampaignView) -> str:
    """soon, open, over."""
    now = clock.now()
    if now < found.opens_at:
        return "soon"
    return "open" if is_running(found, now=now) else "over"


def _blocks(found: CampaignView, *, by: Actor) -> list[dict[str, Any]]:
    """What each block shows, looked up for all of them together."""
    cards = cards_by_ids(list(found.product_ids))
    markup = dict(zip(cards, goods_markup(list(cards.values())), strict=True))
    plays = plays_by_ids(found.play_ids)
    offers = offers_by_ids([one for one in found.play_ids if one not in plays])
    tiles = {one: tile_of_play(play) for one, play in plays.items()}
    tiles |= tiles_of_offers(offers)
    batches = batches_by_ids([one for b in found.blocks if b.kind is BlockKind.COUPONS for one in b.ids])
    coupons = {one: coupon_tile(batch) for one, batch in batches.items() if batch.is_open}
    notes = notes_of_blocks(found.blocks, by=by)
    shown = [
        _block(block, markup=markup, tiles=tiles, coupons=coupons) | {"notes": notes.get(place, [])}
        for place, block in enumerate(found.blocks)
    ]
    for block in shown:
        block["is_empty"] = block["is_empty"] and not block["notes"]
    return [block for block in shown if not block["is_empty"]]


def _block(
    block: Block,
    *,
    markup: Mapping[uuid.UUID, Any],
    tiles: Mapping[uuid.UUID, Any],
    coupons: Mapping[uuid.UUID, Any],
) -> dict[str, Any]:
    goods = [markup[one] for one in block.ids if one in markup]
    plays = [tiles[one] for one in block.ids if one in tiles]
    handed = [coupons[one] for one in block.ids if one in coupons]
    needs_ids = block.kind in IDS_MAX
    return {
        "kind": block.kind.value,
        "title": block.title,
        "topic": block.topic,
        "paragraphs": [part for part in block.text.splitlines() if part.strip()],
        "goods": goods,
        "plays": plays,
        "coupons": handed,
        "is_empty": needs_ids and not goods and not plays and not handed,
    }


def notes_of_blocks(blocks: Sequence[Block], *, by: Actor) -> dict[int, list[SafeString]]:
    """Cards by the place of the block: the chosen notes that can be seen, then the newest of the topic; six queries at most."""
    wanted = {place: block for place, block in enumerate(blocks) if block.kind is BlockKind.NOTES}
    chosen = cards_of_notes(one for block in wanted.values() for one in block.ids) if wanted else {}
    newest = newest_of_topics((block.topic for block in wanted.values() if block.topic), each=NOTES_SHOWN)
    cards = {
        place: list(
            {
                card.id: card
                for card in (
                    *(chosen[one] for one in block.ids if one in chosen),
                    *newest.get(block.topic, [])[: max(0, NOTES_SHOWN - len(block.ids))],
                )
            }.values()
        )
        for place, block in wanted.items()
    }
    every = list({card.id: card for found in cards.values() for card in found}.values())
    markup = dict(zip((card.id for card in every), note_markup(every, by=by), strict=True))
    return {place: [markup[card.id] for card in found] for place, found in cards.items()}


def tile_of_play(play: PlayView) -> dict[str, Any]:
    page = _PAGES_BY_ID.get(play.kind)
    return {
        "kind": play.kind.value,
        "name": play.name,
        "url": reverse(page, args=[play.id]) if page else reverse(_PAGES[play.kind]),
        "opens_at": play.opens_at,
        "closes_at": play.closes_at,
        "is_open": is_play_running(play, now=clock.now()),
        "is_over": play.closes_at <= clock.now(),
        "image": "",
        "price_minor": None,
    }


def tiles_of_offers(offers: Mapping[uuid.UUID, OfferView]) -> dict[uuid.UUID, dict[str, Any]]:
    cards = cards_by_ids(_product_ids(list(offers.values())))
    return {
        offer.id: {
            "kind": "group_buy",
            "name": offer.name,
            "url": reverse("shop:product", args=[cards[offer.product_id].handle]),
            "opens_at": offer.opens_at,
            "closes_at": offer.closes_at,
            "is_open": is_selling(offer, now=clock.now()),
            "is_over": offer.closes_at <= clock.now(),
            "image": cards[offer.product_id].cover_address,
            "price_minor": offer.min_price_minor,
            "label": _("%(size)d 人团") % {"size": offer.team_size},
        }
        for offer in offers.values()
        if offer.product_id in cards
    }


def _product_ids(offers: Sequence[OfferView]) -> list[uuid.UUID]:
    return list(dict.fromkeys(offer.product_id for offer in offers))
