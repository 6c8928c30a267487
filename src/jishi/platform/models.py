"""Tables of the plumbing."""

from django.db import models

from jishi.kernel import clock, ids


class FactRow(models.Model):
    """The outbox and the memory of the shop in one: rows are written once and never changed."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    payload = models.JSONField(default=dict)

    class Meta:
        db_table = "platform_fact"
        indexes = [
            models.Index(fields=["name", "at"], name="fact_name_at"),
            models.Index(fields=["subject_kind", "subject_id", "at"], name="fact_subject"),
        ]


class InboxRow(models.Model):
    """A reader has dealt with a fact; the unique pair makes the effect happen once."""

    reader = models.CharField(max_length=80)
    fact_id = models.UUIDField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "platform_inbox"
        constraints = [models.UniqueConstraint(fields=["reader", "fact_id"], name="inbox_once")]


class OnceRow(models.Model):
    """An answer already given under a caller's idempotency key."""

    scope = models.CharField(max_length=120)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        db_table = "platform_once"
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="once_scope_key")]


class HistoryRow(models.Model):
    """One step in the life of a thing, readable by the people it concerns."""

    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    verb = models.CharField(max_length=48)
    before = models.CharField(max_length=32, blank=True)
    after = models.CharField(max_length=32, blank=True)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=400, blank=True)
    details = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "platform_history"
        indexes = [models.Index(fields=["subject_kind", "subject_id", "id"], name="history_subject")]


class Pool(models.Model):
    """Few things for many people. `taken` counts held and kept units and never passes `capacity`."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    purpose = models.CharField(max_length=32)
    capacity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    member_limit = models.PositiveIntegerField(default=0)  # 0: no limit per member
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    is_open = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)
    # what follows is off at zero; docs/algorithms/claims.md
    hold_seconds_min = models.PositiveIntegerField(default=0, db_default=0)
    hold_seconds_max = models.PositiveIntegerField(default=0, db_default=0)
    member_holds = models.PositiveIntegerField(default=0, db_default=0)
    device_holds = models.PositiveIntegerField(default=0, db_default=0)
    address_holds = models.PositiveIntegerField(default=0, db_default=0)
    strikes = models.PositiveIntegerField(default=0, db_default=0)
    strike_seconds = models.PositiveIntegerField(default=0, db_default=0)
    reserved_for = models.CharField(max_length=64, blank=True, default="", db_default="")
    reserved_left = models.PositiveIntegerField(default=0, db_default=0)
    reserved_until = models.DateTimeField(null=True)
    shards = models.PositiveSmallIntegerField(default=0, db_default=0)  # above 0: Shard rows do the counting

    class Meta:
        db_table = "rush_pool"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(taken__lte=models.F("capacity")), name="pool_never_oversold"
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__gte=models.F("taken") + models.F("reserved_left")),
                name="pool_reserve_fits",
            ),
            models.CheckConstraint(
                condition=models.Q(shards=0) | models.Q(taken=0, reserved_left=0), name="pool_counts_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["reserved_until"], condition=~models.Q(reserved_for=""), name="pool_keeps_units"
            ),
        ]


class Shard(models.Model):
    """A part of a hot pool with a row of its own, so that its members do not wait for the others'."""

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField()
    capacity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    reserved_left = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "rush_shard"
        constraints = [
            models.UniqueConstraint(fields=["pool", "number"], name="shard_once"),
            models.CheckConstraint(
                condition=models.Q(capacity__gte=models.F("taken") + models.F("reserved_left")),
                name="shard_never_oversold",
            ),
        ]


class WaitingRoom(models.Model):
    """People are let into a pool by number: `burst` at its opening, then `rate` a second."""

    pool = models.OneToOneField(Pool, on_delete=models.PROTECT, related_name="+", primary_key=True)
    burst = models.PositiveIntegerField()
    rate = models.PositiveIntegerField()
    turns = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "rush_room"
        constraints = [models.CheckConstraint(condition=models.Q(rate__gt=0), name="room_lets_in")]


class Turn(models.Model):
    """A member's place in a waiting room; first come, first numbered, once each."""

    room = models.ForeignKey(WaitingRoom, on_delete=models.PROTECT, related_name="+", db_index=False)
    member_id = models.UUIDField()
    position = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "rush_turn"
        constraints = [
            models.UniqueConstraint(fields=["room", "member_id"], name="turn_once"),
            models.UniqueConstraint(fields=["room", "position"], name="turn_place"),
        ]


class Claim(models.Model):
    """A member's part of a pool: held until `expires_at`, then kept or given back."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="+", db_index=False)
    member_id = models.UUIDField()
    quantity = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, default="held")
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    shard = models.PositiveSmallIntegerField(null=True)
    reserved_units = models.PositiveIntegerField(default=0, db_default=0)  # of `quantity`, from the reserve
    # keyed hashes, written only where the pool limits them
    device = models.BigIntegerField(null=True)
    address = models.BigIntegerField(null=True)

    class Meta:
        db_table = "rush_claim"
        indexes = [
            models.Index(fields=["pool", "member_id"], name="claim_pool_member"),
            models.Index(fields=["expires_at"], condition=models.Q(state="held"), name="claim_expiring"),
            models.Index(
                fields=["pool", "device"],
                condition=models.Q(state="held", device__isnull=False),
                name="claim_holds_of_device",
            ),
            models.Index(
                fields=["pool", "address"],
                condition=models.Q(state="held", address__isnull=False),
                name="claim_holds_of_address",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["held", "kept", "released", "expired"]), name="claim_state"
            ),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="claim_quantity"),
        ]


class Tally(models.Model):
    """How often people were told `outcome` when they asked for units of a pool; written once a second."""

    pk = models.CompositePrimaryKey("pool_id", "outcome")
    pool_id = models.UUIDField()
    outcome = models.CharField(max_length=16)
    count = models.BigIntegerField()

    class Meta:
        db_table = "rush_tally"
