"""Tables of sharing: links, touches, introductions, credits."""

from django.db import models

from jishi.kernel import clock, ids


class ShareLink(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    code = models.CharField(max_length=12, unique=True)
    member_id = models.UUIDField()
    target_kind = models.CharField(max_length=12)  # product, team, offer, shop
    target_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=16)  # link, poster, native
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "target_kind", "target_id", "channel"],
                name="share_link_once",
                nulls_distinct=False,
            ),
        ]


class Touch(models.Model):
    """A visitor arrived by somebody's link or from some source."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    visitor_id = models.UUIDField()
    member_id = models.UUIDField(null=True)
    link = models.ForeignKey(ShareLink, null=True, on_delete=models.PROTECT, related_name="+")
    sharer_id = models.UUIDField(null=True)
    source = models.CharField(max_length=24)
    target_kind = models.CharField(max_length=12, blank=True)
    target_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["visitor_id", "-at"], name="touch_visitor"),
            models.Index(fields=["member_id", "-at"], name="touch_member"),
            models.Index(fields=["sharer_id", "-at"], name="touch_sharer"),
            models.Index(fields=["target_kind", "target_id", "at"], name="touch_target"),
        ]


class Introduction(models.Model):
    """Who brought a new member: decided once, when they join."""

    member_id = models.UUIDField(primary_key=True)
    sharer_id = models.UUIDField(db_index=True)
    link = models.ForeignKey(ShareLink, null=True, on_delete=models.PROTECT, related_name="+")
    touch_id = models.UUIDField()
    target_kind = models.CharField(max_length=12, blank=True)
    target_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(member_id=models.F("sharer_id")), name="introduction_not_self"
            ),
        ]


class Credit(models.Model):
    """The part of a paid order line that a sharer brought; refunds reverse it."""

    order_line_id = models.UUIDField(primary_key=True)
    order_id = models.UUIDField(db_index=True)
    buyer_id = models.UUIDField()
    sharer_id = models.UUIDField()
    link_id = models.UUIDField(null=True)
    touch_id = models.UUIDField(null=True)
    source = models.CharField(max_length=24)
    reason = models.CharField(max_length=32)
    amount_minor = models.BigIntegerField()
    reversed_minor = models.BigIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["sharer_id", "-at"], name="credit_sharer"),
            models.Index(fields=["touch_id"], name="credit_touch"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reversed_minor__gte=0, reversed_minor__lte=models.F("amount_minor")),
                name="credit_reversal_bounded",
            ),
        ]


class ReversedRefund(models.Model):
    """A refund whose credits have been taken back already."""

    refund_id = models.UUIDField(primary_key=True)
    at = models.DateTimeField(default=clock.now)
