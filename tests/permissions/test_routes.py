"""Every route × every kind of caller. A route that is missing here fails; so does one that lets in anybody else.

A refusal must also have changed nothing: no fact, no step of history, no kept answer.
"""

import json
from typing import Any

import pytest
from django.db import transaction

from jishi.platform.models import FactRow, HistoryRow, OnceRow
from jishi.surfaces.api.limits import forget_callers
from jishi.surfaces.api.openapi import document
from tests.permissions.aftersales_rows import AFTERSALES
from tests.permissions.community_rows import COMMUNITY
from tests.permissions.content_rows import CONTENT
from tests.permissions.finance_rows import FINANCE
from tests.permissions.incentive_rows import INCENTIVES
from tests.permissions.loyalty_rows import LOYALTY_ROWS
from tests.permissions.note_rows import NOTES
from tests.permissions.price_rows import PRICE_ROWS
from tests.permissions.rows import (
    ALL,
    EDITORS,
    LEDGER,
    OWNER,
    PEOPLE,
    REFUNDING,
    REPORTERS,
    SELF,
    SERVING,
    STAFF,
    VISITING,
    WRITERS,
    Row,
)
from tests.world.township import KINDS, Town
from tests.world.web import API, ask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]

ITEM = {"variant_id": "{variant}"}
CAMPAIGN = {
    "name": "年货节",
    "slug": "another-days",
    "opens_at": "2030-01-01T00:00:00Z",
    "closes_at": "2030-02-01T00:00:00Z",
    "blocks": [{"kind": "banner", "title": "年货"}],
}
BARGAIN = {
    "product_id": "{bargain_product}",
    "variant_id": "{bargain_variant}",
    "name": "砍价",
    "floor_minor": 2200,
    "helpers": 4,
    "units": 5,
    "opens_at": "2030-01-01T00:00:00Z",
    "closes_at": "2030-02-01T00:00:00Z",
}
OFFER = {
    "product_id": "{product}",
    "name": "拼团",
    "team_size": 2,
    "opens_at": "2026-01-01T00:00:00Z",
    "closes_at": "2199-01-01T00:00:00Z",
    "prices": [{"variant_id": "{variant}", "price_minor": 2000}],
}
SALE = {
    "name": "整点秒杀",
    "opens_at": "2026-01-01T00:00:00Z",
    "closes_at": "2199-01-01T00:00:00Z",
    "items": [{"variant_id": "{flash_variant}", "price_minor": 1990, "units": 2}],
}
PACKETS = {
    "name": "红包",
    "total_minor": 900,
    "share_count": 3,
    "opens_at": "2026-01-01T00:00:00Z",
    "closes_at": "2199-01-01T00:00:00Z",
}
DRAW = {
    "name": "抽奖",
    "check_in_daily": 1,
    "prizes": [{"name": "现金", "kind": "money", "stock": 2, "odds_bp": 100, "amount_minor": 100}],
    "opens_at": "2026-01-01T00:00:00Z",
    "closes_at": "2199-01-01T00:00:00Z",
}
PLACE = {"name": "王", "phone": "13900000000", "region_code": "310101", "line": "南京东路"}
RATE = {"first_grams": 1000, "first_minor": 800, "step_grams": 500, "step_minor": 200}
MOVE = {
    "kind": "received",
    "variant_id": "{variant}",
    "product_id": "{product}",
    "sku": "S",
    "quantity": 1,
    "key": "k",
}


