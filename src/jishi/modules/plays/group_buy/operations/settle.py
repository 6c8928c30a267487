"""What a payment does to a seat, and how a team ends (docs/algorithms/group-settlement.md)."""

import uuid
from dataclasses import replace
from datetime import timedelta

from django.db import transaction

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.modules.ledger.public import BudgetExhausted
from jishi.modules.plays.group_buy import rules
from jishi.modules.plays.group_buy.errors import (
    AlreadyInTeam,
    MemberLimitReached,
    MerchantCompletionOff,
    NotAssured,
    TeamNotOpen,
)
from jishi.modules.plays.group_buy.facts import SeatPaid, TeamFailed, TeamFormed, TeamSucceeded
from jishi.modules.plays.group_buy.models import Offer, Seat, Team
from jishi.modules.plays.group_buy.operations.seats import (
    SeatRequest,
    free_seat,
    give_back_allowance,
    hold_seat_in,
    move_team,
    spend_budget,
    start_team,
    take_allowance,
)
from jishi.modules.plays.group_buy.queries.offers import offer_view
from jishi.modules.plays.group_buy.queries.teams import forming_teams
from jishi.modules.plays.group_buy.types import (
    Landing,
    LateChoice,
    LeaderBenefit,
    OfferView,
    PaidSeat,
    SeatState,
    Settlement,
    TeamEnd,
    TeamState,
    TeamView,
)
from jishi.platform import locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

OTHER_TEAMS_TRIED_MAX = 5


@in_transaction
def settle_seat(order_id: uuid.UUID) -> Settlement:
    """The order of a held seat has been paid in time. Locks the team: last payers and the deadline take turns.

    The landing is SEATED or COMPLETED, ALREADY for a repeated word, or REFUND when the seat is no longer held
    (the caller then follows the buyer's late choice).
    """
    seat = Seat.objects.select_related("team").get(order_id=order_id)
    team = locks.lock_one(Team, seat.team_id)
    seat.refresh_from_db()
    if seat.state == SeatState.PAID.value:
        return Settlement(landing=Landing.ALREADY, team_id=team.id)
    if seat.state != SeatState.HELD.value or TeamState(team.state) in rules.ENDED or _is_past(team):
        return Settlement(landing=Landing.REFUND, team_id=team.id)
    return _pay_seat(seat, team)


@in_transaction
def settle_late(order_id: uuid.UUID) -> Settlement:
    """The money came when the seat was gone: do what the buyer chose beforehand.

    Tries the steps of `rules.late_steps` in order; the landing is MOVED, REOPENED, COMPLETED (moved and full) or
    REFUND. Limit and budget are taken anew, and when they do not allow it the money goes back.
    """
    seat = Seat.objects.select_related("team").get(order_id=order_id)
    locks.lock_one(Team, seat.team_id)
    free_seat(seat, before=SeatState.HELD)  # still held when its team ended before its order did
    offer = offer_view(seat.team.offer_id)
    if not rules.is_selling(offer, now=clock.now()):
        return Settlement(landing=Landing.REFUND, team_id=None)
    request = SeatRequest(
        offer_id=offer.id,
        team_id=None,
        member_id=seat.member_id,
        order_id=order_id,
        quantity=seat.quantity,
        discount_minor=seat.discount_minor,
        late_choice=LateChoice(seat.late_choice),
        price_minor=max((price.price_minor for price in offer.prices), default=0),
    )
    claim_id = ids.new_id()
    if not _take_allowance_again(offer, request, claim_id=claim_id):
        return Settlement(landing=Landing.REFUND, team_id=None)
    for step in rules.late_steps(request.late_choice):
        landed = _try_step(step, offer, request, claim_id=claim_id, left_team_id=seat.team_id)
        if landed is not None:
            return landed
    # nothing fitted: what was just taken goes back with the money
    seat.claim_id = claim_id
    give_back_allowance(seat)
    return Settlement(landing=Landing.REFUND, team_id=None)


