"""Webhooks going out, for staff: endpoints, their secrets, and what was delivered."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.modules.webhooks.public import (
    PUBLIC_FACTS,
    DeliveryState,
    change_endpoint,
    create_endpoint,
    deliveries,
    endpoint_view,
    endpoints,
    redeliver,
    remove_endpoint,
    rotate_secret,
    send_test,
)
from jishi.platform.http import actor_of, scopes, shown_once
from jishi.platform.paging import key_of
from jishi.surfaces.api.common import MadeOut, Page, PageIn, page_of

router = Router(tags=["webhooks"])
FactNames = list[Annotated[str, Field(max_length=80)]]


class EndpointIn(Schema):
    """No `fact_names`: every public fact, also those that come later."""

    url: str = Field(min_length=1, max_length=500)
    description: str = Field("", max_length=80)
    fact_names: FactNames = Field([], max_length=100)


class EndpointPatch(Schema):
    url: str | None = Field(None, min_length=1, max_length=500)
    description: str | None = Field(None, max_length=80)
    fact_names: FactNames | None = Field(None, max_length=100)
    is_active: bool | None = None


class EndpointOut(Schema):
    id: uuid.UUID
    url: str
    description: str
    fact_names: list[str]
    is_active: bool
    failing_since: datetime | None
    disabled_reason: str
    created_at: datetime


class NewEndpointOut(EndpointOut):
    """`secret` is shown once: a repeated request gets null."""

    secret: str | None


class SecretOut(Schema):
    secret: str | None


class DeliveryOut(Schema):
    id: uuid.UUID
    endpoint_id: uuid.UUID
    fact_id: uuid.UUID
    fact_name: str
    body: dict[str, Any]
    state: DeliveryState
    attempts: int
    next_try_at: datetime
    last_status: int | None
    last_error: str
    created_at: datetime
    delivered_at: datetime | None


class DeliveriesIn(PageIn):
    endpoint_id: uuid.UUID | None = None
    state: DeliveryState | None = None


@router.get(
    "/webhooks/facts",
    response=list[str],
    summary="Facts that can be listened to",
    openapi_extra=scopes("webhooks.manage"),
)
def list_facts(request: HttpRequest) -> Any:
    actor_of(request).require("webhooks.manage")
    return list(PUBLIC_FACTS)


@router.get(
    "/webhooks/endpoints",
    response=list[EndpointOut],
    summary="Endpoints",
    openapi_extra=scopes("webhooks.manage"),
)
def list_endpoints(request: HttpRequest) -> Any:
    return endpoints(by=actor_of(request))


@router.post(
    "/webhooks/endpoints",
    response={201: NewEndpointOut},
    summary="A new endpoint; its secret is shown once",
    openapi_extra=scopes("webhooks.manage", **shown_once("secret")),
)
def create_webhook_endpoint(request: HttpRequest, body: EndpointIn) -> Any:
    view, secret = create_endpoint(by=actor_of(request), **body.dict())
    shown = {name: getattr(view, name) for name in EndpointOut.model_fields}
    return Status(201, {**shown, "secret": secret})


@router.get(
    "/webhooks/endpoints/{uuid:endpoint_id}",
    response=EndpointOut,
    summary="One endpoint",
    openapi_extra=scopes("webhooks.manage"),
)
def get_endpoint(request: HttpRequest, endpoint_id: uuid.UUID) -> Any:
    return endpoint_view(endpoint_id, by=actor_of(request))


@router.patch(
    "/webhooks/endpoints/{uuid:endpoint_id}",
    response=EndpointOut,
    summary="Change an endpoint, or switch it off and on",
    openapi_extra=scopes("webhooks.manage"),
)
def change_webhook_endpoint(request: HttpRequest, endpoint_id: uuid.UUID, body: EndpointPatch) -> Any:
    return change_endpoint(endpoint_id, by=actor_of(request), **body.dict())


@router.delete(
    "/webhooks/endpoints/{uuid:endpoint_id}",
    response={204: None},
    summary="Remove an endpoint",
    openapi_extra=scopes("webhooks.manage"),
)
def delete_endpoint(request: HttpRequest, endpoint_id: uuid.UUID) -> Any:
    remove_endpoint(endpoint_id, by=actor_of(request))
    return Status(204, None)


@router.post(
    "/webhooks/endpoints/{uuid:endpoint_id}/secret",
    response=SecretOut,
    summary="A new secret; the old one signs beside it for a day",
    openapi_extra=scopes("webhooks.manage", **shown_once("secret")),
)
def rotate_endpoint_secret(request: HttpRequest, endpoint_id: uuid.UUID) -> Any:
    return {"secret": rotate_secret(endpoint_id, by=actor_of(request))}


@router.post(
    "/webhooks/endpoints/{uuid:endpoint_id}/test",
    response={202: MadeOut},
    summary="Send a test delivery",
    openapi_extra=scopes("webhooks.manage"),
)
def send_test_delivery(request: HttpRequest, endpoint_id: uuid.UUID) -> Any:
    return Status(202, {"id": send_test(endpoint_id, by=actor_of(request))})


@router.get(
    "/webhooks/deliveries",
    response=Page[DeliveryOut],
    summary="What was sent, newest first",
    openapi_extra=scopes("webhooks.manage"),
)
def list_deliveries(request: HttpRequest, wanted: Query[DeliveriesIn]) -> Any:
    rows = deliveries(
        by=actor_of(request),
        endpoint_id=wanted.endpoint_id,
        state=wanted.state,
        after=key_of(wanted.cursor),
        limit=wanted.limit,
    )
    return page_of(request, rows, limit=wanted.limit, field="created_at")


@router.post(
    "/webhooks/deliveries/{uuid:delivery_id}/redeliver",
    response={202: MadeOut},
    summary="Send a delivery again",
    openapi_extra=scopes("webhooks.manage"),
)
def repeat_delivery(request: HttpRequest, delivery_id: uuid.UUID) -> Any:
    redeliver(delivery_id, by=actor_of(request))
    return Status(202, {"id": delivery_id})
