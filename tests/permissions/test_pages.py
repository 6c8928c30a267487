"""Every page of shop and console by the resolver's own list: nobody sees what is not theirs, nothing falls over.

A route of the console that is not in CONSOLE fails: whoever adds a page says here which permission it needs.
"""

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from jishi.modules.people.public import PERMISSIONS_OF_ROLE, Role
from tests.world.makers import make_member
from tests.world.township import STAFF_ROLES, Town
from tests.world.web import ask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]

# name of a console route → the permission it needs
CONSOLE: dict[str, str] = {}
OTHERS = ("accounts/", "hooks/", "api/v1/", "styleguide/")
# pages of one's own: the parameter says whose
OWN_PARAMETERS = {"order_id": "paid", "payment_id": "payment", "address_id": "address"}


@dataclass(frozen=True)
class Page:
    route: str
    name: str
    parameters: dict[str, Any]

    @property
    def is_of_console(self) -> bool:
        return self.route.startswith("console/")


def pages() -> list[Page]:
    return [page for page in _walk(get_resolver().url_patterns, "") if not page.route.startswith(OTHERS)]


def _walk(patterns: list[Any], prefix: str) -> Iterator[Page]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern).lstrip("^")
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield Page(route, pattern.name or "", dict(pattern.pattern.converters))


ROUTES = pages()


def test_there_are_pages_to_walk() -> None:
    assert len(ROUTES) > 30
    assert {"cart", "order", "home"} <= {page.name for page in ROUTES}


def test_every_console_page_is_listed_with_its_permission() -> None:
    found = sorted(page.name for page in ROUTES if page.is_of_console)

    assert found == sorted(CONSOLE)
    assert set(CONSOLE.values()) <= set(PERMISSIONS_OF_ROLE[Role.OWNER])


@pytest.mark.parametrize(
    "page", [p for p in ROUTES if not p.is_of_console], ids=lambda page: page.name or page.route
)
def test_pages_of_the_shop_stand_and_own_pages_are_nobody_elses(town: Town, page: Page) -> None:
    path = _path(page, town)
    other = make_member()
    for person in (None, other, town.member):
        client = _client(person.id if person else None)
        for method in ("get", "post"):
            mark = transaction.savepoint()
            response = getattr(client, method)(path)
            told = (page.name, method, person and person.label, response.status_code)
            assert response.status_code < 500, told
            if person is not town.member and set(page.parameters) & set(OWN_PARAMETERS):
                assert _is_refused(response), told
            transaction.savepoint_rollback(mark)


@pytest.mark.parametrize("page", [p for p in ROUTES if p.is_of_console], ids=lambda page: page.name)
def test_console_pages_open_only_to_those_who_may(town: Town, page: Page) -> None:
    path = _path(page, town)
    permission = CONSOLE.get(page.name, "")
    people = {role: make_member(role=role) for role in STAFF_ROLES}
    for role, person in [("", None), ("member", town.member), *people.items()]:
        client = _client(person.id if person else None)
        for method in ("get", "post"):
            mark = transaction.savepoint()
            response = getattr(client, method)(path)
            told = (page.name, method, role, response.status_code)
            assert response.status_code < 500, told
            if role in STAFF_ROLES and permission in PERMISSIONS_OF_ROLE[Role(role)]:
                assert response.status_code not in (401, 403), told
            else:
                assert _is_refused(response), told
            transaction.savepoint_rollback(mark)


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/products/x/y/z", "/orders/not-an-id", "/", "/orders/" + str(uuid.UUID(int=0)) + "/"],
)
def test_addresses_that_there_are_not_are_problems(path: str) -> None:
    answer = ask("GET", path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer["Content-Type"] == "application/problem+json"


def _is_refused(response: Any) -> bool:
    """No such page for you, or log in first."""
    sent_to = response.headers.get("Location", "")
    return response.status_code in (401, 403, 404, 405) or (
        response.status_code in (302, 303) and "login" in sent_to
    )


def _path(page: Page, town: Town) -> str:
    """The address with real ids where the town has them, else with some that exist nowhere."""
    path = "/" + page.route
    for name, converter in page.parameters.items():
        known = town.names.get(OWN_PARAMETERS.get(name, name.removesuffix("_id")))
        kind = type(converter).__name__.removesuffix("Converter").lower()
        spare = {"uuid": str(uuid.UUID(int=5)), "int": "1"}.get(kind, "x")
        part = next(p for p in _placeholders(path) if p.split(":")[-1].rstrip(">") == name)
        path = path.replace(part, known or spare)
    return path


def _placeholders(path: str) -> list[str]:
    return [f"<{piece.split('>')[0]}>" for piece in itertools.islice(path.split("<"), 1, None)]


def _client(member_id: uuid.UUID | None) -> Client:
    client = Client(raise_request_exception=False)
    if member_id is not None:
        member = get_user_model().objects.get(pk=member_id)
        client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client