@in_transaction
def end_team(team_id: uuid.UUID) -> TeamEnd:
    """The deadline has passed: enough have paid, and it succeeds at the tier reached; or it fails.

    Nothing happens when the team ended otherwise or its deadline has not come: the team's lock decides. Each order of
    a failed team is refunded on its own.
    """
    team = locks.lock_one(Team, team_id)
    if team.state != TeamState.FORMING.value or not _is_past(team):
        return TeamEnd()
    seats = list(Seat.objects.filter(team=team, state=SeatState.PAID.value))
    if len(seats) >= team.size:
        return _succeed(team, by=SYSTEM)
    move_team(team, "fail", by=SYSTEM)
    paid = tuple(seat.order_id for seat in seats)
    for seat in seats:
        give_back_allowance(seat)
    record_fact(TeamFailed(team_id=team.id, offer_id=team.offer_id, paid_order_ids=paid), by=SYSTEM)
    return TeamEnd(failed_order_ids=paid)


@in_transaction
def close_early(team_id: uuid.UUID, *, by: Actor) -> TeamEnd:
    """The leader of a team that has enough people does not wait for more. Raises NotFound, NotAssured, TeamNotOpen."""
    team = locks.lock_one(Team, team_id)
    if not by.owns(team.leader_id) and not by.may("plays.edit"):
        raise NotFound()
    if team.state != TeamState.FORMING.value or _is_past(team):
        raise TeamNotOpen()
    if Seat.objects.filter(team=team, state=SeatState.PAID.value).count() < team.size:
        raise NotAssured()
    return _succeed(team, by=by)


@in_transaction
def complete_by_merchant(team_id: uuid.UUID, *, by: Actor) -> TeamEnd:
    """The merchant lets a forming team succeed with the people it has; the team says so for ever.

    Raises MerchantCompletionOff, TeamNotOpen.
    """
    by.require("plays.edit")
    team = locks.lock_one(Team, team_id)
    if not Offer.objects.values_list("allows_merchant_completion", flat=True).get(id=team.offer_id):
        raise MerchantCompletionOff()
    if team.state != TeamState.FORMING.value:
        raise TeamNotOpen()
    paid_count = Seat.objects.filter(team=team, state=SeatState.PAID.value).count()
    team.is_merchant_completed = paid_count < team.size
    return _succeed(team, by=by)


@in_transaction
def leave_team(order_id: uuid.UUID) -> bool:
    """Staff closed a paid order of a forming team: its seat opens again. False when the seat was not paid."""
    seat = Seat.objects.filter(order_id=order_id).first()
    if seat is None:
        return False
    team = locks.lock_one(Team, seat.team_id)
    if team.state != TeamState.FORMING.value:
        return False
    if not free_seat(seat, before=SeatState.PAID):
        return False
    rest = Seat.objects.filter(team=team, state=SeatState.PAID.value).order_by("paid_at").first()
    if rest is None:
        move_team(team, "fail", by=SYSTEM, note="nobody left")
        record_fact(TeamFailed(team_id=team.id, offer_id=team.offer_id, paid_order_ids=()), by=SYSTEM)
    elif team.leader_id == seat.member_id:
        Team.objects.filter(id=team.id).update(leader_id=rest.member_id)
    return True


def _pay_seat(seat: Seat, team: Team) -> Settlement:
    now = clock.now()
    seat.state, seat.paid_at = SeatState.PAID.value, now
    seat.save(update_fields=["state", "paid_at"])
    if team.state == TeamState.OPENING.value:
        offer = offer_view(team.offer_id)
        team.deadline = now + timedelta(hours=offer.team_hours)
        move_team(team, "form", by=SYSTEM)
        record_fact(TeamFormed(team_id=team.id, offer_id=team.offer_id, leader_id=team.leader_id), by=SYSTEM)
    paid_count = Seat.objects.filter(team=team, state=SeatState.PAID.value).count()
    missing = max(0, team.size - paid_count)
    record_fact(SeatPaid(team.id, seat.member_id, seat.order_id, missing), by=SYSTEM)
    if paid_count >= max(team.size, team.capacity):
        end = _succeed(team, by=SYSTEM)
        return Settlement(
            landing=Landing.COMPLETED,
            team_id=team.id,
            ready_order_ids=end.ready_order_ids,
            price_cuts=end.price_cuts,
        )
    return Settlement(landing=Landing.SEATED, team_id=team.id)


