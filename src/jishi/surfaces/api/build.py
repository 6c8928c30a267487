"""The API put together: routers of the rooms, routers of what crosses rooms, and the edge around every route."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation, PathView
from ninja.utils import replace_path_param_notation

from jishi.kernel.errors import Refusal
from jishi.modules.catalog import api as catalog_api
from jishi.modules.inventory import api as inventory_api
from jishi.surfaces.api import (
    approvals,
    auth,
    availability,
    bargains,
    campaigns,
    cart,
    cases,
    communities,
    community_queue,
    draws,
    event_photos,
    events,
    finance,
    flash_sales,
    imports,
    incentives,
    ledger,
    loyalty,
    loyalty_staff,
    me,
    members,
    moderation,
    note_writing,
    notes,
    offers,
    orders,
    payments,
    people,
    pictures,
    post_pictures,
    price_offers,
    problems,
    promotions,
    red_packets,
    reports,
    reviews,
    rush,
    sharing,
    shipping,
    talk,
    teams,
    wallet,
    webhooks,
)
from jishi.surfaces.api.clean import CleanParser
from jishi.surfaces.api.edge import guard_address, guard_route

VERSION = "1.0.0"
ROUTERS = (
    auth.router,
    me.router,
    catalog_api.router,
    availability.router,
    imports.router,
    cart.router,
    orders.router,
    payments.router,
    wallet.router,
    promotions.router,
    price_offers.router,
    loyalty.router,
    red_packets.router,
    draws.router,
    offers.router,
    teams.router,
    flash_sales.router,
    bargains.router,
    pictures.router,
    cases.router,
    reviews.router,
    notes.router,
    note_writing.router,
    campaigns.router,
    sharing.router,
    communities.router,
    community_queue.router,
    post_pictures.router,
    talk.router,
    people.router,
    rush.router,
    inventory_api.router,
    members.router,
    shipping.router,
    reports.router,
    ledger.router,
    finance.router,
    loyalty_staff.router,
    approvals.router,
    moderation.router,
    events.router,
    event_photos.router,
    incentives.router,
    webhooks.router,
)


class JishiAPI(NinjaAPI):
    """Operations are called verb_noun: by their own name, or by that of their function."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


def build_api() -> NinjaAPI:
    api = JishiAPI(
        title="Jishi",
        version=VERSION,
        description="Everything that the shop and the console can do. Guide: docs/guides/api.md.",
        urls_namespace="api",
        openapi_url=None,
        docs_url=None,
        parser=CleanParser(),
    )
    api.add_decorator(guard_route, mode="view")
    for router in ROUTERS:
        api.add_router("", router)
    for kind, answer in HANDLERS.items():
        api.add_exception_handler(kind, answer)
    return api


def routes_of(api: NinjaAPI) -> list[URLPattern]:
    """The addresses of the API, each with the edge around it."""
    views: dict[str, PathView] = {}
    for bound in api._get_bound_routers():
        for address, view in bound.path_operations.items():
            if address in views:
                raise TypeError(f"{address} stands in two routers: the second would never be reached")
            views[address] = view
    return [
        path(replace_path_param_notation(address.lstrip("/")), guard_address(view.get_view()))
        for address, view in views.items()
    ]


def _refused(request: HttpRequest, refusal: Any) -> HttpResponse:
    return problems.problem(request, refusal)


HANDLERS: dict[type[Exception], Any] = {
    Refusal: _refused,
    ValidationError: problems.problem_of_validation,
    HttpError: problems.problem_of_http_error,
    Http404: problems.problem_of_missing,
    RequestDataTooBig: problems.problem_of_size,
    Exception: problems.problem_of_bug,
}

api = build_api()
