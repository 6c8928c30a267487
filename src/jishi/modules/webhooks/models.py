"""Tables of outgoing webhooks."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jishi.kernel import clock, ids
from jishi.modules.webhooks.types import DeliveryState


class Endpoint(models.Model):
    """An address of another system that wants to hear our facts."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    url = models.URLField(max_length=500)
    description = models.CharField(max_length=80, blank=True, default="")
    secret = models.CharField(max_length=80)
    old_secret = models.CharField(max_length=80, blank=True, default="")  # still signs until old_secret_until
    old_secret_until = models.DateTimeField(null=True)
    fact_names = ArrayField(models.CharField(max_length=80), default=list)  # empty: all public facts
    is_active = models.BooleanField(default=True)
    failing_since = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=20, blank=True, default="")  # by_staff, gone, failing
    removed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(is_active=True), name="endpoint_active"),
        ]


class Delivery(models.Model):
    """One fact for one endpoint: queued until a 2xx answer, or given up after the last try."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="+")
    fact_id = models.UUIDField()
    fact_name = models.CharField(max_length=80)
    body = models.JSONField()
    state = models.CharField(max_length=10, default=DeliveryState.QUEUED.value)
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
                condition=models.Q(state__in=[state.value for state in DeliveryState]), name="delivery_state"
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(state="queued"), name="delivery_due"),
            models.Index(fields=["-created_at"], name="delivery_latest"),
        ]
