"""Values of moderation."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class LexiconKind(StrEnum):
    WATCHED = "watched"  # each word says itself how grave it is
    ADVERTISING = "advertising"  # only commercial content is held against it
    SPAM = "spam"  # one word means nothing, several together do


class Severity(StrEnum):
    NOTE = "note"
    REVIEW = "review"
    BLOCK = "block"


class How(StrEnum):
    """In which guise a word was found."""

    WRITTEN = "written"  # letter by letter, after folding
    SOUND = "sound"  # other characters of the same sound
    PATTERN = "pattern"


class Action(StrEnum):
    ALLOW = "allow"
    REVIEW = "review"
    REFUSE = "refuse"


class ItemState(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    DECIDED = "decided"


class Visible(StrEnum):
    SHOWN = "shown"
    HELD = "held"  # never seen by others yet: waits for a first decision
    HIDDEN = "hidden"
    REMOVED = "removed"


class Decision(StrEnum):
    KEEP = "keep"
    HIDE = "hide"
    REMOVE = "remove"
    WARN = "warn"
    SANCTION = "sanction"


class Cause(StrEnum):
    """Why something stands in the queue."""

    RULE = "rule"
    REPORT = "report"
    APPEAL = "appeal"


class ReportReason(StrEnum):
    SPAM = "spam"
    ABUSE = "abuse"
    FALSE_CLAIM = "false_claim"
    ILLEGAL = "illegal"
    PRIVACY = "privacy"
    OTHER = "other"


class ReportOutcome(StrEnum):
    PENDING = "pending"
    AGREED = "agreed"
    DISAGREED = "disagreed"


class SanctionKind(StrEnum):
    MUTE = "mute"  # may read, may not write
    SLOW = "slow"  # at most one piece in so many seconds
    BAN = "ban"  # may not write, nor take part
    HIDE_ALL = "hide_all"  # what they wrote is shown to nobody else


@dataclass(frozen=True, slots=True)
class WordRule:
    """A word as the scan takes it. `sounds_alike`: characters of the same sound count too."""

    id: uuid.UUID
    text: str
    kind: LexiconKind
    category: str = ""
    severity: Severity = Severity.REVIEW
    reason: str = ""
    suggestion: str = ""
    is_pattern: bool = False
    sounds_alike: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """`start` and `end` are offsets in the text as it was written; `written` is what stands there."""

    word: str
    kind: LexiconKind
    category: str
    severity: Severity
    reason: str
    suggestion: str
    start: int
    end: int
    written: str
    how: How = How.WRITTEN


@dataclass(frozen=True, slots=True)
class ContentCheck:
    """What is to be published. None means that the caller does not know.

    `typed_ms` from the first key to the last; `link_count` None counts the links in the text;
    `is_trusted` skips what is only meant for strangers (first posts, links, typing speed).
    """

    kind: str
    text: str
    author_id: uuid.UUID | None
    is_commercial: bool = False
    typed_ms: int | None = None
    link_count: int | None = None
    is_first: bool = False
    is_trusted: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reasons` are stable codes (watched_word, advertising_word, spam_words, first_post, first_link, many_links,
    typed_too_fast); `score` in hundredths is what the item starts with in the queue."""

    action: Action
    findings: tuple[Finding, ...] = ()
    reasons: tuple[str, ...] = ()
    score: int = 0

    @property
    def is_clean(self) -> bool:
        return self.action is Action.ALLOW and not self.findings


