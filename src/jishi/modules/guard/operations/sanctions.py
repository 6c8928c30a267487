"""What a member may not do for a while, and the gate that every writing passes."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.guard.errors import BannedNow, MutedNow, OwnContent, TooFast
from jishi.modules.guard.facts import SanctionEnded, SanctionSet
from jishi.modules.guard.models import Sanction
from jishi.modules.guard.queries.sanctions import active_sanctions, ended_ids, view_of
from jishi.modules.guard.rules.lifecycle import REASON_LENGTH_MAX, check_sanction
from jishi.modules.guard.types import SanctionForm, SanctionKind, SanctionView
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

SHOWN_ZONE = ZoneInfo("Asia/Shanghai")
SWEEP_MAX = 500


@in_transaction
def set_sanction(
    form: SanctionForm, *, by: Actor, member_id: uuid.UUID, item_id: uuid.UUID | None = None
) -> SanctionView:
    """Raises NotAllowed, BadSanction, ReasonNeeded, OwnContent."""
    by.require("moderation.decide")
    if by.owns(member_id):
        raise OwnContent()
    check_sanction(form)
    now = clock.now()
    row = Sanction.objects.create(
        id=ids.new_id(),
        member_id=member_id,
        kind=form.kind.value,
        community_id=form.community_id,
        slow_seconds=form.slow_seconds,
        reason=" ".join(form.reason.split())[:REASON_LENGTH_MAX],
        item_id=item_id,
        set_by=by.id,
        set_at=now,
        ends_at=now + timedelta(hours=form.hours) if form.hours is not None else None,
    )
    _note(row, "set_sanction", by=by)
    ends = row.ends_at.isoformat() if row.ends_at else ""
    record_fact(SanctionSet(row.id, member_id, row.kind, row.community_id, ends, row.reason), by=by)
    return view_of(row)


@in_transaction
def lift_sanction(sanction_id: uuid.UUID, *, by: Actor, note: str = "") -> SanctionView:
    """Before its time. Lifting what is over changes nothing."""
    by.require("moderation.decide")
    return _end(sanction_id, by=by, how="lifted", note=note)


def end_sanctions() -> int:
    """All whose time is over; each in a transaction of its own."""
    ended = ended_ids(limit=SWEEP_MAX)
    for sanction_id in ended:
        _end(sanction_id, by=SYSTEM, how="expired", note="")
    return len(ended)


def require_may_write(member_id: uuid.UUID, *, community_id: uuid.UUID | None = None) -> None:
    """The gate of every posting: call it in the transaction that writes. One query; two for a slowed member.

    Raises BannedNow, MutedNow, TooFast.
    """
    for one in active_sanctions(member_id, community_id=community_id):
        if one.kind is SanctionKind.BAN:
            raise BannedNow(until=_words(one.ends_at), reason=one.reason)
        if one.kind is SanctionKind.MUTE:
            raise MutedNow(until=_words(one.ends_at), reason=one.reason)
        if one.kind is SanctionKind.SLOW and not _take_turn(one):
            raise TooFast(seconds=one.slow_seconds)


@in_transaction
def _end(sanction_id: uuid.UUID, *, by: Actor, how: str, note: str) -> SanctionView:
    row = locks.lock_one(Sanction, sanction_id)
    if row.lifted_at is not None:
        return view_of(row)
    row.lifted_at, row.lifted_by = clock.now(), by.id
    row.save(update_fields=["lifted_at", "lifted_by"])
    _note(row, f"{how}_sanction", by=by, note=note)
    record_fact(SanctionEnded(row.id, row.member_id, row.kind, row.community_id, how), by=by)
    return view_of(row)


def _note(row: Sanction, verb: str, *, by: Actor, note: str = "") -> None:
    history.record_step(
        subject=("member", row.member_id),
        verb=verb,
        by=by,
        note=note or row.reason,
        details={"sanction": str(row.id), "kind": row.kind},
    )


def _take_turn(sanction: SanctionView) -> bool:
    """Whether enough time has gone by; two writes at once take one turn, because the update asks what it changes."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO guard_last_write (sanction_id, at) VALUES (%s, %s) ON CONFLICT (sanction_id)"
            " DO UPDATE SET at = EXCLUDED.at WHERE guard_last_write.at <= %s RETURNING 1",
            [sanction.id, now, now - timedelta(seconds=sanction.slow_seconds)],
        )
        return cursor.fetchone() is not None


def _words(until: datetime | None) -> str:
    return f"{until.astimezone(SHOWN_ZONE):%Y-%m-%d %H:%M}" if until else "∞"
