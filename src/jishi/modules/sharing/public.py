"""The door of sharing."""

from jishi.modules.sharing.errors import LinkUnknown
from jishi.modules.sharing.facts import LinkVisited
from jishi.modules.sharing.operations import (
    claim_touches,
    credit_lines,
    introduce_member,
    record_touch,
    reverse_credits,
    share,
)
from jishi.modules.sharing.queries import (
    CreditView,
    IntroductionView,
    LinkFigures,
    attribution_of,
    attributions_of,
    count_visitors,
    credits_of_orders,
    credits_table,
    figures_of_sharer,
    introduction_of,
    introductions,
    link_of_code,
    links_of,
    sharers,
    visits_to,
)
from jishi.modules.sharing.rules import WINDOW_DAYS
from jishi.modules.sharing.types import (
    Attribution,
    Channel,
    LinkView,
    NewCredit,
    Reason,
    SharerFigures,
    TargetKind,
)

__all__ = [
    "WINDOW_DAYS",
    "Attribution",
    "Channel",
    "CreditView",
    "IntroductionView",
    "LinkFigures",
    "LinkUnknown",
    "LinkView",
    "LinkVisited",
    "NewCredit",
    "Reason",
    "SharerFigures",
    "TargetKind",
    "attribution_of",
    "attributions_of",
    "claim_touches",
    "count_visitors",
    "credit_lines",
    "credits_of_orders",
    "credits_table",
    "figures_of_sharer",
    "introduce_member",
    "introduction_of",
    "introductions",
    "link_of_code",
    "links_of",
    "record_touch",
    "reverse_credits",
    "share",
    "sharers",
    "visits_to",
]
