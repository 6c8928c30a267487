"""Values of after-sales."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CaseKind(StrEnum):
    REFUND_ONLY = "refund_only"
    RETURN_REFUND = "return_refund"
    EXCHANGE = "exchange"
    COMPLAINT = "complaint"


class CaseState(StrEnum):
    ASKED = "asked"
    OFFERED = "offered"  # the shop agreed to less; the member says yes or goes on
    AWAITING_RETURN = "awaiting_return"
    RETURNING = "returning"
    INSPECTING = "inspecting"
    REFUNDING = "refunding"
    REPLACING = "replacing"
    REFUSED = "refused"
    PLATFORM_REVIEW = "platform_review"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class Fault(StrEnum):
    SHOP = "shop"
    MEMBER = "member"
    NOBODY = "nobody"


class Side(StrEnum):
    MEMBER = "member"
    SHOP = "shop"
    PLATFORM = "platform"


class CaseVerb(StrEnum):
    """What can be done to a case; the table of states says when."""

    AGREE = "agree"  # money goes back at once
    AGREE_RETURN = "agree_return"
    OFFER = "offer"
    RESOLVE = "resolve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    ESCALATE = "escalate"
    UPHOLD = "uphold"
    EXPIRE = "expire"
    SEND = "send"
    ARRIVE = "arrive"
    ACCEPT_GOODS = "accept_goods"
    REPLACE = "replace"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is asked. `days` from receipt; `needs_pictures`: a claim about the goods themselves."""

    kinds: frozenset[CaseKind]
    fault: Fault
    days: int
    needs_pictures: bool = False
    before_goods: bool = False  # may be given by somebody who has no goods
    with_goods: bool = True


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line of the order as the rules see it. `claimed` units are in open cases."""

    line_id: uuid.UUID
    quantity: int
    shipped: int
    refunded: int
    cancelled: int
    claimed: int
    total_minor: int
    left_minor: int

    @property
    def left_units(self) -> int:
        return self.quantity - self.refunded

    @property
    def unshipped(self) -> int:
        return self.quantity - self.shipped - self.cancelled


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """`state` is the order's; `shipping_left_minor` is freight that did not go back yet."""

    state: str
    currency: str
    received_at: datetime | None
    shipping_left_minor: int
    lines: tuple[LineFacts, ...]

    @property
    def goods_left_minor(self) -> int:
        return sum(line.left_minor for line in self.lines)

    @property
    def is_unshipped(self) -> bool:
        return not any(line.shipped for line in self.lines)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a member asks for. No amount for a line: all that its units are worth. `evidence` are stored pictures."""

    kind: CaseKind
    reason: str
    has_goods: bool
    units: dict[uuid.UUID, int]
    amounts: dict[uuid.UUID, int] = field(default_factory=dict)
    words: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What a case is about once the rules have looked at it."""

    units: dict[uuid.UUID, int]
    amounts: dict[uuid.UUID, int]
    freight_minor: int
    takes_units: bool


@dataclass(frozen=True, slots=True)
class LineLimit:
    """How much of a line may be asked for, or why nothing."""

    line_id: uuid.UUID
    units: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A yes of the shop or the platform. No amounts: as asked. `sends_back`: the goods come back first."""

    words: str = ""
    amounts: dict[uuid.UUID, int] | None = None
    with_freight: bool = True
    sends_back: bool | None = None


@dataclass(frozen=True, slots=True)
class CaseLineView:
    order_line_id: uuid.UUID
    product_id: uuid.UUID
    variant_id: uuid.UUID
    title: str
    option_text: str
    cover: str
    quantity: int
    asked_minor: int
    agreed_minor: int | None
    restocked: int
    written_off: int

    @property
    def unsorted(self) -> int:
        """Units that came back and are neither on the shelf nor written off."""
        return self.quantity - self.restocked - self.written_off


@dataclass(frozen=True, slots=True)
class EvidenceView:
    id: uuid.UUID
    side: Side
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageView:
    id: uuid.UUID
    side: Side
    author_label: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case in a list."""

    id: uuid.UUID
    number: str
    order_id: uuid.UUID
    order_number: str
    member_id: uuid.UUID
    kind: CaseKind
    state: CaseState
    reason: str
    currency: str
    asked_minor: int
    agreed_minor: int | None
    deadline: datetime | None
    opened_at: datetime
    changed_at: datetime
    title: str
    cover: str
    unit_count: int
    awaits: Side | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """`asked_minor` and `agreed_minor` are goods and freight together."""

    id: uuid.UUID
    number: str
    order_id: uuid.UUID
    order_number: str
    member_id: uuid.UUID
    kind: CaseKind
    state: CaseState
    reason: str
    has_goods: bool
    takes_units: bool
    words: str
    currency: str
    asked_minor: int
    freight_minor: int
    agreed_minor: int | None
    agreed_freight_minor: int
    paid_minor: int
    return_freight_minor: int
    refund_id: uuid.UUID | None
    replacement_id: uuid.UUID | None
    answer_words: str
    answered_by: Side | None
    carrier: str
    tracking_number: str
    deadline: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    awaits: Side | None
    fault: Fault
    lines: tuple[CaseLineView, ...] = ()
    evidence: tuple[EvidenceView, ...] = ()
    messages: tuple[MessageView, ...] = ()

    @property
    def units_by_line(self) -> dict[uuid.UUID, int]:
        return {line.order_line_id: line.quantity for line in self.lines}

    @property
    def agreed_by_line(self) -> dict[uuid.UUID, int]:
        return {
            line.order_line_id: line.asked_minor if line.agreed_minor is None else line.agreed_minor
            for line in self.lines
        }
