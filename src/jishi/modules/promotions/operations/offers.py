"""Writing, publishing and ending offers."""

import uuid
from typing import Any

from django.db.models import F

from jishi.kernel import ids
from jishi.kernel.actor import Actor
from jishi.kernel.flow import advance
from jishi.modules.ledger.public import AccountKind, AccountRef, NewTransfer, post_transfers
from jishi.modules.promotions.errors import BadOffer, OfferChanged
from jishi.modules.promotions.facts import OfferClosed, OfferPublished
from jishi.modules.promotions.models import OfferRow, Revision
from jishi.modules.promotions.queries.offers import budget_code, budget_unit, view_of
from jishi.modules.promotions.rules.lifecycle import OFFER_LIFE
from jishi.modules.promotions.rules.written import (
    audience_as_json,
    benefit_as_json,
    calendar_as_json,
    check_offer,
    scope_as_json,
)
from jishi.modules.promotions.types import OfferForm, OfferView, PriceOfferState
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

PERMISSION = "promotions.edit"
GRANTS = AccountRef(code="budget_grants", kind=AccountKind.LIABILITY)
_FIXED_WHILE_LIVE = ("stage", "budget_minor", "member_limit")


@in_transaction
def create_offer(form: OfferForm, *, by: Actor) -> OfferView:
    """Write a draft. Raises BadOffer."""
    by.require(PERMISSION)
    check_offer(form.name, form.rule)
    row = OfferRow.objects.create(id=ids.new_id(), **_columns(form))
    history.record_step(subject=("offer", row.id), verb="create", by=by, after=row.state)
    return view_of(row)


@in_transaction
def change_offer(offer_id: uuid.UUID, form: OfferForm, *, version: int, by: Actor) -> OfferView:
    """Change an offer; `version` is what the editor saw. Orders keep the snapshot they were placed with.

    While it is live its stage, budget and limit stay as they are. Raises BadOffer, OfferChanged.
    """
    by.require(PERMISSION)
    check_offer(form.name, form.rule)
    row = locks.lock_one(OfferRow, offer_id)
    if row.version != version:
        raise OfferChanged()
    columns = _columns(form)
    if row.state == PriceOfferState.LIVE.value:
        moved = [name for name in _FIXED_WHILE_LIVE if getattr(row, name) != columns[name]]
        if moved:
            raise BadOffer(field=moved[0], reason="进行中的优惠不能改阶段、预算和每人次数，请先停用")
    for name, value in columns.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    if row.state == PriceOfferState.LIVE.value:
        raise_revision()
    history.record_step(subject=("offer", row.id), verb="change", by=by, after=row.state)
    return view_of(row)


@in_transaction
def publish_offer(offer_id: uuid.UUID, *, by: Actor, currency: str) -> OfferView:
    """From now on it counts (within its own hours). Its budget is granted once. Raises IllegalStep."""
    by.require(PERMISSION)
    row = locks.lock_one(OfferRow, offer_id)
    before = PriceOfferState(row.state)
    row.state = advance(OFFER_LIFE, before, "publish").value
    row.save(update_fields=["state"])
    if row.budget_minor is not None:
        post_transfers([_grant(row, currency)])
    raise_revision()
    history.record_step(
        subject=("offer", row.id), verb="publish", by=by, before=before.value, after=row.state
    )
    record_fact(OfferPublished(row.id, row.label), by=by)
    return view_of(row)


@in_transaction
def close_offer(offer_id: uuid.UUID, *, by: Actor) -> OfferView:
    """It counts no more; orders that wait for payment keep what they were promised. Raises IllegalStep."""
    by.require(PERMISSION)
    row = locks.lock_one(OfferRow, offer_id)
    before = PriceOfferState(row.state)
    row.state = advance(OFFER_LIFE, before, "close").value
    row.save(update_fields=["state"])
    raise_revision()
    history.record_step(subject=("offer", row.id), verb="close", by=by, before=before.value, after=row.state)
    record_fact(OfferClosed(row.id), by=by)
    return view_of(row)


def raise_revision() -> None:
    """Every process compiles the live offers anew at its next price."""
    if not Revision.objects.filter(id=1).update(number=F("number") + 1):
        # not from one: a database that was made anew must not look like the one a process remembers
        Revision.objects.get_or_create(id=1, defaults={"number": ids.new_id().int >> 66})
        Revision.objects.filter(id=1).update(number=F("number") + 1)


def budget_account(offer_id: uuid.UUID) -> AccountRef:
    return AccountRef(code=budget_code(offer_id), kind=AccountKind.BUDGET, is_bounded=True)


def _grant(row: OfferRow, currency: str) -> NewTransfer:
    return NewTransfer(
        id=ids.derived_id(row.id, "budget_grant"),
        debit=GRANTS,
        credit=budget_account(row.id),
        amount_minor=row.budget_minor or 0,
        unit=budget_unit(currency),
        kind="budget_grant",
        subject=("offer", row.id),
    )


def _columns(form: OfferForm) -> dict[str, Any]:
    rule = form.rule
    return {
        "name": form.name.strip(),
        "label": rule.label.strip(),
        "stage": rule.stage.value,
        "benefit": benefit_as_json(rule.benefit),
        "scope": scope_as_json(rule.scope),
        "audience": audience_as_json(rule.audience),
        "calendar": calendar_as_json(rule.calendar),
        "least_minor": rule.least_minor,
        "least_units": rule.least_units,
        "opens_at": rule.opens_at,
        "closes_at": rule.closes_at,
        "priority": rule.priority,
        "group": rule.group,
        "excludes": sorted(rule.excludes),
        "skips": sorted(rule.skips),
        "on_plays": rule.on_plays,
        "budget_minor": rule.budget_minor,
        "member_limit": rule.member_limit,
        "campaign_id": form.campaign_id,
    }
