"""What members do, and what they get for it: badges, missions, check-ins."""

from django.db import models
from django.db.models import Q

from jishi.kernel import clock, ids
from jishi.modules.loyalty.types import Cadence, DeedKind

_DEEDS = [kind.value for kind in DeedKind]


class Deed(models.Model):
    """How often a member did something on a day of the shop's calendar."""

    member_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member_id", "kind", "day"], name="loyalty_deed_day"),
            models.CheckConstraint(condition=Q(kind__in=_DEEDS), name="loyalty_deed_kind"),
        ]


class Badge(models.Model):
    """Won when a count reaches the threshold."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=24)
    hint = models.CharField(max_length=80)
    deed = models.CharField(max_length=16)
    threshold = models.PositiveIntegerField()
    mark = models.CharField(max_length=4, default="★")
    position = models.PositiveSmallIntegerField(default=0)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(deed__in=_DEEDS, threshold__gt=0), name="loyalty_badge_rule")
        ]


class Award(models.Model):
    """A badge that was won, once."""

    member_id = models.UUIDField()
    badge = models.ForeignKey(Badge, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member_id", "badge"], name="loyalty_award_once")]


class Mission(models.Model):
    """Something to do for points, every day or once."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=24)
    hint = models.CharField(max_length=80)
    deed = models.CharField(max_length=16)
    goal = models.PositiveIntegerField()
    cadence = models.CharField(max_length=8)
    points = models.PositiveIntegerField()
    badge = models.ForeignKey(Badge, on_delete=models.PROTECT, related_name="+", null=True)
    link = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(deed__in=_DEEDS, goal__gt=0, cadence__in=[one.value for one in Cadence]),
                name="loyalty_mission_rule",
            )
        ]


class MissionTake(models.Model):
    """A mission's reward that was taken; `day` is the epoch for what can be done once only."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    mission = models.ForeignKey(Mission, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    day = models.DateField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mission", "member_id", "day"], name="loyalty_mission_once")
        ]
        indexes = [models.Index(fields=["member_id", "at"], name="loyalty_mission_of")]


class CheckIn(models.Model):
    """One per member and day of the shop's calendar."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    member_id = models.UUIDField()
    day = models.DateField()
    streak = models.PositiveIntegerField()
    points = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member_id", "day"], name="loyalty_check_in_day"),
            models.CheckConstraint(condition=Q(streak__gt=0), name="loyalty_check_in_streak"),
        ]


class CheckInReward(models.Model):
    """Points on top for a day of the streak's card."""

    day_number = models.PositiveSmallIntegerField(primary_key=True)
    points = models.PositiveIntegerField()
