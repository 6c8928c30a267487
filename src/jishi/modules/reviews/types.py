"""Values of reviews."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ReviewState(StrEnum):
    WAITING = "waiting"
    SHOWN = "shown"
    HIDDEN = "hidden"


class ReviewSort(StrEnum):
    HELPFUL = "helpful"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class NewPicture:
    """A stored photo."""

    path: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class NewReview:
    """Stars from 1 to 5; `match`, `delivery` and `service` may be left out."""

    order_id: uuid.UUID
    line_id: uuid.UUID
    stars: int
    words: str = ""
    match: int | None = None
    delivery: int | None = None
    service: int | None = None
    is_anonymous: bool = False
    pictures: tuple[NewPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class PictureView:
    path: str
    width: int
    height: int
    is_followup: bool


@dataclass(frozen=True, slots=True)
class ReviewView:
    """`member_id` is who wrote it, also when they do not want to be named: surfaces mask the name."""

    id: uuid.UUID
    product_id: uuid.UUID
    order_id: uuid.UUID
    order_line_id: uuid.UUID
    member_id: uuid.UUID
    title: str
    option_text: str
    cover: str
    stars: int
    match: int | None
    delivery: int | None
    service: int | None
    words: str
    is_anonymous: bool
    state: ReviewState
    waits_for: str
    hidden_reason: str
    is_refunded: bool
    helpful_count: int
    report_count: int
    followup_words: str
    followup_at: datetime | None
    reply_words: str
    reply_at: datetime | None
    created_at: datetime
    pictures: tuple[PictureView, ...] = ()
    is_helpful_to_me: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """Of the shown reviews of a product. `by_stars` counts one star first."""

    count: int = 0
    star_sum: int = 0
    by_stars: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    with_pictures: int = 0

    @property
    def average_tenths(self) -> int:
        """47 for 4.7, rounded half up; 0 without reviews."""
        return (self.star_sum * 20 + self.count) // (2 * self.count) if self.count else 0

    @property
    def good_percent(self) -> int:
        """Four stars and five."""
        return (self.by_stars[3] + self.by_stars[4]) * 100 // self.count if self.count else 0


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    state: ReviewState | None = None
    stars: int | None = None
    product_id: uuid.UUID | None = None
    member_id: uuid.UUID | None = None
    only_reported: bool = False
    only_unanswered: bool = False
    with_pictures: bool = False


@dataclass(frozen=True, slots=True)
class LineToReview:
    order_id: uuid.UUID
    line_id: uuid.UUID
    product_id: uuid.UUID
    title: str
    option_text: str
    cover: str
    received_at: datetime | None = field(default=None)
