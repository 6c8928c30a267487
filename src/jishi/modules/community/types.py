"""Values of communities and their talk."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum


class Openness(StrEnum):
    """Who may read: everybody, members (others see the door), or members who alone know that it exists."""

    PUBLIC = "public"
    MEMBERS = "members"
    SECRET = "secret"


class Joining(StrEnum):
    OPEN = "open"
    REQUEST = "request"  # answers to questions, decided by a person
    INVITE = "invite"  # by a code only


class CommunityRole(StrEnum):
    """What somebody is here to do; trust is another thing."""

    MEMBER = "member"
    LEADER = "leader"  # 领队: writes anywhere, announces
    MODERATOR = "moderator"  # also lets people in and takes posts down
    OWNER = "owner"


class Level(IntEnum):
    """Trust, won and lost by what one does (docs/algorithms/trust-ladder.md)."""

    NEWCOMER = 0
    MEMBER = 1
    ACTIVE = 2
    CORE = 3


class MemberState(StrEnum):
    IN = "in"
    LEFT = "left"
    REMOVED = "removed"


class RequestState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Writers(StrEnum):
    """Who may write in a channel."""

    EVERYONE = "everyone"
    ACTIVE = "active"  # active and core, and everybody with a role
    STAFF = "staff"  # leaders, moderators, owners


class PostKind(StrEnum):
    TALK = "talk"
    QUESTION = "question"
    POLL = "poll"
    SHOW = "show"  # 晒单: about something bought here and received
    NOTICE = "notice"  # 公告


class Visibility(StrEnum):
    SHOWN = "shown"
    WAITING = "waiting"  # for a moderator, before anybody has seen it
    HIDDEN = "hidden"  # by a moderator, may come back
    REMOVED = "removed"  # for good: by its author or by a moderator


class RefKind(StrEnum):
    """What may be put into a post or on a shelf."""

    PRODUCT = "product"
    TEAM = "team"
    GROUP_BUY = "group_buy"
    BARGAIN = "bargain"
    FLASH_SALE = "flash_sale"
    COUPON = "coupon"
    PACKET = "packet"
    DRAW = "draw"


class Sort(StrEnum):
    NEW = "new"
    HOT = "hot"


EMOJI = ("❤️", "👍", "😄", "👏", "😮", "🙏")


@dataclass(frozen=True, slots=True)
class Ref:
    kind: RefKind
    id: uuid.UUID


@dataclass(frozen=True, slots=True)
class CommunityForm:
    """`member_limit` 0 is none. `motif` and `color` say what cover the project draws."""

    name: str
    handle: str
    audience: str  # 为谁而开
    promise: str  # 来这里能得到什么
    house_rules: str = ""
    openness: Openness = Openness.PUBLIC
    joining: Joining = Joining.OPEN
    questions: tuple[str, ...] = ()
    member_limit: int = 0
    motif: str = "leaf"
    color: str = "#3d8f72"


@dataclass(frozen=True, slots=True)
class CommunityView:
    id: uuid.UUID
    form: CommunityForm
    is_open: bool  # closed ones are read only
    member_count: int
    post_count: int
    last_post_at: datetime | None
    created_at: datetime
    cover_id: uuid.UUID | None = None

    @property
    def name(self) -> str:
        return self.form.name

    @property
    def handle(self) -> str:
        return self.form.handle


@dataclass(frozen=True, slots=True)
class ChannelView:
    id: uuid.UUID
    community_id: uuid.UUID
    name: str
    about: str
    position: int
    writers: Writers


@dataclass(frozen=True, slots=True)
class MembershipView:
    community_id: uuid.UUID
    member_id: uuid.UUID
    role: CommunityRole
    level: Level
    level_since: datetime
    is_level_held: bool
    joined_at: datetime

    @property
    def is_staff(self) -> bool:
        return self.role is not CommunityRole.MEMBER

    @property
    def may_moderate(self) -> bool:
        return self.role in (CommunityRole.MODERATOR, CommunityRole.OWNER)


@dataclass(frozen=True, slots=True)
class RequestView:
    id: uuid.UUID
    community_id: uuid.UUID
    member_id: uuid.UUID
    answers: tuple[str, ...]
    state: RequestState
    at: datetime


@dataclass(frozen=True, slots=True)
class InviteView:
    code: str
    uses: int
    uses_max: int
    expires_at: datetime | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Record:
    """What somebody did in a community within the window; every term is capped where it could be farmed."""

    days: int = 0  # different days with a post, a comment or a check-in
    pieces: int = 0  # posts and comments, at most five of a day
    talked_with: int = 0  # different people whose posts one answered
    received: int = 0  # reactions, once a day and at most three of a person
    givers: int = 0  # different people who reacted
    removed: int = 0  # taken down by moderators


@dataclass(frozen=True, slots=True)
class Need:
    """One line of the explanation: what one has, what it takes."""

    term: str
    have: int
    need: int

    @property
    def is_met(self) -> bool:
        return self.have <= self.need if self.term == "removed" else self.have >= self.need

    @property
    def percent(self) -> int:
        if self.term == "removed":
            return 100 if self.is_met else 0
        return 100 if self.need == 0 else min(100, self.have * 100 // self.need)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands: what is missing for the next level, what keeps this one, since when."""

    level: Level
    since: datetime
    scale_bps: int
    next_level: Level | None
    missing: tuple[Need, ...]
    keeps: tuple[Need, ...]
    safe_until: datetime | None  # not lost before


