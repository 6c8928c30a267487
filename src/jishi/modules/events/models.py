"""Tables of events."""

from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.events.types import EventState, PhotoState, PlaceState


class Event(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    community_id = models.UUIDField(null=True)
    title = models.CharField(max_length=80)
    text = models.TextField(max_length=4000, blank=True)
    is_online = models.BooleanField(default=False)
    place = models.CharField(max_length=200, blank=True)
    join_link = models.CharField(max_length=400, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.IntegerField()
    remind_hours = models.IntegerField(default=24)
    coupon_batch_id = models.UUIDField(null=True)
    pool_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, default=EventState.DRAFT.value)
    version = models.IntegerField(default=1)
    reminded_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "events_event"
        indexes = [models.Index(fields=["state", "starts_at", "id"], name="event_state_starts")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in EventState]), name="event_state"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="event_ends_later"),
            models.CheckConstraint(condition=Q(capacity__gt=0), name="event_capacity"),
            models.CheckConstraint(
                condition=Q(state=EventState.DRAFT.value)
                | Q(state=EventState.CANCELLED.value)
                | Q(pool_id__isnull=False),
                name="event_has_pool",
            ),
        ]


class Place(models.Model):
    """One member's relation to one event; its claim while they go."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    claim_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10)
    asked_at = models.DateTimeField(default=clock.now)
    attended_at = models.DateTimeField(null=True)
    checked_by = models.UUIDField(null=True)

    class Meta:
        db_table = "events_place"
        indexes = [
            models.Index(
                fields=["event", "asked_at", "id"],
                condition=Q(state=PlaceState.WAITING.value),
                name="event_place_waiting",
            ),
            models.Index(fields=["member_id", "asked_at"], name="event_place_member"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["event", "member_id"], name="event_place_once"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in PlaceState]), name="event_place_state"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=[PlaceState.GOING.value, PlaceState.ATTENDED.value])
                    & Q(claim_id__isnull=False)
                )
                | (
                    Q(state__in=[PlaceState.WAITING.value, PlaceState.CANCELLED.value])
                    & Q(claim_id__isnull=True)
                ),
                name="event_place_claim",
            ),
        ]


class Photo(models.Model):
    """A picture taken there, added when it was over."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    media_id = models.UUIDField(unique=True)
    caption = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=8, default=PhotoState.SHOWN.value)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "events_photo"
        indexes = [models.Index(fields=["event", "at", "id"], name="event_photos")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in PhotoState]), name="event_photo_state"
            )
        ]
