"""Writing, publishing, cancelling and ending events; reminding."""

import uuid
from dataclasses import asdict

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.flow import advance
from jishi.modules.events import rules
from jishi.modules.events.errors import BadEvent, EventMoved
from jishi.modules.events.facts import EventCancelled, EventEnded, EventPublished, ReminderDue
from jishi.modules.events.models import Event
from jishi.modules.events.operations.places import lock_event, promote_waiting
from jishi.modules.events.queries.events import due_ids
from jishi.modules.events.types import EventForm, EventState
from jishi.platform import history, rush
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction


@in_transaction
def create_event(form: EventForm, *, by: Actor) -> uuid.UUID:
    """A draft. Raises BadEvent."""
    by.require("community.edit")
    rules.check_form(form)
    row = Event.objects.create(id=ids.new_id(), **asdict(form))
    history.record_step(subject=("event", row.id), verb="create_event", by=by, after=row.state)
    return row.id


@in_transaction
def change_event(event_id: uuid.UUID, form: EventForm, *, by: Actor, version: int) -> None:
    """More places go to who waits, at once. Raises BadEvent, EventMoved, IllegalStep."""
    by.require("community.edit")
    rules.check_form(form)
    row = lock_event(event_id)
    if row.version != version:
        raise EventMoved()
    if row.state in (EventState.CANCELLED.value, EventState.ENDED.value):
        advance(rules.LIFECYCLE, EventState(row.state), "change")
    pool_id = row.pool_id if form.capacity != row.capacity else None
    if pool_id is not None and not rush.resize_pool(pool_id=pool_id, capacity=form.capacity):
        raise BadEvent(field="capacity", reason="报名的人已经比这个名额多了")
    for name, value in asdict(form).items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    history.record_step(subject=("event", row.id), verb="change_event", by=by)
    if row.pool_id is not None:
        promote_waiting(row)


@in_transaction
def publish_event(event_id: uuid.UUID, *, by: Actor) -> None:
    """Places can be taken from now on. Raises IllegalStep."""
    by.require("community.edit")
    row = lock_event(event_id)
    row.pool_id = rush.open_pool(purpose="event", capacity=row.capacity, member_limit=1)
    _move(row, "publish", by=by)
    record_fact(EventPublished(row.id, row.community_id), by=by)


@in_transaction
def cancel_event(event_id: uuid.UUID, *, by: Actor, note: str = "") -> None:
    """Who goes and who waits is told by a reaction. Raises IllegalStep."""
    by.require("community.edit")
    row = lock_event(event_id)
    _move(row, "cancel", by=by, note=note)
    if row.pool_id is not None:
        rush.close_pools([row.pool_id])
    record_fact(EventCancelled(row.id), by=by)


def keep_time() -> int:
    """Remind and end what is due; each in a transaction of its own."""
    return sum(_keep_time_of(event_id) for event_id in due_ids())


@in_transaction
def _keep_time_of(event_id: uuid.UUID) -> bool:
    row, now = lock_event(event_id), clock.now()
    if row.state != EventState.PUBLISHED.value:
        return False
    if row.ends_at <= now:
        _move(row, "end", by=SYSTEM)
        record_fact(EventEnded(row.id, row.coupon_batch_id), by=SYSTEM)
        return True
    if row.reminded_at is not None:
        return False
    row.reminded_at = now
    row.save(update_fields=["reminded_at"])
    record_fact(ReminderDue(row.id), by=SYSTEM)
    return True


def _move(row: Event, verb: str, *, by: Actor, note: str = "") -> None:
    before = EventState(row.state)
    row.state = advance(rules.LIFECYCLE, before, verb).value
    row.version += 1
    row.save(update_fields=["state", "version", "pool_id"])
    history.record_step(
        subject=("event", row.id),
        verb=f"{verb}_event",
        by=by,
        before=before.value,
        after=row.state,
        note=note[:400],
    )
