"""The member's own things: profile, addresses, notices."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from jishi.flows.moderation import rename
from jishi.kernel.errors import InvalidInput
from jishi.modules.messaging.public import (
    choose_notice,
    count_unread,
    mark_notices_read,
    notice_choices,
    notices_of,
)
from jishi.modules.orders.public import cart_unit_count, count_own_by_state
from jishi.modules.people.public import (
    AddressForm,
    address_view,
    addresses_of,
    change_language,
    member_row,
    remove_address,
    save_address,
)
from jishi.platform.http import actor_of, anyone, scopes
from jishi.platform.paging import key_of
from jishi.surfaces.api.common import Page, PageIn, page_of
from jishi.surfaces.regions import place_of, regions_under

REGIONS_AGE_SECONDS = 86_400
router = Router(tags=["me"])


class Language(StrEnum):
    CHINESE = "zh-hans"
    ENGLISH = "en"


class MeOut(Schema):
    id: uuid.UUID
    nickname: str
    color: str
    phone: str
    email: str
    role: str
    created_at: datetime
    permissions: list[str]
    unread_count: int
    cart_unit_count: int
    orders_by_state: dict[str, int]


class MePatch(Schema):
    nickname: str | None = Field(None, max_length=100)
    language: Language | None = None


class AddressIn(Schema):
    """Names of province, city and district follow from the code."""

    name: str = Field(min_length=1, max_length=40)
    phone: str = Field(min_length=1, max_length=24)
    region_code: str = Field(pattern=r"^[0-9]{6}$", description="GB/T 2260, from /regions")
    line: str = Field(min_length=1, max_length=120)
    is_default: bool = False


class AddressOut(Schema):
    id: uuid.UUID
    name: str
    phone: str
    region_code: str
    province: str
    city: str
    district: str
    line: str
    is_default: bool


class NoticeOut(Schema):
    id: uuid.UUID
    kind: str
    title: str
    body: str
    link: str
    created_at: datetime
    is_read: bool


class CountOut(Schema):
    count: int


class RegionOut(Schema):
    code: str
    name: str
    has_children: bool


@router.get("/me", response=MeOut, summary="Who you are here", openapi_extra=scopes("shop.read"))
def get_me(request: HttpRequest) -> Any:
    return _me(request)


@router.patch("/me", response=MeOut, summary="Change your profile", openapi_extra=scopes("shop.write"))
def change_me(request: HttpRequest, body: MePatch) -> Any:
    actor = actor_of(request)
    if body.nickname is not None:
        rename(by=actor, nickname=body.nickname)
    if body.language is not None:
        change_language(by=actor, language=body.language.value)
    return _me(request)


@router.get(
    "/me/addresses", response=list[AddressOut], summary="Your addresses", openapi_extra=scopes("shop.read")
)
def list_addresses(request: HttpRequest) -> Any:
    return addresses_of(by=actor_of(request))


@router.post(
    "/me/addresses", response={201: AddressOut}, summary="A new address", openapi_extra=scopes("shop.write")
)
def create_address(request: HttpRequest, body: AddressIn) -> Any:
    return Status(201, save_address(_form(body), by=actor_of(request)))


@router.put(
    "/me/addresses/{uuid:address_id}",
    response=AddressOut,
    summary="Change an address",
    openapi_extra=scopes("shop.write"),
)
def replace_address(request: HttpRequest, address_id: uuid.UUID, body: AddressIn) -> Any:
    actor = actor_of(request)
    address_view(address_id, by=actor)
    return save_address(_form(body), by=actor, address_id=address_id)


@router.delete(
    "/me/addresses/{uuid:address_id}",
    response={204: None},
    summary="Remove an address",
    openapi_extra=scopes("shop.write"),
)
def delete_address(request: HttpRequest, address_id: uuid.UUID) -> Any:
    remove_address(address_id, by=actor_of(request))
    return Status(204, None)


@router.get(
    "/me/notices", response=Page[NoticeOut], summary="Your notices", openapi_extra=scopes("shop.read")
)
def list_notices(request: HttpRequest, wanted: Query[PageIn]) -> Any:
    rows = notices_of(by=actor_of(request), after=key_of(wanted.cursor), limit=wanted.limit)
    return page_of(request, rows, limit=wanted.limit, field="created_at")


@router.post(
    "/me/notices/read",
    response=CountOut,
    summary="Mark all notices as read",
    openapi_extra=scopes("shop.write"),
)
def read_notices(request: HttpRequest) -> Any:
    return {"count": mark_notices_read(by=actor_of(request))}


class NoticeChoiceOut(Schema):
    kind: str
    title: str
    is_on: bool


class NoticeChoiceIn(Schema):
    is_on: bool


@router.get(
    "/me/notices/choices",
    response=list[NoticeChoiceOut],
    summary="Kinds of notices that you may do without",
    openapi_extra=scopes("shop.read"),
)
def list_notice_choices(request: HttpRequest) -> Any:
    return notice_choices(by=actor_of(request))


@router.put(
    "/me/notices/choices/{kind}",
    response={204: None},
    summary="Get notices of a kind, or no longer",
    openapi_extra=scopes("shop.write"),
)
def set_notice_choice(request: HttpRequest, kind: str, body: NoticeChoiceIn) -> Any:
    choose_notice(kind, is_on=body.is_on, by=actor_of(request))
    return Status(204, None)


@router.get(
    "/regions",
    response=list[RegionOut],
    summary="Provinces of China, or what lies under one",
    openapi_extra=anyone(),
)
def list_regions(
    request: HttpRequest, response: HttpResponse, parent: Annotated[str, Query(max_length=6)] = ""
) -> Any:
    del request
    response["Cache-Control"] = f"public, max-age={REGIONS_AGE_SECONDS}"
    return regions_under(parent)


def _me(request: HttpRequest) -> dict[str, Any]:
    actor = actor_of(request)
    row = member_row(actor.require_member(), by=actor)
    return {
        **{name: getattr(row, name) for name in ("id", "nickname", "color", "phone", "email", "role")},
        "created_at": row.created_at,
        "permissions": sorted(actor.permissions),
        "unread_count": count_unread(by=actor),
        "cart_unit_count": cart_unit_count(actor),
        "orders_by_state": count_own_by_state(by=actor),
    }


def _form(body: AddressIn) -> AddressForm:
    place = place_of(body.region_code)
    if place is None:
        raise InvalidInput(field="region_code", reason=gettext_noop("请选择地区"))
    province, city, district = place
    return AddressForm(
        body.name, body.phone, body.region_code, province, city, district, body.line, body.is_default
    )
