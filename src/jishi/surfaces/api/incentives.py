"""What contributions count for: the rules for staff, the board of the week, one's own standing, thanks."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.flows.incentives import THANKED_FOR, thank_author
from jishi.modules.incentives.public import (
    RuleForm,
    RuleView,
    own_standing,
    rules_table,
    save_rule,
    week_board,
)
from jishi.modules.people.public import people_by_ids
from jishi.platform.http import actor_of, anyone, scopes
from jishi.surfaces.api.common import MadeOut, PersonOut

router = Router(tags=["incentives"])
POINTS_MAX, CAP_MAX = 10_000, 1_000


class BoardRowOut(Schema):
    """`score` in hundredths: every contribution halves in three days."""

    place: int
    member: PersonOut
    score: int
    contributions: int
    last_at: datetime


class TodayOut(Schema):
    """`counted` of at most `daily_cap` today."""

    fact_name: str
    label: str
    points: int
    value: int
    counted: int
    daily_cap: int


class OwnStandingOut(Schema):
    """`place` is null for who is not on the board."""

    place: int | None
    score: int
    contributions: int
    thanks_left: int
    today: list[TodayOut]


class ThanksIn(Schema):
    """What was written, by whomever: its author is thanked."""

    kind: str = Field(max_length=24, description=", ".join(sorted(THANKED_FOR)))
    subject_id: uuid.UUID


class IncentiveRuleIn(Schema):
    """`points` and a coupon of the batch go to the member, `value` counts on the board."""

    label: str = Field(min_length=1, max_length=40)
    points: int = Field(ge=0, le=POINTS_MAX)
    value: int = Field(ge=0, le=POINTS_MAX)
    daily_cap: int = Field(ge=1, le=CAP_MAX)
    batch_id: uuid.UUID | None = None
    is_on: bool = True


class IncentiveRuleOut(IncentiveRuleIn):
    id: uuid.UUID
    fact_name: str


@router.get("/board", response=list[BoardRowOut], summary="The board of the week", openapi_extra=anyone())
def get_board(request: HttpRequest, limit: Annotated[int, Query(ge=1, le=100)] = 30) -> Any:
    del request
    found = week_board(limit=limit)
    people = people_by_ids(row.member_id for row in found)
    return [
        {
            "place": place,
            "member": people[row.member_id],
            "score": row.score,
            "contributions": row.contributions,
            "last_at": row.last_at,
        }
        for place, row in enumerate(found, start=1)
        if row.member_id in people
    ]


@router.get(
    "/me/contributions",
    response=OwnStandingOut,
    summary="Where you stand this week, and what still counts today",
    openapi_extra=scopes("shop.read"),
)
def get_own_contributions(request: HttpRequest) -> Any:
    return own_standing(by=actor_of(request))


@router.post(
    "/thanks",
    response={201: MadeOut},
    summary="Thank the author of something you may read",
    openapi_extra=scopes("shop.write"),
)
def create_thanks(request: HttpRequest, body: ThanksIn) -> Any:
    return Status(201, {"id": thank_author(body.kind, body.subject_id, by=actor_of(request))})


@router.get(
    "/staff/incentives/rules",
    response=list[IncentiveRuleOut],
    summary="What counts for how much",
    openapi_extra=scopes("community.view"),
)
def list_incentive_rules(request: HttpRequest) -> Any:
    return [_rule_out(row) for row in rules_table(by=actor_of(request))]


@router.put(
    "/staff/incentives/rules/{fact_name}",
    response=IncentiveRuleOut,
    summary="Write the rule of a fact, or write it anew",
    openapi_extra=scopes("community.edit"),
)
def replace_incentive_rule(request: HttpRequest, fact_name: str, body: IncentiveRuleIn) -> Any:
    """The fact is one that the shop counts; a rule that is switched off stays with its numbers."""
    form = RuleForm(fact_name=fact_name, member_field="member_id", **body.dict())
    return {"id": save_rule(form, by=actor_of(request)), "fact_name": fact_name, **body.dict()}


def _rule_out(row: RuleView) -> dict[str, Any]:
    names = ("fact_name", *IncentiveRuleIn.model_fields)
    return {"id": row.id, **{name: getattr(row.form, name) for name in names}}
