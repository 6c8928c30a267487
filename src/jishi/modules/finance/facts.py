"""What happens at the finance desk."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class BudgetAlarm:
    """A budget went past `threshold` per cent of what was granted."""

    name: ClassVar[str] = "finance.budget_alarm.v1"
    alarm_id: uuid.UUID
    account_code: str
    unit: str
    threshold: int
    granted_minor: int
    used_minor: int

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "budget_alarm", self.alarm_id


@dataclass(frozen=True, slots=True)
class DayClosed:
    name: ClassVar[str] = "finance.day_closed.v1"
    close_id: uuid.UUID
    day: date
    hash: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "day_close", self.close_id


@dataclass(frozen=True, slots=True)
class DifferenceFound:
    name: ClassVar[str] = "finance.difference_found.v1"
    difference_id: uuid.UUID
    provider: str
    day: date
    kind: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "difference", self.difference_id
