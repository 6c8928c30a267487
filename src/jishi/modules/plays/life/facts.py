"""What happens in the life of a play."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class PlayPublished:
    name: ClassVar[str] = "plays.play_published.v1"
    play_id: uuid.UUID
    kind: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "play", self.play_id


@dataclass(frozen=True, slots=True)
class PlayOpened:
    name: ClassVar[str] = "plays.play_opened.v1"
    play_id: uuid.UUID
    kind: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "play", self.play_id


@dataclass(frozen=True, slots=True)
class PlayClosed:
    name: ClassVar[str] = "plays.play_closed.v1"
    play_id: uuid.UUID
    kind: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "play", self.play_id


@dataclass(frozen=True, slots=True)
class PlaySettled:
    name: ClassVar[str] = "plays.play_settled.v1"
    play_id: uuid.UUID
    kind: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "play", self.play_id
