"""Tables of notes."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.notes.types import Arm, Cooperation, NoteState, ReactionKind

_SHOWN = Q(state="published")
_STATES = [state.value for state in NoteState]


class Note(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    author_id = models.UUIDField()
    state = models.CharField(max_length=10, default=NoteState.DRAFT.value)
    title = models.CharField(max_length=30, blank=True)
    text = models.CharField(max_length=1500, blank=True)
    topics = ArrayField(models.CharField(max_length=16), default=list)
    cooperation = models.CharField(max_length=4, default=Cooperation.NONE.value)
    media_ids = ArrayField(models.UUIDField(), default=list)
    is_video = models.BooleanField(default=False)
    alt_title = models.CharField(max_length=30, blank=True)
    alt_cover = models.PositiveSmallIntegerField(null=True)
    has_test = models.BooleanField(default=False)
    first_product_id = models.UUIDField(null=True)
    tag_count = models.PositiveSmallIntegerField(default=0)
    province = models.CharField(max_length=40, blank=True)
    city = models.CharField(max_length=40, blank=True)
    version = models.PositiveIntegerField(default=0)
    review_note = models.CharField(max_length=200, blank=True)
    waits_for = models.CharField(max_length=16, blank=True)
    assignee_id = models.UUIDField(null=True)
    wanted_at = models.DateTimeField(null=True)  # when the author wants it out, while it is in review
    publish_at = models.DateTimeField(null=True)  # when it was or will be published
    week = models.PositiveIntegerField(default=0)  # of publish_at, since 1970
    first_published_at = models.DateTimeField(null=True)
    views = models.PositiveIntegerField(default=0)
    likes = models.PositiveIntegerField(default=0)
    saves = models.PositiveIntegerField(default=0)
    comments = models.PositiveIntegerField(default=0)
    shares = models.PositiveIntegerField(default=0)
    taps = models.PositiveIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0)
    revenue_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    quality_bp = models.PositiveIntegerField(default=500)
    is_stale = models.BooleanField(default=False)  # counters have moved since quality was worked out
    search_vector = SearchVectorField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["author_id", "-publish_at"], condition=_SHOWN, name="note_author_shown"),
            models.Index(fields=["author_id", "-changed_at"], name="note_author"),
            models.Index(fields=["week", "-quality_bp"], condition=_SHOWN, name="note_week_best"),
            models.Index(fields=["-publish_at"], condition=_SHOWN, name="note_newest"),
            models.Index(fields=["city", "-publish_at"], condition=_SHOWN & ~Q(city=""), name="note_city"),
            models.Index(fields=["publish_at"], condition=Q(state="scheduled"), name="note_due"),
            models.Index(fields=["state", "-changed_at"], name="note_state"),
            models.Index(fields=["id"], condition=Q(is_stale=True), name="note_stale"),
            models.Index(fields=["first_product_id", "-publish_at"], condition=_SHOWN, name="note_product"),
            GinIndex(fields=["topics"], condition=_SHOWN, name="note_topics"),
            GinIndex(fields=["search_vector"], condition=_SHOWN, name="note_words"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=_STATES), name="note_state_known"),
            models.CheckConstraint(
                condition=Q(cooperation__in=[one.value for one in Cooperation]), name="note_cooperation_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["scheduled", "published", "hidden"]) | Q(publish_at__isnull=False),
                name="note_out_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__lte=F("revenue_minor"), quality_bp__lte=10_000),
                name="note_figures",
            ),
        ]


class NoteTag(models.Model):
    """Goods at a point of a picture."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="+")
    picture = models.PositiveSmallIntegerField()
    x_bp = models.PositiveSmallIntegerField()
    y_bp = models.PositiveSmallIntegerField()
    product_id = models.UUIDField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(x_bp__lte=10_000, y_bp__lte=10_000), name="note_tag_on_picture"
            ),
        ]


class NoteVersion(models.Model):
    """What a note said; a row per saved change of what others had or would have seen."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    by_id = models.UUIDField(null=True)
    title = models.CharField(max_length=30, blank=True)
    text = models.CharField(max_length=1500, blank=True)
    topics = ArrayField(models.CharField(max_length=16), default=list)
    media_ids = ArrayField(models.UUIDField(), default=list)
    tags = models.JSONField(default=list)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "number"], name="note_version_once")]


class Reaction(models.Model):
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="+", db_index=False)
    member_id = models.UUIDField()
    kind = models.CharField(max_length=4)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["member_id", "kind", "-at"], name="reaction_member")]
        constraints = [
            models.UniqueConstraint(fields=["note", "member_id", "kind"], name="reaction_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in ReactionKind]), name="reaction_kind"
            ),
        ]


class Comment(models.Model):
    """Two levels: an answer's parent is never an answer."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="+", db_index=False)
    member_id = models.UUIDField()
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=300)
    is_hidden = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["note", "at"], condition=Q(parent=None), name="note_comment_first"),
            models.Index(fields=["member_id", "-at"], name="note_comment_member"),
        ]


class Seen(models.Model):
    """A person opened a note: counted once a day."""

    note_id = models.UUIDField()
    viewer_id = models.UUIDField()
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note_id", "viewer_id", "day"], name="note_seen_once")]


class Exposure(models.Model):
    """A person was shown an arm of a note's test; `is_clicked` once they opened it."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="+", db_index=False)
    viewer_id = models.UUIDField()
    arm = models.CharField(max_length=1)
    is_clicked = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["note", "viewer_id"], name="note_exposure_once"),
            models.CheckConstraint(condition=Q(arm__in=[arm.value for arm in Arm]), name="note_exposure_arm"),
        ]


class Author(models.Model):
    """Counters and standing of somebody who writes, or is followed."""

    member_id = models.UUIDField(primary_key=True)
    followers = models.PositiveIntegerField(default=0)
    following = models.PositiveIntegerField(default=0)
    notes = models.PositiveIntegerField(default=0)
    is_paid_creator = models.BooleanField(default=False)


class Follow(models.Model):
    follower_id = models.UUIDField()
    author_id = models.UUIDField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["author_id", "-at"], name="follow_author")]
        constraints = [
            models.UniqueConstraint(fields=["follower_id", "author_id"], name="follow_once"),
            models.CheckConstraint(condition=~Q(follower_id=F("author_id")), name="follow_not_self"),
        ]


class FeedConsent(models.Model):
    """What somebody has agreed to; nobody is here who has not."""

    member_id = models.UUIDField(primary_key=True)
    is_personal = models.BooleanField(default=False)
    is_near = models.BooleanField(default=False)
    province = models.CharField(max_length=40, blank=True)
    city = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(default=clock.now)


class Affinity(models.Model):
    """Points of a reader who has agreed: for an author (`author_id`) or a topic."""

    member_id = models.UUIDField()
    author_id = models.UUIDField(null=True)
    topic = models.CharField(max_length=16, blank=True)
    points = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["member_id", "-points"], name="affinity_best")]
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "author_id", "topic"], name="affinity_once", nulls_distinct=False
            ),
        ]


class FeedWeights(models.Model):
    """The weights of the feed; the newest row counts."""

    freshness = models.PositiveSmallIntegerField()
    affinity = models.PositiveSmallIntegerField()
    quality = models.PositiveSmallIntegerField()
    commerce = models.PositiveSmallIntegerField()
    near = models.PositiveSmallIntegerField()
    diversity = models.PositiveSmallIntegerField()
    by_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    freshness__lte=200,
                    affinity__lte=200,
                    quality__lte=200,
                    commerce__lte=200,
                    near__lte=200,
                    diversity__lte=200,
                ),
                name="feed_weights_bounded",
            ),
        ]
