"""Teams of a group buy: who sits there, seats for friends, and how they end."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.flows.teams import close_team_early, complete_team_by_merchant
from jishi.modules.people.public import people_by_ids
from jishi.modules.plays.group_buy.public import (
    SeatState,
    TeamState,
    TeamView,
    forming_teams,
    keep_for_friend,
    team_view,
    teams_of_member,
    teams_table,
)
from jishi.platform.http import actor_of, anyone, next_link, scopes
from jishi.platform.paging import cursor_after, key_of
from jishi.surfaces.api.common import Page, PageIn, PersonOut
from jishi.surfaces.api.offers import require_look

router = Router(tags=["group buying"])


class SeatOut(Schema):
    seat_no: int
    state: SeatState
    is_leader: bool
    joined_at: datetime
    member: PersonOut


class TeamOut(Schema):
    """Real people only; `is_merchant_completed` says when the merchant closed the gap."""

    id: uuid.UUID
    offer_id: uuid.UUID
    product_id: uuid.UUID
    leader_id: uuid.UUID
    state: TeamState
    size: int
    paid_count: int
    missing_count: int
    free_count: int
    capacity: int
    is_assured: bool
    deadline: datetime
    opened_at: datetime
    settled_at: datetime | None
    is_merchant_completed: bool
    seats: list[SeatOut]


class OwnTeamsIn(Schema):
    offer_id: uuid.UUID | None = None
    limit: int = Field(20, ge=1, le=100)


class StaffTeamsIn(PageIn):
    offer_id: uuid.UUID | None = None
    state: list[TeamState] = Field([], max_length=len(TeamState))


class FriendSeatOut(Schema):
    """`code` goes into the friend's order; the seat is theirs alone until it runs out."""

    code: str


class CompletedOut(Schema):
    team_id: uuid.UUID
    order_count: int


@router.get("/teams", response=list[TeamOut], summary="Teams that wait for people", openapi_extra=anyone())
def list_teams(request: HttpRequest, wanted: Query[OwnTeamsIn]) -> Any:
    """The one closest to full first; join with POST /orders and a seat."""
    del request
    return _teams_out(forming_teams(offer_id=wanted.offer_id, limit=wanted.limit))


@router.get("/teams/{uuid:team_id}", response=TeamOut, summary="One team", openapi_extra=anyone())
def get_team(request: HttpRequest, team_id: uuid.UUID) -> Any:
    del request
    return _teams_out([team_view(team_id)])[0]


@router.post(
    "/teams/{uuid:team_id}/friend-seat",
    response={201: FriendSeatOut},
    summary="Keep a seat for a friend for half an hour",
    openapi_extra=scopes("shop.write"),
)
def create_friend_seat(request: HttpRequest, team_id: uuid.UUID) -> Any:
    return Status(201, {"code": keep_for_friend(team_id, by=actor_of(request))})


@router.post(
    "/teams/{uuid:team_id}/close",
    response=CompletedOut,
    summary="The leader does not wait for more than the least number of people",
    openapi_extra=scopes("shop.write", "plays.edit"),
)
def close_team(request: HttpRequest, team_id: uuid.UUID) -> Any:
    return {"team_id": team_id, "order_count": close_team_early(team_id, by=actor_of(request))}


@router.get(
    "/me/teams", response=list[TeamOut], summary="Teams you sit in", openapi_extra=scopes("shop.read")
)
def list_own_teams(request: HttpRequest, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> Any:
    return _teams_out(teams_of_member(actor_of(request).require_member(), limit=limit))


@router.get(
    "/staff/teams",
    tags=["staff"],
    response=Page[TeamOut],
    summary="All teams",
    openapi_extra=scopes("plays.edit", "reports.view"),
)
def list_all_teams(request: HttpRequest, wanted: Query[StaffTeamsIn]) -> Any:
    require_look(actor_of(request))
    teams = teams_table(
        offer_id=wanted.offer_id, states=wanted.state, after=key_of(wanted.cursor), limit=wanted.limit
    )
    cursor = cursor_after(teams, limit=wanted.limit, field="opened_at")
    return {"items": _teams_out(teams), "next": next_link(request, cursor)}


@router.post(
    "/teams/{uuid:team_id}/complete",
    tags=["staff"],
    response=CompletedOut,
    summary="Let a forming team succeed with the people it has; the team says so",
    openapi_extra=scopes("plays.edit"),
)
def complete_team(request: HttpRequest, team_id: uuid.UUID) -> Any:
    return {"team_id": team_id, "order_count": complete_team_by_merchant(team_id, by=actor_of(request))}


def _teams_out(teams: list[TeamView]) -> list[dict[str, Any]]:
    """Members by name and colour; whose order a seat is stays with its owner and the staff."""
    people = people_by_ids([seat.member_id for team in teams for seat in team.seats])
    own = {"paid_count", "missing_count", "free_count", "is_assured"} | set(TeamView.__dataclass_fields__)
    names = [name for name in TeamOut.model_fields if name in own and name != "seats"]
    return [
        {
            **{name: getattr(team, name) for name in names},
            "seats": [
                {
                    "seat_no": seat.seat_no,
                    "state": seat.state,
                    "is_leader": seat.is_leader,
                    "joined_at": seat.joined_at,
                    "member": people[seat.member_id],
                }
                for seat in team.seats
                if seat.member_id in people
            ],
        }
        for team in teams
    ]
