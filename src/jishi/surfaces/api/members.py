"""Members and roles, for staff."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.modules.people.public import (
    PERMISSIONS_OF_ROLE,
    Role,
    change_role,
    member_row,
    members_table,
    staff_counts,
)
from jishi.platform.http import actor_of, scopes
from jishi.platform.paging import key_of
from jishi.surfaces.api.common import Page, PageIn, page_of

router = Router(tags=["staff"])


class MemberOut(Schema):
    id: uuid.UUID
    nickname: str
    color: str
    phone: str
    email: str
    role: str
    created_at: datetime
    is_active: bool


class MembersIn(PageIn):
    text: str = Field("", max_length=80)
    staff_only: bool = False


class RoleIn(Schema):
    """An empty role makes a shopper."""

    role: Role


class RoleOut(Schema):
    role: Role
    permissions: list[str]
    member_count: int


@router.get(
    "/members",
    response=Page[MemberOut],
    summary="Members, newest first",
    openapi_extra=scopes("members.view"),
)
def list_members(request: HttpRequest, wanted: Query[MembersIn]) -> Any:
    rows = members_table(
        by=actor_of(request),
        text=wanted.text,
        staff_only=wanted.staff_only,
        after=key_of(wanted.cursor),
        limit=wanted.limit,
    )
    return page_of(request, rows, limit=wanted.limit, field="created_at")


@router.get(
    "/members/{uuid:member_id}",
    response=MemberOut,
    summary="One member",
    openapi_extra=scopes("members.view"),
)
def get_member(request: HttpRequest, member_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    actor.require("members.view")
    return member_row(member_id, by=actor)


@router.put(
    "/members/{uuid:member_id}/role",
    response={204: None},
    summary="Make a member staff, or a shopper again",
    openapi_extra=scopes("staff.manage"),
)
def set_role(request: HttpRequest, member_id: uuid.UUID, body: RoleIn) -> Any:
    change_role(member_id, by=actor_of(request), role=body.role)
    return Status(204, None)


@router.get(
    "/roles",
    response=list[RoleOut],
    summary="Roles and what they may do",
    openapi_extra=scopes("console.view"),
)
def list_roles(request: HttpRequest) -> Any:
    actor_of(request).require("console.view")
    counts = staff_counts()
    return [
        {"role": role, "permissions": sorted(permissions), "member_count": counts.get(role.value, 0)}
        for role, permissions in PERMISSIONS_OF_ROLE.items()
        if role is not Role.NONE
    ]