@dataclass(frozen=True, slots=True)
class PollForm:
    options: tuple[str, ...]
    closes_at: datetime
    is_hidden_until_vote: bool = True


@dataclass(frozen=True, slots=True)
class PostForm:
    """`media_ids`: pictures that the flow takes into use. `order_line_id` makes a show; the flow proves it is one's own."""

    community_id: uuid.UUID
    text: str
    kind: PostKind = PostKind.TALK
    title: str = ""
    channel_id: uuid.UUID | None = None
    media_ids: tuple[uuid.UUID, ...] = ()
    refs: tuple[Ref, ...] = ()
    poll: PollForm | None = None
    order_line_id: uuid.UUID | None = None
    product_id: uuid.UUID | None = None
    mentions: dict[str, str] = field(default_factory=dict)  # name → id, found by the flow


@dataclass(frozen=True, slots=True)
class OptionView:
    id: uuid.UUID
    text: str
    votes: int | None  # None while hidden
    is_mine: bool

    def percent_of(self, total: int) -> int:
        return self.votes * 100 // total if self.votes and total else 0


@dataclass(frozen=True, slots=True)
class PollView:
    options: tuple[OptionView, ...]
    closes_at: datetime
    is_over: bool
    has_voted: bool
    total: int | None

    @property
    def shows_counts(self) -> bool:
        return self.total is not None


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as `viewer` may see it."""

    id: uuid.UUID
    community_id: uuid.UUID
    channel_id: uuid.UUID | None
    author_id: uuid.UUID
    kind: PostKind
    title: str
    text: str
    media_ids: tuple[uuid.UUID, ...]
    topics: tuple[str, ...]
    refs: tuple[Ref, ...]
    product_id: uuid.UUID | None
    is_verified: bool
    state: Visibility
    is_pinned: bool
    accepted_comment_id: uuid.UUID | None
    comment_count: int
    reaction_count: int
    bookmark_count: int
    version: int
    published_at: datetime
    edited_at: datetime | None
    mentions: dict[str, str] = field(default_factory=dict)
    reactions: tuple[tuple[str, int], ...] = ()
    own_reaction: str = ""
    is_bookmarked: bool = False
    poll: PollView | None = None


@dataclass(frozen=True, slots=True)
class CommentView:
    id: uuid.UUID
    post_id: uuid.UUID
    community_id: uuid.UUID
    parent_id: uuid.UUID | None
    author_id: uuid.UUID
    text: str
    state: Visibility
    reaction_count: int
    own_reaction: str
    made_at: datetime
    edited_at: datetime | None
    is_accepted: bool
    mentions: dict[str, str] = field(default_factory=dict)
    replies: tuple["CommentView", ...] = ()


@dataclass(frozen=True, slots=True)
class PostPictures:
    """`is_for_everybody`: the post is shown, in a community that anybody may read."""

    post_id: uuid.UUID
    media_ids: tuple[uuid.UUID, ...]
    is_for_everybody: bool


@dataclass(frozen=True, slots=True)
class VersionView:
    version: int
    title: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TaskView:
    id: uuid.UUID
    community_id: uuid.UUID
    title: str
    about: str
    done_count: int  # today
    is_done: bool  # by the viewer, today
    streak_days: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """A community in a period. `kept` of `known` members of the first week wrote again in the last."""

    members: int
    joined: int
    left: int
    authors: int
    posts: int
    comments: int
    reactions: int
    questions: int
    answered: int
    known: int
    kept: int
    days: tuple[tuple[date, int], ...] = field(default=())

    @property
    def retention_percent(self) -> int | None:
        return self.kept * 100 // self.known if self.known else None

    @property
    def health_percent(self) -> int:
        """How alive it is, from 0 to 100: a quarter each for who writes, answers, answered questions and retention."""
        if not self.members:
            return 0
        writes = min(100, self.authors * 500 // self.members)  # a fifth of the members is full marks
        answers = min(100, self.comments * 50 // self.posts) if self.posts else 0  # two comments a post
        solved = self.answered * 100 // self.questions if self.questions else answers
        return (writes + answers + solved + (self.retention_percent or 0)) // 4
