"""One row for every play, whatever its kind; the kind's own room keeps the rest under the same id."""

from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.plays.life.types import PlayKind, PlayState


class Play(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default=PlayState.DRAFT.value)
    currency = models.CharField(max_length=3)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    budget_minor = models.BigIntegerField(null=True)  # the most it may cost; None: no ceiling
    campaign_id = models.UUIDField(null=True, db_index=True)
    created_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "plays_play"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in PlayKind]), name="play_kind"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PlayState]), name="play_state"
            ),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="play_window"),
            models.CheckConstraint(
                condition=Q(budget_minor__isnull=True) | Q(budget_minor__gt=0), name="play_budget"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "opens_at"], name="play_state_opens"),
            models.Index(fields=["kind", "created_at", "id"], name="play_kind_newest"),
        ]
