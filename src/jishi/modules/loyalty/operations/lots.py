"""Lots: granted, released, expired, reversed. All inside the caller's transaction."""

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from jishi.kernel import clock, ids
from jishi.modules.loyalty.models import Lot
from jishi.modules.loyalty.operations.entries import lock_account, write_changes
from jishi.modules.loyalty.operations.spendings import settle_incoming
from jishi.modules.loyalty.queries.points import lots_to_expire, lots_to_release, open_lots
from jishi.modules.loyalty.queries.terms import loyalty_terms
from jishi.modules.loyalty.rules.points import choose_lots, expiry_of
from jishi.modules.loyalty.types import Change, EntryKind, LotState, ReturnPolicy
from jishi.platform.transactions import in_transaction

SWEEP_MAX = 500


@in_transaction
def grant_points(
    *,
    member_id: uuid.UUID,
    points: int,
    source: tuple[str, uuid.UUID],
    available_at: datetime | None = None,
    note: str = "",
) -> bool:
    """A lot for a cause, once. Without `available_at` it is promised until `schedule_points` names the day.

    False when the cause has had its points, or when there are none.
    """
    if points <= 0:
        return False
    account = lock_account(member_id)
    now = clock.now()
    is_active = available_at is not None and available_at <= now
    lot = Lot(
        id=ids.new_id(),
        account_id=member_id,
        source_kind=source[0],
        source_id=source[1],
        state=(LotState.ACTIVE if is_active else LotState.PENDING).value,
        earned=points,
        remaining=points,
        available_at=available_at,
        expires_at=_end_of(available_at) if available_at is not None else None,
        at=now,
        note=note[:120],
    )
    if Lot.objects.filter(source_kind=source[0], source_id=source[1]).exists():
        return False
    lot.save(force_insert=True)
    kind = EntryKind.EARN if is_active else EntryKind.PROMISE
    changes = [Change(kind, points, lot.id)]
    if is_active:
        changes += settle_incoming(account, lot, points=points)
    write_changes(member_id, changes, subject=source, note=note)
    return True


@in_transaction
def schedule_points(source: tuple[str, uuid.UUID], *, available_at: datetime) -> bool:
    """Name the day on which a promise comes true; what is due is released by the sweep. False when it is no promise."""
    rows = Lot.objects.filter(
        source_kind=source[0], source_id=source[1], state=LotState.PENDING.value, available_at__isnull=True
    )
    return bool(rows.update(available_at=available_at, expires_at=_end_of(available_at)))


@in_transaction
def release_lots_of(member_id: uuid.UUID) -> int:
    """Promises whose day has come can be spent. Returns the points."""
    account = lock_account(member_id)
    now = clock.now()
    rows = Lot.objects.filter(account_id=member_id, state=LotState.PENDING.value, available_at__lte=now)
    released = 0
    for lot in rows.order_by("available_at", "at", "id")[:SWEEP_MAX]:
        lot.state = LotState.ACTIVE.value
        lot.save(update_fields=["state"])
        if lot.remaining == 0:
            continue
        changes = [Change(EntryKind.RELEASE, lot.remaining, lot.id)]
        changes += settle_incoming(account, lot, points=lot.remaining)
        write_changes(member_id, changes, subject=(lot.source_kind, lot.source_id), note=lot.note)
        released += lot.remaining
    return released


@in_transaction
def expire_lots_of(member_id: uuid.UUID) -> int:
    """What is past its end is gone. Returns the points."""
    lock_account(member_id)
    rows = Lot.objects.filter(
        account_id=member_id, state=LotState.ACTIVE.value, remaining__gt=0, expires_at__lte=clock.now()
    ).order_by("expires_at", "at", "id")[:SWEEP_MAX]
    changes = [Change(EntryKind.EXPIRE, lot.remaining, lot.id) for lot in rows]
    write_changes(member_id, changes, subject=("member", member_id))
    return sum(change.points for change in changes)


@in_transaction
def reverse_points(source: tuple[str, uuid.UUID], *, points_so_far: int, policy: ReturnPolicy) -> int:
    """Take back what a refund takes back of a cause's points; `points_so_far` is the total by now.

    The lot's own points go first, promised ones above all. What has been spent is looked for by the policy: nowhere
    (PENDING_ONLY), in the member's other points (WITHIN_BALANCE), there and then as a debt (ALLOW_NEGATIVE). Returns
    how many were taken or are owed now.
    """
    found = Lot.objects.filter(source_kind=source[0], source_id=source[1]).values_list("id", "account_id")
    ref = found.first()
    if ref is None:
        return 0
    lock_account(ref[1])
    lot = Lot.objects.get(id=ref[0])
    asked = min(points_so_far, lot.earned) - lot.reversed
    if asked <= 0:
        return 0
    changes = _reversal(lot, asked=asked, policy=policy)
    lot.reversed += asked
    lot.save(update_fields=["reversed", "excused", "short"])
    write_changes(lot.account_id, changes, subject=source, note="refunded")
    return sum(change.points for change in changes)


@in_transaction
def take_points(member_id: uuid.UUID, *, points: int, subject: tuple[str, uuid.UUID], note: str) -> int:
    """Take spendable points away, soonest to expire first; at most what is there. Returns how many."""
    lock_account(member_id)
    parts = choose_lots(open_lots(member_id), points=points)
    changes = [Change(EntryKind.TAKE_BACK, part.points, part.lot_id) for part in parts]
    write_changes(member_id, changes, subject=subject, note=note)
    return sum(part.points for part in parts)


def release_due_points(*, limit: int = SWEEP_MAX) -> int:
    """Promises that are due, one transaction per member. Returns the points."""
    return sum(release_lots_of(member_id) for member_id in lots_to_release(limit=limit))


def expire_due_points(*, limit: int = SWEEP_MAX) -> int:
    """Lots past their end, one transaction per member. Returns the points."""
    return sum(expire_lots_of(member_id) for member_id in lots_to_expire(limit=limit))


def _reversal(lot: Lot, *, asked: int, policy: ReturnPolicy) -> list[Change]:
    is_pending = lot.state == LotState.PENDING.value
    own = min(asked, lot.remaining) if is_pending or policy is not ReturnPolicy.PENDING_ONLY else 0
    changes = []
    if own:
        changes.append(Change(EntryKind.WITHDRAW if is_pending else EntryKind.TAKE_BACK, own, lot.id))
    if policy is ReturnPolicy.PENDING_ONLY:
        return changes
    left = asked - own
    excused = min(left, lot.expired - lot.excused)  # nobody has had them: they expired by themselves
    lot.excused += excused
    left -= excused
    others = [one for one in open_lots(lot.account_id) if one.id != lot.id] if left else []
    for part in choose_lots(others, points=left):
        changes.append(Change(EntryKind.TAKE_BACK, part.points, part.lot_id))
        left -= part.points
    if left and policy is ReturnPolicy.ALLOW_NEGATIVE:
        changes.append(Change(EntryKind.OWE, left))
    elif left:
        lot.short += left
    return changes


def _end_of(available_at: datetime) -> datetime:
    zone = ZoneInfo(settings.TIME_ZONE)
    return expiry_of(available_at, months=loyalty_terms().expiry_months, zone=zone)
