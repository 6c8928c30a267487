"""Tables of flash sales: items, units that have an order, claims that wait for an address, reminders."""

from django.db import models
from django.db.models import Q

from jishi.kernel import clock, ids
from jishi.modules.plays.flash_sale.types import UnitState, WaitReason


class Item(models.Model):
    """One variant of a session. `reserves` counts the amounts set aside in the budget, so each has an id of its own."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    play_id = models.UUIDField()
    variant_id = models.UUIDField(db_index=True)
    product_id = models.UUIDField(db_index=True)
    position = models.PositiveSmallIntegerField()
    price_minor = models.BigIntegerField()
    list_minor = models.BigIntegerField(null=True)
    units = models.PositiveIntegerField()
    member_limit = models.PositiveSmallIntegerField(default=1)
    new_member_units = models.PositiveIntegerField(default=0, db_default=0)
    new_member_minutes = models.PositiveSmallIntegerField(default=0, db_default=0)
    pool_id = models.UUIDField(null=True, unique=True)
    reserves = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["play_id", "variant_id"], name="flash_item_variant"),
            models.UniqueConstraint(fields=["play_id", "position"], name="flash_item_position"),
            models.CheckConstraint(condition=Q(price_minor__gt=0), name="flash_item_price"),
            models.CheckConstraint(condition=Q(units__gt=0), name="flash_item_units"),
            models.CheckConstraint(
                condition=Q(new_member_units=0) | Q(new_member_minutes__gt=0), name="flash_item_reserve"
            ),
        ]


class Unit(models.Model):
    """An order's part of an item. A claim has at most one order, an order at most one claim."""

    order_id = models.UUIDField(primary_key=True)
    claim_id = models.UUIDField(unique=True)  # one paid after it was returned gets a new one
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    member_id = models.UUIDField(db_index=True)
    quantity = models.PositiveIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, default=UnitState.ORDERED.value)
    ordered_at = models.DateTimeField(default=clock.now)
    paid_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in UnitState]), name="flash_unit_state"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="flash_unit_quantity"),
        ]
        indexes = [models.Index(fields=["item", "state"], name="flash_unit_item_state")]


class WaitingClaim(models.Model):
    """A granted claim that needs a word from its member before it can become an order."""

    claim_id = models.UUIDField(primary_key=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    reason = models.CharField(max_length=16)
    noted_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=[reason.value for reason in WaitReason]), name="flash_waiting_reason"
            ),
        ]


class Reminder(models.Model):
    """A member wants to hear of a session a few minutes before it opens."""

    play_id = models.UUIDField()
    member_id = models.UUIDField()
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["play_id", "member_id"], name="flash_reminder_once")]
        indexes = [
            models.Index(fields=["play_id"], condition=Q(sent_at__isnull=True), name="flash_reminder_due")
        ]
