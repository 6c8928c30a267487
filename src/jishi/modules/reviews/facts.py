"""What happens to reviews."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ReviewShown:
    """For the first time; never told again for the same review."""

    name: ClassVar[str] = "reviews.review_shown.v1"
    review_id: uuid.UUID
    member_id: uuid.UUID
    product_id: uuid.UUID
    order_id: uuid.UUID
    order_line_id: uuid.UUID
    stars: int
    has_pictures: bool

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "review", self.review_id


@dataclass(frozen=True, slots=True)
class ReviewReplied:
    name: ClassVar[str] = "reviews.review_replied.v1"
    review_id: uuid.UUID
    member_id: uuid.UUID
    product_id: uuid.UUID
    title: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "review", self.review_id


@dataclass(frozen=True, slots=True)
class ReviewHidden:
    name: ClassVar[str] = "reviews.review_hidden.v1"
    review_id: uuid.UUID
    member_id: uuid.UUID
    product_id: uuid.UUID
    title: str
    reason: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "review", self.review_id
