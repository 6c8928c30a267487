"""Asking, and saying yes or no. A yes does nothing by itself: `flows.approvals` applies it in the same transaction."""

import json
import uuid
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.flow import advance, can
from jishi.modules.approvals import rules
from jishi.modules.approvals.errors import AlreadyAsked, AlreadyDecided
from jishi.modules.approvals.facts import ApprovalAsked, ApprovalDecided
from jishi.modules.approvals.models import ApprovalRequest
from jishi.modules.approvals.queries import overdue_ids, view_of
from jishi.modules.approvals.types import ApprovalState, ApprovalView
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

LABEL_LENGTH_MAX = 80
NOTE_LENGTH_MAX = 400


@in_transaction
def ask_approval(  # noqa: PLR0913  (one row, its columns)
    *,
    kind: str,
    subject: tuple[str, uuid.UUID],
    amount: int,
    unit: str,
    payload: dict[str, Any],
    reason: str,
    by: Actor,
) -> uuid.UUID:
    """Write down what a second person has to agree to; returns the request's id.

    The caller has checked that `by` may ask for the thing. Raises AlreadyAsked, ReasonMissing.
    """
    now = clock.now()
    row = ApprovalRequest(
        id=ids.new_id(),
        kind=kind,
        subject_kind=subject[0],
        subject_id=subject[1],
        amount=amount,
        unit=unit,
        payload=json.loads(json.dumps(payload, cls=DjangoJSONEncoder)),
        reason=rules.clean_reason(reason),
        asked_by=by.id,
        asked_label=by.label[:LABEL_LENGTH_MAX],
        asked_at=now,
        expires_at=rules.expires_at(now),
    )
    try:
        with transaction.atomic():  # a savepoint: what the caller did before stays
            row.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyAsked(kind=kind) from error
    history.record_step(
        subject=("approval", row.id), verb="ask_approval", by=by, after=row.state, note=row.reason
    )
    record_fact(ApprovalAsked(row.id, kind, *subject, amount, unit), by=by)
    return row.id


@in_transaction
def approve(request_id: uuid.UUID, *, by: Actor, note: str = "") -> ApprovalView:
    """The second person's yes. Raises NotAllowed, ApprovalIsOwn, AlreadyDecided.

    Only `flows.approvals.approve_request` calls this: a yes that nobody carries out would be a lie.
    """
    by.require("approvals.decide")
    return _end(request_id, verb="approve", by=by, note=note)


@in_transaction
def refuse(request_id: uuid.UUID, *, by: Actor, note: str = "") -> ApprovalView:
    """The second person's no. Raises NotAllowed, ApprovalIsOwn, AlreadyDecided."""
    by.require("approvals.decide")
    return _end(request_id, verb="refuse", by=by, note=note)


@in_transaction
def withdraw(request_id: uuid.UUID, *, by: Actor, note: str = "") -> ApprovalView:
    """Who asked takes it back. Raises ApprovalNotOwn, AlreadyDecided."""
    return _end(request_id, verb="withdraw", by=by, note=note)


@in_transaction
def expire_request(request_id: uuid.UUID) -> bool:
    """Nobody answered in time. False when somebody did."""
    row = locks.lock_one(ApprovalRequest, request_id)
    if not can(rules.LIFECYCLE, ApprovalState(row.state), "expire") or row.expires_at > clock.now():
        return False
    _write(row, verb="expire", by=SYSTEM, note="")
    return True


def expire_requests() -> int:
    """All whose time is over; each in a transaction of its own."""
    return sum(expire_request(request_id) for request_id in overdue_ids())


def _end(request_id: uuid.UUID, *, verb: str, by: Actor, note: str) -> ApprovalView:
    row = locks.lock_one(ApprovalRequest, request_id)
    if not can(rules.LIFECYCLE, ApprovalState(row.state), verb):
        raise AlreadyDecided(state=row.state)
    if verb == "withdraw":
        rules.check_first(asked_by=row.asked_by, withdrawn_by=by.id)
    else:
        rules.check_second(asked_by=row.asked_by, decided_by=by.id)
    _write(row, verb=verb, by=by, note=note)
    return view_of(row)


def _write(row: ApprovalRequest, *, verb: str, by: Actor, note: str) -> None:
    before = ApprovalState(row.state)
    row.state = advance(rules.LIFECYCLE, before, verb).value
    row.decided_by, row.decided_label, row.decided_at = by.id, by.label[:LABEL_LENGTH_MAX], clock.now()
    row.note = " ".join(note.split())[:NOTE_LENGTH_MAX]
    row.save(update_fields=["state", "decided_by", "decided_label", "decided_at", "note"])
    history.record_step(
        subject=("approval", row.id),
        verb=f"{verb}_approval",
        by=by,
        before=before.value,
        after=row.state,
        note=row.note,
    )
    record_fact(
        ApprovalDecided(row.id, row.kind, row.subject_kind, row.subject_id, row.amount, row.unit, row.state),
        by=by,
    )
