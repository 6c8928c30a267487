"""Reading endpoints and deliveries."""

import uuid

from django.db.models import Q

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.webhooks.models import Delivery, Endpoint
from jishi.modules.webhooks.types import DeliveryState, DeliveryView, EndpointView
from jishi.platform.paging import Key, older_than

DELIVERIES_MAX = 100
ENDPOINTS_MAX = 50


def endpoints(*, by: Actor) -> list[EndpointView]:
    """All that were not removed, oldest first; one query."""
    by.require("webhooks.manage")
    rows = Endpoint.objects.filter(removed_at__isnull=True).order_by("created_at", "id")
    return [view_of(row) for row in rows[:ENDPOINTS_MAX]]


def endpoint_view(endpoint_id: uuid.UUID, *, by: Actor) -> EndpointView:
    by.require("webhooks.manage")
    row = Endpoint.objects.filter(id=endpoint_id, removed_at__isnull=True).first()
    if row is None:
        raise NotFound()
    return view_of(row)


def deliveries(
    *,
    by: Actor,
    endpoint_id: uuid.UUID | None = None,
    state: DeliveryState | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> list[DeliveryView]:
    """Newest first; one query."""
    by.require("webhooks.manage")
    found = older_than(after, field="created_at")
    if endpoint_id is not None:
        found &= Q(endpoint_id=endpoint_id)
    if state is not None:
        found &= Q(state=state.value)
    rows = Delivery.objects.filter(found).order_by("-created_at", "-id")
    return [delivery_view_of(row) for row in rows[: min(limit, DELIVERIES_MAX)]]


def due_delivery_ids(*, limit: int) -> list[uuid.UUID]:
    """Deliveries whose time for a try has come, longest first."""
    rows = Delivery.objects.filter(state=DeliveryState.QUEUED.value, next_try_at__lte=clock.now())
    return list(rows.order_by("next_try_at").values_list("id", flat=True)[:limit])


def anybody_listens() -> bool:
    """Whether any endpoint is switched on; one query, asked before a job is made for a fact."""
    return Endpoint.objects.filter(is_active=True).exists()


def view_of(row: Endpoint) -> EndpointView:
    return EndpointView(
        id=row.id,
        url=row.url,
        description=row.description,
        fact_names=tuple(row.fact_names),
        is_active=row.is_active,
        failing_since=row.failing_since,
        disabled_reason=row.disabled_reason,
        created_at=row.created_at,
    )


def delivery_view_of(row: Delivery) -> DeliveryView:
    return DeliveryView(
        id=row.id,
        endpoint_id=row.endpoint_id,
        fact_id=row.fact_id,
        fact_name=row.fact_name,
        body=row.body,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        last_status=row.last_status,
        last_error=row.last_error,
        created_at=row.created_at,
        delivered_at=row.delivered_at,
    )
