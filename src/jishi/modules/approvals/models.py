"""The table of what two people must agree on."""

from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.approvals.types import ApprovalState

_DECIDED = [ApprovalState.APPROVED.value, ApprovalState.REFUSED.value]


class ApprovalRequest(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    amount = models.BigIntegerField(default=0)
    unit = models.CharField(max_length=12, blank=True)
    payload = models.JSONField(default=dict)
    reason = models.CharField(max_length=400)
    state = models.CharField(max_length=10, default=ApprovalState.OPEN.value)
    asked_by = models.UUIDField(null=True)
    asked_label = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_label = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "approvals_request"
        indexes = [
            models.Index(fields=["state", "asked_at", "id"], name="approval_state_asked"),
            models.Index(fields=["subject_kind", "subject_id"], name="approval_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ApprovalState]), name="approval_state"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_DECIDED)
                | (
                    Q(decided_by__isnull=False, decided_at__isnull=False)
                    & (Q(asked_by__isnull=True) | ~Q(decided_by=F("asked_by")))
                ),
                name="approval_by_two",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_kind", "subject_id"],
                condition=Q(state=ApprovalState.OPEN.value),
                name="approval_open_once",
            ),
        ]
