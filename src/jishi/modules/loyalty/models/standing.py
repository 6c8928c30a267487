"""Tiers, where members stand, plans and paid periods."""

from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids


class Tier(models.Model):
    """`threshold` is a growth value over the last 365 days; ranks begin at 1 (a visitor has 0)."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    code = models.CharField(max_length=24, unique=True)
    rank = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=24)
    threshold = models.PositiveIntegerField()
    discount_basis_points = models.PositiveIntegerField(default=0)
    earn_basis_points = models.PositiveIntegerField(default=10_000)
    ships_free = models.BooleanField(default=False)
    birthday_points = models.PositiveIntegerField(default=0)
    benefits = models.TextField(blank=True)
    is_open = models.BooleanField(default=True)  # one taken out of the ladder stays for who stands on it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rank"], condition=Q(is_open=True), name="loyalty_tier_rank"),
            models.CheckConstraint(
                condition=Q(discount_basis_points__lt=10_000), name="loyalty_tier_discount"
            ),
        ]


class Standing(models.Model):
    """A member's tier. `falls_at`: the grace that runs; `member_id` is the person's."""

    member_id = models.UUIDField(primary_key=True)
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+")
    growth = models.BigIntegerField(default=0)
    since = models.DateTimeField(default=clock.now)
    falls_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(default=clock.now)  # when the sweep last looked
    birth_month = models.PositiveSmallIntegerField(null=True)
    birth_day = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(growth__gte=0), name="loyalty_standing_growth")]
        indexes = [
            models.Index(fields=["checked_at"], name="loyalty_standing_checked"),
            models.Index(fields=["birth_month", "birth_day"], name="loyalty_standing_birthday"),
        ]


class Plan(models.Model):
    """A paid membership that can be bought or given."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=24)
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    days = models.PositiveSmallIntegerField()
    discount_basis_points = models.PositiveIntegerField(default=0)
    earn_basis_points = models.PositiveIntegerField(default=10_000)
    ships_free = models.BooleanField(default=False)
    benefits = models.TextField(blank=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(price_minor__gt=0, days__gt=0), name="loyalty_plan_positive"),
            models.CheckConstraint(
                condition=Q(discount_basis_points__lt=10_000), name="loyalty_plan_discount"
            ),
        ]


class Membership(models.Model):
    """A paid period; periods of one member follow one another."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    member_id = models.UUIDField()
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    source_kind = models.CharField(max_length=24)
    source_id = models.UUIDField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_kind", "source_id"], name="loyalty_membership_source"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="loyalty_membership_order"),
        ]
        indexes = [models.Index(fields=["member_id", "ends_at"], name="loyalty_membership_of")]
