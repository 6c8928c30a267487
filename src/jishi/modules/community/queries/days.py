"""The shop's calendar: which day it is where the neighbours live."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from jishi.kernel import clock


def today() -> date:
    return day_of(clock.now())


def day_of(instant: datetime) -> date:
    return instant.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def start_of(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(settings.TIME_ZONE))


def window_start(*, days: int) -> datetime:
    """The first moment of a window of so many days that ends today."""
    return start_of(today() - timedelta(days=days - 1))
