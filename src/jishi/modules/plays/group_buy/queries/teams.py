"""Reading teams, their seats, and who should hear of them."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from jishi.kernel import clock
from jishi.kernel.errors import NotFound
from jishi.modules.plays.group_buy.models import FriendSeat, Seat, Team
from jishi.modules.plays.group_buy.rules import NUDGE_HOURS_LEFT
from jishi.modules.plays.group_buy.types import (
    OfferState,
    SeatState,
    SeatView,
    TeamState,
    TeamView,
)
from jishi.platform.paging import Key, older_than

TEAMS_MAX = 200


MATCHES_LOOKED_AT = 10


@dataclass(frozen=True, slots=True)
class TeamCounts:
    """How the teams of an offer stand."""

    forming: int = 0
    succeeded: int = 0
    failed: int = 0

    @property
    def ended(self) -> int:
        return self.succeeded + self.failed


_FORMING = """
SELECT t.id, t.offer_id, o.product_id, t.leader_id, t.state, t.size, t.deadline, t.opened_at, s.rows, t.capacity, friends.kept
FROM group_buy_team t JOIN group_buy_offer o ON o.id = t.offer_id
CROSS JOIN LATERAL (
  SELECT count(*) AS taken, count(*) FILTER (WHERE x.state = 'paid') AS paid,
    json_agg(json_build_array(x.seat_no, x.member_id, x.order_id, x.state, x.joined_at) ORDER BY x.seat_no) AS rows
  FROM group_buy_seat x WHERE x.team_id = t.id AND x.state <> 'released') AS s
CROSS JOIN LATERAL (
  SELECT count(*) AS kept FROM group_buy_friendseat f
  WHERE f.team_id = t.id AND f.is_open AND f.expires_at > %(now)s) AS friends
WHERE t.state = 'forming' AND t.deadline > %(now)s AND s.taken + friends.kept < greatest(t.capacity, t.size)
  AND (t.offer_id = %(offer_id)s OR (%(offer_id)s::uuid IS NULL AND o.state = %(state)s))
ORDER BY s.paid >= t.size, t.size - s.paid, t.deadline, t.id LIMIT %(limit)s
"""


SOON = timedelta(hours=NUDGE_HOURS_LEFT)


_TO_NUDGE = """
SELECT t.id FROM group_buy_team t CROSS JOIN LATERAL (
  SELECT t.size - count(*) AS missing FROM group_buy_seat x WHERE x.team_id = t.id AND x.state = 'paid') AS s
WHERE t.state = 'forming' AND t.deadline > %(now)s AND t.nudged_at IS NULL
  AND (s.missing = 1 AND t.size > 2 OR s.missing BETWEEN 1 AND 2 AND t.deadline < %(soon)s)
