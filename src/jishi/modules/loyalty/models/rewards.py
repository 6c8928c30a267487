"""The rewards shop."""

from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.loyalty.models.standing import Plan
from jishi.modules.loyalty.types import ExchangeState, RewardKind


class Reward(models.Model):
    """What points buy. `taken` never passes `stock`: a conditional write, and a check behind it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    name = models.CharField(max_length=40)
    text = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=12)
    points = models.PositiveIntegerField()
    stock = models.PositiveIntegerField(null=True)
    taken = models.PositiveIntegerField(default=0)
    member_limit = models.PositiveSmallIntegerField(default=0)
    coupon_code = models.CharField(max_length=40, blank=True)
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="CNY")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+", null=True)
    days = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)
    is_open = models.BooleanField(default=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in RewardKind]), name="loyalty_reward_kind"
            ),
            models.CheckConstraint(condition=Q(points__gt=0), name="loyalty_reward_price"),
            models.CheckConstraint(
                condition=Q(stock__isnull=True) | Q(taken__lte=F("stock")), name="loyalty_reward_stock"
            ),
            models.CheckConstraint(
                condition=~Q(kind="wallet") | Q(amount_minor__gt=0), name="loyalty_reward_credit"
            ),
            models.CheckConstraint(
                condition=~Q(kind="membership") | Q(plan__isnull=False, days__gt=0),
                name="loyalty_reward_membership",
            ),
        ]


class Exchange(models.Model):
    """Points for a reward; the snapshot of what was promised."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    points = models.PositiveIntegerField()
    state = models.CharField(max_length=10)
    coupon_code = models.CharField(max_length=40, blank=True)
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="CNY")
    address_note = models.CharField(max_length=200, blank=True)
    tracking_note = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ExchangeState]), name="loyalty_exchange_state"
            )
        ]
        indexes = [
            models.Index(fields=["member_id", "at"], name="loyalty_exchange_of_member"),
            models.Index(fields=["state", "at"], name="loyalty_exchange_state_at"),
        ]
