"""Reading offers and teams."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from jishi.kernel import clock
from jishi.kernel.errors import NotFound
from jishi.modules.plays.group_buy.models import MemberUse, Offer, OfferPrice, Seat, Team
from jishi.modules.plays.group_buy.types import (
    OfferPriceView,
    OfferState,
    OfferView,
    SeatState,
    SeatView,
    TeamState,
    TeamView,
)

OFFERS_MAX = 200
TEAMS_MAX = 200


@dataclass(frozen=True, slots=True)
class TeamCounts:
    """How the teams of an offer stand."""

    forming: int = 0
    succeeded: int = 0
    failed: int = 0

    @property
    def ended(self) -> int:
        return self.succeeded + self.failed


def offer_view(offer_id: uuid.UUID) -> OfferView:
    """One offer with its prices; two queries. Raises NotFound."""
    found = offers_by_ids([offer_id])
    if not found:
        raise NotFound()
    return found[offer_id]


def offers_by_ids(offer_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, OfferView]:
    return {view.id: view for view in _offer_views(list(Offer.objects.filter(id__in=list(offer_ids))))}


def offers_table(*, states: Sequence[OfferState] = (), limit: int = 50) -> list[OfferView]:
    """Newest first; two queries."""
    rows = Offer.objects.all()
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    return _offer_views(list(rows.order_by("-created_at")[: min(limit, OFFERS_MAX)]))


def selling_offer_of_product(product_id: uuid.UUID) -> OfferView | None:
    """The offer that sells a product now, the cheapest team first; two queries."""
    found = selling_offers(product_ids=[product_id], limit=1)
    return found[0] if found else None


def selling_offers(*, product_ids: Sequence[uuid.UUID] | None = None, limit: int = 60) -> list[OfferView]:
    """Offers one can open or join a team of now; two queries."""
    now = clock.now()
    rows = Offer.objects.filter(state=OfferState.OPEN.value, opens_at__lte=now, closes_at__gt=now)
    if product_ids is not None:
        rows = rows.filter(product_id__in=list(product_ids))
    return _offer_views(list(rows.order_by("closes_at", "id")[: min(limit, OFFERS_MAX)]))


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
    """Teams that wait for people, the one closest to full and to its end first; two queries."""
    rows = Team.objects.select_related("offer").filter(
        state=TeamState.FORMING.value, deadline__gt=clock.now()
    )
    scope = Q(offer__state=OfferState.OPEN.value) if offer_id is None else Q(offer_id=offer_id)
    rows = rows.filter(scope)
    views = _team_views(list(rows.order_by("deadline")[:TEAMS_MAX]))
    open_views = [view for view in views if view.free_count > 0]
    return sorted(open_views, key=lambda view: (view.missing_count, view.deadline))[:limit]


def teams_table(
    *,
    offer_id: uuid.UUID | None = None,
    states: Sequence[TeamState] = (),
    due_before: datetime | None = None,
    page: int = 1,
    limit: int = 50,
) -> list[TeamView]:
    """Teams for the console, newest first; two queries."""
    rows = Team.objects.select_related("offer").all()
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


def seat_of_order(order_id: uuid.UUID) -> SeatView | None:
    row = Seat.objects.select_related("team").filter(order_id=order_id).first()
    return _seat_view(row, leader_id=row.team.leader_id) if row else None


def units_used(*, offer_id: uuid.UUID, member_id: uuid.UUID) -> int:
    found = MemberUse.objects.filter(offer_id=offer_id, member_id=member_id).values_list("units", flat=True)
    return found.first() or 0


def _offer_views(rows: list[Offer]) -> list[OfferView]:
    prices: dict[uuid.UUID, list[OfferPriceView]] = defaultdict(list)
    for price in OfferPrice.objects.filter(offer__in=rows).order_by("price_minor"):
        prices[price.offer_id].append(
            OfferPriceView(variant_id=price.variant_id, price_minor=price.price_minor)
        )
    return [
        OfferView(
            id=row.id,
            product_id=row.product_id,
            name=row.name,
            state=OfferState(row.state),
            team_size=row.team_size,
            team_hours=row.team_hours,
            member_limit=row.member_limit,
            leader_discount_minor=row.leader_discount_minor,
            budget_minor=row.budget_minor,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            allows_merchant_completion=row.allows_merchant_completion,
            prices=tuple(prices[row.id]),
            created_at=row.created_at,
        )
        for row in rows
    ]


def _team_views(rows: list[Team]) -> list[TeamView]:
    leaders = {row.id: row.leader_id for row in rows}
    seats: dict[uuid.UUID, list[SeatView]] = defaultdict(list)
    taken = Seat.objects.filter(team__in=rows).exclude(state=SeatState.RELEASED.value).order_by("seat_no")
    for seat in taken:
        seats[seat.team_id].append(_seat_view(seat, leader_id=leaders[seat.team_id]))
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
        )
        for row in rows
    ]


def _seat_view(row: Seat, *, leader_id: uuid.UUID) -> SeatView:
    return SeatView(
        seat_no=row.seat_no,
        member_id=row.member_id,
        order_id=row.order_id,
        state=SeatState(row.state),
        is_leader=row.member_id == leader_id,
        joined_at=row.joined_at,
    )
