"""Where goods lie, how many, and everything that moved them."""

from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.inventory.types import HoldState, MovementKind


class Location(models.Model):
    """A place with stock. A lower `priority` is asked first."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    priority = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="location_coded")]


class StockLevel(models.Model):
    """`held` is the sum of what open holds have not shipped yet. An untracked level is never short.

    `sku` and `product_id` are copies, for the console's search and for sums over a list of products.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    variant_id = models.UUIDField(db_index=True)
    product_id = models.UUIDField(db_index=True)
    sku = models.CharField(max_length=120, db_index=True)
    on_hand = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    is_tracked = models.BooleanField(default=True)
    updated_at = models.DateTimeField(default=clock.now)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["location", "variant_id"], name="level_once"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="level_on_hand"),
            models.CheckConstraint(condition=Q(held__gte=0), name="level_held"),
            models.CheckConstraint(
                condition=Q(is_tracked=False) | Q(held__lte=F("on_hand")), name="level_never_oversold"
            ),
        ]


class Movement(models.Model):
    """Written once, never changed: the sum of a level's movements is what it has on hand."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    quantity = models.BigIntegerField()
    on_hand_after = models.BigIntegerField()
    cause_kind = models.CharField(max_length=32, blank=True)
    cause_id = models.UUIDField(null=True)
    key = models.CharField(max_length=160, unique=True)
    note = models.CharField(max_length=400, blank=True)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in MovementKind]), name="movement_kind"
            ),
            models.CheckConstraint(condition=~Q(quantity=0), name="movement_moves"),
            models.CheckConstraint(condition=Q(on_hand_after__gte=0), name="movement_on_hand"),
        ]
        indexes = [
            models.Index(fields=["level", "-at", "-id"], name="movement_level"),
            models.Index(fields=["cause_kind", "cause_id"], name="movement_cause"),
        ]


class Hold(models.Model):
    """Stock promised to a cause. A kept hold has no `expires_at`. A line over two locations has two rows."""

    id = models.UUIDField(primary_key=True)
    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    shipped = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, default=HoldState.HELD)
    cause_kind = models.CharField(max_length=32)
    cause_id = models.UUIDField()
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in HoldState]), name="hold_state"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="hold_quantity"),
            models.CheckConstraint(
                condition=Q(shipped__gte=0) & Q(shipped__lte=F("quantity")), name="hold_shipped"
            ),
            models.CheckConstraint(
                condition=~Q(state="shipped") | Q(shipped=F("quantity")), name="hold_shipped_whole"
            ),
        ]
        indexes = [
            models.Index(fields=["cause_kind", "cause_id"], name="hold_cause"),
            models.Index(fields=["expires_at"], condition=Q(state="held"), name="hold_expiring"),
        ]
