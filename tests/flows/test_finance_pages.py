"""The finance desk through its pages and its API: what people send and what becomes of it."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from jishi.flows.corrections import ask_correction
from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.modules.approvals.public import open_requests, request_view
from jishi.modules.finance.public import REFUND_LIMIT, close_of, limit_minor, set_limit
from jishi.modules.ledger.public import balances
from jishi.modules.orders.public import OrderState, order_view
from tests.flows.test_finance import finance, lose_capture, open_ones, paid_order, take
from tests.world import makers
from tests.world.web import ask, token_for

pytestmark = pytest.mark.django_db(transaction=True)


def browser(actor: Actor) -> Client:
    client = Client()
    member = get_user_model().objects.get(pk=actor.id)
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


def once() -> dict[str, str]:
    return {"once": str(ids.new_id())}


def send(client: Client, path: str, **values: Any) -> Any:
    return client.post(f"/console/{path}", {**once(), **values}, follow=True)


def test_a_big_refund_goes_through_two_browsers() -> None:
    set_limit(REFUND_LIMIT, value_minor=1_000, by=makers.OWNER)
    anna, bo = makers.make_member(role="service"), finance()
    _, order_id = paid_order()

    page = send(browser(anna), f"orders/{order_id}/refund/", reason="damaged", note="碎了", scope="all")

    assert "超过退款上限" in page.content.decode()
    (request,) = open_requests(by=makers.OWNER)
    shown = browser(bo).get(f"/console/approvals/{request.id}/").content.decode()
    assert "同意并执行" in shown
    assert "碎了" in shown
    assert "等另一个人审批" in browser(bo).get(f"/console/orders/{order_id}/").content.decode()
    done = send(browser(bo), f"approvals/{request.id}/approve/", note="照片看过")
    assert "事情已经办了" in done.content.decode()
    makers.run_jobs()
    assert order_view(order_id, by=makers.OWNER).state is OrderState.REFUNDED


def test_who_asked_sees_only_the_way_back() -> None:
    anna = finance()
    send(
        browser(anna),
        "ledger/entries/new/",
        debit="bank",
        credit="other_income",
        amount="12.86",
        reason="利息",
    )
    (request,) = open_requests(by=makers.OWNER)

    shown = browser(anna).get(f"/console/approvals/{request.id}/").content.decode()

    assert "撤回申请" in shown
    assert "同意并执行" not in shown
    refused = send(browser(anna), f"approvals/{request.id}/approve/")
    assert refused.status_code == 403
    assert balances() == []
    send(browser(anna), f"approvals/{request.id}/withdraw/")
    assert request_view(request.id, by=makers.OWNER).state == "withdrawn"


def test_an_entry_that_cannot_stand_is_said_beside_the_form() -> None:
    page = send(
        browser(finance()), "ledger/entries/new/", debit="bank", credit="bank", amount="1", reason="x"
    )

    assert page.status_code == 422
    assert "两个不同的科目" in page.content.decode()
    assert open_requests(by=makers.OWNER) == []


def test_a_difference_is_explained_and_corrected_from_its_page() -> None:
    anna = finance()
    _, order_id = paid_order()
    lose_capture(order_id)
    take()
    found = next(one for one in open_ones() if one.kind == "ledger_differs")
    page = browser(anna).get(f"/console/ledger/differences/{found.id}/").content.decode()
    assert "提交更正" in page

    send(browser(anna), f"ledger/differences/{found.id}/correct/", note="补记")

    assert "更正已提交" in browser(anna).get(f"/console/ledger/differences/{found.id}/").content.decode()
    (request,) = open_requests(by=makers.OWNER)
    send(browser(finance()), f"approvals/{request.id}/approve/")
    assert open_ones() == []


def test_finance_closes_a_day_in_the_console() -> None:
    anna = finance()
    with clock.held_at(datetime(2026, 6, 1, 4, tzinfo=UTC)):
        paid_order()
    with clock.held_at(datetime(2026, 6, 2, 4, tzinfo=UTC)):
        client = browser(anna)
        assert "对平了" in client.get("/console/ledger/closes/").content.decode()
        page = send(client, "ledger/closes/2026-06-01/seal/")
        assert "已关账" in page.content.decode()
        again = send(client, "ledger/closes/2026-06-01/seal/")
        assert again.status_code == 200
        assert close_of((clock.now() - timedelta(days=1)).date()) is not None


def test_the_journal_is_searched_by_amount_and_by_order_number() -> None:
    _, first = paid_order(price_minor=4_200)
    paid_order(price_minor=7_700)
    number = order_view(first, by=makers.OWNER).number
    client = browser(finance())
    minor = order_view(first, by=makers.OWNER).paid_minor

    by_number = client.get("/console/ledger/", {"about": number}).content.decode()
    by_amount = client.get("/console/ledger/", {"amount": f"{minor / 100:.2f}"}).content.decode()
    nothing = client.get("/console/ledger/", {"about": "no-such-order"}).content.decode()

    assert number in by_number
    assert "共 2 条" in by_number  # the payment and its fee
    assert "共 1 条" in by_amount
    assert "没有符合的分录" in nothing


def test_the_limit_is_set_on_the_page_of_budgets() -> None:
    send(browser(finance()), "budgets/limits/", limit="500")
    assert limit_minor(REFUND_LIMIT) == 50_000
    send(browser(makers.make_member(role="operator")), "budgets/limits/", limit="1")
    assert limit_minor(REFUND_LIMIT) == 50_000


def test_a_big_refund_by_api_is_accepted_and_not_made(fake_payments: Any) -> None:
    set_limit(REFUND_LIMIT, value_minor=1, by=makers.OWNER)
    _, order_id = paid_order()
    token = token_for(makers.make_member(role="service"))

    answer = ask("POST", f"/orders/{order_id}/refunds", {"reason": "late"}, token=token)

    assert answer.status_code == 202
    assert request_view(uuid.UUID(answer.json()["approval_id"]), by=makers.OWNER).kind == "refund"
    makers.run_jobs()
    assert fake_payments.refunds == {}


def test_the_api_asks_for_a_correction_and_approves_it() -> None:
    _, order_id = paid_order()
    lose_capture(order_id)
    take()
    found = next(one for one in open_ones() if one.kind == "ledger_differs")
    request_id = ask_correction(found.id, by=finance(), reason="补记")

    answer = ask("POST", f"/approvals/{request_id}/approve", {"note": "好"}, token=token_for(finance()))

    assert (answer.status_code, answer.json()["state"]) == (200, "approved")
    assert open_ones() == []
