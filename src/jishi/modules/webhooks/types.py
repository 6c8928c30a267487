"""Values of outgoing webhooks."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class DeliveryState(StrEnum):
    QUEUED = "queued"  # waiting for its first or next try
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"  # after the last try, or because its endpoint was switched off


@dataclass(frozen=True, slots=True)
class EndpointView:
    """`failing_since`: no delivery has succeeded since then. `disabled_reason`: why it is switched off."""

    id: uuid.UUID
    url: str
    description: str
    fact_names: tuple[str, ...]
    is_active: bool
    failing_since: datetime | None
    disabled_reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryView:
    id: uuid.UUID
    endpoint_id: uuid.UUID
    fact_id: uuid.UUID
    fact_name: str
    body: dict[str, Any]
    state: DeliveryState
    attempts: int
    next_try_at: datetime
    last_status: int | None
    last_error: str
    created_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other side said: a status, or why there was none."""

    status: int | None
    error: str = ""

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300
