"""Launching a bargain and helping with one."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from jishi.kernel import chance, clock, ids, proof
from jishi.kernel.actor import Actor
from jishi.modules.orders.public import first_paid_at
from jishi.modules.people.public import joined_at
from jishi.modules.plays.bargain import rules
from jishi.modules.plays.bargain.errors import (
    AlreadyBargaining,
    AlreadyHelped,
    BargainOver,
    BargainSoldOut,
    HelpRefused,
    HelpsUsedUp,
    OwnBargain,
)
from jishi.modules.plays.bargain.facts import BargainHelped, BargainLaunched
from jishi.modules.plays.bargain.models import Bargain, Help
from jishi.modules.plays.bargain.operations.offers import start_price_minor
from jishi.modules.plays.bargain.queries import OfferView, mutual_helps, offer_view, running_bargain_of
from jishi.modules.plays.bargain.types import BargainState, HelpView, Score, Signals, Trace
from jishi.modules.plays.life.public import PlayNotOpen, is_running, reserve_budget
from jishi.platform import history, locks, rush
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the shop knows of a helper."""

    is_new: bool
    score: Score


@in_transaction
def launch_bargain(
    offer_id: uuid.UUID, *, by: Actor, trace: Trace, bargain_id: uuid.UUID | None = None
) -> tuple[uuid.UUID, bool]:
    """Make the plan, take the unit and the budget, and make the first cut. The caller holds the stock.

    `bargain_id` is the idempotency key; returns it, and whether it is new. Raises PlayNotOpen, BargainSoldOut,
    AlreadyBargaining, LimitReached, BudgetExhausted.
    """
    member_id = by.require_member()
    offer = offer_view(offer_id)
    now = clock.now()
    if not is_running(offer.play, now=now) or offer.pool_id is None:
        raise PlayNotOpen()
    wanted = bargain_id or ids.new_id()
    if Bargain.objects.filter(id=wanted, member_id=member_id, offer_id=offer_id).exists():
        return wanted, False
    claim_id = ids.derived_id(wanted, "unit")
    _claim(offer, member_id=member_id, claim_id=claim_id)
    bargain = _write_plan(offer, member_id=member_id, claim_id=claim_id, bargain_id=wanted, trace=trace)
    reserve_budget(
        offer.play,
        use_id=budget_use_id(bargain.id),
        amount_minor=bargain.start_minor - bargain.floor_minor,
        subject=("bargain", bargain.id),
    )
    history.record_step(subject=("bargain", bargain.id), verb="launch", by=by, after=bargain.state)
    record_fact(BargainLaunched(bargain.id, offer.id, member_id), by=by)
    return bargain.id, True


@in_transaction
def help_bargain(bargain_id: uuid.UUID, *, by: Actor, trace: Trace) -> HelpView:
    """Cut the next slots of the plan. Locks the bargain: helpers come one after another, none is lost.

    Raises OwnBargain, BargainOver, AlreadyHelped, HelpsUsedUp, HelpRefused.
    """
    helper_id = by.require_member()
    bargain = locks.lock_one(Bargain, bargain_id)
    if bargain.member_id == helper_id:
        raise OwnBargain()
    if Help.objects.filter(bargain=bargain, helper_id=helper_id).exists():
        raise AlreadyHelped()
    if not _takes_cuts(bargain):
        raise BargainOver()
    terms = offer_view(bargain.offer_id).terms
    standing = _standing(bargain, helper_id=helper_id, trace=trace)
    if standing.score.points >= terms.abuse_cap:
        raise HelpRefused(reasons=standing.score.reasons, points=standing.score.points)
    _count_help(helper_id, limit=terms.helps_per_day)
    wanted = rules.slots_of_helper(is_new_member=standing.is_new, new_member_slots=terms.new_member_slots)
    cut = _cut(bargain, helper_id=helper_id, wanted=wanted, standing=standing, trace=trace)
    record_fact(
        BargainHelped(
            bargain_id=bargain.id,
            offer_id=bargain.offer_id,
            member_id=bargain.member_id,
            helper_id=helper_id,
            amount_minor=cut.amount_minor,
            slots_left=bargain.slots - bargain.slots_taken,
            is_new_member=cut.is_new_member,
        ),
        by=by,
    )
    return HelpView(helper_id, cut.amount_minor, cut.slot_from, cut.slots, cut.is_new_member, cut.at)


def note_refusal(bargain_id: uuid.UUID) -> None:
    """Count a refused cut for the monitor; after the refused transaction has been undone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bargain_bargain SET refused_count = refused_count + 1 WHERE id = %s", [bargain_id]
        )


def budget_use_id(bargain_id: uuid.UUID) -> uuid.UUID:
    return ids.derived_id(bargain_id, "budget")


def _claim(offer: OfferView, *, member_id: uuid.UUID, claim_id: uuid.UUID) -> None:
    """A unit for as long as the bargain runs: the bargain's own end gives it back."""
    assert offer.pool_id is not None
    try:
        rush.claim_units(pool_id=offer.pool_id, member_id=member_id, claim_id=claim_id)
    except rush.SoldOut as refusal:
        raise BargainSoldOut() from refusal
    except rush.LimitReached as refusal:
        if running_bargain_of(offer_id=offer.id, member_id=member_id) is None:
            raise
        raise AlreadyBargaining() from refusal


