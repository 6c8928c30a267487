"""Who brought a buyer (docs/algorithms/attribution.md)."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from jishi.modules.sharing.types import Attribution, Reason, TargetKind, TouchView

WINDOW_DAYS = 30
SOURCE_LENGTH_MAX = 24
DIRECT = "direct"


def attribute(
    touches: Sequence[TouchView], *, buyer_id: uuid.UUID, now: datetime, team_id: uuid.UUID | None
) -> Attribution:
    """Last person wins, within thirty days; a link to the joined team wins over any other.

    `touches` are the buyer's own and those of the browsers that were theirs, in any order. Own links never count.
    Without a person the last named source is noted, else the visit was direct.
    """
    recent = sorted(
        (touch for touch in touches if now - timedelta(days=WINDOW_DAYS) <= touch.at <= now),
        key=lambda touch: (touch.at, touch.id),
        reverse=True,
    )
    shared = [touch for touch in recent if touch.sharer_id is not None and touch.sharer_id != buyer_id]
    of_team = [touch for touch in shared if team_id is not None and touch.target_id == team_id]
    if of_team:
        return _credit(of_team[0], Reason.TEAM_SHARE)
    if shared:
        was_tapped = shared[0].link_id is None and shared[0].target_kind == TargetKind.NOTE.value
        return _credit(shared[0], Reason.NOTE if was_tapped else Reason.LAST_SHARE)
    sourced = next((touch for touch in recent if touch.sharer_id is None and touch.source != DIRECT), None)
    if sourced is not None:
        return _credit(sourced, Reason.LAST_SOURCE)
    own = next((touch for touch in recent if touch.sharer_id == buyer_id), None)
    reason = Reason.OWN_LINK if own else Reason.DIRECT
    return Attribution(
        sharer_id=None, link_id=None, touch_id=own.id if own else None, source=DIRECT, reason=reason
    )


def clean_source(text: str) -> str:
    """A short name of where a visitor came from: letters, digits, dash and underscore."""
    kept = "".join(
        char for char in text.lower().strip() if char.isascii() and (char.isalnum() or char in "-_.")
    )
    return kept[:SOURCE_LENGTH_MAX] or DIRECT


def reversal_minor(*, amount_minor: int, reversed_minor: int, refunded_minor: int) -> int:
    """How much of a credit goes with a refund of its line: the same amount, never more than is left."""
    return min(refunded_minor, amount_minor - reversed_minor)


def _credit(touch: TouchView, reason: Reason) -> Attribution:
    return Attribution(
        sharer_id=touch.sharer_id,
        link_id=touch.link_id,
        touch_id=touch.id,
        source=touch.source,
        reason=reason,
    )
