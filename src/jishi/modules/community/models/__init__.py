"""Tables of communities."""

from jishi.modules.community.models.places import (
    Channel,
    Community,
    Invite,
    JoinRequest,
    Membership,
    ShelfItem,
    Task,
    TaskDone,
)
from jishi.modules.community.models.talk import (
    Bookmark,
    Comment,
    Follow,
    Poll,
    PollOption,
    Post,
    PostVersion,
    Reaction,
    Vote,
)
from jishi.modules.community.models.words import PostWords

__all__ = [
    "Bookmark",
    "Channel",
    "Comment",
    "Community",
    "Follow",
    "Invite",
    "JoinRequest",
    "Membership",
    "Poll",
    "PollOption",
    "Post",
    "PostVersion",
    "PostWords",
    "Reaction",
    "ShelfItem",
    "Task",
    "TaskDone",
    "Vote",
]
