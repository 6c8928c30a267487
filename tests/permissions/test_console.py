"""Every page of the console × every kind of person: who comes in, who is sent to log in, who is turned away."""

import uuid
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from django.urls import reverse

from jishi.modules.people.public import Role, permissions_of
from jishi.surfaces.console.urls import urlpatterns
from tests.world.makers import make_member
from tests.world.township import STAFF_ROLES, Town
from tests.world.township_fixture import _django_db_helper, town  # noqa: F401

pytestmark = pytest.mark.django_db
OPEN = {"login", "login_code", "logout", "enrol"}
# route → the permission that opens it; posts need the permission of their verb
NEEDS = {
    "home": "reports.view",
    "security": "console.view",
    "products": "catalog.edit",
    "product_new": "catalog.edit",
    "products_csv": "catalog.edit",
    "imports": "catalog.edit",
    "import": "catalog.edit",
    "product": "catalog.edit",
    "product_pictures": "catalog.edit",
    "variant_new": "catalog.edit",
    "variant": "catalog.edit",
    "product_step": "catalog.edit",
    "inventory": "inventory.view",
    "places": "inventory.view",
    "place": "inventory.edit",
    "variant_stock": "inventory.view",
    "orders": "orders.view",
    "orders_csv": "orders.view",
    "failed_refunds": "orders.refund",
    "order": "orders.view",
    "order_ship": "orders.fulfil",
    "order_cancel": "orders.cancel",
    "order_refund": "orders.refund",
    "order_receive": "orders.fulfil",
    "refund_retry": "orders.refund",
    "group_buys": "reports.view",
    "group_buy_choose": "plays.edit",
    "group_buy_new": "plays.edit",
    "group_buy_preview": "plays.edit",
    "teams": "reports.view",
    "team": "reports.view",
    "team_complete": "plays.edit",
    "live": "reports.view",
    "group_buy_edit": "plays.edit",
    "offer_publish": "plays.edit",
    "offer_close": "plays.edit",
    "offer_budget": "plays.edit",
    "roi": "reports.view",
    "roi_rows": "reports.view",
    "roi_csv": "reports.view",
    "members": "members.view",
    "member": "members.view",
    "member_role": "staff.manage",
    "staff": "staff.manage",
    "shares": "sharing.view",
    "shares_csv": "sharing.view",
    "sharer": "sharing.view",
    "ledger": "ledger.view",
    "ledger_csv": "ledger.view",
    "reconciliation": "ledger.view",
    "webhooks": "webhooks.manage",
    "webhook": "webhooks.manage",
    "delivery_again": "webhooks.manage",
    "webhook_act": "webhooks.manage",
    "shipping": "settings.edit",
    "tokens": "tokens.manage",
    "token_revoke": "tokens.manage",
}
POSTS = {
    "logout",
    "product_pictures",
    "variant_new",
    "variant",
    "product_step",
    "place",
    "order_ship",
    "order_cancel",
    "order_refund",
    "order_receive",
    "refund_retry",
    "group_buy_preview",
    "team_complete",
    "offer_publish",
    "offer_close",
    "offer_budget",
    "member_role",
    "delivery_again",
    "webhook_act",
    "token_revoke",
}


def address_of(name: str, town: Town) -> str:
    names = town.names
    ids = {
        "run_id": names["run"],
        "product_id": names["product"],
        "variant_id": names["variant"],
        "location_id": names["fresh"],
        "order_id": names["refused"] if name == "refund_retry" else names["paid"],
        "refund_id": names["refund"],
        "team_id": names["team"],
        "offer_id": names["draft_offer"] if name == "group_buy_edit" else names["offer"],
        "member_id": names["member"],
        "endpoint_id": names["endpoint"],
        "delivery_id": names["delivery"],
        "token_id": names["own_token"],
        "verb": {"product_step": "unpublish", "webhook_act": "save"}.get(name, ""),
    }
    pattern = next(route for route in urlpatterns if route.name == name)
    wanted = pattern.pattern.converters
    return reverse(f"console:{name}", kwargs={key: ids[key] for key in wanted})


def ask(client: Client, name: str, town: Town) -> int:
    """The status; whatever the request did is undone."""
    status = 0
    try:
        with transaction.atomic():
            address = address_of(name, town)
            answer = client.post(address) if name in POSTS else client.get(address)
            status = answer.status_code
            if answer.streaming:
                b"".join(answer.streaming_content)
            raise _Undone()
    except _Undone:
        return status


class _Undone(Exception):
    pass


@pytest.fixture(scope="module")
def clients(town: Town) -> Iterator[dict[str, Client]]:
    """One logged-in browser per kind."""
    found = {"visitor": Client()}
    for role in ("", *STAFF_ROLES):
        actor = make_member(role=role)
        client = Client()
        client.force_login(
            get_user_model().objects.get(id=actor.id), backend="django.contrib.auth.backends.ModelBackend"
        )
        found[role or "member"] = client
    yield found


def test_every_route_is_in_the_table() -> None:
    assert {route.name for route in urlpatterns} == set(NEEDS) | OPEN


@pytest.mark.parametrize("name", sorted(NEEDS))
def test_a_page_opens_for_its_permission_and_for_nobody_else(
    name: str,
    town: Town,
    clients: dict[str, Client],
) -> None:
    for kind, client in clients.items():
        status = ask(client, name, town)
        if kind == "visitor":
            assert status == 302, kind
        elif kind == "member":
            assert status == 403, kind
        elif NEEDS[name] in permissions_of(Role(kind)):
            assert status not in (401, 403) and status < 500, (kind, status)
        elif name == "home":
            assert status == 302, kind  # to the orders, which they may see
        else:
            assert status == 403, (kind, status)


def test_what_does_not_exist_is_missing_not_broken(town: Town, clients: dict[str, Client]) -> None:
    nothing = uuid.uuid4()
    owner = clients["owner"]
    for name, key in (
        ("order", "order_id"),
        ("product", "product_id"),
        ("live", "offer_id"),
        ("team", "team_id"),
    ):
        assert owner.get(reverse(f"console:{name}", kwargs={key: nothing})).status_code == 404, name
    assert owner.get(reverse("console:roi", kwargs={"offer_id": nothing})).status_code == 404
    assert owner.get(reverse("console:webhook", kwargs={"endpoint_id": nothing})).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "page=-1",
        "page=99999999999",
        "days=abc",
        "from=x&to=y",
        "from=2026-01-05&to=2026-01-01",
        "state=%00",
        "q=%27%25",
    ],
)
def test_odd_questions_get_a_page(query: str, town: Town, clients: dict[str, Client]) -> None:
    for name in (
        "home",
        "orders",
        "products",
        "inventory",
        "members",
        "ledger",
        "shares",
        "teams",
        "roi_rows",
    ):
        status = clients["owner"].get(f"{address_of(name, town)}?{query}").status_code
        assert status in (200, 422), (name, status)
