"""Values of the wallet."""

import uuid
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of the statement: `change_minor` is positive for what came in."""

    id: uuid.UUID
    change_minor: int
    kind: str
    subject_kind: str
    subject_id: uuid.UUID
    at: datetime
