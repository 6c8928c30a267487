"""Orders in the console: what the table says, shipping, refunding, cancelling, exporting."""

import csv
import io
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jishi.flows.refunds import carry_out_refund
from jishi.kernel.actor import Actor
from jishi.modules.inventory.public import sellable_by_variant
from jishi.modules.orders.public import OrderState, order_view
from jishi.modules.payments.public import RefundState, refunds_of_order
from tests.world import fake_provider
from tests.world.makers import OWNER, buy, make_member, make_product, pay

pytestmark = pytest.mark.django_db(transaction=True)
BrowserOf = Callable[[Actor], Client]


@pytest.fixture
def owner(browser_of: BrowserOf) -> Client:
    return browser_of(make_member(role="owner"))


def paid_order(*, quantity: int = 2, stock: int = 10) -> tuple[uuid.UUID, uuid.UUID]:
    variant, member = make_product(stock=stock), make_member(nickname="阿苏")
    order_id = buy(member, variant, quantity=quantity)
    pay(member, order_id)
    return order_id, variant


def once_of(client: Client, order_id: uuid.UUID) -> str:
    page = client.get(f"/console/orders/{order_id}/").content.decode()
    return re.search(r'name="once" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]


def view(order_id: uuid.UUID) -> Any:
    return order_view(order_id, by=OWNER)


def test_an_order_ships_whole_with_its_parcel(owner: Client) -> None:
    order_id, _ = paid_order()
    parcel = {"once": once_of(owner, order_id), "carrier": "顺丰速运", "tracking_number": "SF123"}
    answer = owner.post(f"/console/orders/{order_id}/ship/", parcel, follow=True)
    assert "已发货" in answer.content.decode() and "SF123" in answer.content.decode()
    assert view(order_id).state is OrderState.SHIPPED
    found = owner.get("/console/orders/?q=SF123").content.decode()
    assert view(order_id).number in found


def test_the_same_form_sent_twice_ships_once(owner: Client) -> None:
    order_id, _ = paid_order(quantity=2)
    line = view(order_id).lines[0].id
    form = {
        "once": once_of(owner, order_id),
        "carrier": "圆通",
        "tracking_number": "YT1",
        f"ship:{line}": "1",
    }
    for _ in range(2):
        owner.post(f"/console/orders/{order_id}/ship/", form)
    assert view(order_id).state is OrderState.PARTLY_SHIPPED
    assert view(order_id).lines[0].shipped_quantity == 1


def test_shipping_without_a_tracking_number_is_refused_and_ships_nothing(owner: Client) -> None:
    order_id, _ = paid_order()
    form = {"once": once_of(owner, order_id), "carrier": "顺丰", "tracking_number": " "}
    answer = owner.post(f"/console/orders/{order_id}/ship/", form, follow=True)
    assert "请填写快递公司和运单号" in answer.content.decode()
    assert view(order_id).state is OrderState.PAID and not view(order_id).shipments


def test_a_refund_of_one_unit_gives_back_its_money_and_its_stock(owner: Client) -> None:
    order_id, variant = paid_order(quantity=2, stock=10)
    line = view(order_id).lines[0]
    form = {"once": once_of(owner, order_id), "scope": "some", "reason": "damaged", f"refund:{line.id}": "1"}
    for _ in range(2):
        owner.post(f"/console/orders/{order_id}/refund/", form)
    refunds = refunds_of_order(order_id)
    assert [refund.amount_minor for refund in refunds] == [line.total_minor // 2]
    assert sellable_by_variant([variant])[variant] == 9
    assert "商品损坏" in owner.get(f"/console/orders/{order_id}/").content.decode()


def test_a_refund_needs_a_reason(owner: Client) -> None:
    order_id, _ = paid_order()
    form = {"once": once_of(owner, order_id), "scope": "all", "reason": "because"}
    answer = owner.post(f"/console/orders/{order_id}/refund/", form, follow=True)
    assert "请选择退款原因" in answer.content.decode()
    assert not refunds_of_order(order_id)


def test_a_failed_refund_is_listed_and_can_be_sent_again(owner: Client) -> None:
    order_id, _ = paid_order()
    form = {"once": once_of(owner, order_id), "scope": "all", "reason": "late"}
    owner.post(f"/console/orders/{order_id}/refund/", form)
    refund = refunds_of_order(order_id)[0]
    fake_provider.book.refuse_refunds = 1
    assert carry_out_refund(refund.id) is RefundState.FAILED
    assert str(order_id) in owner.get("/console/orders/refunds/failed/").content.decode()
    again = {"once": str(uuid.uuid4())}
    owner.post(f"/console/orders/{order_id}/refunds/{refund.id}/retry/", again)
    assert carry_out_refund(refund.id) is RefundState.SUCCEEDED
    assert str(order_id) not in owner.get("/console/orders/refunds/failed/").content.decode()


def test_an_unpaid_order_is_cancelled_and_its_stock_is_free(owner: Client) -> None:
    variant = make_product(stock=5)
    order_id = buy(make_member(), variant, quantity=2)
    assert sellable_by_variant([variant])[variant] == 3
    owner.post(f"/console/orders/{order_id}/cancel/", {"once": once_of(owner, order_id)})
    assert view(order_id).state is OrderState.CANCELLED
    assert sellable_by_variant([variant])[variant] == 5


def test_tabs_and_filters_show_what_they_say(owner: Client) -> None:
    paid, _ = paid_order()
    unpaid = buy(make_member(), make_product())
    to_ship = owner.get("/console/orders/?state=to_ship").content.decode()
    assert view(paid).number in to_ship and view(unpaid).number not in to_ship
    waiting = owner.get("/console/orders/?state=placed").content.decode()
    assert view(unpaid).number in waiting and view(paid).number not in waiting
    by_number = owner.get(f"/console/orders/?q={view(paid).number}").content.decode()
    assert view(unpaid).number not in by_number


def test_who_does_not_ship_sees_no_address(browser_of: BrowserOf) -> None:
    order_id, _ = paid_order()
    seen = browser_of(make_member(role="service")).get(f"/console/orders/{order_id}/").content.decode()
    assert "南京东路 1 号" in seen and "王阿姨" in seen
    masked = browser_of(make_member(role="read_only")).get(f"/console/orders/{order_id}/").content.decode()
    assert "南京东路 1 号" not in masked and "王阿姨" not in masked and "13900000000" not in masked
    export = browser_of(make_member(role="read_only")).get("/console/orders/export.csv")
    assert "王阿姨" not in b"".join(export.streaming_content).decode()


def test_the_export_holds_the_filtered_orders_and_no_formula(owner: Client) -> None:
    variant, member = make_product(title='=HYPERLINK("http://x"),"橙"'), make_member()
    order_id = buy(member, variant)
    pay(member, order_id)
    buy(member, variant)
    answer = owner.get("/console/orders/export.csv?state=paid")
    assert answer["Content-Disposition"] == 'attachment; filename="orders.csv"'
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 2 and rows[1][0] == view(order_id).number
    assert rows[1][3] == '\'=HYPERLINK("http://x"),"橙"'
    assert rows[1][7] == f"{view(order_id).paid_minor / 100:.2f}"


@pytest.mark.parametrize(
    "path", ["/console/orders/", "/console/members/", "/console/products/", "/console/inventory/"]
)
def test_a_table_costs_the_same_for_one_row_and_for_twenty(owner: Client, path: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(path).status_code == 200
        return len(queries)

    paid_order()
    for _ in range(2):  # the second visit of a day is written down once
        owner.get(path)
    one = cost()
    for _ in range(19):
        paid_order()
    assert cost() == one
