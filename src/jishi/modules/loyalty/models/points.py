"""Points: accounts, lots, entries, spendings, and what orders earned."""

from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.loyalty.types import EntryKind, FallPolicy, LotState, ReturnPolicy, SpendingState


class LoyaltyTerms(models.Model):
    """The shop's terms: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_open = models.BooleanField(default=True)
    points_per_unit = models.PositiveIntegerField(default=100)
    share_basis_points_max = models.PositiveIntegerField(default=5_000)
    points_step = models.PositiveIntegerField(default=100)
    earn_per_unit = models.PositiveIntegerField(default=1)
    return_days = models.PositiveSmallIntegerField(default=7)
    expiry_months = models.PositiveSmallIntegerField(default=12)
    return_policy = models.CharField(max_length=16, default=ReturnPolicy.WITHIN_BALANCE.value)
    fall_policy = models.CharField(max_length=16, default=FallPolicy.ONE_STEP.value)
    grace_days = models.PositiveSmallIntegerField(default=30)
    notice_days = models.PositiveSmallIntegerField(default=14)
    check_in_points = models.PositiveIntegerField(default=2)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="loyalty_terms_one_row"),
            models.CheckConstraint(
                condition=Q(points_per_unit__gt=0, points_step__gt=0), name="loyalty_terms_positive"
            ),
            models.CheckConstraint(
                condition=Q(share_basis_points_max__lte=10_000), name="loyalty_terms_share"
            ),
            models.CheckConstraint(
                condition=Q(return_policy__in=[policy.value for policy in ReturnPolicy]),
                name="loyalty_terms_return_policy",
            ),
            models.CheckConstraint(
                condition=Q(fall_policy__in=[policy.value for policy in FallPolicy]),
                name="loyalty_terms_fall_policy",
            ),
        ]


class Account(models.Model):
    """A member's balances; its row is the lock of everything that moves their points."""

    member_id = models.UUIDField(primary_key=True)
    active = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)
    debt = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(active__gte=0, pending__gte=0, debt__gte=0), name="loyalty_account_floor"
            )
        ]


class Lot(models.Model):
    """Points of one cause, with an end of their own. `reversed` is how many a refund has asked back in all."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    source_kind = models.CharField(max_length=24)
    source_id = models.UUIDField()
    state = models.CharField(max_length=8)
    earned = models.BigIntegerField()
    remaining = models.BigIntegerField()
    spent = models.BigIntegerField(default=0)
    expired = models.BigIntegerField(default=0)
    taken_back = models.BigIntegerField(default=0)
    covered = models.BigIntegerField(default=0)
    reversed = models.BigIntegerField(default=0)
    excused = models.BigIntegerField(default=0)  # of `reversed`: had expired by itself
    short = models.BigIntegerField(default=0)  # of `reversed`: not found, taken when points return
    available_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    at = models.DateTimeField(default=clock.now)
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_kind", "source_id"], name="loyalty_lot_source"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in LotState]), name="loyalty_lot_state"
            ),
            models.CheckConstraint(
                condition=Q(earned__gt=0, remaining__gte=0, remaining__lte=F("earned")),
                name="loyalty_lot_bounds",
            ),
            models.CheckConstraint(
                condition=Q(spent__gte=0, expired__gte=0, taken_back__gte=0, covered__gte=0, short__gte=0),
                name="loyalty_lot_counters",
            ),
            models.CheckConstraint(
                condition=Q(
                    earned=F("remaining") + F("spent") + F("expired") + F("taken_back") + F("covered")
                ),
                name="loyalty_lot_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(reversed__gte=0, reversed__lte=F("earned")), name="loyalty_lot_reversed"
            ),
            models.CheckConstraint(
                condition=Q(state="pending") | Q(expires_at__isnull=False), name="loyalty_lot_has_an_end"
            ),
        ]
        indexes = [
            models.Index(
                fields=["account", "expires_at", "at"],
                condition=Q(state="active", remaining__gt=0),
                name="loyalty_lot_to_spend",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(state="active", remaining__gt=0),
                name="loyalty_lot_to_expire",
            ),
            models.Index(
                fields=["available_at"], condition=Q(state="pending"), name="loyalty_lot_to_release"
            ),
            models.Index(fields=["account", "at"], name="loyalty_lot_of_member"),
        ]


class Entry(models.Model):
    """What happened to points, one lot at a time; never changed, never deleted."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=12)
    points = models.BigIntegerField()
    pending = models.BigIntegerField()
    active = models.BigIntegerField()
    debt = models.BigIntegerField()
    subject_kind = models.CharField(max_length=24)
    subject_id = models.UUIDField()
    note = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="loyalty_entry_positive"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in EntryKind]), name="loyalty_entry_kind"
            ),
            models.CheckConstraint(
                condition=Q(lot__isnull=False) | Q(kind="owe"), name="loyalty_entry_has_a_lot"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "at", "id"], name="loyalty_entry_statement"),
            models.Index(fields=["subject_kind", "subject_id"], name="loyalty_entry_subject"),
            models.Index(fields=["kind", "at"], name="loyalty_entry_kind_at"),
        ]


class Spending(models.Model):
    """Points that pay for an order (its id is the order's) or a reward (the exchange's)."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, default="order")
    points = models.BigIntegerField()
    currency_minor = models.BigIntegerField()
    state = models.CharField(max_length=8, default=SpendingState.HELD.value)
    attempt = models.PositiveSmallIntegerField(default=1)  # regained after a release: another transfer
    returned = models.BigIntegerField(default=0)
    returned_expired = models.BigIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in SpendingState]), name="loyalty_spending_state"
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0, returned__gte=0, returned__lte=F("points"))
                & Q(returned_expired__lte=F("points")),
                name="loyalty_spending_bounds",
            ),
        ]
        indexes = [models.Index(fields=["state", "at"], name="loyalty_spending_held")]


class Earning(models.Model):
    """What an order earned and by which rates, so that refunds take back exactly that."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    member_id = models.UUIDField()
    source_kind = models.CharField(max_length=24)
    source_id = models.UUIDField()
    paid_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    earn_per_unit = models.PositiveIntegerField()
    earn_basis_points = models.PositiveIntegerField()
    points = models.BigIntegerField()
    growth = models.BigIntegerField()
    lowered = models.BigIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_kind", "source_id"], name="loyalty_earning_source"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("paid_minor")),
                name="loyalty_earning_refunds",
            ),
            models.CheckConstraint(
                condition=Q(lowered__gte=0, lowered__lte=F("growth")), name="loyalty_earning_growth"
            ),
        ]
        indexes = [models.Index(fields=["member_id", "at"], name="loyalty_earning_of_member")]


class ExpiryNotice(models.Model):
    """A member was told that points end at an instant."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    expires_at = models.DateTimeField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "expires_at"], name="loyalty_expiry_told_once")
        ]
