"""Values of media."""

import uuid
from dataclasses import dataclass
from enum import StrEnum


class MediaKind(StrEnum):
    PICTURE = "picture"
    VIDEO = "video"


class MediaState(StrEnum):
    WAITING = "waiting"  # a video that has not been transcoded
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Rendition:
    """One file of a picture: `format` is webp or avif."""

    path: str
    width: int
    height: int
    format: str


@dataclass(frozen=True, slots=True)
class MediaView:
    """`colour` stands in its place until it has come. A video's renditions are its cover's; `video_path` is the film."""

    id: uuid.UUID
    owner_id: uuid.UUID
    kind: MediaKind
    state: MediaState
    width: int
    height: int
    colour: str
    renditions: tuple[Rendition, ...]
    video_path: str
    duration_ms: int
    is_public: bool
    failure: str

    @property
    def small(self) -> Rendition | None:
        return next((one for one in self.renditions if one.format == "webp"), None)

    @property
    def large(self) -> Rendition | None:
        return next((one for one in reversed(self.renditions) if one.format == "webp"), None)
