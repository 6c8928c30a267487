"""The OpenAPI document: kept in the repository, true to the routes; and the page that shows it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from ninja import Schema

from jishi.modules.people.public import PERMISSIONS, SHOPPER_SCOPES
from jishi.surfaces.api.openapi import document
from tools.openapi import KEPT, as_text

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "api.md"
OPERATIONS = [
    (method, path, operation)
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
]
VERBS = re.compile(
    "accept|add|agree|appeal|approve|archive|ask|begin|cancel|change|check|claim|close|complete|confirm|correct"
    "|create|decide|delete|drop|edit|end|escalate|explain|export|follow|found|get|give|help|hide|import|join"
    "|keep|launch|leave|lift|like|list|move|note|open|order|place|publish|quote|raise|react|read|refuse"
    "|release|remove|repeat|replace|reply|report|request|restore|retry|return|revoke|rotate|save|say|search"
    "|send|set|show|simulate|sort|spin|take|tap|unpublish|vote|withdraw|write"
)


def test_the_kept_document_is_the_present_one() -> None:
    assert KEPT.read_text() == as_text(), "run `make openapi`"


def test_every_operation_is_a_verb_and_a_noun_and_stands_once() -> None:
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(ids) == len(set(ids)) > 90
    assert [name for name in ids if not re.fullmatch(rf"(?:{VERBS.pattern})(?:_[a-z]+)+", name)] == []


def test_scopes_are_real_and_every_route_says_who_may_come_in() -> None:
    known = {*PERMISSIONS, *SHOPPER_SCOPES}
    for method, path, operation in OPERATIONS:
        ways = operation["security"]
        asked = {scope for way in ways for scope in way.get("token", [])}
        assert asked <= known, (method, path)
        assert {} in ways or {"session": []} in ways


def test_every_route_names_its_problems_and_every_write_its_key() -> None:
    for method, path, operation in OPERATIONS:
        assert "default" in operation["responses"], path
        named = {parameter.get("$ref", "").rsplit("/", 1)[-1] for parameter in operation["parameters"]}
        expected = method in ("post", "put", "patch", "delete") and "x-idempotency" not in operation
        assert ("IdempotencyKey" in named) is expected, (method, path)


def test_the_document_is_served_once_and_then_not_modified() -> None:
    first = Client().get("/api/v1/openapi.json")
    assert first.json()["openapi"] == "3.1.0"
    again = Client().get("/api/v1/openapi.json", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


@pytest.mark.django_db
def test_the_page_takes_nothing_from_elsewhere() -> None:
    page = Client().get("/api/v1/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert re.findall(r"""(?:src|href)=["'](https?:|//)""", text) == []
    assert "<script>" not in text and "style=" not in text
    for address in re.findall(r"""(?:src|href)=["'](/static/[^"']+)""", text):
        assert Client().get(address).status_code == 200, address


def test_the_guide_has_every_limit() -> None:
    from jishi.surfaces.api.limits import LIMITS

    rows = re.findall(r"^\| `(\w+)` \| (\d+) in (\d+) s \|", GUIDE.read_text(), re.MULTILINE)
    assert {name: (int(count), int(seconds)) for name, count, seconds in rows} == {
        name: (limit.count, limit.seconds) for name, limit in LIMITS.items()
    }
    assert json.dumps(document())


def test_a_name_of_a_schema_means_one_class() -> None:
    """Two classes of one name share an entry of the document, and one of them is told wrongly."""
    places: dict[str, set[str]] = {}
    for one in _heirs(Schema):
        if one.__module__.startswith("jishi."):
            places.setdefault(one.__name__, set()).add(one.__module__)
    assert len(places) > 100
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def _heirs(parent: type) -> Iterator[type]:
    for heir in parent.__subclasses__():
        yield heir
        yield from _heirs(heir)
