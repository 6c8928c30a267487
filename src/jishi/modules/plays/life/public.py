"""The door of what all plays share."""

from jishi.modules.plays.life.errors import BadPlay, PlayIsFixed, PlayNotOpen
from jishi.modules.plays.life.facts import PlayClosed, PlayOpened, PlayPublished, PlaySettled
from jishi.modules.plays.life.operations.budget import (
    release_budget,
    reserve_budget,
    return_budget,
    spend_budget,
)
from jishi.modules.plays.life.operations.steps import (
    advance_plays,
    change_play,
    close_play,
    create_play,
    publish_play,
    raise_budget,
    settle_play,
)
from jishi.modules.plays.life.queries import (
    budget_left_minor,
    closing_play_ids,
    play_view,
    plays_by_ids,
    plays_table,
    running_plays,
)
from jishi.modules.plays.life.rules import LIFECYCLE, check_head, is_running
from jishi.modules.plays.life.types import PlayHead, PlayKind, PlayState, PlayView

__all__ = [
    "LIFECYCLE",
    "BadPlay",
    "PlayClosed",
    "PlayHead",
    "PlayIsFixed",
    "PlayKind",
    "PlayNotOpen",
    "PlayOpened",
    "PlayPublished",
    "PlaySettled",
    "PlayState",
    "PlayView",
    "advance_plays",
    "budget_left_minor",
    "change_play",
    "check_head",
    "close_play",
    "closing_play_ids",
    "create_play",
    "is_running",
    "play_view",
    "plays_by_ids",
    "plays_table",
    "publish_play",
    "raise_budget",
    "release_budget",
    "reserve_budget",
    "return_budget",
    "running_plays",
    "settle_play",
    "spend_budget",
]
