"""Reading check-ins, badges and missions."""

import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Sum

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.loyalty.models import Award, Badge, CheckIn, CheckInReward, Deed, Mission, MissionTake
from jishi.modules.loyalty.queries.terms import loyalty_terms
from jishi.modules.loyalty.rules.points import streak_day
from jishi.modules.loyalty.types import (
    BadgeTerms,
    BadgeView,
    Cadence,
    CheckInCard,
    CheckInDay,
    DeedKind,
    MissionTerms,
    MissionView,
)

ROWS_MAX = 100
CARD_DAYS = 7
ONCE_DAY = date(1970, 1, 1)  # the day of what can be done once only


def last_check_in(member_id: uuid.UUID) -> tuple[date, int] | None:
    """(day, streak) of the latest; one query."""
    return CheckIn.objects.filter(member_id=member_id).order_by("-day").values_list("day", "streak").first()


def check_in_rewards() -> dict[int, int]:
    """Points on top by day of the card; one query."""
    return dict(CheckInReward.objects.values_list("day_number", "points")[:ROWS_MAX])


def check_in_points(streak: int) -> int:
    """What a check-in brings; two queries."""
    day = streak_day(streak, card_days=CARD_DAYS)
    return loyalty_terms().check_in_points + check_in_rewards().get(day, 0)


def check_in_card(*, by: Actor) -> CheckInCard:
    """The streak's card of seven days; four queries."""
    member_id = by.require_member()
    today = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    last, rewards, base = last_check_in(member_id), check_in_rewards(), loyalty_terms().check_in_points
    is_done = last is not None and last[0] == today
    runs_on = last is not None and last[0] >= today - timedelta(days=1)
    streak = last[1] if last is not None and runs_on else 0
    place = streak_day(streak if is_done else streak + 1, card_days=CARD_DAYS)
    days = tuple(
        CheckInDay(
            number=number,
            points=base + rewards.get(number, 0),
            is_done=number < place or (number == place and is_done),
            is_today=number == place,
        )
        for number in range(1, CARD_DAYS + 1)
    )
    return CheckInCard(
        streak=streak,
        is_done_today=is_done,
        today_points=base + rewards.get(place, 0),
        days=days,
        total_days=CheckIn.objects.filter(member_id=member_id).count(),
    )


def count_of(member_id: uuid.UUID, kind: DeedKind, *, day: date | None) -> int:
    """How often a member did something, on a day or ever; one query."""
    rows = Deed.objects.filter(member_id=member_id, kind=kind.value)
    if day is not None:
        rows = rows.filter(day=day)
    return int(rows.aggregate(total=Sum("count"))["total"] or 0)


def badges_of(member_id: uuid.UUID) -> list[BadgeView]:
    """Every badge with how far the member is, the won ones first; three queries."""
    counts = _counts(member_id)
    won = dict(Award.objects.filter(member_id=member_id).values_list("badge_id", "at")[:ROWS_MAX])
    found = [
        badge_view(row, count=counts.get(row.deed, 0), won_at=won.get(row.id))
        for row in Badge.objects.order_by("position", "threshold", "code")[:ROWS_MAX]
        if row.is_open or row.id in won
    ]
    return sorted(found, key=lambda badge: badge.won_at is None)


def badges_table() -> list[BadgeView]:
    """Every badge with how many hold it; two queries."""
    holders = dict(
        Award.objects.order_by().values("badge_id").annotate(n=Count("id")).values_list("badge_id", "n")
    )
    rows = Badge.objects.order_by("position", "threshold", "code")[:ROWS_MAX]
    return [badge_view(row, holders=holders.get(row.id, 0)) for row in rows]


def missions_of(member_id: uuid.UUID) -> list[MissionView]:
    """The open missions with the member's progress; four queries."""
    today = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    ever, now = _counts(member_id), _counts(member_id, day=today)
    taken = set(
        MissionTake.objects.filter(member_id=member_id, day__in=[today, ONCE_DAY]).values_list(
            "mission_id", flat=True
        )[:ROWS_MAX]
    )
    rows = Mission.objects.select_related("badge").filter(is_open=True).order_by("position", "code")
    found = [
        mission_view(
            row,
            count=(now if row.cadence == Cadence.DAILY.value else ever).get(row.deed, 0),
            is_taken=row.id in taken,
        )
        for row in rows[:ROWS_MAX]
    ]
    return sorted(found, key=lambda view: (not view.is_takeable, view.is_taken))


def missions_table() -> list[MissionView]:
    """Every mission with how often it was taken; two queries."""
    taken = dict(
        MissionTake.objects.order_by()
        .values("mission_id")
        .annotate(n=Count("id"))
        .values_list("mission_id", "n")
    )
    rows = Mission.objects.select_related("badge").order_by("position", "code")[:ROWS_MAX]
    return [mission_view(row, taken=taken.get(row.id, 0)) for row in rows]


def badge_view(row: Badge, *, count: int = 0, won_at: datetime | None = None, holders: int = 0) -> BadgeView:
    return BadgeView(
        id=row.id,
        terms=BadgeTerms(
            code=row.code,
            name=row.name,
            hint=row.hint,
            deed=DeedKind(row.deed),
            threshold=row.threshold,
            mark=row.mark,
            is_open=row.is_open,
        ),
        count=count,
        won_at=won_at,
        holders=holders,
    )


def mission_view(row: Mission, *, count: int = 0, is_taken: bool = False, taken: int = 0) -> MissionView:
    return MissionView(
        id=row.id,
        terms=MissionTerms(
            code=row.code,
            name=row.name,
            hint=row.hint,
            deed=DeedKind(row.deed),
            goal=row.goal,
            cadence=Cadence(row.cadence),
            points=row.points,
            badge_code=row.badge.code if row.badge else "",
            link=row.link,
            is_open=row.is_open,
        ),
        count=count,
        is_taken=is_taken,
        taken=taken,
    )


def _counts(member_id: uuid.UUID, *, day: date | None = None) -> dict[str, int]:
    rows = Deed.objects.filter(member_id=member_id)
    if day is not None:
        rows = rows.filter(day=day)
    return dict(rows.order_by().values("kind").annotate(n=Sum("count")).values_list("kind", "n"))
