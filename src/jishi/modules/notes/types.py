"""Values of notes."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class NoteState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    HIDDEN = "hidden"
    REMOVED = "removed"


class Cooperation(StrEnum):
    """What the author got for it; shown on the note."""

    NONE = "none"
    GIFT = "gift"  # the goods were given
    PAID = "paid"
    OWN = "own"  # the author sells them


class ReactionKind(StrEnum):
    LIKE = "like"
    SAVE = "save"


class FeedKind(StrEnum):
    DISCOVER = "discover"
    FOLLOWING = "following"
    NEAR = "near"


class Arm(StrEnum):
    A = "a"
    B = "b"


@dataclass(frozen=True, slots=True)
class NewTag:
    """Goods at a point of a picture: `picture` counts from 0, `x_bp` and `y_bp` are ten-thousandths of its edges."""

    picture: int
    x_bp: int
    y_bp: int
    product_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """What an author writes. `media_ids`: pictures in their order, or one video."""

    title: str = ""
    text: str = ""
    topics: tuple[str, ...] = ()
    media_ids: tuple[uuid.UUID, ...] = ()
    tags: tuple[NewTag, ...] = ()
    cooperation: Cooperation = Cooperation.NONE
    alt_title: str = ""
    alt_cover: int | None = None  # a picture's place


@dataclass(frozen=True, slots=True)
class TagView:
    id: uuid.UUID
    picture: int
    x_bp: int
    y_bp: int
    product_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Counts:
    views: int = 0
    likes: int = 0
    saves: int = 0
    comments: int = 0
    shares: int = 0
    taps: int = 0
    orders: int = 0
    revenue_minor: int = 0
    refunded_minor: int = 0

    @property
    def net_minor(self) -> int:
        return self.revenue_minor - self.refunded_minor


@dataclass(frozen=True, slots=True)
class NoteView:
    """`publish_at` is when it was or will be published."""

    id: uuid.UUID
    author_id: uuid.UUID
    state: NoteState
    title: str
    text: str
    topics: tuple[str, ...]
    cooperation: Cooperation
    media_ids: tuple[uuid.UUID, ...]
    cover_media_id: uuid.UUID | None
    tags: tuple[TagView, ...]
    counts: Counts
    quality_bp: int
    province: str
    city: str
    version: int
    review_note: str
    assignee_id: uuid.UUID | None
    publish_at: datetime | None
    created_at: datetime
    changed_at: datetime
    alt_title: str = ""
    alt_cover: int | None = None
    is_video: bool = False
    is_liked_by_me: bool = False
    is_saved_by_me: bool = False

    @property
    def draft(self) -> NoteDraft:
        return NoteDraft(
            title=self.title,
            text=self.text,
            topics=self.topics,
            media_ids=self.media_ids,
            tags=tuple(NewTag(tag.picture, tag.x_bp, tag.y_bp, tag.product_id) for tag in self.tags),
            cooperation=self.cooperation,
            alt_title=self.alt_title,
            alt_cover=self.alt_cover,
        )


@dataclass(frozen=True, slots=True)
class NoteCard:
    """What a list shows of a published note; `first_product_id` is its first tag's."""

    id: uuid.UUID
    author_id: uuid.UUID
    title: str
    topics: tuple[str, ...]
    cooperation: Cooperation
    cover_media_id: uuid.UUID | None
    first_product_id: uuid.UUID | None
    tag_count: int
    likes: int
    is_video: bool
    publish_at: datetime
    version: int
    has_test: bool
    alt_title: str
    alt_media_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class VersionView:
    number: int
    by_id: uuid.UUID | None
    title: str
    text: str
    topics: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class CommentView:
    id: uuid.UUID
    note_id: uuid.UUID
    member_id: uuid.UUID
    parent_id: uuid.UUID | None
    words: str
    is_hidden: bool
    at: datetime
    replies: tuple["CommentView", ...] = ()


@dataclass(frozen=True, slots=True)
class AuthorView:
    member_id: uuid.UUID
    followers: int
    following: int
    notes: int
    is_paid_creator: bool
    is_followed_by_me: bool = False


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody has agreed to; nothing unless they said so."""

    is_personal: bool = False
    is_near: bool = False
    province: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Weights:
    """Percent: 0 off, 100 plain, 200 squared."""

    freshness: int = 100
    affinity: int = 100
    quality: int = 100
    commerce: int = 100
    near: int = 100
    diversity: int = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """A note as the feed weighs it. `prior` is the place of a recommender."""

    id: uuid.UUID
    author_id: uuid.UUID
    topic: str
    publish_at: datetime
    quality_bp: int
    orders: int
    has_goods: bool
    province: str = ""
    city: str = ""
    prior: float = 1.0


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate with its factors that do not depend on the reader; `weight` is their weighted product and the prior."""

    candidate: Candidate
    freshness: float
    quality: float
    commerce: float
    weight: float


@dataclass(frozen=True, slots=True)
class Taste:
    """What is known of a reader who has agreed to it; empty for everybody else."""

    is_personal: bool = False
    followed: frozenset[uuid.UUID] = frozenset()
    author_points: dict[uuid.UUID, int] = field(default_factory=dict)
    topic_points: dict[str, int] = field(default_factory=dict)
    is_near: bool = False
    province: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Factors:
    freshness: float
    affinity: float
    quality: float
    commerce: float
    near: float
    diversity: float = 1.0


@dataclass(frozen=True, slots=True)
class Scored:
    candidate: Candidate
    factors: Factors
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class NoteFilter:
    states: tuple[NoteState, ...] = ()
    author_id: uuid.UUID | None = None
    assignee_id: uuid.UUID | None = None
    topic: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class TopicRow:
    topic: str
    notes: int
    views: int
    saves: int
    orders: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class ArmResult:
    """Exposures, clicks and the bounds of the click rate, in basis points, of each arm."""

    exposures: tuple[int, int]
    clicks: tuple[int, int]
    low_bp: tuple[int, int]
    high_bp: tuple[int, int]
    z: float
    winner: Arm | None
