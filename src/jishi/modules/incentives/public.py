"""The door of incentives."""

from jishi.modules.incentives.errors import ThankedAlready, ThanksToOneself, TooManyThanks
from jishi.modules.incentives.operations import count_contribution, save_rule, thank
from jishi.modules.incentives.queries import own_standing, rules_table, week_board
from jishi.modules.incentives.rules import FIRST_RULES, HALF_LIFE_DAYS, THANKS_PER_DAY
from jishi.modules.incentives.types import BoardRow, Counted, OwnStanding, RuleForm, RuleView, TodayRow

__all__ = [
    "FIRST_RULES",
    "HALF_LIFE_DAYS",
    "THANKS_PER_DAY",
    "BoardRow",
    "Counted",
    "OwnStanding",
    "RuleForm",
    "RuleView",
    "ThankedAlready",
    "ThanksToOneself",
    "TodayRow",
    "TooManyThanks",
    "count_contribution",
    "own_standing",
    "rules_table",
    "save_rule",
    "thank",
    "week_board",
]
