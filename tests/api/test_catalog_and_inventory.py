"""The two routers over HTTP shapes: status, body and refusal for every kind of actor."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.testing import TestClient

from jishi.kernel.actor import Actor, ActorKind
from jishi.kernel.errors import Refusal
from jishi.kernel.ids import new_id
from jishi.modules.catalog.api import router as catalog_router
from jishi.modules.catalog.tests.makers import OPERATOR, READER, SHIRT, shopify, take_in
from jishi.modules.inventory.api import router as inventory_router
from jishi.surfaces.api.imports import router as imports_router
from jishi.surfaces.refusals import status_of, words_of

pytestmark = pytest.mark.django_db

VISITOR = Actor(kind=ActorKind.VISITOR)
MEMBER = Actor(kind=ActorKind.MEMBER, id=new_id())
API = NinjaAPI(urls_namespace="test_catalog_and_inventory")
API.add_router("", catalog_router)
API.add_router("", inventory_router)
API.add_router("", imports_router)


@API.exception_handler(Refusal)
def say_no(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return API.create_response(
        request, {"code": refusal.code, "detail": words_of(refusal)}, status=status_of(refusal)
    )


CLIENT = TestClient(API)
NEW = {"title": "围巾", "variants": [{"price_minor": 5000, "sku": "R"}], "categories": [["服装"]]}


def test_everyone_lists_searches_and_reads() -> None:
    take_in(shopify(SHIRT, {**SHIRT, "Handle": "b", "Title": "裤子", "Variant Price": "99"}))

    listed = CLIENT.get("/products?text=衬衫", actor=VISITOR)
    page = CLIENT.get("/products/shirt", actor=VISITOR).json()

    assert [card["handle"] for card in listed.json()["items"]] == ["shirt"]
    assert (page["card"]["min_price_minor"], page["variants"][0]["is_for_sale"]) == (3600, True)
    assert "cost_minor" not in page["variants"][0]
    assert CLIENT.get("/search/suggestions?prefix=裤", actor=VISITOR).json() == ["裤子"]
    assert CLIENT.get("/categories", actor=VISITOR).status_code == 200
    assert CLIENT.get("/products/none", actor=VISITOR).status_code == 404


def test_pages_follow_the_cursor() -> None:
    take_in(shopify(*({**SHIRT, "Handle": f"s{n}"} for n in range(3))))
    first = CLIENT.get("/products?limit=2", actor=VISITOR).json()
    second = CLIENT.get(f"/products?{first['next'].rsplit('?', 1)[1]}", actor=VISITOR).json()
    assert len(first["items"]) == 2 and len(second["items"]) == 1 and second["next"] is None
    assert CLIENT.get("/products?sort=price&cursor=zzz", actor=VISITOR).status_code == 422


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=61", "sort=magic", "price_from_minor=-1", "text=" + "x" * 300]
)
def test_questions_that_cannot_be_are_refused(query: str) -> None:
    assert CLIENT.get(f"/products?{query}", actor=VISITOR).status_code == 422


def test_a_product_is_made_published_changed_and_put_away() -> None:
    made = CLIENT.post("/products", json=NEW, actor=OPERATOR)
    assert made.status_code == 201
    assert CLIENT.get("/products/围巾", actor=VISITOR).status_code == 404

    shown = CLIENT.post("/products/围巾/publish", actor=OPERATOR).json()
    stale = CLIENT.patch("/products/围巾", json={"title": "x", "stamp": 1}, actor=OPERATOR)
    changed = CLIENT.patch(
        "/products/围巾", json={"title": "长围巾", "stamp": shown["card"]["stamp"]}, actor=OPERATOR
    )
    variant = changed.json()["variants"][0]["id"]
    priced = CLIENT.patch(f"/variants/{variant}", json={"price_minor": 4000}, actor=OPERATOR)

    assert (stale.status_code, stale.json()["code"]) == (409, "changed_meanwhile")
    assert (changed.status_code, priced.status_code) == (200, 204)
    assert CLIENT.get("/products/围巾", actor=VISITOR).json()["card"]["min_price_minor"] == 4000
    assert CLIENT.post("/products/围巾/publish", actor=OPERATOR).status_code == 409
    assert CLIENT.post("/products/围巾/archive", actor=OPERATOR).json()["card"]["state"] == "archived"
    assert CLIENT.get("/products/围巾", actor=VISITOR).status_code == 404


def test_an_import_is_taken_for_later_and_can_be_asked_about() -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("products.csv", shopify(SHIRT), content_type="text/csv")
    taken = CLIENT.post("/imports", FILES={"file": file}, actor=OPERATOR)

    assert (taken.status_code, taken.json()["state"]) == (202, "waiting")
    again = CLIENT.get(f"/imports/{taken.json()['id']}", actor=OPERATOR).json()
    assert (again["filename"], again["issues"]) == ("products.csv", [])
    assert len(CLIENT.get("/imports", actor=OPERATOR).json()) == 1


def test_stock_is_counted_and_read() -> None:
    body: dict[str, Any] = {
        "kind": "counted",
        "variant_id": str(new_id()),
        "product_id": str(new_id()),
        "sku": "R",
        "quantity": 5,
        "key": "k1",
    }
    assert CLIENT.post("/stock/movements", json=body, actor=OPERATOR).status_code == 204
    off = {**body, "kind": "written_off", "quantity": 9, "key": "k2"}
    refused = CLIENT.post("/stock/movements", json=off, actor=OPERATOR)
    table = CLIENT.get("/stock?text=R", actor=OPERATOR).json()
    moved = CLIENT.get(f"/stock/{body['variant_id']}/movements", actor=OPERATOR).json()

    assert (refused.status_code, refused.json()["code"]) == (409, "below_held")
    assert (table["count"], table["items"][0]["sellable"]) == (1, 5)
    assert [row["kind"] for row in moved["items"]] == ["counted"]
    assert CLIENT.get("/locations", actor=OPERATOR).json()[0]["code"] == "main"


STAFF_ONLY: list[tuple[str, Callable[[Actor], Any]]] = [
    ("make", lambda actor: CLIENT.post("/products", json=NEW, actor=actor)),
    ("patch", lambda actor: CLIENT.patch("/products/none", json={"title": "x"}, actor=actor)),
    *[
        (verb, lambda actor, verb=verb: CLIENT.post(f"/products/none/{verb}", actor=actor))
        for verb in ("publish", "unpublish", "archive", "restore")
    ],
    ("variant", lambda actor: CLIENT.post("/products/none/variants", json={"price_minor": 1}, actor=actor)),
    ("price", lambda actor: CLIENT.patch(f"/variants/{new_id()}", json={"price_minor": 1}, actor=actor)),
    ("imports", lambda actor: CLIENT.get("/imports", actor=actor)),
    ("import", lambda actor: CLIENT.get(f"/imports/{new_id()}", actor=actor)),
    ("export", lambda actor: CLIENT.get("/products/export.csv", actor=actor)),
    ("stock", lambda actor: CLIENT.get("/stock", actor=actor)),
    ("movements", lambda actor: CLIENT.get(f"/stock/{new_id()}/movements", actor=actor)),
    ("locations", lambda actor: CLIENT.get("/locations", actor=actor)),
    ("location", lambda actor: CLIENT.post("/locations", json={"code": "a", "name": "a"}, actor=actor)),
]


@pytest.mark.parametrize("ask", [ask for _, ask in STAFF_ONLY], ids=[name for name, _ in STAFF_ONLY])
def test_only_staff_with_the_permission_get_further(ask: Callable[[Actor], Any]) -> None:
    assert (ask(VISITOR).status_code, ask(MEMBER).status_code, ask(READER).status_code) == (401, 403, 403)
    assert ask(OPERATOR).status_code not in (401, 403, 500)
