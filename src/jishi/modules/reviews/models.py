"""Tables of reviews."""

from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.reviews.types import ReviewState

_STARS = Q(stars__gte=1, stars__lte=5)


class Review(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    product_id = models.UUIDField()
    order_id = models.UUIDField(db_index=True)
    order_line_id = models.UUIDField(unique=True)
    member_id = models.UUIDField()
    title = models.CharField(max_length=200)
    option_text = models.CharField(max_length=200, blank=True)
    cover = models.CharField(max_length=500, blank=True)
    stars = models.PositiveSmallIntegerField()
    match = models.PositiveSmallIntegerField(null=True)
    delivery = models.PositiveSmallIntegerField(null=True)
    service = models.PositiveSmallIntegerField(null=True)
    words = models.CharField(max_length=1000, blank=True)
    is_anonymous = models.BooleanField(default=False)
    state = models.CharField(max_length=8, default=ReviewState.WAITING.value)
    waits_for = models.CharField(max_length=16, blank=True)
    hidden_reason = models.CharField(max_length=200, blank=True)
    is_refunded = models.BooleanField(default=False)
    picture_count = models.PositiveSmallIntegerField(default=0)
    helpful_count = models.PositiveIntegerField(default=0)
    report_count = models.PositiveIntegerField(default=0)
    followup_words = models.CharField(max_length=1000, blank=True)
    followup_at = models.DateTimeField(null=True)
    reply_words = models.CharField(max_length=500, blank=True)
    reply_at = models.DateTimeField(null=True)
    first_shown_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["product_id", "-helpful_count", "-created_at"],
                condition=Q(state="shown"),
                name="review_helpful",
            ),
            models.Index(
                fields=["product_id", "-created_at"], condition=Q(state="shown"), name="review_newest"
            ),
            models.Index(fields=["member_id", "-created_at"], name="review_member"),
            models.Index(fields=["state", "-created_at"], name="review_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=_STARS, name="review_stars"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ReviewState]), name="review_state_known"
            ),
            models.CheckConstraint(condition=Q(picture_count__lte=18), name="review_pictures_bounded"),
        ]


class Picture(models.Model):
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    path = models.CharField(max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    is_followup = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "position"], name="review_picture_position")]


class Vote(models.Model):
    """Somebody found a review helpful."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "member_id"], name="review_vote_once")]


class Report(models.Model):
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    reason = models.CharField(max_length=16)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "member_id"], name="review_report_once")]


class ProductScore(models.Model):
    """Counters of the shown reviews of a product."""

    product_id = models.UUIDField(primary_key=True)
    count = models.PositiveIntegerField(default=0)
    star_sum = models.PositiveIntegerField(default=0)
    stars_1 = models.PositiveIntegerField(default=0)
    stars_2 = models.PositiveIntegerField(default=0)
    stars_3 = models.PositiveIntegerField(default=0)
    stars_4 = models.PositiveIntegerField(default=0)
    stars_5 = models.PositiveIntegerField(default=0)
    with_pictures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    count=F("stars_1") + F("stars_2") + F("stars_3") + F("stars_4") + F("stars_5"),
                    with_pictures__lte=F("count"),
                ),
                name="score_adds_up",
            ),
        ]
