"""Making, publishing and closing offers."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.flow import advance
from jishi.modules.ledger.public import AccountKind, AccountRef, NewTransfer, post_transfers
from jishi.modules.plays.group_buy import rules
from jishi.modules.plays.group_buy.errors import OfferNotOpen
from jishi.modules.plays.group_buy.facts import OfferClosed, OfferPublished
from jishi.modules.plays.group_buy.models import Offer, OfferPrice, Team
from jishi.modules.plays.group_buy.queries.offers import offer_view
from jishi.modules.plays.group_buy.types import (
    Audience,
    LeaderBenefit,
    OfferState,
    OfferView,
    TeamState,
    Tier,
)
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

GRANTS = AccountRef(code="budget_grants", kind=AccountKind.LIABILITY)


@dataclass(frozen=True, slots=True)
class OfferForm:
    """What an operator decides about an offer. `prices` maps variants to group prices in minor units."""

    product_id: uuid.UUID
    name: str
    currency: str
    team_size: int
    team_hours: int
    member_limit: int
    leader_discount_minor: int
    budget_minor: int | None
    opens_at: datetime
    closes_at: datetime
    allows_merchant_completion: bool
    prices: dict[uuid.UUID, int]
    tiers: tuple[Tier, ...] = ()
    leader_benefit: LeaderBenefit = LeaderBenefit.DISCOUNT
    leader_points: int = 0
    audience: Audience = Audience.EVERYONE
    community_id: uuid.UUID | None = None


def budget_account(offer_id: uuid.UUID) -> AccountRef:
    return AccountRef(code=f"budget:group_buy:{offer_id}", kind=AccountKind.BUDGET, is_bounded=True)


@in_transaction
def create_offer(form: OfferForm, *, by: Actor) -> OfferView:
    """Write a draft. Raises BadOffer."""
    by.require("plays.edit")
    _check(form)
    offer = Offer.objects.create(id=ids.new_id(), state=OfferState.DRAFT.value, **_columns(form))
    _write_prices(offer, form)
    history.record_step(subject=("group_offer", offer.id), verb="create", by=by, after=offer.state)
    return offer_view(offer.id)


@in_transaction
def change_offer(offer_id: uuid.UUID, form: OfferForm, *, by: Actor) -> OfferView:
    """Change a draft or scheduled offer; what people already joined under never changes. Raises OfferNotOpen."""
    by.require("plays.edit")
    _check(form)
    offer = locks.lock_one(Offer, offer_id)
    if offer.state not in (OfferState.DRAFT.value, OfferState.SCHEDULED.value):
        raise OfferNotOpen(state=offer.state)
    for name, value in _columns(form).items():
        setattr(offer, name, value)
    offer.save()
    _write_prices(offer, form)
    history.record_step(
        subject=("group_offer", offer.id), verb="change", by=by, before=offer.state, after=offer.state
    )
    return offer_view(offer.id)


@in_transaction
def publish_offer(offer_id: uuid.UUID, *, by: Actor) -> OfferView:
    """Draft → open, or scheduled when its window has not begun; sets its budget aside in the ledger."""
    by.require("plays.edit")
    offer = locks.lock_one(Offer, offer_id)
    verb = "open" if offer.opens_at <= clock.now() else "schedule"
    _move(offer, verb, by=by)
    if offer.budget_minor is not None:
        grant_budget(offer_id, amount_minor=offer.budget_minor, grant_id=ids.derived_id(offer.id, "budget"))
    record_fact(OfferPublished(offer_id=offer.id, product_id=offer.product_id), by=by)
    return offer_view(offer.id)


@in_transaction
def raise_budget(offer_id: uuid.UUID, *, by: Actor, by_minor: int, grant_id: uuid.UUID) -> OfferView:
    """Add to the budget of a running offer; `grant_id` makes a repeated click one raise."""
    by.require("plays.edit")
    offer = locks.lock_one(Offer, offer_id)
    if offer.budget_minor is None or by_minor <= 0:
        raise OfferNotOpen(state=offer.state)
    if grant_budget(offer_id, amount_minor=by_minor, grant_id=grant_id):
        offer.budget_minor += by_minor
        offer.save(update_fields=["budget_minor"])
        history.record_step(
            subject=("group_offer", offer.id), verb="raise_budget", by=by, details={"by_minor": by_minor}
        )
    return offer_view(offer.id)


@in_transaction
def close_offer(offer_id: uuid.UUID, *, by: Actor) -> OfferView:
    """No new teams from now on; forming teams run to their own end."""
    by.require("plays.edit")
    offer = locks.lock_one(Offer, offer_id)
    _move(offer, "close", by=by)
    record_fact(OfferClosed(offer_id=offer.id), by=by)
    return offer_view(offer.id)


@in_transaction
def advance_offers(*, limit: int = 200) -> int:
    """By the clock: scheduled → open, open → closing after the window, closing → settled when no team is left."""
    now = clock.now()
    moved = 0
    steps = (
        ("open", Offer.objects.filter(state=OfferState.SCHEDULED.value, opens_at__lte=now)),
        ("close", Offer.objects.filter(state=OfferState.OPEN.value, closes_at__lte=now)),
        ("settle", Offer.objects.filter(state=OfferState.CLOSING.value)),
    )
    running = [TeamState.OPENING.value, TeamState.FORMING.value]
    for verb, rows in steps:
        for offer in rows.select_for_update(skip_locked=True)[:limit]:
            if verb == "settle" and Team.objects.filter(offer=offer, state__in=running).exists():
                continue
            _move(offer, verb, by=SYSTEM)
            moved += 1
    return moved


def grant_budget(offer_id: uuid.UUID, *, amount_minor: int, grant_id: uuid.UUID) -> int:
    """Money set aside for discounts of an offer; returns 1 when the grant is new."""
    currency = Offer.objects.values_list("currency", flat=True).get(id=offer_id)
    grant = NewTransfer(
        id=grant_id,
        debit=GRANTS,
        credit=budget_account(offer_id),
        amount_minor=amount_minor,
        unit=f"{currency}.b",  # budgets are permissions to spend, kept apart from money itself
        kind="budget_grant",
        subject=("group_offer", offer_id),
    )
    return post_transfers([grant])


def _check(form: OfferForm) -> None:
    rules.check_offer(
        name=form.name,
        team_size=form.team_size,
        team_hours=form.team_hours,
        member_limit=form.member_limit,
        leader_discount_minor=form.leader_discount_minor,
        budget_minor=form.budget_minor,
        opens_at=form.opens_at,
        closes_at=form.closes_at,
        prices_minor=list(form.prices.values()),
        tiers=form.tiers,
        leader_benefit=form.leader_benefit,
        leader_points=form.leader_points,
    )


def _columns(form: OfferForm) -> dict[str, object]:
    return {
        "product_id": form.product_id,
        "name": form.name.strip(),
        "currency": form.currency,
        "team_size": form.team_size,
        "team_hours": form.team_hours,
        "member_limit": form.member_limit,
        "leader_discount_minor": form.leader_discount_minor,
        "budget_minor": form.budget_minor,
        "opens_at": form.opens_at,
        "closes_at": form.closes_at,
        "allows_merchant_completion": form.allows_merchant_completion,
        "tiers": [[tier.size, tier.off_minor] for tier in form.tiers],
        "leader_benefit": form.leader_benefit.value,
        "leader_points": form.leader_points,
        "audience": form.audience.value,
        "community_id": form.community_id,
    }


def _write_prices(offer: Offer, form: OfferForm) -> None:
    OfferPrice.objects.filter(offer=offer).delete()
    OfferPrice.objects.bulk_create(
        [
            OfferPrice(offer=offer, variant_id=variant, price_minor=price)
            for variant, price in form.prices.items()
        ]
    )


def _move(offer: Offer, verb: str, *, by: Actor) -> None:
    before = OfferState(offer.state)
    offer.state = advance(rules.OFFER_LIFECYCLE, before, verb).value
    offer.save(update_fields=["state"])
    history.record_step(
        subject=("group_offer", offer.id), verb=verb, by=by, before=before.value, after=offer.state
    )
