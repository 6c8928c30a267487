"""Every page of shop and console by the resolver's own list: nobody sees what is not theirs, nothing falls over.

A route of the console that is not in CONSOLE fails: whoever adds a page says here which permission it needs.
"""

import uuid
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client

from jishi.modules.people.public import PERMISSIONS_OF_ROLE, Role
from jishi.platform.models import FactRow
from tests.world.makers import make_member
from tests.world.pages import OWN_PARAMETERS, Page, address_of, pages
from tests.world.township import STAFF_ROLES, Town
from tests.world.web import ask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]

# name of a console route → the permission it needs to be looked at, and to be sent, where that is another one
CONSOLE: dict[str, tuple[str, ...]] = {
    "products": ("catalog.view",),
    "product_new": ("catalog.edit",),
    "products_csv": ("catalog.edit",),
    "imports": ("catalog.edit",),
    "import": ("catalog.edit",),
    "product": ("catalog.view", "catalog.edit"),
    "product_pictures": ("catalog.edit",),
    "product_picture": ("catalog.edit",),
    "variant_new": ("catalog.edit",),
    "variant": ("catalog.edit",),
    "product_step": ("catalog.edit",),
    "inventory": ("inventory.view",),
    "places": ("inventory.view",),  # the form is shown again; the operation asks for inventory.edit
    "place": ("inventory.edit",),
    "variant_stock": ("inventory.view",),  # as above
    "orders": ("orders.view",),
    "orders_csv": ("orders.view",),
    "failed_refunds": ("orders.refund",),
    "order": ("orders.view",),
    "order_ship": ("orders.fulfil",),
    "order_cancel": ("orders.cancel",),
    "order_refund": ("orders.refund",),
    "order_receive": ("orders.fulfil",),
    "refund_retry": ("orders.refund",),
    "cases": ("cases.view",),
    "case": ("cases.view",),
    "case_agree": ("cases.decide",),
    "case_refuse": ("cases.decide",),
    "case_arrive": ("cases.decide",),
    "case_accept": ("cases.decide",),
    "case_sort": ("cases.decide",),
    "case_talk": ("cases.decide",),
    "notes": ("notes.view",),
    "note": ("notes.view",),
    "note_plan": ("notes.view",),
    "feed_weights": ("notes.view",),
    "keep_weights": ("notes.edit",),
    "note_decide": ("notes.edit",),
    "note_reschedule": ("notes.edit",),
    "note_creator": ("notes.edit",),
    "reviews": ("reviews.view",),
    "review_show": ("reviews.moderate",),
    "review_hide": ("reviews.moderate",),
    "review_reply": ("reviews.moderate",),
    "group_buys": ("reports.view",),
    "group_buy_choose": ("plays.edit",),
    "group_buy_new": ("plays.edit",),
    "group_buy_preview": ("plays.edit",),
    "teams": ("reports.view",),
    "team": ("reports.view",),
    "team_complete": ("plays.edit",),
    "live": ("reports.view",),
    "group_buy_edit": ("plays.edit",),
    "offer_publish": ("plays.edit",),
    "offer_close": ("plays.edit",),
    "offer_budget": ("plays.edit",),
    "flash_sales": ("reports.view",),
    "flash_sale_choose": ("plays.edit",),
    "flash_sale_preview": ("plays.edit",),
    "flash_sale_live": ("reports.view",),
    "flash_sale_edit": ("plays.edit",),
    "flash_sale_publish": ("plays.edit",),
    "flash_sale_close": ("plays.edit",),
    "flash_sale_units": ("plays.edit",),
    "flash_sale_budget": ("plays.edit",),
    "roi": ("reports.view",),
    "communities": ("community.view",),
    "community": ("community.view",),
    "community_new": ("community.edit",),
    "community_edit": ("community.edit",),
    "community_step": ("community.edit",),
    "community_shelf": ("community.edit",),
    "community_cover": ("community.edit",),
    "plays": ("reports.view",),
    "play_publish": ("plays.edit",),
    "play_close": ("plays.edit",),
    "play_budget": ("plays.edit",),
    "play_roi": ("reports.view",),
    "packets": ("reports.view",),
    "packet_choose": ("plays.edit",),
    "packet_preview": ("plays.edit",),
    "packet_live": ("reports.view",),
    "packet_edit": ("plays.edit",),
    "draws": ("reports.view",),
    "draw_choose": ("plays.edit",),
    "draw_preview": ("plays.edit",),
    "draw_live": ("reports.view",),
    "draw_edit": ("plays.edit",),
    "campaigns": ("reports.view",),
    "what_if": ("reports.view",),
    "campaign": ("reports.view",),
    "campaign_new": ("plays.edit",),
    "campaign_edit": ("plays.edit",),
    "campaign_publish": ("plays.edit",),
    "campaign_close": ("plays.edit",),
    "price_offers": ("promotions.view",),
    "price_check": ("promotions.view",),
    "price_offer_new": ("promotions.edit",),
    "price_offer": ("promotions.view", "promotions.edit"),
    "price_offer_edit": ("promotions.edit",),
    "price_offer_step": ("promotions.edit",),
    "batch_step": ("promotions.edit",),
    "batch_codes": ("promotions.edit",),
    "bargains": ("reports.view",),
    "bargain_choose": ("plays.edit",),
    "bargain_new": ("plays.edit",),
    "bargain_preview": ("plays.edit",),
    "bargain_live": ("reports.view",),
    "bargain_edit": ("plays.edit",),
    "roi_rows": ("reports.view",),
    "roi_csv": ("reports.view",),
    "members": ("members.view",),
    "member": ("members.view",),
    "member_role": ("staff.manage",),
    "staff": ("staff.manage",),
    "shares": ("sharing.view",),
    "shares_csv": ("sharing.view",),
    "sharer": ("sharing.view",),
    "ledger": ("ledger.view",),
    "ledger_csv": ("ledger.view",),
    "reconciliation": ("ledger.view",),
    "accounts": ("ledger.view",),
    "entry": ("ledger.adjust",),
    "differences": ("ledger.view",),
    "statement_fetch": ("ledger.adjust",),
    "difference": ("ledger.view",),
    "difference_act": ("ledger.adjust",),
    "closes": ("ledger.view",),
    "close": ("ledger.view",),
    "close_seal": ("ledger.adjust",),
    "budgets": ("reports.view",),
    "budget_seen": ("ledger.view",),
    "limits": ("ledger.adjust",),
    "events": ("community.view",),
    "event_new": ("community.edit",),
    "event": ("community.view",),
    "event_edit": ("community.edit",),
    "event_act": ("community.edit",),
    "incentive_rules": ("community.view",),  # saving asks for community.edit
    "moderation": ("moderation.view",),
    "moderation_item": ("moderation.view",),
    "item_claim": ("moderation.decide",),
    "item_decide": ("moderation.decide",),
    "lexicons": ("moderation.view",),
    "lexicon_new": ("moderation.decide",),
    "lexicon": ("moderation.view",),
    "lexicon_act": ("moderation.decide",),
    "rule_numbers": ("moderation.view",),
    "sanctions": ("moderation.view",),
    "sanction_lift": ("moderation.decide",),
    "approvals": ("approvals.view",),
    "approval": ("approvals.view",),
    "approval_answer": ("approvals.view",),  # the operation asks for approvals.decide
    "loyalty": ("loyalty.view",),
    "loyalty_lots": ("loyalty.view",),
    "loyalty_entries": ("loyalty.view",),
    "loyalty_debts": ("loyalty.view",),
    "loyalty_member": ("loyalty.view",),
    "loyalty_adjust": ("loyalty.edit",),
    "loyalty_terms": ("loyalty.edit",),
    "loyalty_tiers": ("loyalty.view",),
    "loyalty_missions": ("loyalty.view",),
    "loyalty_rewards": ("loyalty.view",),
    "loyalty_exchanges": ("loyalty.view",),
    "loyalty_exchange": ("loyalty.edit",),
    "loyalty_plans": ("loyalty.view",),
    "loyalty_edit": ("loyalty.edit",),
    "webhooks": ("webhooks.manage",),
    "webhook": ("webhooks.manage",),
    "delivery_again": ("webhooks.manage",),
    "webhook_act": ("webhooks.manage",),
    "shipping": ("settings.edit",),
    "tokens": ("tokens.manage",),
    "token_revoke": ("tokens.manage",),
    "home": ("console.view",),
    "security": ("console.view",),
    # who is nobody yet, or about to show the second factor
    "login": (),
    "login_code": (),
    "enrol": (),
    "logout": (),
}
ROUTES = pages()


