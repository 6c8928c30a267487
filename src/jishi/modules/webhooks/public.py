"""The door of outgoing webhooks."""

from jishi.modules.webhooks.errors import BadEndpoint, EndpointOff, TooManyEndpoints, UnknownFact
from jishi.modules.webhooks.operations.deliveries import redeliver, send_test
from jishi.modules.webhooks.operations.endpoints import (
    change_endpoint,
    create_endpoint,
    remove_endpoint,
    rotate_secret,
)
from jishi.modules.webhooks.queries import anybody_listens, deliveries, endpoint_view, endpoints
from jishi.modules.webhooks.rules import PRIVATE_FACTS, PUBLIC_FACTS
from jishi.modules.webhooks.types import DeliveryState, DeliveryView, EndpointView

__all__ = [
    "PRIVATE_FACTS",
    "PUBLIC_FACTS",
    "BadEndpoint",
    "DeliveryState",
    "DeliveryView",
    "EndpointOff",
    "EndpointView",
    "TooManyEndpoints",
    "UnknownFact",
    "anybody_listens",
    "change_endpoint",
    "create_endpoint",
    "deliveries",
    "endpoint_view",
    "endpoints",
    "redeliver",
    "remove_endpoint",
    "rotate_secret",
    "send_test",
]
