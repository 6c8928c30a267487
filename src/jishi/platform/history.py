"""History: every change of state, who made it and why, for the person and the operator to read."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.platform.bulk import copy_rows, insert_rows
from jishi.platform.models import HistoryRow

STEPS_SHOWN_MAX = 200
_COLUMNS = (
    "subject_kind",
    "subject_id",
    "verb",
    "before",
    "after",
    "actor_kind",
    "actor_id",
    "actor_label",
    "note",
    "details",
    "at",
)


@dataclass(frozen=True, slots=True)
class Step:
    verb: str
    before: str
    after: str
    actor_kind: str
    actor_id: uuid.UUID | None
    actor_label: str
    note: str
    details: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step to be recorded with many others."""

    subject: tuple[str, uuid.UUID]
    verb: str
    by: Actor
    before: str = ""
    after: str = ""
    note: str = ""
    details: dict[str, Any] = field(default_factory=dict)


def record_step(  # noqa: PLR0913  (one row, its columns)
    *,
    subject: tuple[str, uuid.UUID],
    verb: str,
    by: Actor,
    before: str = "",
    after: str = "",
    note: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    insert_rows(
        table=HistoryRow._meta.db_table,
        columns=_COLUMNS,
        rows=[
            (
                *subject,
                verb,
                before,
                after,
                by.kind.value,
                by.id,
                by.label[:80],
                note[:400],
                json.dumps(details or {}, ensure_ascii=False),
                clock.now(),
            )
        ],
    )


def record_steps(steps: Sequence[NewStep]) -> None:
    """Write many at once: one statement."""
    now = clock.now()
    copy_rows(
        table=HistoryRow._meta.db_table,
        columns=_COLUMNS,
        rows=(
            (
                *step.subject,
                step.verb,
                step.before,
                step.after,
                step.by.kind.value,
                step.by.id,
                step.by.label[:80],
                step.note[:400],
                json.dumps(step.details),
                now,
            )
            for step in steps
        ),
    )


def steps_of(*, subject: tuple[str, uuid.UUID], limit: int = STEPS_SHOWN_MAX) -> list[Step]:
    """Oldest first; one query."""
    rows = HistoryRow.objects.filter(subject_kind=subject[0], subject_id=subject[1]).order_by("id")[:limit]
    return [
        Step(
            verb=row.verb,
            before=row.before,
            after=row.after,
            actor_kind=row.actor_kind,
            actor_id=row.actor_id,
            actor_label=row.actor_label,
            note=row.note,
            details=row.details,
            at=row.at,
        )
        for row in rows
    ]
