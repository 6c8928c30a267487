"""Tables of carts, orders, shipments, refunds and shipping fees."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.orders.types import OrderState, RefundPhase


class Cart(models.Model):
    """One open cart per member, or per visitor until they log in."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    member_id = models.UUIDField(null=True)
    visitor_id = models.UUIDField(null=True)
    state = models.CharField(max_length=8, default="open")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id"],
                condition=Q(state="open", member_id__isnull=False),
                name="cart_open_member",
            ),
            models.UniqueConstraint(
                fields=["visitor_id"],
                condition=Q(state="open", member_id__isnull=True),
                name="cart_open_visitor",
            ),
            models.CheckConstraint(condition=Q(state__in=["open", "ordered", "merged"]), name="cart_state"),
        ]


class CartLine(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    cart = models.ForeignKey(Cart, on_delete=models.PROTECT, related_name="+")
    product_id = models.UUIDField()
    variant_id = models.UUIDField()
    quantity = models.PositiveIntegerField()
    price_seen_minor = models.BigIntegerField()
    is_selected = models.BooleanField(default=True)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant_id"], name="cart_line_variant"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="cart_line_quantity"),
        ]


class Order(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    number = models.CharField(max_length=20, unique=True)
    member_id = models.UUIDField()
    visitor_id = models.UUIDField(null=True)
    cart_id = models.UUIDField(null=True, unique=True)
    state = models.CharField(max_length=16, default=OrderState.PLACED.value)
    currency = models.CharField(max_length=3)
    list_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    shipping_refunded_minor = models.BigIntegerField(default=0)
    address = models.JSONField(default=dict)
    note = models.CharField(max_length=200, blank=True)
    play_kind = models.CharField(max_length=16, blank=True)
    play_id = models.UUIDField(null=True)
    team_id = models.UUIDField(null=True)
    wallet_minor = models.BigIntegerField(default=0, db_default=0)  # the part of the total a wallet pays
    points_spent = models.BigIntegerField(default=0, db_default=0)
    has_promises = models.BooleanField(default=False, db_default=False)
    payment_id = models.UUIDField(null=True)  # the payment it stands on; another that comes too is sent back
    placed_at = models.DateTimeField(default=clock.now)
    pay_deadline = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["member_id", "-placed_at"], name="order_member"),
            models.Index(fields=["state", "-placed_at"], name="order_state_placed"),
            models.Index(fields=["-placed_at"], name="order_placed"),
            models.Index(fields=["paid_at"], name="order_paid_at"),
            models.Index(fields=["play_id", "-placed_at"], name="order_play"),
            models.Index(fields=["team_id"], name="order_team"),
            models.Index(fields=["pay_deadline"], condition=Q(state="placed"), name="order_unpaid"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in OrderState]), name="order_state_known"
            ),
            models.CheckConstraint(
                condition=Q(total_minor=F("list_minor") - F("discount_minor") + F("shipping_minor")),
                name="order_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(total_minor__gte=0, shipping_minor__gte=0), name="order_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("paid_minor")),
                name="order_refund_bounded",
            ),
            models.CheckConstraint(
                condition=Q(wallet_minor__gte=0, wallet_minor__lte=F("total_minor"), points_spent__gte=0),
                name="order_parts_bounded",
            ),
            models.CheckConstraint(
                condition=Q(paid_minor=0) | Q(paid_minor=F("total_minor")), name="order_paid_whole"
            ),
        ]


class OrderLine(models.Model):
    """A snapshot: what was promised stays as it was, whatever the catalogue says later."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    product_id = models.UUIDField(db_index=True)
    variant_id = models.UUIDField()
    sku = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    option_text = models.CharField(max_length=200, blank=True)
    cover = models.CharField(max_length=500, blank=True)
    quantity = models.PositiveIntegerField()
    list_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    cost_minor = models.BigIntegerField(null=True)
    weight_grams = models.PositiveIntegerField(default=0)
    discounts = models.JSONField(default=list)
    cut_minor = models.BigIntegerField(default=0)  # given back afterwards without a unit going back
    refunded_minor = models.BigIntegerField(default=0)
    refunded_quantity = models.PositiveIntegerField(default=0)
    shipped_quantity = models.PositiveIntegerField(default=0)
    cancelled_quantity = models.PositiveIntegerField(default=0)  # refunded before they were shipped
    sharer_id = models.UUIDField(null=True)
    link_id = models.UUIDField(null=True)
    touch_id = models.UUIDField(null=True)
    attribution_source = models.CharField(max_length=24, blank=True)
    attribution_reason = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["sharer_id"], condition=Q(sharer_id__isnull=False), name="line_sharer")
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_quantity"),
            models.CheckConstraint(
                condition=Q(total_minor=F("list_minor") * F("quantity") - F("discount_minor")),
                name="order_line_adds_up",
            ),
            models.CheckConstraint(condition=Q(total_minor__gte=0), name="order_line_not_negative"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("total_minor")),
                name="order_line_refund_bounded",
            ),
            models.CheckConstraint(
                condition=Q(cut_minor__gte=0, cut_minor__lte=F("refunded_minor")),
                name="order_line_cut_bounded",
            ),
            models.CheckConstraint(
                condition=Q(
                    shipped_quantity__lte=F("quantity") - F("cancelled_quantity"),
                    refunded_quantity__lte=F("quantity"),
                ),
                name="order_line_quantities_bounded",
            ),
        ]


class Shipment(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    carrier = models.CharField(max_length=40)
    tracking_number = models.CharField(max_length=60)
    shipped_at = models.DateTimeField(default=clock.now)
    received_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "carrier", "tracking_number"], name="shipment_parcel_once"
            ),
        ]


class ShipmentLine(models.Model):
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="shipment_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shipment_line_quantity"),
        ]


class OrderRefund(models.Model):
    """Money on its way back to the buyer. Its id is the payment refund's id."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    wallet_minor = models.BigIntegerField(default=0, db_default=0)
    shipping_minor = models.BigIntegerField(default=0)
    phase = models.CharField(max_length=10, default=RefundPhase.REQUESTED.value)
    reason = models.CharField(max_length=40)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="order_refund_positive"),
            models.CheckConstraint(
                condition=Q(phase__in=[phase.value for phase in RefundPhase]), name="order_refund_phase"
            ),
        ]


class RefundLine(models.Model):
    """Which part of which line goes back; the inverse of what was recorded, never recomputed."""

    refund = models.ForeignKey(OrderRefund, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(default=0)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="refund_line_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="refund_line_not_negative"),
        ]


class ShippingTemplate(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    name = models.CharField(max_length=40)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="shipping_one_default"
            ),
        ]


class ShippingRate(models.Model):
    """First and further weight for some provinces; an empty list of provinces means everywhere else."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    template = models.ForeignKey(ShippingTemplate, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    province_codes = ArrayField(models.CharField(max_length=6), default=list)
    first_grams = models.PositiveIntegerField(default=1000)
    first_minor = models.BigIntegerField()
    step_grams = models.PositiveIntegerField(default=1000)
    step_minor = models.BigIntegerField()
    free_from_minor = models.BigIntegerField(null=True)
    is_refused = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "position"], name="shipping_rate_position"),
            models.CheckConstraint(
                condition=Q(first_grams__gt=0, step_grams__gt=0), name="shipping_rate_grams"
            ),
            models.CheckConstraint(
                condition=Q(first_minor__gte=0, step_minor__gte=0), name="shipping_rate_minor"
            ),
        ]
