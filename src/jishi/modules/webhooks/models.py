"""Tables of outgoing webhooks."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jishi.kernel import clock, ids


class Endpoint(models.Model):
    """An address of another system that wants to hear our facts."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    url = models.URLField(max_length=500)
    secret = models.CharField(max_length=80)
    fact_names = ArrayField(models.CharField(max_length=80), default=list)  # empty: all public facts
    is_active = models.BooleanField(default=True)
    failures_in_row = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)


class Delivery(models.Model):
    """One fact for one endpoint: queued until a 2xx answer, or given up after the last try."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="+")
    fact_id = models.UUIDField()
    fact_name = models.CharField(max_length=80)
    body = models.JSONField()
    state = models.CharField(max_length=10, default="queued")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "fact_id"], name="delivery_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "delivered", "given_up"]), name="delivery_state"
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(state="queued"), name="delivery_due"),
        ]
