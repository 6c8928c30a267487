"""Reading communities, who is in them, and what they offer."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.community.errors import MembersOnly
from jishi.modules.community.models import (
    Channel,
    Community,
    Invite,
    JoinRequest,
    Membership,
    ShelfItem,
    Task,
    TaskDone,
)
from jishi.modules.community.queries.days import today
from jishi.modules.community.rules import access
from jishi.modules.community.types import (
    ChannelView,
    CommunityForm,
    CommunityRole,
    CommunityView,
    InviteView,
    Joining,
    Level,
    MembershipView,
    MemberState,
    Openness,
    Ref,
    RefKind,
    RequestState,
    RequestView,
    TaskView,
    Writers,
)

ROWS_MAX = 200
OWN_MAX = 100
CHANNELS_MAX = 20
SHELF_MAX = 24
TASKS_MAX = 5
STREAK_MAX = 60
VIEW = "community.view"


@dataclass(frozen=True, slots=True)
class Door:
    """A community as somebody stands before it."""

    community: CommunityView
    membership: MembershipView | None
    reads: bool
    is_waiting: bool = False  # a request of theirs is being looked at

    @property
    def may_moderate(self) -> bool:
        return self.membership is not None and self.membership.may_moderate


def door_of(handle: str, *, by: Actor) -> Door:
    """A community by its handle; two queries, three for a member of the shop outside. Raises NotFound."""
    row = Community.objects.filter(handle=handle).first()
    if row is None:
        raise NotFound()
    return _door(row, by=by)


def door_of_id(community_id: uuid.UUID, *, by: Actor) -> Door:
    row = Community.objects.filter(id=community_id).first()
    if row is None:
        raise NotFound()
    return _door(row, by=by)


def require_reader(door: Door) -> None:
    """Raises MembersOnly for who stands outside."""
    if not door.reads:
        raise MembersOnly()


def community_view(community_id: uuid.UUID) -> CommunityView:
    """For flows that act for the shop. Raises NotFound."""
    row = Community.objects.filter(id=community_id).first()
    if row is None:
        raise NotFound()
    return view_of(row)


def communities_by_ids(community_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, CommunityView]:
    rows = Community.objects.filter(id__in=list(set(community_ids))[:ROWS_MAX])
    return {row.id: view_of(row) for row in rows}


def directory(*, text: str = "", limit: int = 50) -> list[CommunityView]:
    """Communities that anybody may know of, the largest first; one query."""
    rows = Community.objects.filter(is_open=True).exclude(openness=Openness.SECRET.value)
    if text.strip():
        wanted = text.strip()[:40]
        rows = rows.filter(
            Q(name__icontains=wanted) | Q(audience__icontains=wanted) | Q(promise__icontains=wanted)
        )
    return [view_of(row) for row in rows.order_by("-member_count", "-id")[: min(limit, ROWS_MAX)]]


def communities_of(member_id: uuid.UUID) -> list[tuple[CommunityView, MembershipView]]:
    """Where a member is, the liveliest first; one query."""
    rows = Membership.objects.select_related("community").filter(
        member_id=member_id, state=MemberState.IN.value
    )
    found = [(view_of(row.community), membership_view(row)) for row in rows[:OWN_MAX]]
    return sorted(found, key=lambda pair: pair[0].last_post_at or pair[0].created_at, reverse=True)


def community_ids_of(member_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """For plays that wait for the people of a community; one query."""
    rows = Membership.objects.filter(member_id=member_id, state=MemberState.IN.value)
    return frozenset(rows.values_list("community_id", flat=True)[:OWN_MAX])


def readable_ids(community_ids: Iterable[uuid.UUID], *, by: Actor) -> frozenset[uuid.UUID]:
    """Those of them that the actor may read: public ones and their own; two queries, none for nothing."""
    wanted = list(set(community_ids))[:ROWS_MAX]
    if not wanted:
        return frozenset()
    rows = Community.objects.filter(id__in=wanted)
    if not by.may(VIEW):
        own = community_ids_of(by.id) if by.is_member and by.id is not None else frozenset()
        rows = rows.filter(Q(openness=Openness.PUBLIC.value) | Q(id__in=own))
    return frozenset(rows.values_list("id", flat=True))


def membership_of(community_id: uuid.UUID, member_id: uuid.UUID | None) -> MembershipView | None:
    if member_id is None:
        return None
    row = Membership.objects.filter(
        community_id=community_id, member_id=member_id, state=MemberState.IN.value
    ).first()
    return membership_view(row) if row else None


def memberships_by_ids(
    community_id: uuid.UUID, member_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, MembershipView]:
    """For the marks beside names; one query."""
    rows = Membership.objects.filter(
        community_id=community_id, member_id__in=list(set(member_ids)), state=MemberState.IN.value
    )
    return {row.member_id: membership_view(row) for row in rows}


def members_page(
    community_id: uuid.UUID, *, page: int = 1, limit: int = 50, role: str = ""
) -> tuple[list[MembershipView], int]:
    """Who is there: people with a role, then by trust; two queries."""
    rows = Membership.objects.filter(community_id=community_id, state=MemberState.IN.value)
    if role:
        rows = rows.filter(role=role)
    first = (max(1, page) - 1) * limit
    ordered = rows.order_by("-level", "joined_at", "id")[first : first + min(limit, ROWS_MAX)]
    return [membership_view(row) for row in ordered], rows.count()


def staff_of(community_id: uuid.UUID) -> list[MembershipView]:
    rows = Membership.objects.filter(community_id=community_id, state=MemberState.IN.value).exclude(
        role=CommunityRole.MEMBER.value
    )
    return [membership_view(row) for row in rows.order_by("joined_at")[:ROWS_MAX]]


def channels_of(community_id: uuid.UUID) -> list[ChannelView]:
    rows = Channel.objects.filter(community_id=community_id, is_archived=False).order_by("position", "id")
    return [channel_view(row) for row in rows[:CHANNELS_MAX]]


def shelf_of(community_id: uuid.UUID) -> list[Ref]:
    rows = ShelfItem.objects.filter(community_id=community_id).order_by("position", "id")[:SHELF_MAX]
    return [Ref(RefKind(row.kind), row.ref_id) for row in rows]


def requests_of(community_id: uuid.UUID, *, limit: int = 50) -> list[RequestView]:
    rows = JoinRequest.objects.filter(community_id=community_id, state=RequestState.WAITING.value)
    return [request_view(row) for row in rows.order_by("at", "id")[: min(limit, ROWS_MAX)]]


def invites_of(community_id: uuid.UUID) -> list[InviteView]:
    rows = Invite.objects.filter(community_id=community_id).order_by("-at")[:ROWS_MAX]
    return [invite_view(row) for row in rows]


def tasks_of(community_id: uuid.UUID, *, member_id: uuid.UUID | None) -> list[TaskView]:
    """Open check-ins with how many did them today and one's own row of days; three queries."""
    rows = list(
        Task.objects.filter(community_id=community_id, is_open=True).order_by("created_at")[:TASKS_MAX]
    )
    day = today()
    done = TaskDone.objects.filter(task__in=rows)
    counts = dict(done.filter(day=day).values_list("task_id").annotate(found=Count("id")))
    own: dict[uuid.UUID, set[date]] = {}
    if member_id is not None and rows:
        since = day - timedelta(days=STREAK_MAX)
        for task_id, on in done.filter(member_id=member_id, day__gte=since).values_list("task_id", "day"):
            own.setdefault(task_id, set()).add(on)
    return [
        TaskView(
            id=row.id,
            community_id=row.community_id,
            title=row.title,
            about=row.about,
            done_count=counts.get(row.id, 0),
            is_done=day in own.get(row.id, ()),
            streak_days=_streak(own.get(row.id, set()), day=day),
        )
        for row in rows
    ]


