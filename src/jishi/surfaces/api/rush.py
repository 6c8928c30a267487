"""The pass that opens the hot lane (`/rush/pools/…`, outside this API)."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from jishi.flows.passes import issue_member_pass
from jishi.platform.http import actor_of, repeats_by_itself, scopes

router = Router(tags=["rush"])


class PassOut(Schema):
    """`text` goes into `Authorization: Pass <text>` of requests to /rush/pools/."""

    text: str
    expires_at: datetime
    tags: list[str]


@router.post(
    "/rush/pass",
    response={201: PassOut},
    summary="A pass for the hot lane",
    openapi_extra=scopes("shop.write", **repeats_by_itself("a pass is signed, not stored")),
)
def create_rush_pass(request: HttpRequest) -> Any:
    return Status(201, issue_member_pass(by=actor_of(request)))
