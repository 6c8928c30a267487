"""Making and publishing offers."""

import uuid
from dataclasses import asdict

from jishi.kernel import ids
from jishi.kernel.actor import Actor
from jishi.modules.catalog.public import variants_by_ids
from jishi.modules.plays.bargain import rules
from jishi.modules.plays.bargain.errors import BadBargain
from jishi.modules.plays.bargain.models import Offer
from jishi.modules.plays.bargain.queries import OfferView, has_running, offer_view
from jishi.modules.plays.bargain.types import BargainTerms
from jishi.modules.plays.life.public import (
    PlayHead,
    PlayKind,
    change_play,
    closing_play_ids,
    create_play,
    publish_play,
    settle_play,
)
from jishi.platform import locks, rush
from jishi.platform.transactions import in_transaction


@in_transaction
def create_offer(head: PlayHead, terms: BargainTerms, *, by: Actor) -> OfferView:
    """Write a draft. Raises BadPlay, BadBargain."""
    rules.check_terms(terms, start_minor=start_price_minor(terms.variant_id))
    play = create_play(PlayKind.BARGAIN, head, by=by, play_id=ids.new_id())
    Offer.objects.create(id=play.id, **asdict(terms))
    return offer_view(play.id)


@in_transaction
def change_offer(offer_id: uuid.UUID, head: PlayHead, terms: BargainTerms, *, by: Actor) -> OfferView:
    """Change a draft, or one that is scheduled. Raises BadPlay, BadBargain, PlayIsFixed."""
    rules.check_terms(terms, start_minor=start_price_minor(terms.variant_id))
    change_play(offer_id, head, by=by)
    offer = locks.lock_one(Offer, offer_id)
    Offer.objects.filter(id=offer_id).update(**asdict(terms))
    if offer.pool_id is not None:
        rush.resize_pool(pool_id=offer.pool_id, capacity=terms.units)
    return offer_view(offer_id)


@in_transaction
def publish_offer(offer_id: uuid.UUID, *, by: Actor) -> OfferView:
    """Open the doors, or schedule them; the units become a pool. Raises BadBargain when the price has moved."""
    play = publish_play(offer_id, by=by)
    offer = locks.lock_one(Offer, offer_id)
    start = start_price_minor(offer.variant_id)
    rules.check_terms(offer_view(offer_id).terms, start_minor=start)
    if play.budget_minor is not None and play.budget_minor < start - offer.floor_minor:
        raise BadBargain(field="budget_minor", reason="预算不够砍成一件，请提高预算或底价")
    offer.pool_id = rush.open_pool(purpose="bargain", capacity=offer.units, member_limit=offer.member_limit)
    offer.save(update_fields=["pool_id"])
    return offer_view(offer_id)


@in_transaction
def settle_offers() -> int:
    """Closed offers whose last bargain has ended are settled. Returns how many."""
    return sum(
        settle_play(offer_id)
        for offer_id in closing_play_ids(kind=PlayKind.BARGAIN)
        if not has_running(offer_id)
    )


def start_price_minor(variant_id: uuid.UUID) -> int:
    """Today's price of the variant. Raises BadBargain when it cannot be sold."""
    variant = variants_by_ids([variant_id]).get(variant_id)
    if variant is None:
        raise BadBargain(field="variant_id", reason="这个规格没有在卖")
    return variant.price_minor