TABLE = (
    *LOYALTY_ROWS,
    # coming in
    Row("create_visitor", "/visitors", ALL),
    Row("request_code", "/auth/codes", ALL, {"phone": "13811112222"}),
    Row("create_session", "/auth/sessions", ALL, {"phone": "13811112222", "code": "000000"}, (422,)),
    Row("end_session", "/auth/sessions/current", PEOPLE),
    Row("list_tokens", "/tokens", PEOPLE),
    Row("create_api_token", "/tokens", WRITERS, {"name": "x", "scopes": ["shop.read"]}),
    Row("revoke_api_token", "/tokens/{own_token}", frozenset({"member", "owner"})),
    # oneself
    Row("get_me", "/me", PEOPLE),
    Row("change_me", "/me", WRITERS, {"nickname": "新名字"}),
    Row("list_addresses", "/me/addresses", PEOPLE),
    Row("create_address", "/me/addresses", WRITERS, PLACE),
    Row("replace_address", "/me/addresses/{address}", frozenset({"member"}), PLACE),
    Row("delete_address", "/me/addresses/{address}", frozenset({"member"})),
    Row("create_rush_pass", "/rush/pass", WRITERS),
    Row("list_notices", "/me/notices", PEOPLE),
    Row("list_notice_choices", "/me/notices/choices", PEOPLE),
    Row("set_notice_choice", "/me/notices/choices/community_digest", WRITERS, {"is_on": False}),
    Row("read_notices", "/me/notices/read", WRITERS),
    Row("list_own_teams", "/me/teams", PEOPLE),
    Row("list_own_credits", "/me/credits", PEOPLE),
    Row("get_own_sharing", "/me/sharing", PEOPLE),
    Row("get_wallet", "/me/wallet", PEOPLE),
    Row("list_regions", "/regions", ALL),
    # the catalogue
    Row("list_products", "/products", ALL),
    Row("get_product", "/products/live-goods", ALL),
    Row("get_availability", "/products/live-goods/availability", ALL),
    Row("list_categories", "/categories", ALL),
    Row("list_suggestions", "/search/suggestions?prefix=a", ALL),
    Row("list_all_products", "/staff/products", REPORTERS),
    Row("create_product", "/products", EDITORS, {"title": "新品", "variants": [{"price_minor": 1}]}),
    Row("change_product", "/products/live-goods", EDITORS, {"title": "改名"}),
    Row("publish_product", "/products/draft-goods/publish", EDITORS),
    Row("unpublish_product", "/products/live-goods/unpublish", EDITORS),
    Row("archive_product", "/products/live-goods/archive", EDITORS),
    Row("restore_product", "/products/away-goods/restore", EDITORS),
    Row(
        "create_variant",
        "/products/live-goods/variants",
        EDITORS,
        {"price_minor": 5, "option_values": []},
        (409,),  # it has this variant already: said to those who may know
    ),
    Row("change_variant", "/variants/{variant}", EDITORS, {"price_minor": 5000}),
    Row("export_products", "/products/export.csv", EDITORS),
    Row("request_product_import", "/imports", EDITORS, None, (422,)),  # without a file
    Row("list_imports", "/imports", EDITORS),
    Row("get_import", "/imports/{run}", EDITORS),
    # stock
    Row("list_stock", "/stock", OWNER | {"operator", "finance", "read_only"}),
    Row("list_movements", "/stock/{variant}/movements", OWNER | {"operator", "finance", "read_only"}),
    Row("move_stock", "/stock/movements", EDITORS, MOVE),
    Row("list_locations", "/locations", OWNER | {"operator", "finance", "read_only"}),
    Row("create_location", "/locations", EDITORS, {"code": "b", "name": "二号仓"}),
    # buying
    Row("get_cart", "/cart", ALL),
    Row("add_cart_line", "/cart/lines", VISITING, ITEM),
    Row("change_line", "/cart/lines/{fresh}", VISITING, {"quantity": 1}),
    Row("remove_line", "/cart/lines/{fresh}", VISITING),
    Row("quote_order", "/quotes", ALL, {"items": [ITEM]}),
    Row("place_order", "/orders", frozenset({"member"}), {"items": [ITEM], "address_id": "{address}"}),
    Row("list_orders", "/orders", PEOPLE),
    Row("list_all_orders", "/staff/orders", STAFF),
    Row("get_order", "/orders/{paid}", SELF | STAFF),
    Row("list_order_history", "/orders/{paid}/history", SELF | STAFF),
    Row("cancel_order", "/orders/{placed}/cancel", SERVING | {"member"}, {}),
    Row("confirm_receipt", "/orders/{shipped}/receive", SERVING | {"member"}),
    Row("create_refund", "/orders/{paid}/refunds", REFUNDING | {"member"}, {}),
    Row("list_refunds", "/orders/{refused}/refunds", SELF | STAFF),
    Row("create_shipment", "/orders/{paid}/shipments", SERVING, {"carrier": "顺丰", "tracking_number": "S"}),
    Row("retry_refund", "/refunds/{refund}/retry", REFUNDING),
    # paying
    Row("list_payment_providers", "/payment-providers", ALL),
    Row(
        "create_payment",
        "/orders/{placed}/payments",
        frozenset({"member"}),
        {"provider": "fake"},
        refusals=(403, 404, 409),  # staff see the order, and that it is not for them to pay
    ),
    Row("list_payments", "/orders/{paid}/payments", SELF | STAFF),
    Row("check_payment", "/payments/{payment}/check", STAFF | {"member"}),
    # group buying
    Row("list_offers", "/offers", ALL),
    Row("get_offer", "/offers/{offer}", ALL),
    Row("list_teams", "/teams", ALL),
    Row("get_team", "/teams/{team}", ALL),
    Row("list_all_offers", "/staff/offers", REPORTERS),
    Row("list_all_teams", "/staff/teams", REPORTERS),
    Row("create_group_offer", "/offers", EDITORS, OFFER),
    Row("replace_offer", "/offers/{draft_offer}", EDITORS, OFFER),
    Row("publish_group_offer", "/offers/{draft_offer}/publish", EDITORS),
    Row("close_group_offer", "/offers/{offer}/close", EDITORS),
    Row("raise_offer_budget", "/offers/{offer}/budget", EDITORS, {"by_minor": 5, "grant_id": "{fresh}"}),
    Row("create_friend_seat", "/teams/{team}/friend-seat", frozenset({"member"})),
    Row(
        "close_team",
        "/teams/{team}/close",
        EDITORS | {"member"},
        None,
        (409,),  # it is still short of people
    ),
    Row("complete_team", "/teams/{team}/complete", EDITORS),
    # bargains
    Row("list_bargain_offers", "/bargain-offers", ALL),
    Row("get_bargain_offer", "/bargain-offers/{play}", ALL),
    Row(
        "launch_own_bargain",
        "/bargain-offers/{play}/bargains",
        WRITERS,
        {"bargain_id": "{fresh}"},
        (409,),  # the member bargains already
    ),
    Row("get_bargain", "/bargains/{bargain}", ALL),
    Row("help_with_bargain", "/bargains/{bargain}/helps", WRITERS, None, (409,)),  # not one's own
    Row("order_own_bargain", "/bargains/{bargain}/order", frozenset({"member"}), {"address_id": "{address}"}),
    Row("list_own_bargains", "/me/bargains", PEOPLE),
    Row("list_all_bargain_offers", "/staff/bargain-offers", REPORTERS),
    Row("create_bargain_offer", "/bargain-offers", EDITORS, BARGAIN),
    Row("replace_bargain_offer", "/bargain-offers/{draft_play}", EDITORS, BARGAIN),
    Row("publish_bargain_offer", "/bargain-offers/{draft_play}/publish", EDITORS),
    Row("close_bargain_offer", "/bargain-offers/{play}/close", EDITORS),
    Row(
        "raise_bargain_budget",
        "/bargain-offers/{play}/budget",
        EDITORS,
        {"by_minor": 5, "grant_id": "{fresh}"},
    ),
    # red packets
    Row("list_red_packets", "/red-packets", ALL),
    Row("get_red_packet", "/red-packets/{packet}", ALL),
    Row("open_red_packet", "/red-packets/{packet}/open", WRITERS, {}),
    Row("list_own_red_packets", "/me/red-packets", PEOPLE),
    Row("send_red_packet", "/me/red-packets", WRITERS, {"total_minor": 9, "share_count": 3}, (409,)),
    Row("list_packet_plays", "/staff/red-packets", REPORTERS),
    Row("create_packet_play", "/staff/red-packets", EDITORS, PACKETS),
    Row("replace_packet_play", "/staff/red-packets/{packet_draft}", EDITORS, PACKETS),
    Row("publish_packet_play", "/staff/red-packets/{packet_draft}/publish", EDITORS),
    Row("close_packet_play", "/staff/red-packets/{packet_play}/close", EDITORS),
    # lucky draws
    Row("list_draws", "/draws", ALL),
    Row("get_draw", "/draws/{draw}", ALL),
    Row("list_winners", "/draws/{draw}/winners", ALL),
    Row("list_own_tickets", "/draws/{draw}/tickets", PEOPLE),
    Row("check_in_to_draw", "/draws/{draw}/check-in", WRITERS, None),
    Row("spin_draw_ticket", "/tickets/{ticket}/spin", frozenset({"member"}), {"client_seed": "x"}),
    Row("list_own_prizes", "/me/prizes", PEOPLE),
    Row("order_prize", "/me/prizes/{voucher}/order", frozenset({"member"}), {"address_id": "{address}"}),
    Row("list_all_draws", "/staff/draws", REPORTERS),
    Row("create_lucky_draw", "/staff/draws", EDITORS, DRAW),
    Row("replace_lucky_draw", "/staff/draws/{draw_draft}", EDITORS, DRAW),
    Row("publish_lucky_draw", "/staff/draws/{draw_draft}/publish", EDITORS),
    Row("close_lucky_draw", "/staff/draws/{draw}/close", EDITORS),
    # campaigns
    Row("list_campaigns", "/campaigns", ALL),
    Row("get_campaign", "/campaigns/town-days", ALL),
    Row("list_all_campaigns", "/staff/campaigns", REPORTERS),
    Row("create_campaign_page", "/staff/campaigns", EDITORS, CAMPAIGN),
    Row("replace_campaign", "/staff/campaigns/{draft_campaign}", EDITORS, CAMPAIGN | {"version": 1}),
    Row("publish_campaign_page", "/staff/campaigns/{draft_campaign}/publish", EDITORS),
    Row("close_campaign_page", "/staff/campaigns/{campaign}/close", EDITORS),
    Row("get_campaign_report", "/reports/campaigns/{campaign}", REPORTERS),
    Row("simulate_campaign", "/reports/what-if", REPORTERS, {"reach": 100, "price_minor": 1000}),
    Row("list_festivals", "/festivals", REPORTERS),
    # sharing
    Row("create_share_link", "/share-links", WRITERS, {"target_kind": "shop"}),
    Row("get_share_link", "/share-links/{code}", ALL),
    Row("create_touch", "/touches", VISITING, {"code": "{code}"}),
    Row("list_sharers", "/staff/sharers", REPORTERS),
    Row("list_credits", "/staff/credits", REPORTERS),
    # staff
    Row("list_members", "/members", STAFF),
    Row("get_member", "/members/{member}", STAFF),
    Row("set_role", "/members/{member}/role", OWNER, {"role": "service"}),
    Row("list_roles", "/roles", STAFF),
    Row("list_shipping_rates", "/shipping/rates", STAFF),
    Row("replace_shipping_rates", "/shipping/rates", OWNER, {"name": "标准", "rates": [RATE]}),
    Row("get_dashboard", "/reports/dashboard", REPORTERS),
    # flash sales
    Row("list_flash_sales", "/flash-sales", ALL),
    Row("get_flash_sale", "/flash-sales/{flash_play}", ALL),
    Row(
        "place_flash_order",
        "/flash-sales/orders",
        frozenset({"member"}),
        {"item_id": "{flash_item}", "address_id": "{address}"},
    ),
    Row("get_flash_claim", "/flash-sales/claims/{claim}", SELF),
    Row("ask_flash_reminder", "/flash-sales/{flash_coming}/reminder", WRITERS),
    Row("drop_flash_reminder", "/flash-sales/{flash_coming}/reminder", WRITERS),
    Row("list_all_flash_sales", "/staff/flash-sales", REPORTERS),
    Row("get_flash_balances", "/staff/flash-sales/{flash_play}/balances", REPORTERS),
    Row("create_flash_sale", "/staff/flash-sales", EDITORS, SALE),
    Row("replace_flash_sale", "/staff/flash-sales/{flash_draft}", EDITORS, SALE),
    Row("publish_flash_sale", "/staff/flash-sales/{flash_draft}/publish", EDITORS),
    Row("close_flash_sale", "/staff/flash-sales/{flash_play}/close", EDITORS),
    Row("change_flash_units", "/staff/flash-sales/items/{flash_item}/units", EDITORS, {"units": 6}),
    Row("get_group_buy_report", "/reports/group-buys/{offer}", REPORTERS),
    Row("get_play_report", "/reports/plays/{play}", REPORTERS),
    Row("list_group_buy_rows", "/reports/group-buys/{offer}/rows", REPORTERS),
    Row("export_group_buy_rows", "/reports/group-buys/{offer}/rows.csv", REPORTERS),
    Row("list_balances", "/ledger/balances", LEDGER),
    Row("list_journal", "/ledger/journal", LEDGER),
    Row("get_reconciliation", "/ledger/reconciliation", LEDGER),
    *(Row(*row) for row in COMMUNITY),
    *(Row(*row) for row in FINANCE),
    *PRICE_ROWS,
    *(Row(*row) for row in AFTERSALES),
    *(Row(*row) for row in CONTENT),
    *(Row(*row) for row in INCENTIVES),
    *(Row(*row) for row in NOTES),
    # webhooks
    Row("list_facts", "/webhooks/facts", OWNER),
    Row("list_endpoints", "/webhooks/endpoints", OWNER),
    Row("create_webhook_endpoint", "/webhooks/endpoints", OWNER, {"url": "https://hooks.example/b"}),
    Row("get_endpoint", "/webhooks/endpoints/{endpoint}", OWNER),
    Row("change_webhook_endpoint", "/webhooks/endpoints/{endpoint}", OWNER, {"description": "x"}),
    Row("delete_endpoint", "/webhooks/endpoints/{endpoint}", OWNER),
    Row("rotate_endpoint_secret", "/webhooks/endpoints/{endpoint}/secret", OWNER),
    Row("send_test_delivery", "/webhooks/endpoints/{endpoint}/test", OWNER),
    Row("list_deliveries", "/webhooks/deliveries", OWNER),
    Row("repeat_delivery", "/webhooks/deliveries/{delivery}/redeliver", OWNER),
)


