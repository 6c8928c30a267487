"""What a report weighs (docs/algorithms/moderation.md §4). Hundredths; logarithms need a float inside, none comes out."""

import math

from jishi.modules.guard.types import Accuracy, ReportReason

BASE_POINTS = 100
STAFF_POINTS = 500
GRAVE_POINTS = 100
GRAVE = frozenset({ReportReason.ILLEGAL, ReportReason.PRIVACY})
REPORTS_MIN = 5  # a bonus needs more decided reports than this
PIVOT_PERCENT = 70


def report_weight(*, accuracy: Accuracy, is_staff: bool, reason: ReportReason) -> int:
    """1 + trust + accuracy + gravity; never below 0."""
    points = BASE_POINTS + accuracy_points(accuracy)
    points += STAFF_POINTS if is_staff else 0
    points += GRAVE_POINTS if reason in GRAVE else 0
    return max(0, points)


def accuracy_points(accuracy: Accuracy) -> int:
    """0 up to five decided reports; then the distance from 70 % agreement times log₄ of their number, both ways."""
    total = accuracy.total
    if total <= REPORTS_MIN:
        return 0
    distance = 100 * accuracy.agreed - PIVOT_PERCENT * total  # percent × total
    width = (100 - PIVOT_PERCENT if distance >= 0 else PIVOT_PERCENT) * total
    return round(100 * distance / width * math.log(total, 4))
