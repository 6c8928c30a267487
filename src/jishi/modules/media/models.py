"""Tables of media."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from jishi.kernel import clock, ids
from jishi.modules.media.types import MediaKind, MediaState


class Media(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    owner_id = models.UUIDField()
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=8)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    colour = models.CharField(max_length=7, default="#f4eee5")
    renditions = models.JSONField(default=list)  # [[path, width, height, format], …], narrow first
    video_path = models.CharField(max_length=200, blank=True)
    source_path = models.CharField(max_length=200, blank=True)  # a video as it came, until it is transcoded
    duration_ms = models.PositiveIntegerField(default=0)
    is_public = models.BooleanField(default=False)
    is_used = models.BooleanField(default=False)
    failure = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["owner_id", "-created_at"], name="media_owner"),
            GinIndex(fields=["renditions"], opclasses=["jsonb_path_ops"], name="media_files"),
            models.Index(fields=["video_path"], condition=~Q(video_path=""), name="media_film"),
            models.Index(fields=["source_path"], condition=~Q(source_path=""), name="media_source"),
            models.Index(fields=["created_at"], condition=Q(is_used=False), name="media_unused"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[one.value for one in MediaKind]), name="media_kind"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in MediaState]), name="media_state"
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(is_used=True, state="ready"), name="media_public_is_ready"
            ),
        ]
