"""Schemas of after-sales."""

import uuid
from datetime import datetime
from typing import Annotated

from ninja import Field, Schema

from jishi.modules.aftersales.public import EVIDENCE_MAX, WORDS_MAX, CaseKind, CaseState, Fault, Side
from jishi.surfaces.api.common import MINOR_MAX, Minor, PageIn, StepOut
from jishi.surfaces.api.pictures import TOKEN_MAX

LINES_MAX = 60
Words = Annotated[str, Field(max_length=WORDS_MAX)]
Token = Annotated[str, Field(max_length=TOKEN_MAX)]


class CaseLimitOut(Schema):
    """At most so many units of a line, and what they are worth."""

    line_id: uuid.UUID
    units: int
    amount_minor: int


class CaseChoiceOut(Schema):
    kind: CaseKind
    has_goods: bool
    reasons: list[str]
    lines: list[CaseLimitOut]


class CaseLineIn(Schema):
    """`amount_minor` null: all that the units are worth."""

    line_id: uuid.UUID
    units: int = Field(ge=1, le=9_999)
    amount_minor: int | None = Field(None, ge=0, le=MINOR_MAX)


class CaseIn(Schema):
    """`pictures` are tokens of POST /me/pictures. `has_goods`: whether the goods are in the member's hands."""

    kind: CaseKind
    reason: str = Field(min_length=1, max_length=24)
    has_goods: bool = True
    lines: list[CaseLineIn] = Field(min_length=1, max_length=LINES_MAX)
    words: Words = ""
    pictures: list[Token] = Field([], max_length=EVIDENCE_MAX)


class CaseLineOut(Schema):
    order_line_id: uuid.UUID
    product_id: uuid.UUID
    variant_id: uuid.UUID
    title: str
    option_text: str
    quantity: int
    asked_minor: int
    agreed_minor: int | None
    restocked: int
    written_off: int


class CasePictureOut(Schema):
    """Get it from /case-pictures/{id}."""

    id: uuid.UUID
    side: Side
    at: datetime


class CaseMessageOut(Schema):
    id: uuid.UUID
    side: Side
    author_label: str
    text: str
    at: datetime


class CaseSummaryOut(Schema):
    """`awaits` says who has to act, until `deadline`. Amounts are goods and freight together."""

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
    awaits: Side | None
    deadline: datetime | None
    opened_at: datetime


class CaseOut(CaseSummaryOut):
    has_goods: bool
    takes_units: bool
    fault: Fault
    words: str
    freight_minor: int
    agreed_freight_minor: int
    paid_minor: int
    return_freight_minor: int
    refund_id: uuid.UUID | None
    replacement_id: uuid.UUID | None
    answer_words: str
    answered_by: Side | None
    carrier: str
    tracking_number: str
    closed_at: datetime | None
    lines: list[CaseLineOut]
    pictures: list[CasePictureOut]
    messages: list[CaseMessageOut]
    history: list[StepOut]


class WordsIn(Schema):
    words: Words


class ParcelBackIn(Schema):
    """`laid_out_minor` is what the parcel cost; the shop pays it up to a cap when it is at fault."""

    carrier: str = Field(min_length=1, max_length=40)
    tracking_number: str = Field(min_length=1, max_length=60)
    laid_out_minor: Minor = 0


class MessageIn(Schema):
    text: Words = ""
    pictures: list[Token] = Field([], max_length=EVIDENCE_MAX)


class AgreedLineIn(Schema):
    line_id: uuid.UUID
    amount_minor: int = Field(ge=0, le=MINOR_MAX)


class CaseAnswerIn(Schema):
    """`lines` null: as asked; less becomes an offer. `sends_back` null: goods come back first where they can."""

    words: Words = ""
    lines: list[AgreedLineIn] | None = Field(None, max_length=LINES_MAX)
    with_freight: bool = True
    sends_back: bool | None = None


class FateIn(Schema):
    line_id: uuid.UUID
    restocked: int = Field(0, ge=0, le=9_999)
    written_off: int = Field(0, ge=0, le=9_999)


class GoodsIn(Schema):
    lines: list[FateIn] = Field([], max_length=LINES_MAX)
    words: Words = ""


class CasesIn(PageIn):
    state: list[CaseState] = Field([], max_length=len(CaseState))
    kind: CaseKind | None = None
    member_id: uuid.UUID | None = None
    order_id: uuid.UUID | None = None
    overdue: bool = False
