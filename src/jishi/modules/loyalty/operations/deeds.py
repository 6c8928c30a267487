"""What members do: counted, rewarded by badges and missions, and by checking in every day."""

import uuid
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.modules.loyalty.errors import AlreadyCheckedIn, MissionTaken, MissionUnfinished
from jishi.modules.loyalty.facts import BadgeWon, CheckedIn
from jishi.modules.loyalty.models import Badge, CheckIn, Mission, MissionTake
from jishi.modules.loyalty.operations.lots import grant_points
from jishi.modules.loyalty.queries.deeds import ONCE_DAY, check_in_points, count_of, last_check_in
from jishi.modules.loyalty.types import Cadence, CheckInResult, DeedKind
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction


@in_transaction
def note_deed(member_id: uuid.UUID, kind: DeedKind, *, times: int = 1) -> list[str]:
    """Count what a member did and give the badges that it reaches. Returns their codes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO loyalty_deed AS d (member_id, kind, day, count) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (member_id, kind, day) DO UPDATE SET count = d.count + excluded.count",
            [member_id, kind.value, shop_day(), times],
        )
    return _award(member_id, kind)


@in_transaction
def check_in(*, by: Actor) -> CheckInResult:
    """Once per day of the shop's calendar; yesterday's check-in makes the streak longer. Raises AlreadyCheckedIn."""
    member_id = by.require_member()
    today = shop_day()
    last = last_check_in(member_id)
    streak = last[1] + 1 if last and last[0] == today - timedelta(days=1) else 1
    points = check_in_points(streak)
    row = CheckIn(
        id=ids.new_id(), member_id=member_id, day=today, streak=streak, points=points, at=clock.now()
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyCheckedIn() from error
    grant_points(member_id=member_id, points=points, source=("check_in", row.id), available_at=clock.now())
    note_deed(member_id, DeedKind.CHECKED_IN)
    record_fact(CheckedIn(member_id, today.isoformat(), streak, points), by=by)
    return CheckInResult(today, streak, points)


@in_transaction
def take_mission(mission_id: uuid.UUID, *, by: Actor) -> int:
    """Take the reward of a finished mission: once, or once a day. Returns the points.

    Raises NotFound, MissionUnfinished, MissionTaken.
    """
    member_id = by.require_member()
    mission = Mission.objects.select_related("badge").filter(id=mission_id, is_open=True).first()
    if mission is None:
        raise NotFound()
    is_daily = mission.cadence == Cadence.DAILY.value
    day = shop_day() if is_daily else ONCE_DAY
    count = count_of(member_id, DeedKind(mission.deed), day=day if is_daily else None)
    if count < mission.goal:
        raise MissionUnfinished(missing=mission.goal - count)
    take = MissionTake(id=ids.new_id(), mission=mission, member_id=member_id, day=day, at=clock.now())
    try:
        with transaction.atomic():
            take.save(force_insert=True)
    except IntegrityError as error:
        raise MissionTaken() from error
    grant_points(
        member_id=member_id,
        points=mission.points,
        source=("mission", take.id),
        available_at=clock.now(),
        note=mission.name,
    )
    if mission.badge is not None:
        _give(member_id, mission.badge)
    return mission.points


def shop_day() -> date:
    """Today in the shop's calendar."""
    return clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _award(member_id: uuid.UUID, kind: DeedKind) -> list[str]:
    badges = list(Badge.objects.filter(deed=kind.value, is_open=True).order_by("threshold"))
    if not badges:
        return []
    count = count_of(member_id, kind, day=None)
    return [badge.code for badge in badges if badge.threshold <= count and _give(member_id, badge)]


def _give(member_id: uuid.UUID, badge: Badge) -> bool:
    """Once per member and badge. True when it is new."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO loyalty_award (member_id, badge_id, at) VALUES (%s, %s, %s)"
            " ON CONFLICT (member_id, badge_id) DO NOTHING",
            [member_id, badge.id, clock.now()],
        )
        if cursor.rowcount != 1:
            return False
    record_fact(BadgeWon(member_id, badge.code, badge.name), by=SYSTEM)
    return True
