"""Tables of bargaining: offers, bargains, helps."""

from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.plays.bargain.types import BargainState


class Offer(models.Model):
    """The terms of a play; its id is the head's."""

    id = models.UUIDField(primary_key=True)
    product_id = models.UUIDField(db_index=True)
    variant_id = models.UUIDField()
    pool_id = models.UUIDField(null=True, unique=True)  # opened when it is published
    floor_minor = models.BigIntegerField()
    helpers = models.PositiveSmallIntegerField()
    units = models.PositiveIntegerField()
    hours = models.PositiveSmallIntegerField()
    first_cut_bps = models.PositiveSmallIntegerField()
    member_limit = models.PositiveSmallIntegerField()
    new_member_slots = models.PositiveSmallIntegerField()
    helps_per_day = models.PositiveSmallIntegerField()
    abuse_cap = models.PositiveSmallIntegerField()
    allows_early_buy = models.BooleanField()
    helper_batch_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(floor_minor__gt=0), name="bargain_floor"),
            models.CheckConstraint(condition=Q(helpers__gte=1, helpers__lte=50), name="bargain_helpers"),
        ]


class Bargain(models.Model):
    """One 砍价: its plan is fixed at launch, `slots_taken` says how far it has come."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField(db_index=True)
    claim_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=8, default=BargainState.RUNNING.value)
    seed = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)
    start_minor = models.BigIntegerField()
    floor_minor = models.BigIntegerField()
    first_cut_bps = models.PositiveSmallIntegerField()
    cuts = models.JSONField()
    slots = models.PositiveSmallIntegerField()
    slots_taken = models.PositiveSmallIntegerField()
    own_slots = models.PositiveSmallIntegerField()
    cut_minor = models.BigIntegerField()
    launched_at = models.DateTimeField(default=clock.now)
    deadline = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    order_id = models.UUIDField(null=True, unique=True)
    ordered_cut_minor = models.BigIntegerField(default=0)  # what the order's price takes off
    visitor_id = models.UUIDField(null=True)
    address_mark = models.CharField(max_length=32, blank=True)
    refused_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in BargainState]), name="bargain_state"
            ),
            models.CheckConstraint(
                condition=Q(slots_taken__lte=F("slots"))
                & Q(cut_minor__lte=F("start_minor") - F("floor_minor")),
                name="bargain_never_below_floor",
            ),
            models.UniqueConstraint(  # an ordered one runs on when its order is not paid
                fields=["offer", "member_id"],
                condition=Q(state__in=["running", "ordered"]),
                name="bargain_one_underway",
            ),
        ]
        indexes = [
            models.Index(fields=["deadline"], condition=Q(state="running"), name="bargain_due"),
            models.Index(fields=["offer", "launched_at"], name="bargain_of_offer"),
        ]


class Help(models.Model):
    """A friend's cut: the slots it took and what they came to."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    bargain = models.ForeignKey(Bargain, on_delete=models.PROTECT, related_name="+")
    helper_id = models.UUIDField()
    slot_from = models.PositiveSmallIntegerField()
    slots = models.PositiveSmallIntegerField()
    amount_minor = models.BigIntegerField()
    is_new_member = models.BooleanField()
    score = models.PositiveSmallIntegerField()
    visitor_id = models.UUIDField(null=True)
    address_mark = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField(default=clock.now)
    spent_on_id = models.UUIDField(null=True)  # the bargain that got a head start for it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bargain", "helper_id"], name="bargain_help_once"),
            models.UniqueConstraint(fields=["bargain", "slot_from"], name="bargain_help_slot"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, slots__gt=0), name="bargain_help_positive"
            ),
        ]
        indexes = [models.Index(fields=["helper_id", "at"], name="bargain_help_helper")]


class HelperDay(models.Model):
    """How often a member helped on a day of the shop's calendar; the limit is kept by a conditional write."""

    member_id = models.UUIDField()
    day = models.DateField()
    helps = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member_id", "day"], name="bargain_helper_day")]
