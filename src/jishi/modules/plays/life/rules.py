"""The life of a play, from values alone."""

from datetime import datetime

from jishi.modules.plays.life.errors import BadPlay
from jishi.modules.plays.life.types import PlayHead, PlayState, PlayView

NAME_LENGTH_MAX = 80

LIFECYCLE: dict[tuple[PlayState, str], PlayState] = {
    (PlayState.DRAFT, "schedule"): PlayState.SCHEDULED,
    (PlayState.DRAFT, "open"): PlayState.OPEN,
    (PlayState.SCHEDULED, "open"): PlayState.OPEN,
    (PlayState.SCHEDULED, "withdraw"): PlayState.DRAFT,
    (PlayState.SCHEDULED, "close"): PlayState.CLOSING,
    (PlayState.OPEN, "close"): PlayState.CLOSING,
    (PlayState.CLOSING, "settle"): PlayState.SETTLED,
}
CHANGEABLE = frozenset({PlayState.DRAFT, PlayState.SCHEDULED})


def is_running(play: PlayView, *, now: datetime) -> bool:
    """Whether people may take part: by the clock, so that nobody waits for a sweep to open the doors."""
    return play.state in (PlayState.SCHEDULED, PlayState.OPEN) and play.opens_at <= now < play.closes_at


def check_head(head: PlayHead) -> None:
    """Raises BadPlay naming the first field that is wrong and what to do."""
    if not head.name.strip() or len(head.name) > NAME_LENGTH_MAX:
        raise BadPlay(field="name", reason="请填写名称，不超过 80 个字")
    if head.closes_at <= head.opens_at:
        raise BadPlay(field="closes_at", reason="结束时间要晚于开始时间")
    if head.budget_minor is not None and head.budget_minor <= 0:
        raise BadPlay(field="budget_minor", reason="预算要大于零，留空表示不设上限")


def verb_to_publish(opens_at: datetime, *, now: datetime) -> str:
    return "open" if opens_at <= now else "schedule"
