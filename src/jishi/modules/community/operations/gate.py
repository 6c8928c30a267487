"""Who may do what here, asked before every write. Rows are locked by what follows, not by asking."""

import uuid
from dataclasses import dataclass

from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotAllowed, NotFound
from jishi.modules.community.errors import CommunityClosed, MembersOnly, NotAWriter
from jishi.modules.community.models import Channel, Comment, Community, Post
from jishi.modules.community.queries.places import VIEW, membership_of
from jishi.modules.community.rules import access
from jishi.modules.community.types import MembershipView, Openness, Visibility, Writers

EDIT = "community.edit"
MODERATE = "moderation.decide"


@dataclass(frozen=True, slots=True)
class Writer:
    """A member of a community who may write there now."""

    community: Community
    membership: MembershipView

    @property
    def id(self) -> uuid.UUID:
        return self.membership.member_id


def require_writer(community_id: uuid.UUID, *, by: Actor, channel_id: uuid.UUID | None = None) -> Writer:
    """Raises LoginRequired, NotFound, MembersOnly, CommunityClosed, NotAWriter."""
    member_id = by.require_member()
    community = Community.objects.filter(id=community_id).first()
    if community is None:
        raise NotFound()
    membership = membership_of(community_id, member_id)
    if membership is None:
        if community.openness == Openness.SECRET.value and not by.may(VIEW):
            raise NotFound()
        raise MembersOnly()
    if not community.is_open:
        raise CommunityClosed()
    if channel_id is not None:
        channel = Channel.objects.filter(id=channel_id, community=community, is_archived=False).first()
        if channel is None:
            raise NotFound()
        if not access.writes(Writers(channel.writers), membership):
            raise NotAWriter()
    return Writer(community, membership)


def require_moderator(community_id: uuid.UUID, *, by: Actor) -> None:
    """A moderator or owner of the community, or staff who decide. Raises NotFound for strangers to a secret one."""
    if by.may(MODERATE) or by.may(EDIT):
        return
    membership = membership_of(community_id, by.id if by.is_member else None)
    if membership is not None and membership.may_moderate:
        return
    by.require_member()
    if (
        membership is None
        and Community.objects.filter(id=community_id, openness=Openness.SECRET.value).exists()
    ):
        raise NotFound()
    raise NotAllowed(permission=MODERATE)


def post_to_talk_about(post_id: uuid.UUID, *, by: Actor) -> tuple[Post, Writer]:
    """A shown post whose community the actor may write in. Raises NotFound, and what `require_writer` raises."""
    member_id = by.require_member()
    post = Post.objects.filter(id=post_id).first()
    if post is None or post.state != Visibility.SHOWN.value:
        raise NotFound()
    openness = Community.objects.values_list("openness", flat=True).get(id=post.community_id)
    if openness != Openness.PUBLIC.value and membership_of(post.community_id, member_id) is None:
        raise NotFound()
    return post, require_writer(post.community_id, by=by)


def own_comment(comment_id: uuid.UUID, *, by: Actor) -> Comment:
    """Raises NotFound for what is not one's own."""
    comment = Comment.objects.filter(id=comment_id, author_id=by.require_member()).first()
    if comment is None or comment.state == Visibility.REMOVED.value:
        raise NotFound()
    return comment