def _write_plan(
    offer: OfferView, *, member_id: uuid.UUID, claim_id: uuid.UUID, bargain_id: uuid.UUID, trace: Trace
) -> Bargain:
    terms, now = offer.terms, clock.now()
    start, slots = start_price_minor(terms.variant_id), terms.helpers + 1
    rules.check_terms(terms, start_minor=start)
    seed = chance.secret_bytes(proof.SEED_BYTES).hex()
    cuts = rules.make_plan(
        total_minor=start - terms.floor_minor, slots=slots, first_cut_bps=terms.first_cut_bps, seed=seed
    )
    own = rules.next_slots(taken=0, slots=slots, wanted=1 + _spend_head_start(member_id, bargain_id))
    commitment = rules.commitment_of(
        bargain_id=bargain_id,
        start_minor=start,
        floor_minor=terms.floor_minor,
        slots=slots,
        first_cut_bps=terms.first_cut_bps,
        seed=seed,
    )
    try:
        with transaction.atomic():
            return Bargain.objects.create(
                id=bargain_id,
                offer_id=offer.id,
                member_id=member_id,
                claim_id=claim_id,
                seed=seed,
                commitment=commitment,
                start_minor=start,
                floor_minor=terms.floor_minor,
                first_cut_bps=terms.first_cut_bps,
                cuts=list(cuts),
                slots=slots,
                slots_taken=len(own),
                own_slots=len(own),
                cut_minor=sum(cuts[place] for place in own),
                launched_at=now,
                deadline=now + timedelta(hours=terms.hours),
                visitor_id=trace.visitor_id,
                address_mark=trace.address_mark,
            )
    except IntegrityError as error:
        raise AlreadyBargaining() from error


def _spend_head_start(member_id: uuid.UUID, bargain_id: uuid.UUID) -> int:
    """Who helped a neighbour lately begins one slot further; each help counts once. Returns the slots."""
    since = clock.now() - timedelta(days=rules.HEAD_START_DAYS)
    unspent = Help.objects.filter(helper_id=member_id, spent_on_id__isnull=True, at__gte=since)
    first = unspent.select_for_update(skip_locked=True).order_by("at").values_list("id", flat=True).first()
    return (
        Help.objects.filter(id=first, spent_on_id__isnull=True).update(spent_on_id=bargain_id) if first else 0
    )


def _takes_cuts(bargain: Bargain) -> bool:
    return (
        bargain.state == BargainState.RUNNING.value
        and bargain.deadline > clock.now()
        and bargain.slots_taken < bargain.slots
    )


def _standing(bargain: Bargain, *, helper_id: uuid.UUID, trace: Trace) -> _Standing:
    """Five queries at most; all of them on the bargain's and the helper's own rows."""
    now = clock.now()
    joined = joined_at([helper_id]).get(helper_id, now)
    before = Help.objects.filter(bargain=bargain)
    signals = Signals(
        is_launchers_device=trace.visitor_id is not None and trace.visitor_id == bargain.visitor_id,
        is_known_device=trace.visitor_id is not None and before.filter(visitor_id=trace.visitor_id).exists(),
        helpers_of_address=before.filter(address_mark=trace.address_mark).count()
        if trace.address_mark
        else 0,
        account_age_minutes=int((now - joined).total_seconds() // 60),
        mutual_helps=mutual_helps(
            helper_id=helper_id,
            launcher_id=bargain.member_id,
            since=now - timedelta(days=rules.MUTUAL_DAYS),
        ),
    )
    is_new = rules.is_new_member(joined_at=joined, has_bought=bool(first_paid_at([helper_id])), now=now)
    return _Standing(is_new=is_new, score=rules.abuse_score(signals))


def _count_help(helper_id: uuid.UUID, *, limit: int) -> None:
    """Count a help against the day's limit by one conditional write, never by reading first."""
    day = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bargain_helperday AS d (member_id, day, helps) VALUES (%s, %s, 1)"
            " ON CONFLICT (member_id, day) DO UPDATE SET helps = d.helps + 1 WHERE d.helps < %s",
            [helper_id, day, limit],
        )
        if cursor.rowcount != 1:
            raise HelpsUsedUp(limit=limit)


def _cut(bargain: Bargain, *, helper_id: uuid.UUID, wanted: int, standing: _Standing, trace: Trace) -> Help:
    slots = rules.next_slots(taken=bargain.slots_taken, slots=bargain.slots, wanted=wanted)
    amount = sum(bargain.cuts[place] for place in slots)
    cut = Help.objects.create(
        bargain=bargain,
        helper_id=helper_id,
        slot_from=slots.start,
        slots=len(slots),
        amount_minor=amount,
        is_new_member=standing.is_new,
        score=standing.score.points,
        visitor_id=trace.visitor_id,
        address_mark=trace.address_mark,
    )
    bargain.slots_taken += len(slots)
    bargain.cut_minor += amount
    bargain.save(update_fields=["slots_taken", "cut_minor"])
    return cut
