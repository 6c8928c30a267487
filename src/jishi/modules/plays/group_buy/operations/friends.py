"""Keeping a seat for a friend, and letting people know that little is missing."""

import uuid
from datetime import timedelta

from django.db import IntegrityError, transaction

from jishi.kernel import chance, clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.modules.plays.group_buy import rules
from jishi.modules.plays.group_buy.errors import FriendSeatTaken, TeamNotOpen
from jishi.modules.plays.group_buy.facts import TeamNearlyFull
from jishi.modules.plays.group_buy.models import FriendSeat, Seat, Team
from jishi.modules.plays.group_buy.types import SeatState, TeamState
from jishi.platform import locks, rush
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

CODE_LENGTH = 8


@in_transaction
def keep_for_friend(team_id: uuid.UUID, *, by: Actor) -> str:
    """Who sits in a forming team keeps one more seat for half an hour; returns the code of the friend's link.

    The seat is a claim like any other, so nobody else can take it meanwhile. Raises NotFound (does not sit there),
    TeamNotOpen (over, or no seat left), FriendSeatTaken.
    """
    host_id = by.require_member()
    team = locks.lock_one(Team, team_id)
    if not Seat.objects.filter(team=team, member_id=host_id, state=SeatState.PAID.value).exists():
        raise NotFound()
    now = clock.now()
    if team.state != TeamState.FORMING.value or team.deadline <= now:
        raise TeamNotOpen()
    _let_go(FriendSeat.objects.filter(team=team, host_id=host_id, is_open=True, expires_at__lte=now).first())
    claim_id = ids.new_id()
    try:
        rush.claim_units(
            pool_id=team.pool_id, member_id=ids.derived_id(host_id, f"friend:{team.id}"), claim_id=claim_id
        )
        with transaction.atomic():
            kept = FriendSeat.objects.create(
                team=team,
                host_id=host_id,
                claim_id=claim_id,
                code=chance.code(CODE_LENGTH),
                expires_at=min(team.deadline, now + timedelta(minutes=rules.FRIEND_HOLD_MINUTES)),
            )
    except rush.SoldOut as refusal:
        raise TeamNotOpen() from refusal
    except (IntegrityError, rush.LimitReached) as refusal:
        raise FriendSeatTaken() from refusal
    return kept.code


def open_friend_seat(team: Team, *, code: str) -> None:
    """The friend is here: the kept seat is free for them alone, since the caller holds the team's lock."""
    _let_go(FriendSeat.objects.filter(team=team, code=code, is_open=True).first())


@in_transaction
def expire_friend_seat(friend_seat_id: uuid.UUID) -> bool:
    """The friend did not come: anybody may have the seat. False when it was used or given back before."""
    kept = FriendSeat.objects.filter(id=friend_seat_id).first()
    if kept is None:
        return False
    locks.lock_one(Team, kept.team_id)
    kept.refresh_from_db()
    return kept.expires_at <= clock.now() and _let_go(kept)


@in_transaction
def nudge_team(team_id: uuid.UUID) -> bool:
    """Say once that little is missing. False when that was said before or nobody is missing any more."""
    team = locks.lock_one(Team, team_id)
    if team.nudged_at is not None or team.state != TeamState.FORMING.value:
        return False
    paid = list(
        Seat.objects.filter(team=team, state=SeatState.PAID.value).values_list("member_id", flat=True)
    )
    missing = team.size - len(paid)
    if missing <= 0:
        return False
    team.nudged_at = clock.now()
    team.save(update_fields=["nudged_at"])
    record_fact(
        TeamNearlyFull(
            team_id=team.id,
            offer_id=team.offer_id,
            member_ids=tuple(paid),
            missing_count=missing,
            deadline=team.deadline,
        ),
        by=SYSTEM,
    )
    return True


def _let_go(kept: FriendSeat | None) -> bool:
    if kept is None or not FriendSeat.objects.filter(id=kept.id, is_open=True).update(is_open=False):
        return False
    rush.release_claim(kept.claim_id)
    return True
