"""How a bargain ends: bought, expired, or bought and sent back."""

import uuid

from django.db import transaction

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.kernel.flow import advance, can
from jishi.modules.ledger.public import BudgetExhausted
from jishi.modules.plays.bargain import rules
from jishi.modules.plays.bargain.errors import BargainOver, NotAtFloor
from jishi.modules.plays.bargain.facts import BargainBought, BargainExpired
from jishi.modules.plays.bargain.models import Bargain
from jishi.modules.plays.bargain.operations.cuts import budget_use_id
from jishi.modules.plays.bargain.queries import bargain_view, offer_view
from jishi.modules.plays.bargain.types import BargainState, BargainView
from jishi.modules.plays.life.public import release_budget, reserve_budget, return_budget, spend_budget
from jishi.platform import history, locks, rush
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction


@in_transaction
def order_bargain(bargain_id: uuid.UUID, *, order_id: uuid.UUID, by: Actor) -> BargainView:
    """An order takes the price that has been reached; it stands still until the order is paid or cancelled.

    Raises NotFound (somebody else's), BargainOver, NotAtFloor.
    """
    bargain = locks.lock_one(Bargain, bargain_id)
    if not by.owns(bargain.member_id):
        raise NotFound()
    if bargain.state != BargainState.RUNNING.value or bargain.deadline <= clock.now():
        raise BargainOver()
    missing = bargain.slots - bargain.slots_taken
    if missing and not offer_view(bargain.offer_id).terms.allows_early_buy:
        raise NotAtFloor(missing=missing)
    bargain.order_id, bargain.ordered_cut_minor = order_id, bargain.cut_minor
    _move(bargain, "order", by=by)
    return bargain_view(bargain_id)


@in_transaction
def keep_bargain(order_id: uuid.UUID) -> bool:
    """The order has been paid in time: spend what was given, set the rest of the budget free."""
    bargain = _lock_of_order(order_id)
    if bargain is None or bargain.state == BargainState.BOUGHT.value:
        return bargain is not None
    if not can(rules.LIFECYCLE, BargainState(bargain.state), "pay"):
        return False
    _buy(bargain, "pay")
    return True


@in_transaction
def cancel_bargain_order(order_id: uuid.UUID) -> uuid.UUID | None:
    """The order was not paid: the bargain runs on, if it has time left. Returns it when it holds its unit again."""
    bargain = _lock_of_order(order_id)
    if bargain is None or bargain.state != BargainState.ORDERED.value:
        return None
    _move(bargain, "cancel", by=SYSTEM)
    if bargain.deadline > clock.now():
        return bargain.id
    _expire(bargain)
    return None


@in_transaction
def regain_bargain(order_id: uuid.UUID) -> bool:
    """The order was cancelled and its money came after all. True when unit and budget can be had again."""
    bargain = _lock_of_order(order_id)
    if bargain is None:
        return False
    state = BargainState(bargain.state)
    if state is BargainState.BOUGHT:
        return True
    if not can(rules.LIFECYCLE, state, "regain"):
        return False
    offer = offer_view(bargain.offer_id)
    if state is BargainState.EXPIRED:
        claim_id = ids.derived_id(order_id, "regained_unit")
        try:
            assert offer.pool_id is not None
            rush.claim_units(pool_id=offer.pool_id, member_id=bargain.member_id, claim_id=claim_id)
        except (rush.SoldOut, rush.LimitReached):
            return False
        bargain.claim_id = claim_id
    try:
        with transaction.atomic():
            _buy(bargain, "regain")
    except BudgetExhausted:
        rush.release_claim(bargain.claim_id)
        return False
    return True


@in_transaction
def refund_bargain(order_id: uuid.UUID) -> bool:
    """All of the order went back before it was shipped: the unit may be had by somebody else."""
    bargain = _lock_of_order(order_id)
    if bargain is None or bargain.state != BargainState.BOUGHT.value:
        return False
    _move(bargain, "refund", by=SYSTEM)
    rush.release_claim(bargain.claim_id)
    return_budget(
        offer_view(bargain.offer_id).play,
        spent_id=_spent_id(order_id),
        amount_minor=bargain.ordered_cut_minor,
        subject=("order", order_id),
    )
    return True


@in_transaction
def expire_bargain(bargain_id: uuid.UUID) -> bool:
    """The time is over. False when it was bought, ordered or ended meanwhile: the row's lock decides."""
    bargain = locks.lock_one(Bargain, bargain_id)
    if bargain.state != BargainState.RUNNING.value or bargain.deadline > clock.now():
        return False
    _expire(bargain)
    return True


def _expire(bargain: Bargain) -> None:
    _move(bargain, "expire", by=SYSTEM)
    rush.release_claim(bargain.claim_id)
    release_budget(budget_use_id(bargain.id))
    record_fact(BargainExpired(bargain.id, bargain.offer_id, bargain.member_id), by=SYSTEM)


def _buy(bargain: Bargain, verb: str) -> None:
    """Release the whole reservation, then spend exactly what was given, in the same transaction."""
    assert bargain.order_id is not None
    release_budget(budget_use_id(bargain.id))
    spent_id = _spent_id(bargain.order_id)
    play = offer_view(bargain.offer_id).play
    reserve_budget(
        play, use_id=spent_id, amount_minor=bargain.ordered_cut_minor, subject=("order", bargain.order_id)
    )
    spend_budget(spent_id)
    _move(bargain, verb, by=SYSTEM)
    record_fact(
        BargainBought(
            bargain_id=bargain.id,
            offer_id=bargain.offer_id,
            member_id=bargain.member_id,
            order_id=bargain.order_id,
            discount_minor=bargain.ordered_cut_minor,
        ),
        by=SYSTEM,
    )


def _spent_id(order_id: uuid.UUID) -> uuid.UUID:
    return ids.derived_id(order_id, "bargain_discount")


def _lock_of_order(order_id: uuid.UUID) -> Bargain | None:
    bargain_id = Bargain.objects.filter(order_id=order_id).values_list("id", flat=True).first()
    return locks.lock_one(Bargain, bargain_id) if bargain_id else None


def _move(bargain: Bargain, verb: str, *, by: Actor) -> None:
    before = BargainState(bargain.state)
    bargain.state = advance(rules.LIFECYCLE, before, verb).value
    bargain.ended_at = clock.now() if BargainState(bargain.state) in rules.ENDED else None
    bargain.save(update_fields=["state", "ended_at", "order_id", "ordered_cut_minor", "claim_id"])
    history.record_step(
        subject=("bargain", bargain.id), verb=verb, by=by, before=before.value, after=bargain.state
    )
