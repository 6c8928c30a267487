"""The seed's own queue: what its acts defer waits in this process and runs here, so that the past happened in the past.

A day's reactions run together, each with the clock held at the moment that caused it. No row of a job is written for
what is read a moment later by the same process.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from procrastinate.connector import BaseConnector
from procrastinate.contrib.django import app

from jishi.flows.refunds import take_refund_outcome
from jishi.kernel import clock
from jishi.kernel.errors import Refusal
from jishi.modules.payments.public import Outcome, OutcomeKind, refund_view
from jishi.platform.facts import deliver_many
from jishi.platform.transactions import in_transaction

DELIVERY = "platform.deliver_fact"
AVIF = "media.add_avif"
REFUND = "flows.carry_out_refund"


@dataclass(frozen=True, slots=True)
class _Job:
    name: str
    arguments: dict[str, Any]
    at: datetime


class _Queue(BaseConnector):
    """Takes jobs in the place of the database."""

    def __init__(self) -> None:
        self.waiting: list[_Job] = []

    def get_sync_connector(self) -> BaseConnector:
        return self

    def execute_query_all(self, query: str, **arguments: Any) -> list[dict[str, Any]]:
        del query  # nothing but deferring is asked of it
        now, wanted = clock.now(), arguments["jobs"]
        self.waiting += [_Job(job.task_name, job.args, now) for job in wanted]
        return [{"id": number} for number, _ in enumerate(wanted, start=1)]


_queue = _Queue()


@contextmanager
def own_queue() -> Iterator[None]:
    """Jobs deferred in this block wait here; those that are left at its end are run."""
    with app.replace_connector(_queue):
        yield
        let_it_sink_in()


@contextmanager
def attempt() -> Iterator[None]:
    """An act that may be refused: then neither rows nor jobs of it stay."""
    known = len(_queue.waiting)
    try:
        with transaction.atomic():
            yield
    except Refusal:
        del _queue.waiting[known:]
        raise


@in_transaction
def let_it_sink_in() -> None:
    """Run what waits; jobs that jobs defer run too."""
    while _queue.waiting:
        waiting, _queue.waiting = _queue.waiting, []
        told = [job for job in waiting if job.name == DELIVERY]
        deliver_many([(uuid.UUID(job.arguments["fact_id"]), job.arguments["reader_name"]) for job in told])
        for job in waiting:
            if job.name != DELIVERY:
                with clock.held_at(job.at):
                    _run(job)


def settle_refund(refund_id: uuid.UUID) -> None:
    """The provider gives the money back."""
    refund = refund_view(refund_id)
    take_refund_outcome(
        refund_id,
        Outcome(
            kind=OutcomeKind.SUCCEEDED,
            reference=f"SEED-R{refund_id.hex}",
            amount_minor=refund.amount_minor,
            currency=refund.currency,
        ),
    )


def _run(job: _Job) -> None:
    if job.name == REFUND:
        settle_refund(uuid.UUID(job.arguments["refund_id"]))
    elif job.name != AVIF:  # drawn pictures are small as they are, and a first start should not wait for it
        app.tasks[job.name].func(**job.arguments)
