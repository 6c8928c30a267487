"""Tables of moderation: words, the queue, reports, sanctions, the numbers of the rules."""

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.guard.types import (
    Cause,
    Decision,
    ItemState,
    LexiconKind,
    ReportOutcome,
    ReportReason,
    SanctionKind,
    Severity,
    Visible,
)


def _one_of(column: str, values: type[StrEnum], *, or_empty: bool = False) -> Q:
    return Q(**{f"{column}__in": [*([""] if or_empty else []), *(value.value for value in values)]})


class Lexicon(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=12)
    language = models.CharField(max_length=10, default="zh")
    is_on = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "guard_lexicon"
        constraints = [models.CheckConstraint(condition=_one_of("kind", LexiconKind), name="lexicon_kind")]


class Word(models.Model):
    """`folded` is the text as the scan reads it: two words that fold alike are one."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    lexicon = models.ForeignKey(Lexicon, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=200)
    folded = models.CharField(max_length=400)
    is_pattern = models.BooleanField(default=False)
    category = models.CharField(max_length=60, blank=True)
    severity = models.CharField(max_length=8, default=Severity.REVIEW.value)
    reason = models.CharField(max_length=200, blank=True)
    suggestion = models.CharField(max_length=100, blank=True)
    sounds_alike = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "guard_word"
        indexes = [models.Index(fields=["lexicon", "category", "text"], name="guard_word_table")]
        constraints = [
            models.UniqueConstraint(fields=["lexicon", "is_pattern", "folded"], name="guard_word_once"),
            models.CheckConstraint(condition=_one_of("severity", Severity), name="guard_word_severity"),
            models.CheckConstraint(condition=~Q(folded=""), name="guard_word_not_empty"),
        ]


class LexiconRevision(models.Model):
    """One row: rises whenever a word changes, so that every process knows when to compile anew."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=1)

    class Meta:
        db_table = "guard_lexicon_revision"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="guard_revision_one")]


class Threshold(models.Model):
    """A number of the automatic rules; without a row the rule's own default holds."""

    code = models.CharField(primary_key=True, max_length=40)
    value = models.IntegerField()

    class Meta:
        db_table = "guard_threshold"


class Item(models.Model):
    """One subject in the queue, once for all time: a later report opens the same row again."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    kind = models.CharField(max_length=24)
    subject_id = models.UUIDField()
    author_id = models.UUIDField(null=True)
    community_id = models.UUIDField(null=True)
    excerpt = models.TextField(max_length=4000, blank=True)
    link = models.CharField(max_length=200, blank=True)
    cause = models.CharField(max_length=8)
    reasons = ArrayField(models.CharField(max_length=40), default=list)
    score = models.IntegerField(default=0)
    reports_count = models.IntegerField(default=0)
    state = models.CharField(max_length=8, default=ItemState.OPEN.value)
    visible = models.CharField(max_length=8, default=Visible.SHOWN.value)
    version = models.IntegerField(default=1)
    opened_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    claimed_by = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_locally = models.BooleanField(
        default=False, db_default=False
    )  # by the community itself, not by the shop
    decision = models.CharField(max_length=8, blank=True, default="")
    reason = models.CharField(max_length=400, blank=True)
    is_appeal = models.BooleanField(default=False)
    appeal_text = models.CharField(max_length=1000, blank=True)
    appealed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "guard_item"
        indexes = [
            models.Index(fields=["state", "due_at", "id"], name="guard_item_queue"),
            models.Index(fields=["author_id", "opened_at"], name="guard_item_author"),
            models.Index(fields=["decided_at"], name="guard_item_decided"),
            models.Index(
                fields=["community_id", "state", "due_at", "id"],
                condition=Q(community_id__isnull=False),
                name="guard_item_community",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id"], name="guard_item_once"),
            models.CheckConstraint(condition=_one_of("state", ItemState), name="guard_item_state"),
            models.CheckConstraint(condition=_one_of("visible", Visible), name="guard_item_visible"),
            models.CheckConstraint(condition=_one_of("cause", Cause), name="guard_item_cause"),
            models.CheckConstraint(
                condition=_one_of("decision", Decision, or_empty=True), name="guard_item_decision"
            ),
            models.CheckConstraint(
                condition=~Q(state=ItemState.CLAIMED.value)
                | Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="guard_item_claim_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=ItemState.DECIDED.value) | (Q(decided_at__isnull=False) & ~Q(decision="")),
                name="guard_item_decision_whole",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True) | ~Q(is_appeal=True) | ~Q(claimed_by=F("decided_by")),
                name="guard_appeal_by_other",
            ),
            models.CheckConstraint(condition=Q(score__gte=0), name="guard_item_score"),
        ]


class Report(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    reason = models.CharField(max_length=12)
    note = models.CharField(max_length=400, blank=True)
    weight = models.IntegerField()
    outcome = models.CharField(max_length=10, default=ReportOutcome.PENDING.value)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "guard_report"
        indexes = [
            models.Index(fields=["member_id", "at"], name="guard_report_member"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["item", "member_id"], name="guard_report_once"),
            models.CheckConstraint(condition=_one_of("reason", ReportReason), name="guard_report_reason"),
            models.CheckConstraint(condition=_one_of("outcome", ReportOutcome), name="guard_report_outcome"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="guard_report_weight"),
        ]


class Sanction(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    member_id = models.UUIDField()
    kind = models.CharField(max_length=8)
    community_id = models.UUIDField(null=True)
    slow_seconds = models.IntegerField(default=0)
    reason = models.CharField(max_length=400)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="+")
    set_by = models.UUIDField(null=True)
    set_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)

    class Meta:
        db_table = "guard_sanction"
        indexes = [
            models.Index(fields=["member_id"], condition=Q(lifted_at__isnull=True), name="guard_sanction_of"),
            models.Index(fields=["ends_at"], condition=Q(lifted_at__isnull=True), name="guard_sanction_ends"),
            models.Index(fields=["set_at", "id"], name="guard_sanction_table"),
            models.Index(
                fields=["member_id"],
                condition=Q(kind=SanctionKind.HIDE_ALL.value, lifted_at__isnull=True),
                name="guard_sanction_hides",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=_one_of("kind", SanctionKind), name="guard_sanction_kind"),
            models.CheckConstraint(
                condition=(Q(kind=SanctionKind.SLOW.value) & Q(slow_seconds__gt=0))
                | (~Q(kind=SanctionKind.SLOW.value) & Q(slow_seconds=0)),
                name="guard_sanction_slow",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("set_at")),
                name="guard_sanction_ends_later",
            ),
        ]


class LastWrite(models.Model):
    """When a slowed member wrote last; only they have a row."""

    sanction = models.OneToOneField(Sanction, on_delete=models.PROTECT, primary_key=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "guard_last_write"
