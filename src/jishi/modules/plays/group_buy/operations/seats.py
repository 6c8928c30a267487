"""Taking a seat before paying, and giving it back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.flow import advance
from jishi.modules.ledger.public import (
    AccountKind,
    AccountRef,
    NewTransfer,
    commit_reserved,
    release_reserved,
    reserve,
)
from jishi.modules.orders.public import first_paid_at
from jishi.modules.plays.group_buy import rules
from jishi.modules.plays.group_buy.errors import (
    AlreadyInTeam,
    MemberLimitReached,
    NotForYou,
    OfferNotOpen,
    TeamNotOpen,
)
from jishi.modules.plays.group_buy.models import MemberUse, Offer, Seat, Team
from jishi.modules.plays.group_buy.operations.friends import open_friend_seat
from jishi.modules.plays.group_buy.operations.offers import budget_account
from jishi.modules.plays.group_buy.queries.offers import offer_view
from jishi.modules.plays.group_buy.types import (
    Audience,
    LateChoice,
    LeaderBenefit,
    OfferView,
    PriceCut,
    SeatState,
    SeatTaken,
    TeamState,
)
from jishi.platform import history, locks, rush
from jishi.platform.transactions import in_transaction

DISCOUNTS = AccountRef(code="discounts_given", kind=AccountKind.BUDGET)


@dataclass(frozen=True, slots=True)
class SeatRequest:
    """Who wants a seat for which order. `team_id` None opens a team. `discount_minor` is what it costs the shop."""

    offer_id: uuid.UUID
    team_id: uuid.UUID | None
    member_id: uuid.UUID
    order_id: uuid.UUID
    quantity: int
    discount_minor: int
    late_choice: LateChoice
    price_minor: int = 0  # of a unit in the team; what a free seat of a leader may cost the shop
    friend_code: str = ""
    communities: frozenset[uuid.UUID] = frozenset()


@in_transaction
def take_seat(request: SeatRequest, *, by: Actor) -> SeatTaken:
    """Hold a seat until the buyer has paid, in the transaction that places the order.

    Raises OfferNotOpen, NotForYou, TeamNotOpen, AlreadyInTeam, MemberLimitReached, BudgetExhausted.
    """
    now = clock.now()
    offer = offer_view(request.offer_id)
    if not rules.is_selling(offer, now=now):
        raise OfferNotOpen()
    check_who(offer, request)
    claim_id = ids.new_id()
    take_allowance(offer, request, claim_id=claim_id)
    if request.team_id is None:
        team = start_team(offer, leader_id=request.member_id, now=now, by=by)
        return hold_seat_in(team, request=request, claim_id=claim_id, expires_at=team.deadline)
    team = locks.lock_one(Team, request.team_id)
    if team.offer_id != request.offer_id or team.state != TeamState.FORMING.value or team.deadline <= now:
        raise TeamNotOpen()
    if request.friend_code:
        open_friend_seat(team, code=request.friend_code)
    expires_at = rules.seat_expiry(now=now, team_deadline=team.deadline)
    return hold_seat_in(team, request=request, claim_id=claim_id, expires_at=expires_at)


@in_transaction
def release_seat(order_id: uuid.UUID, *, reason: str) -> bool:
    """The order was never paid: seat, limit and budget are free again. False when there was nothing to release."""
    seat = Seat.objects.select_related("team").filter(order_id=order_id).first()
    if seat is None:
        return False
    team = locks.lock_one(Team, seat.team_id)
    if not free_seat(seat, before=SeatState.HELD):
        return False
    if team.state == TeamState.OPENING.value:
        move_team(team, "void", by=SYSTEM, note=reason)
    return True


def check_who(offer: OfferView, request: SeatRequest) -> None:
    """Raises NotForYou. One query, and none for an offer that is for everybody."""
    if offer.community_id is not None and offer.community_id not in request.communities:
        raise NotForYou(reason=rules.FOR_COMMUNITY)
    if offer.audience is Audience.EVERYONE:
        return
    has_bought = bool(first_paid_at([request.member_id]))
    if not rules.may_sit(offer.audience, is_leader=request.team_id is None, has_bought=has_bought):
        is_for_known = offer.audience is Audience.BOUGHT_BEFORE
        raise NotForYou(reason=rules.FOR_KNOWN if is_for_known else rules.FOR_NEW)


def free_seat(seat: Seat, *, before: SeatState) -> bool:
    """Take a seat from its team and give claim, limit and budget back. False when it is in another state."""
    freed = Seat.objects.filter(id=seat.id, state=before.value).update(state=SeatState.RELEASED.value)
    if not freed:
        return False
    rush.release_claim(seat.claim_id)
    give_back_allowance(seat)
    return True


def take_allowance(offer: OfferView, request: SeatRequest, *, claim_id: uuid.UUID) -> None:
    """Count the units against the member's limit and set the discount aside in the offer's budget."""
    _use_limit(offer, member_id=request.member_id, units=request.quantity)
    _reserve_budget(offer, request, claim_id=claim_id)


def give_back_allowance(seat: Seat) -> None:
    """Limit and budget of a seat whose goods will not be had."""
    offer_id = Team.objects.values_list("offer_id", flat=True).get(id=seat.team_id)
    MemberUse.objects.filter(offer_id=offer_id, member_id=seat.member_id).update(
        units=F("units") - seat.quantity
    )
    release_reserved(budget_use_id(seat.claim_id))


def budget_use_id(claim_id: uuid.UUID) -> uuid.UUID:
    return ids.derived_id(claim_id, "group_buy_budget")


def hold_seat_in(team: Team, *, request: SeatRequest, claim_id: uuid.UUID, expires_at: datetime) -> SeatTaken:
    """Claim a unit of the locked team's pool and give it the lowest free number. Raises TeamNotOpen, AlreadyInTeam."""
    seats = list(Seat.objects.filter(team=team).exclude(state=SeatState.RELEASED.value))
    if any(seat.member_id == request.member_id for seat in seats):
        raise AlreadyInTeam()
    seat_no = rules.lowest_free_seat(
        taken={seat.seat_no for seat in seats}, size=max(team.size, team.capacity)
    )
    if seat_no is None:
        raise TeamNotOpen()
    # the claim itself never expires by the clock: the order does, and takes its seat with it
    try:
        rush.claim_units(pool_id=team.pool_id, member_id=request.member_id, claim_id=claim_id)
    except (rush.SoldOut, rush.LimitReached) as refusal:
        raise TeamNotOpen() from refusal
    Seat.objects.update_or_create(
        order_id=request.order_id,
        defaults={
            "claim_id": claim_id,
            "team": team,
            "seat_no": seat_no,
            "member_id": request.member_id,
            "quantity": request.quantity,
            "discount_minor": request.discount_minor,
            "state": SeatState.HELD.value,
            "late_choice": request.late_choice.value,
            "expires_at": expires_at,
            "joined_at": clock.now(),
        },
    )
    return SeatTaken(
        team_id=team.id, seat_no=seat_no, is_leader=team.leader_id == request.member_id, expires_at=expires_at
    )


