"""Reading incentives."""

import uuid
from collections import defaultdict
from datetime import datetime, timedelta

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.guard.public import in_sight
from jishi.modules.incentives.models import Contribution, Rule
from jishi.modules.incentives.rules import BOARD_DAYS, decayed
from jishi.modules.incentives.types import BoardRow, RuleForm, RuleView

ROWS_MAX = 200
COUNTED_MAX = 100_000


def week_board(*, limit: int = 50) -> list[BoardRow]:
    """Highest first; who reached it earlier stands first among equals. One query over the last seven days."""
    now = clock.now()
    rows = Contribution.objects.filter(in_sight("member_id"), at__gt=now - timedelta(days=BOARD_DAYS))
    rows = rows.order_by("-at")
    by_member: dict[uuid.UUID, list[tuple[int, datetime]]] = defaultdict(list)
    for member_id, value, at in rows.values_list("member_id", "value", "at")[:COUNTED_MAX]:
        by_member[member_id].append((value, at))
    board = [
        BoardRow(member, decayed(values, now=now), len(values), max(at for _, at in values))
        for member, values in by_member.items()
    ]
    return sorted(board, key=lambda row: (-row.score, row.last_at, row.member_id))[: min(limit, ROWS_MAX)]


def rules_table(*, by: Actor) -> list[RuleView]:
    by.require("community.view")
    return [_view(row) for row in Rule.objects.order_by("fact_name")[:ROWS_MAX]]


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
