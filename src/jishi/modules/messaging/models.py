"""Tables of messaging: what members read in the shop, and what goes out."""

from django.db import models

from jishi.kernel import clock, ids


class Notice(models.Model):
    """A message in the member's own inbox. `text` is a template; `facts` fill it in the reader's language."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    member_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["member_id", "-created_at"], name="notice_member")]


class Silence(models.Model):
    """A kind of notice that a member does not want."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    member_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member_id", "kind"], name="silence_once")]


class Outgoing(models.Model):
    """A text or e-mail to be sent: an intent, then a call, then an outcome."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    channel = models.CharField(max_length=8)  # sms, email
    recipient = models.CharField(max_length=254)
    kind = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    language = models.CharField(max_length=10, default="zh-hans")
    key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, default="queued")
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["recipient", "-created_at"], name="outgoing_recipient")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "sent", "failed", "unknown"]), name="outgoing_state"
            ),
            models.CheckConstraint(condition=models.Q(channel__in=["sms", "email"]), name="outgoing_channel"),
        ]
