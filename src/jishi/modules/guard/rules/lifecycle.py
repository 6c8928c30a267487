"""The life of an item, what a decision makes of the content, and who may take it."""

import uuid
from datetime import datetime, timedelta

from jishi.modules.guard.errors import BadSanction, NotForCommunity, ReasonNeeded, SameModerator
from jishi.modules.guard.types import Decision, ItemState, SanctionForm, SanctionKind, Thresholds, Visible

S = ItemState
LIFECYCLE: dict[tuple[ItemState, str], ItemState] = {
    (S.OPEN, "claim"): S.CLAIMED,
    (S.CLAIMED, "release"): S.OPEN,
    (S.OPEN, "decide"): S.DECIDED,
    (S.CLAIMED, "decide"): S.DECIDED,
    (S.OPEN, "report"): S.OPEN,
    (S.CLAIMED, "report"): S.CLAIMED,
    (S.DECIDED, "report"): S.OPEN,
    (S.DECIDED, "appeal"): S.OPEN,
}
VISIBLE_AFTER: dict[Decision, Visible] = {
    Decision.KEEP: Visible.SHOWN,
    Decision.WARN: Visible.SHOWN,
    Decision.HIDE: Visible.HIDDEN,
    Decision.SANCTION: Visible.HIDDEN,
    Decision.REMOVE: Visible.REMOVED,
}
LOCAL_DECISIONS = frozenset({Decision.KEEP, Decision.HIDE})
SANCTION_HOURS_MAX = 24 * 365
SLOW_SECONDS_MAX = 86_400
REASON_LENGTH_MAX = 400


def due_at(opened_at: datetime, *, is_urgent: bool, thresholds: Thresholds) -> datetime:
    hours = thresholds["sla_urgent_hours"] if is_urgent else thresholds["sla_hours"]
    return opened_at + timedelta(hours=hours)


def clean_reason(text: str, *, decision: Decision) -> str:
    """Whoever decides against an author says why. Raises ReasonNeeded."""
    reason = " ".join(text.split())[:REASON_LENGTH_MAX]
    if not reason and decision is not Decision.KEEP:
        raise ReasonNeeded()
    return reason


def check_other_moderator(*, is_appeal: bool, first: uuid.UUID | None, second: uuid.UUID | None) -> None:
    """Raises SameModerator."""
    if is_appeal and first is not None and first == second:
        raise SameModerator()


def check_local(decision: Decision) -> Decision:
    """A community shows or hides; warnings, removals and sanctions are the shop's. Raises NotForCommunity."""
    if decision not in LOCAL_DECISIONS:
        raise NotForCommunity()
    return decision


def check_sanction(form: SanctionForm) -> SanctionForm:
    """Raises BadSanction."""
    if form.hours is not None and not 1 <= form.hours <= SANCTION_HOURS_MAX:
        raise BadSanction(reason=f"1–{SANCTION_HOURS_MAX}")
    if (form.kind is SanctionKind.SLOW) != (form.slow_seconds > 0) or form.slow_seconds > SLOW_SECONDS_MAX:
        raise BadSanction(reason=f"1–{SLOW_SECONDS_MAX}")
    if not form.reason.strip():
        raise ReasonNeeded()
    return form
