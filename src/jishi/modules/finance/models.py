"""Tables of the finance desk."""

from django.db import models
from django.db.models import Q

from jishi.kernel import clock, ids
from jishi.modules.finance.types import DifferenceKind, DifferenceState

_KINDS = [kind.value for kind in DifferenceKind]
_STATES = [state.value for state in DifferenceState]


class StatementImport(models.Model):
    """A provider's statement of a day: when it came, and what it adds up to."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    provider = models.CharField(max_length=24)
    day = models.DateField()
    line_count = models.PositiveIntegerField(default=0)
    payments_minor = models.BigIntegerField(default=0)
    refunds_minor = models.BigIntegerField(default=0)
    fees_minor = models.BigIntegerField(default=0)
    imported_at = models.DateTimeField(default=clock.now)
    failure = models.CharField(max_length=80, blank=True)  # why it is not here

    class Meta:
        db_table = "finance_import"
        constraints = [models.UniqueConstraint(fields=["provider", "day"], name="statement_once")]


class Line(models.Model):
    """A movement in a provider's own books, as it was told first."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    provider = models.CharField(max_length=24)
    day = models.DateField()
    key = models.CharField(max_length=120)
    about = models.CharField(max_length=8)
    intent_id = models.CharField(max_length=80, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    imported_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "finance_line"
        indexes = [models.Index(fields=["intent_id"], name="finance_line_intent")]
        constraints = [
            models.UniqueConstraint(fields=["provider", "day", "key"], name="statement_line_once"),
            models.CheckConstraint(condition=Q(about__in=["payment", "refund"]), name="statement_line_about"),
        ]


class DifferenceRow(models.Model):
    """Where the books do not say the same, and what became of it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    provider = models.CharField(max_length=24)
    day = models.DateField()
    kind = models.CharField(max_length=20)
    about = models.CharField(max_length=8)
    intent_id = models.CharField(max_length=80)
    reference = models.CharField(max_length=80, blank=True)
    currency = models.CharField(max_length=3)
    ours_minor = models.BigIntegerField(null=True)
    theirs_minor = models.BigIntegerField(null=True)
    order_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, default=DifferenceState.OPEN.value)
    note = models.CharField(max_length=400, blank=True)
    found_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)

    class Meta:
        db_table = "finance_difference"
        indexes = [
            models.Index(fields=["state", "-found_at"], name="difference_state"),
            models.Index(fields=["day"], name="difference_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "day", "kind", "about", "intent_id"], name="difference_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=_KINDS), name="difference_kind"),
            models.CheckConstraint(condition=Q(state__in=_STATES), name="difference_state_known"),
            models.CheckConstraint(
                condition=~Q(state=DifferenceState.EXPLAINED.value) | ~Q(note=""), name="difference_in_words"
            ),
        ]


class Correction(models.Model):
    """A transfer that was posted later for a movement of an earlier day; its id is the transfer's."""

    id = models.UUIDField(primary_key=True)
    difference = models.ForeignKey(DifferenceRow, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()  # of the shop's calendar: the day the movement belongs to
    currency = models.CharField(max_length=3)
    sales_minor = models.BigIntegerField()  # what it does to sales; 0 for a fee
    posted_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "finance_correction"
        indexes = [models.Index(fields=["day"], name="correction_day")]


class DayClose(models.Model):
    """A sealed day. Never changed, never deleted (a trigger refuses)."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    day = models.DateField(unique=True)
    totals = models.JSONField()
    previous_hash = models.CharField(max_length=64, unique=True)  # one successor each: no forks
    hash = models.CharField(max_length=64, unique=True)
    closed_at = models.DateTimeField(default=clock.now)
    closed_by = models.UUIDField(null=True)
    closed_label = models.CharField(max_length=80, blank=True)

    class Meta:
        db_table = "finance_close"


class Alarm(models.Model):
    """A budget went past a threshold; once per amount granted."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    account_code = models.CharField(max_length=80)
    unit = models.CharField(max_length=12)
    threshold = models.PositiveSmallIntegerField()
    granted_minor = models.BigIntegerField()
    used_minor = models.BigIntegerField()
    at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.UUIDField(null=True)

    class Meta:
        db_table = "finance_alarm"
        indexes = [models.Index(fields=["at"], condition=Q(seen_at__isnull=True), name="alarm_unseen")]
        constraints = [
            models.UniqueConstraint(
                fields=["account_code", "unit", "threshold", "granted_minor"], name="alarm_once"
            ),
            models.CheckConstraint(condition=Q(threshold__in=[50, 80, 100]), name="alarm_threshold"),
        ]


class Limit(models.Model):
    """A number the finance desk has set."""

    name = models.CharField(max_length=40, primary_key=True)
    value_minor = models.BigIntegerField()
    set_at = models.DateTimeField(default=clock.now)
    set_by = models.UUIDField(null=True)

    class Meta:
        db_table = "finance_limit"
        constraints = [models.CheckConstraint(condition=Q(value_minor__gte=0), name="limit_not_negative")]
