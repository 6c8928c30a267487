"""What a request asks for: pages, periods, ids, times. Anything that cannot be read means its default."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jishi.insight.periods import DAYS_MAX, Period, last_days
from jishi.kernel import clock

PAGE_MAX = 10_000
PRESETS = (7, 30, 90)
DEFAULT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """A period with the words and links of its picker."""

    period: Period
    days: int | None  # a preset, or None for dates of one's own

    @property
    def query(self) -> str:
        """To carry the period to another page."""
        if self.days is not None:
            return f"days={self.days}"
        return f"from={self.period.first.isoformat()}&to={self.period.last.isoformat()}"

    @property
    def words(self) -> str:
        first, last = self.period.first, self.period.last
        return f"{first:%Y-%m-%d}" if first == last else f"{first:%m-%d} – {last:%m-%d}"

    def picker(self, query: QueryDict) -> dict[str, Any]:
        kept = [(name, value) for name, value in query.items() if name not in ("days", "from", "to", "page")]
        carried = "".join(f"&{name}={value}" for name, value in kept)
        return {
            "words": self.words,
            "first": self.period.first.isoformat(),
            "last": self.period.last.isoformat(),
            "kept": kept,
            "presets": [
                {
                    "label": ngettext("%(count)s 天", "%(count)s 天", count) % {"count": count},
                    "url": f"?days={count}{carried}",
                    "is_on": self.days == count,
                }
                for count in PRESETS
            ],
            "against": _("对比上一个 %(count)s 天") % {"count": self.period.day_count},
        }


def period_of(request: HttpRequest) -> Asked:
    """`?days=7|30|90`, or `?from=…&to=…` of the shop's calendar; thirty days when nothing is said."""
    first, last = day_of(request.GET.get("from", "")), day_of(request.GET.get("to", ""))
    if first and last and first <= last:
        first = max(first, last - timedelta(days=DAYS_MAX - 1))
        return Asked(Period(first, last, settings.TIME_ZONE), None)
    days = request.GET.get("days", "")
    count = int(days) if days.isdecimal() and int(days) in PRESETS else DEFAULT_DAYS
    return Asked(last_days(count, now=clock.now(), zone=settings.TIME_ZONE), count)


def day_of(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def start_of(day: date) -> datetime:
    """When a day of the shop's calendar begins."""
    return datetime.combine(day, time.min, ZoneInfo(settings.TIME_ZONE))


def page_of(request: HttpRequest) -> int:
    value = request.GET.get("page", "")
    return min(max(int(value), 1), PAGE_MAX) if value.isdecimal() and len(value) < 7 else 1


def id_of(value: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(value) if value else None
    except ValueError:
        return None


def local(instant: datetime) -> datetime:
    """In the shop's zone, for showing."""
    return instant.astimezone(ZoneInfo(settings.TIME_ZONE))
