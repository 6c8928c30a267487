"""Imports and what they had to say."""

from django.db import models
from django.db.models import Q

from jishi.kernel import clock, ids
from jishi.modules.catalog.types import ImportState, Severity


class ImportRun(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    filename = models.CharField(max_length=255)
    format = models.CharField(max_length=16, blank=True)
    stored_path = models.CharField(max_length=300, blank=True)
    with_stock = models.BooleanField(default=True)
    state = models.CharField(max_length=10, default=ImportState.WAITING)
    rows_total = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    failed_rows = models.PositiveIntegerField(default=0)
    notes = models.PositiveIntegerField(default=0)
    issues_left_out = models.PositiveIntegerField(default=0)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=80, blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ImportState]), name="import_run_state"
            ),
        ]


class ImportIssue(models.Model):
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="+", db_index=False)
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=8, default=Severity.ERROR)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["run", "line", "id"], name="import_issue_line")]
