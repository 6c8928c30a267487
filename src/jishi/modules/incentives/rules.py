"""The numbers of incentives (docs/algorithms/incentives.md)."""

from collections.abc import Iterable
from datetime import datetime

from jishi.kernel.errors import InvalidInput
from jishi.modules.incentives.types import RuleForm

HALF_LIFE_DAYS = 3
BOARD_DAYS = 7
THANKS_PER_DAY = 5
POINTS_MAX = 10_000
# What a shop begins with: fact, field of the member, words, points, value, per day.
FIRST_RULES = (
    RuleForm("community.post_published.v1", "member_id", "发帖", 5, 5, 3),
    RuleForm("community.comment_made.v1", "member_id", "评论", 1, 1, 10),
    RuleForm("community.answer_accepted.v1", "member_id", "回答被采纳", 10, 10, 5),
    RuleForm("notes.note_published.v1", "member_id", "发笔记", 10, 8, 2),
    RuleForm("incentives.thanks_given.v1", "member_id", "被感谢", 2, 3, 10),
    RuleForm("events.member_attended.v1", "member_id", "参加活动", 10, 5, 1),
)


def decayed(values: Iterable[tuple[int, datetime]], *, now: datetime) -> int:
    """Σ value · 0.5^(days / half-life), in hundredths; what lies in the future counts whole."""
    total = 0.0
    for value, at in values:
        days = max(0.0, (now - at).total_seconds() / 86_400)
        total += value * 0.5 ** (days / HALF_LIFE_DAYS)
    return round(100 * total)


COUNTED_FACTS = frozenset(rule.fact_name for rule in FIRST_RULES)


def check_rule(form: RuleForm) -> None:
    """Raises InvalidInput. A rule of any other fact would wait for ever: nobody brings it here."""
    if form.fact_name not in COUNTED_FACTS:
        raise InvalidInput(field="fact_name", reason=", ".join(sorted(COUNTED_FACTS)))
    if not form.label.strip():
        raise InvalidInput(field="label", reason="请填写名称")
    if not (
        0 <= form.points <= POINTS_MAX and 0 <= form.value <= POINTS_MAX and 1 <= form.daily_cap <= 1_000
    ):
        raise InvalidInput(field="points", reason=f"0–{POINTS_MAX}")
