"""Pieces that the schemas of several resources share."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Generic, Protocol, TypeVar

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Schema
from pydantic import AfterValidator, AwareDatetime

from jishi.kernel.actor import Actor
from jishi.modules.plays.life.public import PlayHead
from jishi.platform.http import next_link
from jishi.platform.paging import CURSOR_LENGTH_MAX, cursor_after

T = TypeVar("T")

PREFIX = "/api/v1"
LIMIT_MAX = 100
MINOR_MAX = 10**12
FIRST_YEAR, LAST_YEAR = 2000, 2200


def _in_our_time(value: Any) -> Any:
    """Far years overflow calendars and mean nothing to a shop."""
    if not FIRST_YEAR <= value.year < LAST_YEAR:
        raise ValueError("out of range")
    return value


Minor = Annotated[int, Field(ge=0, le=MINOR_MAX, description="Minor units of the shop's currency")]
Units = Annotated[int, Field(ge=1, le=999)]
Instant = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
Day = Annotated[date, AfterValidator(_in_our_time)]


class Page(Schema, Generic[T]):
    """`next` is the address of the following page; null at the end."""

    items: list[T]
    next: str | None


class PageIn(Schema):
    cursor: str = Field("", max_length=CURSOR_LENGTH_MAX, description="From `next` of the page before")
    limit: int = Field(20, ge=1, le=LIMIT_MAX)


class MadeOut(Schema):
    id: uuid.UUID


class PersonOut(Schema):
    """A member as others may see them."""

    id: uuid.UUID
    nickname: str
    color: str


class StepOut(Schema):
    """One change of state: who did what, and why."""

    verb: str
    before: str
    after: str
    actor_kind: str
    actor_label: str
    note: str
    at: datetime


def page_of(
    request: HttpRequest, rows: Sequence[Any], *, limit: int, field: str, id_field: str = "id"
) -> dict[str, Any]:
    """A page of rows that are newest first by `field`."""
    cursor = cursor_after(rows, limit=limit, field=field, id_field=id_field)
    return {"items": list(rows), "next": next_link(request, cursor)}


class HeadIn(Protocol):
    """What the form of a play of any kind says of the play itself."""

    name: str
    opens_at: datetime
    closes_at: datetime
    budget_minor: int | None


def head_of(body: HeadIn) -> PlayHead:
    return PlayHead(
        name=body.name,
        currency=settings.JISHI_CURRENCY,
        opens_at=body.opens_at,
        closes_at=body.closes_at,
        budget_minor=body.budget_minor,
    )


def require_look(actor: Actor) -> None:
    """Who edits plays or reads reports may look at all of them."""
    if not actor.may("plays.edit"):
        actor.require("reports.view")
