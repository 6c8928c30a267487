"""Out of the queue: claim, release, decide, appeal. Two moderators never both succeed."""

import uuid
from datetime import timedelta

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.kernel.flow import advance, can
from jishi.modules.guard.errors import BadSanction, ClaimedByOther, NoAppeal, OwnContent, VersionMoved
from jishi.modules.guard.facts import AppealMade, ContentDecided, ItemOpened
from jishi.modules.guard.models import Item, Report
from jishi.modules.guard.operations.sanctions import set_sanction
from jishi.modules.guard.queries.items import view_of
from jishi.modules.guard.queries.lexicons import thresholds
from jishi.modules.guard.rules.lifecycle import (
    LIFECYCLE,
    VISIBLE_AFTER,
    check_other_moderator,
    check_sanction,
    clean_reason,
    due_at,
)
from jishi.modules.guard.types import (
    Cause,
    Decision,
    ItemState,
    ItemView,
    ReportOutcome,
    SanctionForm,
    Visible,
)
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

APPEAL_LENGTH_MAX = 1_000


@in_transaction
def claim_item(item_id: uuid.UUID, *, by: Actor, version: int) -> ItemView:
    """Take it for oneself; a claim that has gone stale may be taken over.

    Raises NotAllowed, VersionMoved, ClaimedByOther, SameModerator, OwnContent, IllegalStep.
    """
    by.require("moderation.decide")
    row = lock_item(item_id, by=by, version=version)
    if row.state == ItemState.CLAIMED.value:  # stale, or `lock_item` would have refused; or one's own
        row.state = advance(LIFECYCLE, ItemState.CLAIMED, "release").value
    move_item(row, "claim", by=by, fields={"claimed_by": by.require_member(), "claimed_at": clock.now()})
    return view_of(row)


@in_transaction
def release_item(item_id: uuid.UUID, *, by: Actor, version: int) -> ItemView:
    by.require("moderation.decide")
    row = lock_item(item_id, by=by, version=version)
    move_item(row, "release", by=by, fields={"claimed_by": None, "claimed_at": None})
    return view_of(row)


@in_transaction
def decide_item(
    item_id: uuid.UUID,
    *,
    by: Actor,
    version: int,
    decision: Decision,
    reason: str = "",
    sanction: SanctionForm | None = None,
) -> ItemView:
    """End the round: what the content is from now on, and whether the reporters were right.

    Only `flows.moderation.decide` calls this for subjects with a door, so that what is seen follows in the same
    transaction. Raises NotAllowed, VersionMoved, ClaimedByOther, SameModerator, OwnContent, ReasonNeeded,
    BadSanction, IllegalStep.
    """
    by.require("moderation.decide")
    said = clean_reason(reason, decision=decision)
    row = lock_item(item_id, by=by, version=version)
    if decision is Decision.SANCTION and (sanction is None or row.author_id is None):
        raise BadSanction(reason="没有选处罚，或者没有作者")
    end_round(row, decision, by=by, reason=said, is_local=False)
    if decision is Decision.SANCTION and sanction is not None and row.author_id is not None:
        set_sanction(check_sanction(sanction), by=by, member_id=row.author_id, item_id=row.id)
    return view_of(row)


@in_transaction
def appeal(item_id: uuid.UUID, *, by: Actor, text: str) -> ItemView:
    """The author asks for a second pair of eyes, once for each decision. Raises NotFound, NoAppeal."""
    member_id = by.require_member()
    row = locks.lock_one(Item, item_id)
    if row.author_id != member_id:
        raise NotFound()
    said = " ".join(text.split())[:APPEAL_LENGTH_MAX]
    numbers, now = thresholds(), clock.now()
    latest = now - timedelta(days=numbers["appeal_days"])
    is_late = row.decided_at is not None and row.decided_at < latest
    if not view_of(row).may_appeal or is_late or not said:
        raise NoAppeal()
    move_item(
        row,
        "appeal",
        by=by,
        note=said,
        fields={
            "is_appeal": True,
            "appeal_text": said,
            "appealed_at": now,
            "cause": Cause.APPEAL.value,
            "opened_at": now,
            "due_at": due_at(now, is_urgent=True, thresholds=numbers),
        },
    )
    record_fact(AppealMade(row.id, row.kind, row.subject_id, member_id), by=by)
    record_fact(ItemOpened(row.id, row.kind, row.subject_id, Cause.APPEAL.value), by=by)
    return view_of(row)


