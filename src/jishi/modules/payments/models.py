"""Tables of payments: intents, refunds, the callbacks that came in."""

from django.db import models

from jishi.kernel import clock, ids
from jishi.modules.payments.types import PaymentState, RefundState


class Payment(models.Model):
    """An intent to collect money for an order; the id is the idempotency key at the provider."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    order_id = models.UUIDField(db_index=True)
    member_id = models.UUIDField()
    provider = models.CharField(max_length=24)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    title = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, default=PaymentState.CREATED.value)
    reference = models.CharField(max_length=80, blank=True)
    pay_url = models.CharField(max_length=4000, blank=True)  # a signed order is in it
    fee_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)  # asked for or done; never more than the amount
    failure = models.CharField(max_length=80, blank=True)
    next_ask_at = models.DateTimeField(null=True)
    asks = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_ask_at"],
                condition=models.Q(state__in=["created", "pending", "unknown"]),
                name="payment_to_ask",
            ),
            models.Index(fields=["settled_at"], name="payment_settled_at"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in PaymentState]), name="payment_state"
            ),
            models.CheckConstraint(
                condition=models.Q(refunded_minor__gte=0, refunded_minor__lte=models.F("amount_minor")),
                name="payment_refund_bounded",
            ),
            models.UniqueConstraint(
                fields=["provider", "reference"],
                condition=~models.Q(reference=""),
                name="payment_reference_once",
            ),
        ]


class Refund(models.Model):
    """An intent to give money back; the id is the idempotency key at the provider."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    order_id = models.UUIDField(db_index=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=40)
    fee_minor = models.BigIntegerField(
        default=0, db_default=0
    )  # below zero: given back; known from the statement
    state = models.CharField(max_length=10, default=RefundState.CREATED.value)
    reference = models.CharField(max_length=80, blank=True)
    failure = models.CharField(max_length=80, blank=True)
    next_ask_at = models.DateTimeField(null=True)
    asks = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_ask_at"],
                condition=models.Q(state__in=["created", "pending", "unknown"]),
                name="refund_to_ask",
            ),
            models.Index(fields=["settled_at"], name="refund_settled_at"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="refund_positive"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in RefundState]), name="refund_state"
            ),
        ]


class ProviderEvent(models.Model):
    """A verified callback, kept once."""

    provider = models.CharField(max_length=24)
    event_id = models.CharField(max_length=120)
    about = models.CharField(max_length=8)
    intent_id = models.UUIDField(db_index=True)
    outcome = models.CharField(max_length=12)
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once")]