def _succeed(team: Team, *, by: Actor) -> TeamEnd:
    move_team(team, "succeed", by=by)
    offer = offer_view(team.offer_id)
    seats = list(Seat.objects.filter(team=team, state=SeatState.PAID.value).order_by("seat_no"))
    cuts = rules.cuts_at_the_end(
        [PaidSeat(seat.order_id, seat.quantity, seat.member_id == team.leader_id) for seat in seats],
        offer=offer,
        is_merchant_completed=team.is_merchant_completed,
    )
    spend_budget(offer, seats, cuts)
    record_fact(
        TeamSucceeded(
            team_id=team.id,
            offer_id=team.offer_id,
            member_ids=tuple(seat.member_id for seat in seats),
            is_merchant_completed=team.is_merchant_completed,
            leader_id=team.leader_id,
            leader_points=offer.leader_points if offer.leader_benefit is LeaderBenefit.POINTS else 0,
        ),
        by=by,
    )
    return TeamEnd(ready_order_ids=tuple(seat.order_id for seat in seats), price_cuts=cuts)


def _take_allowance_again(offer: OfferView, request: SeatRequest, *, claim_id: uuid.UUID) -> bool:
    """A released seat gave its limit and budget back; a late payer needs them once more."""
    try:
        with transaction.atomic():
            take_allowance(offer, request, claim_id=claim_id)
    except (MemberLimitReached, BudgetExhausted):
        return False
    return True


def _try_step(
    step: LateChoice, offer: OfferView, request: SeatRequest, *, claim_id: uuid.UUID, left_team_id: uuid.UUID
) -> Settlement | None:
    if step is LateChoice.OTHER_TEAM:
        for candidate in _candidates(offer.id, member_id=request.member_id, left_team_id=left_team_id):
            landed = _move_into(candidate, request, claim_id=claim_id)
            if landed is not None:
                return landed
    if step is LateChoice.NEW_TEAM:
        now = clock.now()
        team = start_team(offer, leader_id=request.member_id, now=now, by=SYSTEM)
        hold_seat_in(team, request=request, claim_id=claim_id, expires_at=team.deadline)
        paid = _pay_seat(Seat.objects.get(order_id=request.order_id), team)
        return replace(paid, landing=Landing.REOPENED)
    return None


def _candidates(offer_id: uuid.UUID, *, member_id: uuid.UUID, left_team_id: uuid.UUID) -> list[TeamView]:
    found = forming_teams(offer_id=offer_id, limit=OTHER_TEAMS_TRIED_MAX * 2)
    fitting = [
        team
        for team in found
        if team.id != left_team_id and all(seat.member_id != member_id for seat in team.seats)
    ]
    return fitting[:OTHER_TEAMS_TRIED_MAX]


def _move_into(candidate: TeamView, request: SeatRequest, *, claim_id: uuid.UUID) -> Settlement | None:
    try:
        with transaction.atomic():
            team = locks.lock_one(Team, candidate.id)
            if team.state != TeamState.FORMING.value or _is_past(team):
                return None
            hold_seat_in(team, request=request, claim_id=claim_id, expires_at=team.deadline)
            paid = _pay_seat(Seat.objects.get(order_id=request.order_id), team)
    except (TeamNotOpen, AlreadyInTeam):
        return None
    return paid if paid.landing is Landing.COMPLETED else replace(paid, landing=Landing.MOVED)


def _is_past(team: Team) -> bool:
    return team.state == TeamState.FORMING.value and team.deadline <= clock.now()
