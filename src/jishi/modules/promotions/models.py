"""Tables of offers, their use by orders, and coupons."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from jishi.kernel import clock, ids
from jishi.modules.promotions.types import CouponState, CouponWay, PriceOfferState, RefundRule, Stage


class OfferRow(models.Model):
    """A rule of the shop. Its figures are JSON that `rules.written` reads and checks."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    name = models.CharField(max_length=60)
    label = models.CharField(max_length=40)
    stage = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default=PriceOfferState.DRAFT.value)
    benefit = models.JSONField()
    scope = models.JSONField(default=dict)
    audience = models.JSONField(default=dict)
    calendar = models.JSONField(default=dict)
    least_minor = models.BigIntegerField(default=0)
    least_units = models.PositiveIntegerField(default=0)
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    priority = models.SmallIntegerField(default=0)
    group = models.CharField(max_length=20, blank=True)
    excludes = ArrayField(models.CharField(max_length=20), default=list)
    skips = ArrayField(models.CharField(max_length=20), default=list)
    on_plays = models.BooleanField(default=False)
    budget_minor = models.BigIntegerField(null=True)
    member_limit = models.PositiveIntegerField(null=True)
    campaign_id = models.UUIDField(null=True, db_index=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "promotions_offer"
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=[s.value for s in Stage]), name="offer_stage"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in PriceOfferState]), name="offer_state"
            ),
            models.CheckConstraint(
                condition=Q(budget_minor__isnull=True) | Q(budget_minor__gt=0), name="offer_budget"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "stage"], name="offer_state_stage"),
            models.Index(fields=["-created_at", "id"], name="offer_newest"),
        ]


class Revision(models.Model):
    """One row: rises whenever a live offer changes, so that every process knows when to compile anew."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="promotions_revision_one")]


class OfferUse(models.Model):
    """What an offer gives one order: reserved with the order, committed by its payment, released or returned."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    offer = models.ForeignKey(OfferRow, on_delete=models.PROTECT, related_name="+")
    order_id = models.UUIDField(db_index=True)
    member_id = models.UUIDField()
    coupon_id = models.UUIDField(null=True)
    amount_minor = models.BigIntegerField()
    has_budget = models.BooleanField(default=False)
    has_limit = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default="reserved")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "order_id"], name="offer_use_once"),
            models.CheckConstraint(
                condition=Q(state__in=["reserved", "committed", "released", "returned"]),
                name="offer_use_state",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="offer_use_amount"),
        ]
        indexes = [models.Index(fields=["offer", "-at"], name="offer_use_newest")]


class OfferCount(models.Model):
    """How often a member has used an offer with a limit; raised by a conditional write."""

    id = models.BigAutoField(primary_key=True)
    offer = models.ForeignKey(OfferRow, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "member_id"], name="offer_count_member")]
        indexes = [models.Index(fields=["member_id"], name="offer_count_of_member")]


class CouponBatch(models.Model):
    """Coupons of one offer, and how they are handed out. Its pool guards number and limit per member."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    offer = models.ForeignKey(OfferRow, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    way = models.CharField(max_length=12)
    capacity = models.PositiveIntegerField()
    member_limit = models.PositiveSmallIntegerField(default=1)
    valid_days = models.PositiveSmallIntegerField(null=True)
    valid_until = models.DateTimeField(null=True)
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    refund_rule = models.CharField(max_length=8, default=RefundRule.WHOLE.value)
    share_visits = models.PositiveSmallIntegerField(default=0)
    community_id = models.UUIDField(null=True)
    is_open = models.BooleanField(default=False)
    pool_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(way__in=[w.value for w in CouponWay]), name="batch_way"),
            models.CheckConstraint(
                condition=Q(refund_rule__in=[r.value for r in RefundRule]), name="batch_refund_rule"
            ),
            models.CheckConstraint(
                condition=Q(valid_days__isnull=True, valid_until__isnull=False)
                | Q(valid_days__isnull=False, valid_until__isnull=True),
                name="batch_validity",
            ),
        ]
        indexes = [models.Index(fields=["is_open", "way"], name="batch_open_way")]


class CouponCode(models.Model):
    """A word that stands for one coupon (or, shared, for as many as the pool has)."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(CouponBatch, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=24, unique=True)
    is_shared = models.BooleanField(default=False)
    member_id = models.UUIDField(null=True)
    used_at = models.DateTimeField(null=True)


class Coupon(models.Model):
    """A coupon in somebody's hands. `claim_id`: its place in the batch's pool."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    batch = models.ForeignKey(CouponBatch, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    state = models.CharField(max_length=8, default=CouponState.OPEN.value)
    order_id = models.UUIDField(null=True, db_index=True)
    claim_id = models.UUIDField(unique=True)
    claimed_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in CouponState]), name="coupon_state"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "expired", "void"], order_id__isnull=True)
                | Q(state__in=["reserved", "used"], order_id__isnull=False),
                name="coupon_order",
            ),
        ]
        indexes = [
            models.Index(fields=["member_id", "state", "expires_at"], name="coupon_member"),
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="coupon_expiring"),
            models.Index(fields=["batch", "-claimed_at"], name="coupon_batch_newest"),
        ]