@in_transaction
def forget_subject(kind: str, subject_id: uuid.UUID, *, by: Actor) -> None:
    """The author has deleted it themselves: nothing is left to judge, and nothing to show."""
    row = Item.objects.select_for_update().filter(kind=kind, subject_id=subject_id).first()
    if row is None or not can(LIFECYCLE, ItemState(row.state), "decide"):
        return
    move_item(
        row,
        "decide",
        by=by,
        fields={
            "decision": Decision.KEEP.value,
            "visible": Visible.REMOVED.value,
            "decided_at": clock.now(),
            "claimed_by": None,
            "claimed_at": None,
            "is_appeal": False,
        },
        details={"decision": "gone"},
    )


def end_round(row: Item, decision: Decision, *, by: Actor, reason: str, is_local: bool) -> None:
    """A locked item is decided: what its content is from now on, what its reporters were, and the fact of it."""
    was_visible, was_appeal = row.visible, row.is_appeal
    move_item(
        row,
        "decide",
        by=by,
        note=reason,
        fields={
            "decision": decision.value,
            "reason": reason,
            "visible": VISIBLE_AFTER[decision].value,
            "decided_by": by.id,
            "decided_at": clock.now(),
            "decided_locally": is_local,
            "claimed_by": None,
            "claimed_at": None,
            "is_appeal": False,
        },
        details={"decision": decision.value, "was_appeal": was_appeal, "is_local": is_local},
    )
    _mark_reports(row.id, decision, was_appeal=was_appeal)
    _say_decided(row, by=by, was_appeal=was_appeal, was_visible=was_visible)


def lock_item(item_id: uuid.UUID, *, by: Actor, version: int) -> Item:
    """Raises VersionMoved, OwnContent, ClaimedByOther, SameModerator."""
    row = locks.lock_one(Item, item_id)
    if row.version != version:
        raise VersionMoved(version=row.version)
    if by.owns(row.author_id):
        raise OwnContent()
    if row.state == ItemState.CLAIMED.value and row.claimed_by != by.id:
        stale = clock.now() - timedelta(minutes=thresholds()["claim_minutes"])
        if row.claimed_at is not None and row.claimed_at > stale:
            raise ClaimedByOther()
    check_other_moderator(is_appeal=row.is_appeal, first=row.decided_by, second=by.id)
    return row


def move_item(
    row: Item,
    verb: str,
    *,
    by: Actor,
    fields: dict[str, object],
    note: str = "",
    details: dict[str, object] | None = None,
) -> None:
    before = ItemState(row.state)
    row.state = advance(LIFECYCLE, before, verb).value
    row.version += 1
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "version", *fields])
    history.record_step(
        subject=("guard_item", row.id),
        verb=f"{verb}_item",
        by=by,
        before=before.value,
        after=row.state,
        note=note[:400],
        details=details,
    )


def _say_decided(row: Item, *, by: Actor, was_appeal: bool, was_visible: str) -> None:
    record_fact(
        ContentDecided(
            row.id,
            row.kind,
            row.subject_id,
            row.author_id,
            row.decision,
            row.visible,
            row.reason,
            was_appeal,
            was_visible,
        ),
        by=by,
    )


def _mark_reports(item_id: uuid.UUID, decision: Decision, *, was_appeal: bool) -> None:
    """Reporters were right unless it is kept; an appeal that overturns the first word changes theirs too."""
    outcome = ReportOutcome.DISAGREED if decision is Decision.KEEP else ReportOutcome.AGREED
    rows = Report.objects.filter(item_id=item_id)
    if not was_appeal:
        rows = rows.filter(outcome=ReportOutcome.PENDING.value)
    rows.update(outcome=outcome.value)