def declared() -> dict[str, tuple[str, str]]:
    return {
        operation["operationId"]: (method.upper(), path)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    }


def name_of(row: Row) -> str:
    return row.operation


def test_the_table_has_every_route_once() -> None:
    """`publish_product` and others have another name as functions: the table goes by the operation id."""
    listed = [row.operation for row in TABLE]

    assert sorted(listed) == sorted(declared())
    assert len(set(listed)) == len(listed)


def test_every_address_of_the_table_is_the_declared_one() -> None:
    for row in TABLE:
        wanted = declared()[row.operation][1].removeprefix(API).strip("/").split("/")
        given = row.path.partition("?")[0].strip("/").split("/")
        assert len(wanted) == len(given), row
        assert all(
            part.startswith("{") or part == asked for part, asked in zip(wanted, given, strict=True)
        ), row


@pytest.mark.parametrize("row", TABLE, ids=name_of)
def test_only_those_who_may_are_let_in(town: Town, row: Row) -> None:
    method = declared()[row.operation][0]
    path = row.path.format(**town.names)
    body = json.loads(json.dumps(row.body)) if row.body is not None else None
    for kind in KINDS:
        forget_callers()
        before = _written()
        mark = transaction.savepoint()
        visitor = town.visitor if kind == "visitor" else ""
        if row.operation == "create_touch":
            visitor = town.visitor
        response = ask(method, path, _filled(body, town), token=town.tokens[kind], visitor=visitor)
        told = (row.operation, kind, response.status_code, getattr(response, "content", b"")[:300])
        if kind in row.may:
            assert response.status_code < 400 or response.status_code in row.other_answers, told
        else:
            assert response.status_code in ((401,) if kind == "visitor" else row.refusals), told
            assert response["Content-Type"] == "application/problem+json", told
            assert _written() == before, f"{told} was refused and wrote something"
        transaction.savepoint_rollback(mark)


def _written() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (FactRow, HistoryRow, OnceRow))


def _filled(body: Any, town: Town) -> Any:
    if isinstance(body, str) and body.startswith("{"):
        return body.format(**town.names)
    if isinstance(body, dict):
        return {name: _filled(value, town) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, town) for value in body]
    return body
