"""Tables of incentives."""

from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids


class Rule(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    fact_name = models.CharField(max_length=80, unique=True)
    member_field = models.CharField(max_length=40, default="member_id")
    label = models.CharField(max_length=40)
    points = models.IntegerField(default=0)
    value = models.IntegerField(default=0)
    daily_cap = models.IntegerField(default=1)
    batch_id = models.UUIDField(null=True)
    is_on = models.BooleanField(default=True)

    class Meta:
        db_table = "incentives_rule"
        constraints = [
            models.CheckConstraint(
                condition=Q(points__gte=0, value__gte=0, daily_cap__gte=1), name="incentives_rule_numbers"
            )
        ]


class Contribution(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    fact_id = models.UUIDField()
    value = models.IntegerField()
    day = models.DateField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "incentives_contribution"
        indexes = [
            models.Index(fields=["at"], name="contribution_at"),
            models.Index(fields=["member_id", "rule", "day"], name="contribution_day"),
        ]
        constraints = [models.UniqueConstraint(fields=["rule", "fact_id"], name="contribution_once")]


class Thanks(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    from_id = models.UUIDField()
    to_id = models.UUIDField()
    about_kind = models.CharField(max_length=24)
    about_id = models.UUIDField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "incentives_thanks"
        indexes = [models.Index(fields=["from_id", "at"], name="thanks_from")]
        constraints = [
            models.UniqueConstraint(fields=["from_id", "about_kind", "about_id"], name="thanks_once"),
            models.CheckConstraint(condition=~Q(from_id=F("to_id")), name="thanks_to_other"),
        ]
