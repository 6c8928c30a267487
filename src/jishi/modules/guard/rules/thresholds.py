"""The numbers of the automatic rules and of the queue: defaults and bounds."""

from collections.abc import Mapping

from jishi.modules.guard.errors import BadThreshold
from jishi.modules.guard.types import Thresholds

# code → (default, least, most)
BOUNDS: dict[str, tuple[int, int, int]] = {
    "hide_score": (800, 100, 10_000),  # hundredths: reports of this weight together hide until somebody looks
    "first_posts": (0, 0, 1),  # 1: every first post waits for a moderator
    "first_links": (0, 0, 20),  # links a first post may have
    "links": (3, 0, 50),  # links any post may have
    "first_typed_ms": (3_000, 0, 60_000),  # a first post typed faster than this
    "typed_letters_per_second": (20, 1, 200),  # faster is not typing; counts only together with a link
    "spam_words": (2, 1, 20),  # different words of a spam lexicon in one text
    "advertising_holds": (1, 0, 1),  # 1: commercial content with words against the law waits
    "sla_hours": (24, 1, 240),
    "sla_urgent_hours": (4, 1, 240),  # over the hide score, held content, and appeals
    "claim_minutes": (30, 5, 480),
    "reports_per_day": (20, 1, 500),
    "appeal_days": (14, 1, 365),
}
DEFAULTS = {code: default for code, (default, _, _) in BOUNDS.items()}


def thresholds_of(stored: Mapping[str, int]) -> Thresholds:
    return Thresholds({**DEFAULTS, **{code: value for code, value in stored.items() if code in BOUNDS}})


def check_threshold(code: str, value: int) -> None:
    """Raises BadThreshold."""
    if code not in BOUNDS:
        raise BadThreshold(name=code, least=0, most=0)
    _, least, most = BOUNDS[code]
    if not least <= value <= most:
        raise BadThreshold(name=code, least=least, most=most)
