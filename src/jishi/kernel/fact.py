"""What a fact looks like: a frozen dataclass of ids and amounts, named in the past tense with a version."""

import uuid
from datetime import datetime
from typing import Any, ClassVar, Protocol


class Fact(Protocol):
    """`name` is `room.what_happened.v1`; `subject` says what it is about, e.g. ("order", id)."""

    name: ClassVar[str]

    @property
    def subject(self) -> tuple[str, uuid.UUID]: ...


class RecordedFact(Protocol):
    """A fact as a reaction receives it."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def subject_id(self) -> uuid.UUID: ...
    @property
    def payload(self) -> dict[str, Any]: ...