@dataclass(frozen=True, slots=True)
class NewItem:
    """What the queue needs to know of a subject: enough to judge it without opening it."""

    kind: str
    subject_id: uuid.UUID
    author_id: uuid.UUID | None
    excerpt: str
    link: str = ""
    community_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report has done. `became_hidden`: this one took the score over the threshold."""

    item_id: uuid.UUID
    is_new: bool
    became_hidden: bool
    score: int


@dataclass(frozen=True, slots=True)
class SanctionForm:
    """`hours` None lasts until it is lifted; `slow_seconds` only for slow."""

    kind: SanctionKind
    hours: int | None
    reason: str
    slow_seconds: int = 0
    community_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class ItemView:
    id: uuid.UUID
    kind: str
    subject_id: uuid.UUID
    author_id: uuid.UUID | None
    community_id: uuid.UUID | None
    excerpt: str
    link: str
    cause: Cause
    reasons: tuple[str, ...]
    score: int
    reports_count: int
    state: ItemState
    visible: Visible
    version: int
    opened_at: datetime
    due_at: datetime
    claimed_by: uuid.UUID | None
    claimed_at: datetime | None
    decided_by: uuid.UUID | None
    decided_at: datetime | None
    decided_locally: bool
    decision: Decision | None
    reason: str
    is_appeal: bool
    appeal_text: str
    appealed_at: datetime | None

    @property
    def may_appeal(self) -> bool:
        is_against_author = self.decision not in (None, Decision.KEEP)
        return self.state is ItemState.DECIDED and is_against_author and self.appealed_at is None


@dataclass(frozen=True, slots=True)
class ReportView:
    """`weight` in hundredths, as it counted when it came in."""

    id: uuid.UUID
    item_id: uuid.UUID
    kind: str
    member_id: uuid.UUID
    reason: ReportReason
    note: str
    weight: int
    outcome: ReportOutcome
    at: datetime


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Decided reports of a member: how many moderators agreed with."""

    agreed: int = 0
    disagreed: int = 0

    @property
    def total(self) -> int:
        return self.agreed + self.disagreed


@dataclass(frozen=True, slots=True)
class SanctionView:
    id: uuid.UUID
    member_id: uuid.UUID
    kind: SanctionKind
    community_id: uuid.UUID | None
    slow_seconds: int
    reason: str
    item_id: uuid.UUID | None
    set_by: uuid.UUID | None
    set_at: datetime
    ends_at: datetime | None
    lifted_at: datetime | None

    def is_active(self, now: datetime) -> bool:
        return self.lifted_at is None and (self.ends_at is None or self.ends_at > now)


@dataclass(frozen=True, slots=True)
class AuthorPast:
    """What the queue knows of an author; `against` counts decisions other than keep."""

    items: int
    against: int
    open_items: int
    active_sanctions: int


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """The clock of the queue: minutes are medians of the last 30 days."""

    open: int
    claimed: int
    overdue: int
    decided_today: int
    median_minutes: int | None
    in_time_percent: int | None


@dataclass(frozen=True, slots=True)
class QueueQuestion:
    """The filters of the queue; empty means all."""

    state: str = ""
    kind: str = ""
    cause: str = ""
    is_overdue: bool = False
    author_id: uuid.UUID | None = None
    community_id: uuid.UUID | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Precinct:
    """The part of the queue that a community's own moderators may see: its items of these kinds."""

    community_id: uuid.UUID
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class LexiconView:
    id: uuid.UUID
    name: str
    kind: LexiconKind
    language: str
    is_on: bool
    words_count: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WordView:
    id: uuid.UUID
    lexicon_id: uuid.UUID
    text: str
    is_pattern: bool
    category: str
    severity: Severity
    reason: str
    suggestion: str
    sounds_alike: bool


@dataclass(frozen=True, slots=True)
class WordForm:
    text: str
    category: str = ""
    severity: Severity = Severity.REVIEW
    reason: str = ""
    suggestion: str = ""
    is_pattern: bool = False
    sounds_alike: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the words of a file; `refused` are the first of `refused_count`, as (word, why)."""

    lexicon_id: uuid.UUID
    added: int
    known: int  # in the lexicon before, or twice in the file
    refused: tuple[tuple[str, str], ...] = ()
    refused_count: int = 0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The rules' numbers, as the operator has set them. Scores in hundredths."""

    values: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, code: str) -> int:
        return self.values[code]
