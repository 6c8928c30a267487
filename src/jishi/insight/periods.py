"""Periods of the shop's calendar and how two of them compare."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS_MAX = 366


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of a calendar, both ends included."""

    first: date
    last: date
    zone: str

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time.min, ZoneInfo(self.zone))

    @property
    def until(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time.min, ZoneInfo(self.zone))

    @property
    def day_count(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=step) for step in range(self.day_count)]

    def before(self) -> "Period":
        """The period of the same length that ends the day before."""
        return Period(self.first - timedelta(days=self.day_count), self.first - timedelta(days=1), self.zone)


def last_days(count: int, *, now: datetime, zone: str) -> Period:
    """The last `count` days up to and including today."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return Period(today - timedelta(days=min(max(count, 1), DAYS_MAX) - 1), today, zone)


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure beside the same figure of the period before."""

    now: float
    before: float

    @property
    def change(self) -> float | None:
        """Relative change; None when there was nothing to compare with."""
        return (self.now - self.before) / abs(self.before) if self.before else None

    @property
    def direction(self) -> str:
        return "up" if self.now > self.before else "down" if self.now < self.before else "flat"
