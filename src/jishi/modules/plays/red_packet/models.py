"""Tables of red packets: what an operator decided, the sealed packets, the opened shares, the tried passwords."""

from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.plays.red_packet.types import Audience, PacketKind, PacketState

_KINDS = [kind.value for kind in PacketKind]
_AUDIENCES = [audience.value for audience in Audience]


class PlayTerms(models.Model):
    """What the packets of a play will be; copied into them when they are sealed."""

    play_id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=8)
    total_minor = models.BigIntegerField()
    share_count = models.PositiveIntegerField()
    greeting = models.CharField(max_length=40, blank=True)
    audience = models.CharField(max_length=12, default=Audience.EVERYONE.value)
    new_within_days = models.PositiveSmallIntegerField(default=0)
    password = models.CharField(max_length=20, blank=True)
    community_id = models.UUIDField(null=True)
    drops = models.PositiveSmallIntegerField(default=1)
    drop_seconds = models.PositiveSmallIntegerField(default=60)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=_KINDS), name="packet_terms_kind"),
            models.CheckConstraint(condition=Q(audience__in=_AUDIENCES), name="packet_terms_audience"),
            models.CheckConstraint(
                condition=Q(share_count__gte=1, total_minor__gte=F("share_count"), drops__gte=1),
                name="packet_terms_amounts",
            ),
        ]


class Packet(models.Model):
    """One sealed packet: funded, its plan decided, its commitment published. `seed` and `plan` stay secret to the end."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    play_id = models.UUIDField(null=True, db_index=True)  # none: a member sent it
    sender_id = models.UUIDField(null=True)
    drop_no = models.PositiveSmallIntegerField(default=1)
    pool_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=8)
    audience = models.CharField(max_length=12)
    new_within_days = models.PositiveSmallIntegerField(default=0)
    password = models.CharField(max_length=20, blank=True)
    community_id = models.UUIDField(null=True)
    greeting = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    share_count = models.PositiveIntegerField()
    opened_count = models.PositiveIntegerField(default=0)
    opened_minor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, default=PacketState.OPEN.value)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    seed = models.CharField(max_length=64)
    plan = models.JSONField()
    commitment = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now)
    warned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=_KINDS), name="packet_kind"),
            models.CheckConstraint(condition=Q(audience__in=_AUDIENCES), name="packet_audience"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PacketState]), name="packet_state"
            ),
            models.CheckConstraint(
                condition=Q(play_id__isnull=True, sender_id__isnull=False)
                | Q(play_id__isnull=False, sender_id__isnull=True),
                name="packet_one_funder",
            ),
            models.CheckConstraint(
                condition=Q(
                    opened_count__lte=F("share_count"),
                    opened_minor__gte=0,
                    opened_minor__lte=F("total_minor"),
                ),
                name="packet_never_overdrawn",
            ),
            models.UniqueConstraint(fields=["play_id", "drop_no"], name="packet_drop_once"),
        ]
        indexes = [
            models.Index(fields=["closes_at"], condition=Q(state="open"), name="packet_due"),
            models.Index(fields=["sender_id", "-created_at"], name="packet_sender"),
        ]


class Share(models.Model):
    """An opened share. The n-th to open holds the n-th planned amount."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    packet = models.ForeignKey(Packet, on_delete=models.PROTECT, related_name="+")
    share_no = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()
    member_id = models.UUIDField(db_index=True)
    opened_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["packet", "share_no"], name="packet_share_once"),
            models.UniqueConstraint(fields=["packet", "member_id"], name="packet_share_member"),
            models.CheckConstraint(condition=Q(amount_minor__gte=1), name="packet_share_positive"),
        ]


class Guess(models.Model):
    """How often a member has tried the password of a packet."""

    packet = models.ForeignKey(Packet, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    tries = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["packet", "member_id"], name="packet_guess_member")]