def communities_table(
    *, by: Actor, text: str = "", page: int = 1, limit: int = 50
) -> tuple[list[CommunityView], int]:
    """All of them for staff, secret ones too; two queries."""
    by.require(VIEW)
    rows = Community.objects.all()
    if text.strip():
        rows = rows.filter(Q(name__icontains=text.strip()) | Q(handle__icontains=text.strip()))
    first = (max(1, page) - 1) * limit
    return [
        view_of(row) for row in rows.order_by("-member_count", "-id")[first : first + limit]
    ], rows.count()


def waiting_counts(community_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Requests that wait, by community; one query."""
    rows = JoinRequest.objects.filter(community_id__in=community_ids, state=RequestState.WAITING.value)
    return dict(rows.values_list("community_id").annotate(found=Count("id")))


def view_of(row: Community) -> CommunityView:
    form = CommunityForm(
        name=row.name,
        handle=row.handle,
        audience=row.audience,
        promise=row.promise,
        house_rules=row.house_rules,
        openness=Openness(row.openness),
        joining=Joining(row.joining),
        questions=tuple(row.questions),
        member_limit=row.member_limit,
        motif=row.motif,
        color=row.color,
    )
    return CommunityView(
        id=row.id,
        form=form,
        is_open=row.is_open,
        member_count=row.member_count,
        post_count=row.post_count,
        last_post_at=row.last_post_at,
        created_at=row.created_at,
        cover_id=row.cover_id,
    )


def membership_view(row: Membership) -> MembershipView:
    return MembershipView(
        community_id=row.community_id,
        member_id=row.member_id,
        role=CommunityRole(row.role),
        level=Level(row.level),
        level_since=row.level_since,
        is_level_held=row.is_level_held,
        joined_at=row.joined_at,
    )


def channel_view(row: Channel) -> ChannelView:
    return ChannelView(row.id, row.community_id, row.name, row.about, row.position, Writers(row.writers))


def request_view(row: JoinRequest) -> RequestView:
    return RequestView(
        row.id, row.community_id, row.member_id, tuple(row.answers), RequestState(row.state), row.at
    )


def invite_view(row: Invite) -> InviteView:
    is_open = (
        row.is_open and row.uses < row.uses_max and (row.expires_at is None or row.expires_at > clock.now())
    )
    return InviteView(row.code, row.uses, row.uses_max, row.expires_at, is_open)


def _door(row: Community, *, by: Actor) -> Door:
    membership = membership_of(row.id, by.id if by.is_member else None)
    is_staff, openness = by.may(VIEW), Openness(row.openness)
    if not access.knows(openness, membership, is_staff=is_staff):
        raise NotFound()
    is_waiting = (
        by.is_member
        and by.id is not None
        and membership is None
        and JoinRequest.objects.filter(
            community=row, member_id=by.id, state=RequestState.WAITING.value
        ).exists()
    )
    reads = access.reads(openness, membership, is_staff=is_staff)
    return Door(view_of(row), membership, reads, is_waiting)


def _streak(days: set[date], *, day: date) -> int:
    """Days in a row up to today, or up to yesterday while today is still open."""
    at = day if day in days else day - timedelta(days=1)
    count = 0
    while at in days:
        count, at = count + 1, at - timedelta(days=1)
    return count
