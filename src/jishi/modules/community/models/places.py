"""Communities, who is in them and how they came, channels, shelves, tasks."""

from django.db import models
from django.db.models import F, Q

from jishi.kernel import clock, ids
from jishi.modules.community.types import (
    CommunityRole,
    Joining,
    Level,
    MemberState,
    Openness,
    RefKind,
    RequestState,
    Writers,
)


class Community(models.Model):
    """`member_count` is kept by conditional writes, so that a limit holds however many come at once."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    handle = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=24)
    audience = models.CharField(max_length=120)
    promise = models.CharField(max_length=120)
    house_rules = models.TextField(blank=True)
    openness = models.CharField(max_length=8, default=Openness.PUBLIC.value)
    joining = models.CharField(max_length=8, default=Joining.OPEN.value)
    questions = models.JSONField(default=list)
    motif = models.CharField(max_length=8)
    color = models.CharField(max_length=7)
    cover_id = models.UUIDField(null=True)  # of the room of media; drawn while there is none
    is_open = models.BooleanField(default=True)
    member_limit = models.PositiveIntegerField(default=0)
    member_count = models.PositiveIntegerField(default=0)
    post_count = models.PositiveIntegerField(default=0)
    last_post_at = models.DateTimeField(null=True)
    swept_on = models.DateField(null=True, db_index=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(openness__in=[one.value for one in Openness]), name="community_openness"
            ),
            models.CheckConstraint(
                condition=Q(joining__in=[one.value for one in Joining]), name="community_joining"
            ),
            models.CheckConstraint(
                condition=Q(member_limit=0) | Q(member_count__lte=F("member_limit")),
                name="community_not_overfull",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-member_count", "-id"],
                condition=~Q(openness="secret") & Q(is_open=True),
                name="community_directory",
            )
        ]


class Channel(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=16)
    about = models.CharField(max_length=80, blank=True)
    position = models.PositiveSmallIntegerField()
    writers = models.CharField(max_length=8, default=Writers.EVERYONE.value)
    is_archived = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(writers__in=[one.value for one in Writers]), name="community_channel_writers"
            ),
            models.UniqueConstraint(fields=["community", "name"], name="community_channel_name"),
        ]


class Membership(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    state = models.CharField(max_length=8, default=MemberState.IN.value)
    role = models.CharField(max_length=10, default=CommunityRole.MEMBER.value)
    level = models.PositiveSmallIntegerField(default=Level.NEWCOMER.value)
    level_since = models.DateTimeField(default=clock.now)
    is_level_held = models.BooleanField(default=False)
    way = models.CharField(max_length=8)
    joined_at = models.DateTimeField(default=clock.now)
    left_at = models.DateTimeField(null=True)
    digest_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "member_id"], name="community_member_once"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in MemberState]), name="community_member_state"
            ),
            models.CheckConstraint(
                condition=Q(role__in=[one.value for one in CommunityRole]), name="community_member_role"
            ),
            models.CheckConstraint(condition=Q(level__lte=3), name="community_member_level"),
        ]
        indexes = [
            models.Index(fields=["member_id"], condition=Q(state="in"), name="community_of_member"),
            models.Index(
                fields=["community", "-level", "id"], condition=Q(state="in"), name="community_roll"
            ),
        ]


class JoinRequest(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+")
    member_id = models.UUIDField()
    answers = models.JSONField(default=list)
    state = models.CharField(max_length=8, default=RequestState.WAITING.value)
    at = models.DateTimeField(default=clock.now)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in RequestState]), name="community_request_state"
            ),
            models.UniqueConstraint(
                fields=["community", "member_id"],
                condition=Q(state="waiting"),
                name="community_request_once",
            ),
        ]


class Invite(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new_id)
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=12, unique=True)
    made_by = models.UUIDField(null=True)
    uses = models.PositiveIntegerField(default=0)
    uses_max = models.PositiveIntegerField()
    expires_at = models.DateTimeField(null=True)
    is_open = models.BooleanField(default=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(uses__lte=F("uses_max")), name="community_invite_uses")
        ]


class ShelfItem(models.Model):
    """Something of the shop that this community puts before its people; the rooms above know what it is."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    ref_id = models.UUIDField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "kind", "ref_id"], name="community_shelf_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in RefKind]), name="community_shelf_kind"
            ),
        ]


class Task(models.Model):
    """A check-in 打卡: done once a day by each member."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=40)
    about = models.CharField(max_length=120, blank=True)
    is_open = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)


class TaskDone(models.Model):
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    community_id = models.UUIDField()
    member_id = models.UUIDField()
    day = models.DateField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "member_id", "day"], name="community_task_once_a_day")
        ]
        indexes = [models.Index(fields=["community_id", "day"], name="community_tasks_of_day")]