def test_there_are_pages_to_walk() -> None:
    assert len(ROUTES) > 30
    assert {"cart", "order", "home"} <= {page.name for page in ROUTES}


def test_every_console_page_is_listed_with_its_permission() -> None:
    found = sorted(page.name for page in ROUTES if page.is_of_console)

    assert found == sorted(CONSOLE)
    assert {name for names in CONSOLE.values() for name in names} <= set(PERMISSIONS_OF_ROLE[Role.OWNER])


@pytest.mark.parametrize(
    "page", [p for p in ROUTES if not p.is_of_console], ids=lambda page: page.name or page.route
)
def test_pages_of_the_shop_stand_and_own_pages_are_nobody_elses(town: Town, page: Page) -> None:
    path = address_of(page, town)
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
    """Only a refusal is looked at here, and that a refused write has written nothing."""
    path = address_of(page, town)
    people = {role: make_member(role=role) for role in STAFF_ROLES}
    for role, person in [("", None), ("member", town.member), *people.items()]:
        client = _client(person.id if person else None)
        for method, place in (("get", 0), ("post", -1)):
            mark, before = transaction.savepoint(), FactRow.objects.count()
            response = getattr(client, method)(path)
            told = (page.name, method, role, response.status_code)
            assert response.status_code < 500, told
            if CONSOLE[page.name] and not _may(role, CONSOLE[page.name][place]):
                assert _is_refused(response), told
                assert FactRow.objects.count() == before, told
            elif role in STAFF_ROLES:
                assert response.status_code not in (401, 403), told
            transaction.savepoint_rollback(mark)


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/products/x/y/z", "/orders/not-an-id", "/", "/orders/" + str(uuid.UUID(int=0)) + "/"],
)
def test_addresses_that_there_are_not_are_problems(path: str) -> None:
    answer = ask("GET", path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer["Content-Type"] == "application/problem+json"


def _may(role: str, permission: str) -> bool:
    return role in STAFF_ROLES and permission in PERMISSIONS_OF_ROLE[Role(role)]


def _is_refused(response: Any) -> bool:
    """No such page for you, or log in first."""
    sent_to = response.headers.get("Location", "")
    return response.status_code in (401, 403, 404, 405) or (
        response.status_code in (302, 303) and "login" in sent_to
    )


def _client(member_id: uuid.UUID | None) -> Client:
    client = Client(raise_request_exception=False)
    if member_id is not None:
        member = get_user_model().objects.get(pk=member_id)
        client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client