def start_team(offer: OfferView, *, leader_id: uuid.UUID, now: datetime, by: Actor) -> Team:
    """A team waiting for its first payment."""
    team = Team.objects.create(
        id=ids.new_id(),
        offer_id=offer.id,
        pool_id=rush.open_pool(purpose="team", capacity=offer.capacity, member_limit=1),
        leader_id=leader_id,
        size=offer.team_size,
        capacity=offer.capacity,
        state=TeamState.OPENING.value,
        deadline=rules.seat_expiry(now=now, team_deadline=None),
        opened_at=now,
    )
    history.record_step(subject=("team", team.id), verb="open", by=by, after=team.state)
    return team


def move_team(team: Team, verb: str, *, by: Actor, note: str = "") -> None:
    before = TeamState(team.state)
    team.state = advance(rules.TEAM_LIFECYCLE, before, verb).value
    if TeamState(team.state) in rules.ENDED:
        team.settled_at = clock.now()
    team.save(update_fields=["state", "deadline", "settled_at", "is_merchant_completed"])
    history.record_step(
        subject=("team", team.id), verb=verb, by=by, before=before.value, after=team.state, note=note
    )


def _use_limit(offer: OfferView, *, member_id: uuid.UUID, units: int) -> None:
    """Count the units against the member's limit by one conditional write, never by reading first."""
    if offer.member_limit and units > offer.member_limit:
        raise MemberLimitReached(limit=offer.member_limit)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO group_buy_memberuse AS u (offer_id, member_id, units) VALUES (%(offer)s, %(member)s, %(units)s)
            ON CONFLICT (offer_id, member_id) DO UPDATE SET units = u.units + excluded.units
            WHERE %(limit)s = 0 OR u.units + excluded.units <= %(limit)s
            """,
            {"offer": offer.id, "member": member_id, "units": units, "limit": offer.member_limit},
        )
        if cursor.rowcount != 1:
            raise MemberLimitReached(limit=offer.member_limit)


def _reserve_budget(offer: OfferView, request: SeatRequest, *, claim_id: uuid.UUID) -> None:
    amount = most_it_may_cost(offer, request)
    if offer.budget_minor is not None and amount > 0:
        _reserve(offer, budget_use_id(claim_id), amount, order_id=request.order_id)


def _reserve(offer: OfferView, use_id: uuid.UUID, amount_minor: int, *, order_id: uuid.UUID) -> None:
    if amount_minor <= 0:
        return
    currency = Offer.objects.values_list("currency", flat=True).get(id=offer.id)
    reserve(
        NewTransfer(
            id=use_id,
            debit=budget_account(offer.id),
            credit=DISCOUNTS,
            amount_minor=amount_minor,
            unit=f"{currency}.b",
            kind="discount",
            subject=("order", order_id),
        )
    )


def spend_budget(offer: OfferView, seats: Sequence[Seat], cuts: Sequence[PriceCut]) -> None:
    """What was set aside is spent; where tiers or a free seat reserved more than was given, the rest comes back."""
    off = {cut.order_id: cut.amount_minor for cut in cuts}
    for seat in seats:
        use_id = budget_use_id(seat.claim_id)
        if not offer.tiers and offer.leader_benefit is not LeaderBenefit.FREE:
            commit_reserved(use_id)
            continue
        given = off.get(seat.order_id, 0)
        if given is None:  # free goods: everything that was set aside was given
            commit_reserved(use_id)
        elif release_reserved(use_id):
            _reserve(
                offer, ids.derived_id(use_id, "given"), seat.discount_minor + given, order_id=seat.order_id
            )
            commit_reserved(ids.derived_id(use_id, "given"))


def most_it_may_cost(offer: OfferView, request: SeatRequest) -> int:
    """The discount, with the highest tier or the free goods of a leader."""
    if request.team_id is None and offer.leader_benefit is LeaderBenefit.FREE:
        return request.discount_minor + request.price_minor * request.quantity
    return request.discount_minor + offer.most_off_minor * request.quantity
