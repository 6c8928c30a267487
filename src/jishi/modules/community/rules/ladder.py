"""The trust ladder (docs/algorithms/trust-ladder.md): plain decisions from what somebody did in the window."""

import itertools
import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from jishi.modules.community.types import Level, Need, Record, Standing

WINDOW_DAYS: Final = 30
HOLD_DAYS: Final = 14  # a level is not lost sooner after it was won
KEEP_PERCENT: Final = 90  # lost only below this part of a threshold
PAIR_CAP: Final = 3  # reactions that count of one person for another in a window
PIECES_A_DAY: Final = 5

# what each level takes in a community of a hundred writers
LADDER: Final[dict[Level, Record]] = {
    Level.MEMBER: Record(days=2, pieces=3, talked_with=1, removed=3),
    Level.ACTIVE: Record(days=6, pieces=12, talked_with=4, received=8, givers=4, removed=2),
    Level.CORE: Record(days=14, pieces=40, talked_with=10, received=30, givers=10, removed=1),
}
# different people are asked for however small a community is: two or three friends never suffice
DIVERSITY_FLOOR: Final = {Level.MEMBER: 0, Level.ACTIVE: 3, Level.CORE: 5}
# (writers in the window, basis points of the ladder); in between it rises evenly
SCALE: Final = ((10, 5_000), (30, 7_500), (100, 10_000), (300, 12_500))
_UNSCALED = frozenset({"days", "removed"})
TERMS: Final = ("days", "pieces", "talked_with", "received", "givers", "removed")


def scale_bps(writers: int) -> int:
    """How high the ladder stands in a community where so many people wrote within the window."""
    if writers <= SCALE[0][0]:
        return SCALE[0][1]
    for (low, low_bps), (high, high_bps) in itertools.pairwise(SCALE):
        if writers <= high:
            return low_bps + (high_bps - low_bps) * (writers - low) // (high - low)
    return SCALE[-1][1]


def needs(level: Level, record: Record, *, scale: int) -> tuple[Need, ...]:
    """What the level takes beside what somebody has; terms that ask for nothing are left out."""
    found = []
    for term in TERMS:
        need = _threshold(level, term, scale=scale)
        if need or term == "removed":
            found.append(Need(term, getattr(record, term), need))
    return tuple(found)


def reaches(level: Level, record: Record, *, scale: int) -> bool:
    return level is Level.NEWCOMER or all(one.is_met for one in needs(level, record, scale=scale))


def keeps(level: Level, record: Record, *, scale: int) -> bool:
    """Whether a level that was won may stay. Who is known stays known: `member` is only lost by what was removed."""
    if level is Level.NEWCOMER:
        return True
    asked = needs(level, record, scale=scale)
    if level is Level.MEMBER:
        asked = tuple(one for one in asked if one.term == "removed")
    return all(_is_kept(one) for one in asked)


def next_level(
    level: Level, record: Record, *, scale: int, since: datetime, now: datetime, is_held: bool = False
) -> Level:
    """The level after a look: up at once, down not before HOLD_DAYS and only below KEEP_PERCENT of a threshold."""
    if is_held:
        return level
    reached = max(one for one in Level if reaches(one, record, scale=scale))
    if reached >= level:
        return reached
    if now - since < timedelta(days=HOLD_DAYS) or keeps(level, record, scale=scale):
        return level
    kept = max(one for one in Level if one < level and keeps(one, record, scale=scale))
    return max(reached, kept)


def standing(level: Level, record: Record, *, scale: int, since: datetime, now: datetime) -> Standing:
    """The page 信任 of a member: every term with what one has and what it takes."""
    above = Level(level + 1) if level < Level.CORE else None
    safe_until = since + timedelta(days=HOLD_DAYS)
    return Standing(
        level=level,
        since=since,
        scale_bps=scale,
        next_level=above,
        missing=needs(above, record, scale=scale) if above is not None else (),
        keeps=_keeping(level, record, scale=scale),
        safe_until=safe_until if level > Level.MEMBER and safe_until > now else None,
    )


def count_received(reactions: Iterable[tuple[uuid.UUID, date]]) -> tuple[int, int]:
    """(reactions that count, different people) of (who reacted, on which day) for one member; the query does the same."""
    days: dict[uuid.UUID, set[date]] = {}
    for giver, day in reactions:
        days.setdefault(giver, set()).add(day)
    return sum(min(len(found), PAIR_CAP) for found in days.values()), len(days)


def count_pieces(days: Iterable[date]) -> int:
    """Posts and comments by day, at most PIECES_A_DAY of each."""
    by_day: dict[date, int] = {}
    for day in days:
        by_day[day] = by_day.get(day, 0) + 1
    return sum(min(count, PIECES_A_DAY) for count in by_day.values())


def _keeping(level: Level, record: Record, *, scale: int) -> tuple[Need, ...]:
    if level <= Level.MEMBER:
        return ()
    return tuple(
        one if one.term == "removed" else Need(one.term, one.have, -(-one.need * KEEP_PERCENT // 100))
        for one in needs(level, record, scale=scale)
    )


def _is_kept(one: Need) -> bool:
    return one.is_met if one.term == "removed" else one.have * 100 >= one.need * KEEP_PERCENT


def _threshold(level: Level, term: str, *, scale: int) -> int:
    full: int = getattr(LADDER[level], term)
    if term in _UNSCALED:
        return full
    scaled = -(-full * scale // 10_000)
    is_diversity = term in ("talked_with", "givers")
    return max(scaled, DIVERSITY_FLOOR[level]) if is_diversity and full else scaled
