"""Posts, comments, reactions, follows, bookmarks, polls."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.community.models.places import Channel, Community
from jishi.modules.community.types import EMOJI, PostKind, Visibility

_STATES = [one.value for one in Visibility]


class Post(models.Model):
    """`heat` orders the hot stream: it rises with talk and never falls with time, for newer posts start higher."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.PROTECT, related_name="+")
    author_id = models.UUIDField()
    kind = models.CharField(max_length=8, default=PostKind.TALK.value)
    title = models.CharField(max_length=60, blank=True)
    text = models.TextField(blank=True)
    media_ids = ArrayField(models.UUIDField(), default=list)
    topics = ArrayField(models.CharField(max_length=24), default=list)
    mentions = models.JSONField(default=dict)  # name in the text → id of the member who is meant
    refs = models.JSONField(default=list)
    order_line_id = models.UUIDField(null=True)
    product_id = models.UUIDField(null=True, db_index=True)
    state = models.CharField(max_length=8, default=Visibility.SHOWN.value)
    state_by_staff = models.BooleanField(default=False)
    pinned_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)
    accepted_comment_id = models.UUIDField(null=True)
    comment_count = models.PositiveIntegerField(default=0)
    reaction_count = models.PositiveIntegerField(default=0)
    bookmark_count = models.PositiveIntegerField(default=0)
    heat = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    published_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=_STATES), name="community_post_state"),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in PostKind]), name="community_post_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind="show") | Q(order_line_id__isnull=True),
                name="community_only_shows_have_orders",
            ),
            models.CheckConstraint(
                condition=Q(kind="question") | Q(accepted_comment_id__isnull=True),
                name="community_only_questions_accept",
            ),
            models.UniqueConstraint(
                fields=["order_line_id"], condition=~Q(state="removed"), name="community_show_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["community", "-published_at", "-id"],
                condition=Q(state="shown"),
                name="community_stream_new",
            ),
            models.Index(
                fields=["community", "-heat", "-id"], condition=Q(state="shown"), name="community_stream_hot"
            ),
            models.Index(
                fields=["author_id", "-published_at", "-id"],
                condition=Q(state="shown"),
                name="community_posts_of_author",
            ),
            GinIndex(fields=["topics"], name="community_post_topics"),
        ]


class PostVersion(models.Model):
    """What a post said before it was edited."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=60, blank=True)
    text = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "version"], name="community_post_version")]


class Comment(models.Model):
    """`parent` is a comment of the first level; a reply to a reply stands beside it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    community_id = models.UUIDField()
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    author_id = models.UUIDField()
    text = models.TextField()
    mentions = models.JSONField(default=dict)
    state = models.CharField(max_length=8, default=Visibility.SHOWN.value)
    state_by_staff = models.BooleanField(default=False)
    reaction_count = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=_STATES), name="community_comment_state")]
        indexes = [
            models.Index(fields=["post", "parent", "made_at", "id"], name="community_thread"),
            models.Index(fields=["community_id", "made_at"], name="community_comments_by_day"),
        ]


class Reaction(models.Model):
    """One of a member for a post, or for a comment; `author_id` and `day` are there for the ladder."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    comment = models.ForeignKey(Comment, null=True, on_delete=models.PROTECT, related_name="+")
    community_id = models.UUIDField()
    member_id = models.UUIDField()
    author_id = models.UUIDField()
    emoji = models.CharField(max_length=8)
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post", "member_id"],
                condition=Q(comment__isnull=True),
                name="community_react_post_once",
            ),
            models.UniqueConstraint(
                fields=["comment", "member_id"],
                condition=Q(comment__isnull=False),
                name="community_react_comment_once",
            ),
            models.CheckConstraint(condition=Q(emoji__in=EMOJI), name="community_emoji"),
        ]
        indexes = [models.Index(fields=["community_id", "day"], name="community_reactions_of_day")]


class Follow(models.Model):
    follower_id = models.UUIDField()
    followed_id = models.UUIDField(db_index=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follower_id", "followed_id"], name="community_follow_once"),
            models.CheckConstraint(condition=~Q(follower_id=F("followed_id")), name="community_not_oneself"),
        ]


class Bookmark(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member_id", "post"], name="community_bookmark_once")]
        indexes = [models.Index(fields=["member_id", "-at", "-id"], name="community_bookmarks_new")]


class Poll(models.Model):
    post = models.OneToOneField(Post, primary_key=True, on_delete=models.PROTECT, related_name="+")
    closes_at = models.DateTimeField()
    is_hidden_until_vote = models.BooleanField(default=True)


class PollOption(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "position"], name="community_option_place")]


class Vote(models.Model):
    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="+")
    option = models.ForeignKey(PollOption, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "member_id"], name="community_vote_once")]
