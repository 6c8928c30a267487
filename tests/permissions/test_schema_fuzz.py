"""Requests of every shape the OpenAPI document allows, and many it forbids: never a 5xx, never an answer it does not name.

A town stands in the background, so that about half of the requests are about something that exists. Few examples by
default; JISHI_FUZZ_EXAMPLES=200 for a long run, and JISHI_FUZZ_SEED for another one.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from jishi.surfaces.api.limits import forget_callers
from jishi.surfaces.api.openapi import document
from tests.world.township import Town

EXAMPLES = int(os.environ.get("JISHI_FUZZ_EXAMPLES", "8"))
SEED = int(os.environ.get("JISHI_FUZZ_SEED", "1"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(document())
OPERATIONS = [(method, path) for path, methods in document()["paths"].items() for method in methods]
# what a parameter or a field of a body may really be called in the town
KNOWN = {
    "order_id": ("placed", "paid", "shipped", "refused"),
    "offer_id": ("offer", "draft_offer"),
    "variant_id": ("variant",),
    "play_id": ("play", "draft_play", "flash_play", "flash_coming", "flash_draft"),
    "item_id": ("flash_item",),
    "claim_id": ("claim",),
    "product_id": ("product",),
    "address_id": ("address",),
    "team_id": ("team",),
    "payment_id": ("payment",),
    "refund_id": ("refund",),
    "member_id": ("member",),
    "token_id": ("own_token",),
    "run_id": ("run",),
    "endpoint_id": ("endpoint",),
    "delivery_id": ("delivery",),
    "code": ("code",),
}
HANDLES = ("live-goods", "draft-goods", "away-goods")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept_connection() -> Iterator[None]:
    """The end of a request closes nothing here: the town lives in an open transaction, as it does for Django's own client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda value: value)
def test_any_request_gets_an_answer_that_the_document_names(town: Town, method: str, path: str) -> None:
    app = get_wsgi_application()

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=SCHEMA[path][method.upper()].as_strategy(), data=st.data())
    def ask(case: Case, data: st.DataObject) -> None:
        forget_callers()
        if data.draw(st.booleans()):
            case.path_parameters = _known(dict(case.path_parameters or {}), town, data)
            case.body = _known(case.body, town, data)
        token = town.tokens[data.draw(st.sampled_from(["owner", "member", "visitor"]))]
        headers = {"Authorization": f"Bearer {token}"} if token else {"X-Visitor": town.visitor}
        mark = transaction.savepoint()
        response = case.call(app=app, headers=headers)
        transaction.savepoint_rollback(mark)
        case.validate_response(response, checks=CHECKS)

    ask()


def _known(value: Any, town: Town, data: st.DataObject) -> Any:
    """The same value with ids of the town where it has ids."""
    if isinstance(value, dict):
        return {
            name: _known_id(name, town, data) or _known(inner, town, data) for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_known(inner, town, data) for inner in value]
    return value


def _known_id(name: str, town: Town, data: st.DataObject) -> str:
    if name == "handle":
        return data.draw(st.sampled_from(HANDLES))
    return town.names[data.draw(st.sampled_from(KNOWN[name]))] if name in KNOWN else ""
