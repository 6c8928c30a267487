"""Reading incentives."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Count

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.guard.public import in_sight_sql
from jishi.modules.incentives.models import Contribution, Rule, Thanks
from jishi.modules.incentives.rules import BOARD_DAYS, HALF_LIFE_DAYS, THANKS_PER_DAY
from jishi.modules.incentives.types import BoardRow, OwnStanding, RuleForm, RuleView, TodayRow

ROWS_MAX = 200


def week_board(*, limit: int = 50) -> list[BoardRow]:
    """Highest first; who reached it earlier stands first among equals; nobody whom moderation hides. One query."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_BOARD} ORDER BY 5 LIMIT %(limit)s", _values() | {"limit": min(limit, ROWS_MAX)})
        return [BoardRow(*row[:4]) for row in cursor.fetchall()]


def own_standing(*, by: Actor) -> OwnStanding:
    """Where the actor stands on the board, what still counts today, and how many thanks are left; four queries."""
    member_id = by.require_member()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({_BOARD}) board WHERE member_id = %(me)s", _values() | {"me": member_id}
        )
        found = cursor.fetchone()
    _member, score, contributions, _last, place = found or (None, 0, 0, None, None)
    mine = Contribution.objects.filter(member_id=member_id, day=shop_day(clock.now()))
    counted = dict(mine.order_by().values_list("rule_id").annotate(found=Count("id")))
    rules = Rule.objects.filter(is_on=True).order_by("-value", "-points", "fact_name")[:ROWS_MAX]
    return OwnStanding(
        place=place,
        score=score,
        contributions=contributions,
        thanks_left=max(0, THANKS_PER_DAY - thanks_given(member_id)),
        today=tuple(
            TodayRow(row.fact_name, row.label, row.points, row.value, counted.get(row.id, 0), row.daily_cap)
            for row in rules
        ),
    )


def thanks_given(member_id: uuid.UUID) -> int:
    """How many of the last day; one query."""
    since = clock.now() - timedelta(days=1)
    return Thanks.objects.filter(from_id=member_id, at__gt=since).count()


def rules_table(*, by: Actor) -> list[RuleView]:
    by.require("community.view")
    return [_view(row) for row in Rule.objects.order_by("fact_name")[:ROWS_MAX]]


def shop_day(instant: datetime) -> date:
    """The day of the shop's calendar."""
    return instant.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _values() -> dict[str, Any]:
    now = clock.now()
    return {"now": now, "since": now - timedelta(days=BOARD_DAYS)}


def _view(row: Rule) -> RuleView:
    form = RuleForm(
        row.fact_name,
        row.member_field,
        row.label,
        row.points,
        row.value,
        row.daily_cap,
        row.is_on,
        row.batch_id,
    )
    return RuleView(row.id, form)


# `rules.decayed` in SQL, so that a week of any length is added up where it lies.
_BOARD = f"""
SELECT member_id, score, contributions, last_at,
       row_number() OVER (ORDER BY score DESC, last_at, member_id) AS place
FROM (
  SELECT c.member_id, count(*) AS contributions, max(c.at) AS last_at,
         round(100 * sum(c.value * power(0.5::float8,
           greatest(extract(epoch FROM %(now)s - c.at), 0)::float8 / {86_400 * HALF_LIFE_DAYS})))::bigint AS score
  FROM {Contribution._meta.db_table} c
  WHERE c.at > %(since)s AND {in_sight_sql("c.member_id", now="%(now)s")}
  GROUP BY c.member_id
) counted
"""
