"""What happens in communities."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class MemberJoined:
    name: ClassVar[str] = "community.member_joined.v1"
    community_id: uuid.UUID
    member_id: uuid.UUID
    way: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "community", self.community_id


@dataclass(frozen=True, slots=True)
class PostPublished:
    """`mentioned` are members of the community who are named in it."""

    name: ClassVar[str] = "community.post_published.v1"
    post_id: uuid.UUID
    community_id: uuid.UUID
    member_id: uuid.UUID
    kind: str
    is_verified: bool
    mentioned: list[uuid.UUID]

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "post", self.post_id


@dataclass(frozen=True, slots=True)
class CommentMade:
    name: ClassVar[str] = "community.comment_made.v1"
    comment_id: uuid.UUID
    post_id: uuid.UUID
    community_id: uuid.UUID
    member_id: uuid.UUID
    post_author_id: uuid.UUID
    replied_to_id: uuid.UUID | None
    mentioned: list[uuid.UUID]

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "post", self.post_id


@dataclass(frozen=True, slots=True)
class AnswerAccepted:
    """`member_id` is who answered."""

    name: ClassVar[str] = "community.answer_accepted.v1"
    post_id: uuid.UUID
    comment_id: uuid.UUID
    community_id: uuid.UUID
    member_id: uuid.UUID
    asker_id: uuid.UUID

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "post", self.post_id


@dataclass(frozen=True, slots=True)
class PostReacted:
    """`member_id` is who reacted."""

    name: ClassVar[str] = "community.post_reacted.v1"
    post_id: uuid.UUID
    community_id: uuid.UUID
    member_id: uuid.UUID
    author_id: uuid.UUID
    emoji: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "post", self.post_id


@dataclass(frozen=True, slots=True)
class TrustChanged:
    name: ClassVar[str] = "community.trust_changed.v1"
    community_id: uuid.UUID
    member_id: uuid.UUID
    before: str
    after: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "community", self.community_id
