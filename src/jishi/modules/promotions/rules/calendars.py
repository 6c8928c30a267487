"""Days and hours of an offer, in the shop's time zone."""

from datetime import date, datetime, timedelta

from jishi.modules.promotions.types import Calendar

HOURS = 24


def is_on(calendar: Calendar, *, local: datetime) -> bool:
    """Whether an offer with this calendar counts now. Hours that run over midnight belong to the day they began."""
    if calendar.is_always:
        return True
    day, hour = local.date(), local.hour
    if calendar.until_hour > calendar.from_hour:
        return calendar.from_hour <= hour < calendar.until_hour and has_day(calendar, day)
    if hour >= calendar.from_hour:
        return has_day(calendar, day)
    return hour < calendar.until_hour and has_day(calendar, day - timedelta(days=1))


def has_day(calendar: Calendar, day: date) -> bool:
    if not (calendar.dates or calendar.weekdays or calendar.month_days):
        return True
    return day in calendar.dates or day.weekday() in calendar.weekdays or day.day in calendar.month_days