ORDER BY t.deadline LIMIT %(limit)s
"""


def team_view(team_id: uuid.UUID) -> TeamView:
    """A team with its seats; two queries. Raises NotFound."""
    found = teams_by_ids([team_id])
    if team_id not in found:
        raise NotFound()
    return found[team_id]


def teams_by_ids(team_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, TeamView]:
    rows = Team.objects.select_related("offer").filter(id__in=list(team_ids))
    return {view.id: view for view in _team_views(list(rows))}


def forming_teams(*, offer_id: uuid.UUID | None = None, limit: int = 20) -> list[TeamView]:
    """Teams that wait for people, the one closest to full and to its end first; one query."""
    values = {
        "now": clock.now(),
        "offer_id": offer_id,
        "state": OfferState.OPEN.value,
        "limit": min(limit, TEAMS_MAX),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FORMING, values)
        return [_forming_view(row) for row in cursor.fetchall()]


def teams_table(
    *,
    offer_id: uuid.UUID | None = None,
    states: Sequence[TeamState] = (),
    due_before: datetime | None = None,
    after: Key | None = None,
    page: int = 1,
    limit: int = 50,
) -> list[TeamView]:
    """Teams for the console, newest first; two queries."""
    rows = Team.objects.select_related("offer").filter(older_than(after, field="opened_at"))
    if due_before is not None:
        rows = rows.filter(deadline__lt=due_before)
    if offer_id is not None:
        rows = rows.filter(offer_id=offer_id)
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    size = min(limit, TEAMS_MAX)
    return _team_views(list(rows.order_by("-opened_at", "-id")[(page - 1) * size : page * size]))


def teams_of_member(member_id: uuid.UUID, *, limit: int = 20) -> list[TeamView]:
    """Teams a member sits in, newest first; three queries."""
    ids = (
        Seat.objects.filter(member_id=member_id)
        .exclude(state=SeatState.RELEASED.value)
        .order_by("-joined_at")
        .values_list("team_id", flat=True)[: min(limit, TEAMS_MAX)]
    )
    found = teams_by_ids(list(ids))
    return sorted(found.values(), key=lambda view: view.opened_at, reverse=True)


def team_counts(offer_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, TeamCounts]:
    """Forming, succeeded and failed teams per offer; one query."""
    state = TeamState
    rows = (
        Team.objects.filter(offer_id__in=list(offer_ids))
        .order_by()
        .values_list("offer_id")
        .annotate(
            forming=Count("id", filter=Q(state=state.FORMING.value)),
            succeeded=Count("id", filter=Q(state=state.SUCCEEDED.value)),
            failed=Count("id", filter=Q(state=state.FAILED.value)),
        )
    )
    return {row[0]: TeamCounts(*row[1:]) for row in rows}


def teams_settled_between(
    *, since: datetime, until: datetime, offer_id: uuid.UUID | None = None
) -> TeamCounts:
    """How the teams that ended in a period ended, perhaps of one offer; one query."""
    rows = Team.objects.filter(settled_at__gte=since, settled_at__lt=until)
    if offer_id is not None:
        rows = rows.filter(offer_id=offer_id)
    found = rows.aggregate(
        succeeded=Count("id", filter=Q(state=TeamState.SUCCEEDED.value)),
        failed=Count("id", filter=Q(state=TeamState.FAILED.value)),
    )
    return TeamCounts(forming=0, succeeded=found["succeeded"], failed=found["failed"])


def teams_by_day(
    *, since: datetime, until: datetime, offer_id: uuid.UUID | None = None
) -> dict[date, TeamCounts]:
    """Teams that ended well or badly, by the day of the zone of `since`; one query."""
    rows = Team.objects.filter(settled_at__gte=since, settled_at__lt=until)
    if offer_id is not None:
        rows = rows.filter(offer_id=offer_id)
    days = rows.annotate(day=TruncDate("settled_at", tzinfo=since.tzinfo)).order_by()
    found = days.values_list("day").annotate(
        succeeded=Count("id", filter=Q(state=TeamState.SUCCEEDED.value)),
        failed=Count("id", filter=Q(state=TeamState.FAILED.value)),
    )
    return {row[0]: TeamCounts(0, row[1], row[2]) for row in found}


def count_forming(*, due_before: datetime | None = None) -> int:
    """Teams that wait for people; with `due_before` only those whose time is nearly over."""
    rows = Team.objects.filter(state=TeamState.FORMING.value)
    return (rows if due_before is None else rows.filter(deadline__lt=due_before)).count()


def due_team_ids(*, limit: int) -> list[uuid.UUID]:
    """Forming teams past their deadline, longest first."""
    rows = Team.objects.filter(state=TeamState.FORMING.value, deadline__lte=clock.now())
    return list(rows.order_by("deadline").values_list("id", flat=True)[:limit])


def find_team(offer_id: uuid.UUID, *, member_id: uuid.UUID) -> uuid.UUID | None:
    """The team closest to full in which the member does not sit yet; None when there is none. One query."""
    teams = forming_teams(offer_id=offer_id, limit=MATCHES_LOOKED_AT)
    fitting = (team for team in teams if all(seat.member_id != member_id for seat in team.seats))
    return next((team.id for team in fitting if team.leader_id != member_id), None)


def due_friend_seat_ids(*, limit: int = TEAMS_MAX) -> list[uuid.UUID]:
    """Seats kept for a friend who did not come in time."""
    rows = FriendSeat.objects.filter(is_open=True, expires_at__lte=clock.now())
    return list(rows.order_by("expires_at").values_list("id", flat=True)[: min(limit, TEAMS_MAX)])


def friend_seat_of(*, team_id: uuid.UUID, host_id: uuid.UUID) -> tuple[str, datetime] | None:
    """(code, until when) of the seat that somebody keeps for a friend now."""
    rows = FriendSeat.objects.filter(
        team_id=team_id, host_id=host_id, is_open=True, expires_at__gt=clock.now()
    )
    return rows.values_list("code", "expires_at").first()


def teams_to_nudge(*, limit: int = 100) -> list[uuid.UUID]:
    """Forming teams whose people should hear that little is missing: one seat, or two with three hours to go."""
    with connection.cursor() as cursor:
        cursor.execute(
            _TO_NUDGE, {"now": clock.now(), "soon": clock.now() + SOON, "limit": min(limit, TEAMS_MAX)}
        )
        return [row[0] for row in cursor.fetchall()]


def seat_of_order(order_id: uuid.UUID) -> SeatView | None:
    row = Seat.objects.select_related("team").filter(order_id=order_id).first()
    return _seat_view(row, leader_id=row.team.leader_id) if row else None


def _forming_view(row: Sequence[Any]) -> TeamView:
    seats = json.loads(row[8]) if isinstance(row[8], str) else row[8]
    return TeamView(
        id=row[0],
        offer_id=row[1],
        product_id=row[2],
        leader_id=row[3],
        state=TeamState(row[4]),
        size=row[5],
        deadline=row[6],
        opened_at=row[7],
        settled_at=None,
        is_merchant_completed=False,
        seats=tuple(
            SeatView(
                seat_no=seat_no,
                member_id=uuid.UUID(member_id),
                order_id=uuid.UUID(order_id),
                state=SeatState(state),
                is_leader=uuid.UUID(member_id) == row[3],
                joined_at=datetime.fromisoformat(joined_at),
            )
            for seat_no, member_id, order_id, state, joined_at in seats or ()
        ),
        capacity=row[9],
        reserved_count=row[10],
    )


def _team_views(rows: list[Team]) -> list[TeamView]:
    leaders = {row.id: row.leader_id for row in rows}
    seats: dict[uuid.UUID, list[SeatView]] = defaultdict(list)
    taken = Seat.objects.filter(team__in=rows).exclude(state=SeatState.RELEASED.value).order_by("seat_no")
    for seat in taken:
        seats[seat.team_id].append(_seat_view(seat, leader_id=leaders[seat.team_id]))
    kept = _kept_for_friends(
        [row.id for row in rows if row.capacity and row.state == TeamState.FORMING.value]
    )
    return [
        TeamView(
            id=row.id,
            offer_id=row.offer_id,
            product_id=row.offer.product_id,
            leader_id=row.leader_id,
            state=TeamState(row.state),
            size=row.size,
            deadline=row.deadline,
            opened_at=row.opened_at,
            settled_at=row.settled_at,
            is_merchant_completed=row.is_merchant_completed,
            seats=tuple(seats[row.id]),
            capacity=row.capacity,
            reserved_count=kept.get(row.id, 0),
        )
        for row in rows
    ]


def _kept_for_friends(team_ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many seats are kept for friends; no query where no team is forming."""
    if not team_ids:
        return {}
    rows = FriendSeat.objects.filter(team_id__in=team_ids, is_open=True, expires_at__gt=clock.now())
    return dict(rows.order_by().values_list("team_id").annotate(Count("id")))


def _seat_view(row: Seat, *, leader_id: uuid.UUID) -> SeatView:
    return SeatView(
        seat_no=row.seat_no,
        member_id=row.member_id,
        order_id=row.order_id,
        state=SeatState(row.state),
        is_leader=row.member_id == leader_id,
        joined_at=row.joined_at,
    )
