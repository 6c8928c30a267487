"""Tables of lucky draws: terms with their seal, prizes, tickets in one row of numbers, vouchers for products."""

from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.plays.lucky_draw.types import Cause, DrawMode, PrizeKind, TicketState, VoucherState


class Draw(models.Model):
    """The draw of a play. `seed` is secret until `revealed_at`; the counters number tickets and spins without gaps."""

    play_id = models.UUIDField(primary_key=True)
    mode = models.CharField(max_length=8)
    currency = models.CharField(max_length=3)
    consolation = models.CharField(max_length=40)
    order_daily = models.PositiveSmallIntegerField(default=0)
    order_min_minor = models.BigIntegerField(default=0)
    share_daily = models.PositiveSmallIntegerField(default=0)
    check_in_daily = models.PositiveSmallIntegerField(default=0)
    seed = models.CharField(max_length=64, blank=True)
    sealed = models.TextField(blank=True)
    commitment = models.CharField(max_length=64, blank=True)
    ticket_count = models.PositiveIntegerField(default=0)
    spin_count = models.PositiveIntegerField(default=0)
    revealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(mode__in=[mode.value for mode in DrawMode]), name="draw_mode"),
            models.CheckConstraint(condition=Q(order_min_minor__gte=0), name="draw_order_min"),
        ]


class Prize(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    odds_bp = models.PositiveSmallIntegerField(default=0)
    stock = models.PositiveIntegerField(null=True)  # none: the consolation, of which there is no end
    won_count = models.PositiveIntegerField(default=0)
    amount_minor = models.BigIntegerField(default=0)
    min_minor = models.BigIntegerField(default=0)
    variant_id = models.UUIDField(null=True)
    value_minor = models.BigIntegerField(default=0)
    is_consolation = models.BooleanField(default=False)
    pool_id = models.UUIDField(null=True, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "position"], name="prize_position"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in PrizeKind]), name="prize_kind"
            ),
            models.CheckConstraint(condition=Q(odds_bp__lte=10_000), name="prize_odds"),
            models.CheckConstraint(
                condition=Q(stock__isnull=True) | Q(won_count__lte=F("stock")), name="prize_never_overdrawn"
            ),
            models.CheckConstraint(
                condition=Q(is_consolation=True, kind="nothing", stock__isnull=True)
                | Q(is_consolation=False, stock__isnull=False),
                name="prize_consolation",
            ),
        ]


class Ticket(models.Model):
    """One chance. Numbers follow one another; a spin has a number too, so that nothing can be left out."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="+")
    ticket_no = models.PositiveIntegerField()
    member_id = models.UUIDField(db_index=True)
    cause = models.CharField(max_length=8)
    cause_key = models.CharField(max_length=80)
    state = models.CharField(max_length=6, default=TicketState.EARNED.value)
    earned_at = models.DateTimeField(default=clock.now)
    client_seed = models.CharField(max_length=32, blank=True)
    spin_no = models.PositiveIntegerField(null=True)
    roll = models.PositiveSmallIntegerField(null=True)
    prize = models.ForeignKey(Prize, null=True, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField(default=0)
    spun_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "ticket_no"], name="ticket_number_once"),
            models.UniqueConstraint(fields=["draw", "spin_no"], name="ticket_spin_once"),
            models.UniqueConstraint(fields=["draw", "cause", "cause_key"], name="ticket_cause_once"),
            models.CheckConstraint(
                condition=Q(cause__in=[cause.value for cause in Cause]), name="ticket_cause"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in TicketState]), name="ticket_state"
            ),
        ]
        indexes = [models.Index(fields=["cause", "cause_key"], name="ticket_by_cause")]


class DayCount(models.Model):
    """How many tickets a member has earned by one cause on one day; the cap is kept by a conditional write."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    cause = models.CharField(max_length=8)
    day = models.CharField(max_length=10)
    tickets = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "member_id", "cause", "day"], name="ticket_day_count")
        ]


class Voucher(models.Model):
    """A product that was won, until it has become an order."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="+")
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField(db_index=True)
    variant_id = models.UUIDField()
    prize_name = models.CharField(max_length=40)
    state = models.CharField(max_length=8, default=VoucherState.OPEN.value)
    order_id = models.UUIDField(null=True, unique=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in VoucherState]), name="voucher_state"
            ),
        ]
