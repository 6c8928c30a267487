"""Runs what the seed's acts deferred, at the held moment, so that the past happened in the past."""

import json
import uuid

from django.db import connection
from procrastinate.contrib.django import app

from jishi.flows.refunds import take_refund_outcome
from jishi.modules.payments.public import Outcome, OutcomeKind, refund_view


def settle_refund(refund_id: uuid.UUID) -> None:
    """The provider gives the money back a few minutes later."""
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


def let_it_sink_in() -> None:
    """Drain the queue; jobs that jobs defer run too."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, task_name, args::text FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
            )
            waiting = cursor.fetchall()
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = ANY(%s)", [[row[0] for row in waiting]])
        if not waiting:
            return
        for _, name, arguments in waiting:
            values = json.loads(arguments)
            if name == "flows.carry_out_refund":
                settle_refund(uuid.UUID(values["refund_id"]))
            else:
                app.tasks[name].func(**values)
