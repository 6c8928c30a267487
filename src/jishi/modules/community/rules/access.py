"""Who may see and do what in a community; plain decisions."""

import re
from typing import Final

from jishi.modules.community.errors import BadCommunity
from jishi.modules.community.types import (
    CommunityForm,
    Joining,
    Level,
    MembershipView,
    Openness,
    PollForm,
    Writers,
)

NAME_MAX: Final = 24
LINE_MAX: Final = 120
RULES_MAX: Final = 2_000
QUESTIONS_MAX: Final = 3
OPTIONS_MIN, OPTIONS_MAX = 2, 8
MOTIFS: Final = ("leaf", "fruit", "tea", "bowl", "yarn", "paw", "book", "bag")
COLORS: Final = ("#3d8f72", "#c2703d", "#8a6bd1", "#3f7cbf", "#b8527a", "#7a8a2e", "#cb421e", "#4c8a93")
_HANDLE = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")


def knows(openness: Openness, membership: MembershipView | None, *, is_staff: bool) -> bool:
    """Whether somebody may learn that the community exists."""
    return is_staff or membership is not None or openness is not Openness.SECRET


def reads(openness: Openness, membership: MembershipView | None, *, is_staff: bool) -> bool:
    """Whether somebody may read what is said and who is there."""
    return is_staff or membership is not None or openness is Openness.PUBLIC


def writes(writers: Writers, membership: MembershipView) -> bool:
    if membership.is_staff or writers is Writers.EVERYONE:
        return True
    return writers is Writers.ACTIVE and membership.level >= Level.ACTIVE


def check_form(form: CommunityForm) -> None:
    """Raises BadCommunity for the first thing that is wrong."""
    checks = (
        ("name", 1 <= len(form.name.strip()) <= NAME_MAX, "名称要 1 到 24 个字"),
        ("handle", bool(_HANDLE.fullmatch(form.handle)), "地址用 3 到 40 个小写字母、数字或短横"),
        ("audience", 1 <= len(form.audience.strip()) <= LINE_MAX, "写明为谁而开，最多 120 个字"),
        ("promise", 1 <= len(form.promise.strip()) <= LINE_MAX, "写明来这里能得到什么，最多 120 个字"),
        ("house_rules", len(form.house_rules) <= RULES_MAX, "群规最多 2000 个字"),
        ("questions", len(form.questions) <= QUESTIONS_MAX, "最多三个问题"),
        ("questions", all(0 < len(q) <= LINE_MAX for q in form.questions), "每个问题最多 120 个字"),
        ("questions", form.joining is not Joining.REQUEST or bool(form.questions), "写至少一个入群问题"),
        (
            "joining",
            form.openness is not Openness.SECRET or form.joining is Joining.INVITE,
            "不公开的社群只能邀请加入",
        ),
        ("member_limit", 0 <= form.member_limit <= 1_000_000, "人数上限不对"),
        ("motif", form.motif in MOTIFS, "没有这种封面"),
        ("color", form.color in COLORS, "没有这种颜色"),
    )
    for field, is_right, reason in checks:
        if not is_right:
            raise BadCommunity(field=field, reason=reason)


def check_poll(poll: PollForm) -> None:
    """Raises BadCommunity."""
    texts = [text.strip() for text in poll.options]
    if not OPTIONS_MIN <= len(texts) <= OPTIONS_MAX:
        raise BadCommunity(field="options", reason="投票要有 2 到 8 个选项")
    if len(set(texts)) != len(texts) or not all(0 < len(text) <= 40 for text in texts):
        raise BadCommunity(field="options", reason="选项要各不相同，最多 40 个字")
