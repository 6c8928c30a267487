"""Products, imports, stock, staff, shipping, tokens, webhooks, the ledger: each act changes what it says."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.catalog.public import (
    ProductState,
    cards_by_ids,
    import_runs,
    product_draft,
    product_page,
    variants_by_ids,
)
from jishi.modules.inventory.public import sellable_by_variant
from jishi.modules.orders.public import default_rates
from jishi.modules.people.public import actor_of_token, tokens_of
from jishi.modules.webhooks.public import endpoints
from tests.world import fake_provider
from tests.world.jobs import run_jobs
from tests.world.makers import OWNER, buy, make_member, make_product, pay, product_of

pytestmark = pytest.mark.django_db(transaction=True)
BrowserOf = Callable[[Actor], Client]


@pytest.fixture
def staff_owner() -> Actor:
    return make_member(role="owner")


@pytest.fixture
def owner(browser_of: BrowserOf, staff_owner: Actor) -> Client:
    return browser_of(staff_owner)


def once() -> str:
    return str(uuid.uuid4())


def test_a_product_is_made_changed_and_published(owner: Client) -> None:
    form = {
        "once": once(),
        "title": "武夷岩茶",
        "categories": "茶 > 乌龙",
        "tags": "春茶，送礼",
        "description_html": "<p>香</p><script>x</script>",
        "sku": "TEA-1",
        "price_minor": "88",
        "cost_minor": "40.5",
        "weight_grams": "250",
    }
    address = owner.post("/console/products/new/", form)["Location"]
    product_id = uuid.UUID(address.split("/")[3])
    draft = product_draft(by=OWNER, product_id=product_id)
    assert draft.categories == (("茶", "乌龙"),) and draft.tags == ("春茶", "送礼")
    assert "script" not in draft.description_html and draft.variants[0].price_minor == 8800
    stamp = cards_by_ids([product_id])[product_id].stamp
    changed = {"title": "武夷肉桂", "stamp": str(stamp)}
    owner.post(address, changed)
    assert product_draft(by=OWNER, product_id=product_id).title == "武夷肉桂"
    late = owner.post(address, {"title": "别的", "stamp": str(stamp)})
    assert late.status_code == 422 and "别人刚刚改过" in late.content.decode()
    owner.post(f"{address}publish/")
    assert cards_by_ids([product_id])[product_id].state is ProductState.PUBLISHED


def test_a_variant_gets_a_new_price_and_a_bad_one_is_refused(owner: Client) -> None:
    variant = make_product(price_minor=4200)
    product_id, name = product_of(variant), f"v{variant}"
    address = f"/console/products/{product_id}/variants/{variant}/"
    form = {
        f"{name}-sku": "",
        f"{name}-price_minor": "39.90",
        f"{name}-weight_grams": "500",
        "is_active": "on",
    }
    owner.post(address, form)
    assert variants_by_ids([variant])[variant].price_minor == 3990
    wrong = form | {f"{name}-compare_at_minor": "10"}
    answer = owner.post(address, wrong, follow=True)
    assert "划线价要高于售价" in answer.content.decode()
    assert variants_by_ids([variant])[variant].compare_at_minor is None


def test_an_import_runs_in_the_background_and_reports_line_and_column(owner: Client) -> None:
    head = "Handle,Title,Variant SKU,Variant Price,Variant Inventory Qty\n"
    body = "mug,青花杯,MUG-1,29.90,7\nbad,坏行,BAD-1,abc,1\n"
    file = SimpleUploadedFile("shop.csv", (head + body).encode(), content_type="text/csv")
    form = {"once": once(), "file": file, "with_stock": "on"}
    address = owner.post("/console/products/imports/", form)["Location"]
    waiting = owner.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "every 1s" in waiting and "<html" not in waiting
    run_jobs()
    done = owner.get(address).content.decode()
    assert "every 1s" not in done and "Variant Price" in done
    run = import_runs(by=OWNER)[0]
    assert (run.created, run.failed_rows) == (1, 1)
    mug = product_page(handle="mug", by=OWNER).variants[0]
    assert sellable_by_variant([mug.id])[mug.id] == 7


def test_stock_is_received_counted_and_written_off_each_once(owner: Client) -> None:
    variant = make_product(stock=10)
    address = f"/console/inventory/{variant}/"
    place = re.search(r'<option value="([0-9a-f-]{36})"', owner.get(address).content.decode()).group(1)  # type: ignore[union-attr]

    def move(verb: str, quantity: str, key: str) -> int:
        form = {"verb": verb, "location": place, "quantity": quantity, "note": "测试", "once": key}
        return owner.post(address, form).status_code

    key = once()
    assert move("receive", "5", key) == 302 and move("receive", "5", key) == 302
    assert sellable_by_variant([variant])[variant] == 15
    move("count", "8", once())
    assert sellable_by_variant([variant])[variant] == 8
    move("write_off", "3", once())
    move("adjust", "-1", once())
    assert sellable_by_variant([variant])[variant] == 4
    assert move("write_off", "99", once()) == 422
    assert sellable_by_variant([variant])[variant] == 4
    page = owner.get(address).content.decode()
    assert "报损" in page and "盘点" in page and "测试" in page


def test_what_is_promised_shows_for_whom(owner: Client) -> None:
    variant, member = make_product(), make_member()
    order_id = buy(member, variant, quantity=3)
    assert f"/console/orders/{order_id}/" in owner.get(f"/console/inventory/{variant}/").content.decode()


def test_the_owner_hires_and_dismisses_and_the_last_owner_stays(owner: Client, staff_owner: Actor) -> None:
    form = {"nickname": "小雅", "email": "Ya@example.test", "password": "long-enough-1", "role": "service"}
    owner.post("/console/staff/", form)
    hired = get_user_model().objects.get(email="ya@example.test")
    assert hired.role == "service" and hired.check_password("long-enough-1")
    assert owner.post("/console/staff/", form).status_code == 422
    owner.post(f"/console/members/{hired.id}/role/", {"role": ""})
    hired.refresh_from_db()
    assert hired.role == ""
    answer = owner.post(f"/console/members/{staff_owner.id}/role/", {"role": "operator"}, follow=True)
    assert "店铺至少要有一位店主" in answer.content.decode()
    assert get_user_model().objects.get(id=staff_owner.id).role == "owner"


def test_shipping_fees_are_saved_by_region_and_a_row_without_any_is_refused(owner: Client) -> None:
    form = {
        "act": "save",
        "row": ["0", "1"],
        "provinces:0": ["31", "33"],
        "first_grams:0": "1000",
        "first:0": "6",
        "step_grams:0": "500",
        "step:0": "1.5",
        "free:0": "69",
        "rest:1": "1",
        "first_grams:1": "1000",
        "first:1": "12",
        "step_grams:1": "1000",
        "step:1": "5",
        "free:1": "",
        "refused:1": "on",
    }
    assert owner.post("/console/settings/shipping/", form).status_code == 302
    near, rest = default_rates()
    assert near.province_codes == ("310000", "330000") and (near.first_minor, near.step_minor) == (600, 150)
    assert near.free_from_minor == 6900 and rest.is_refused and rest.province_codes == ()
    assert owner.post("/console/settings/shipping/", form | {"provinces:0": []}).status_code == 422
    assert owner.post("/console/settings/shipping/", form | {"first_grams:0": "0"}).status_code == 422
    assert default_rates() == [near, rest]


def test_a_token_is_shown_once_and_revoked_at_once(owner: Client, staff_owner: Actor) -> None:
    form = {"name": "小程序", "scopes": ["orders.view"], "once": once()}
    page = owner.post("/console/settings/tokens/", form).content.decode()
    secret = re.search(r"(jishi_[\w-]+)</code>", page).group(1)  # type: ignore[union-attr]
    assert secret not in owner.get("/console/settings/tokens/").content.decode()
    known = actor_of_token(secret)
    assert known is not None and known[0].may("orders.view") and not known[0].may("orders.refund")
    token = tokens_of(by=staff_owner)[0]
    owner.post(f"/console/settings/tokens/{token.id}/revoke/")
    assert actor_of_token(secret) is None


def test_an_endpoint_is_added_with_its_secret_once_switched_off_and_removed(owner: Client) -> None:
    form = {
        "url": "https://hooks.example/in",
        "description": "仓库",
        "facts": ["orders.order_paid.v1"],
        "once": once(),
    }
    page = owner.post("/console/webhooks/", form).content.decode()
    assert "只显示这一次" in page and "whsec_" in page
    endpoint = endpoints(by=OWNER)[0]
    assert endpoint.fact_names == ("orders.order_paid.v1",)
    address = f"/console/webhooks/{endpoint.id}/"
    assert "whsec_" not in owner.get(address).content.decode()
    owner.post(f"{address}rotate/")
    assert "whsec_" in owner.get(address).content.decode()
    assert "whsec_" not in owner.get(address).content.decode()
    owner.post(f"{address}save/", {"url": "https://hooks.example/in", "description": "仓库"})
    assert not endpoints(by=OWNER)[0].is_active
    bad = owner.post("/console/webhooks/", form | {"url": "http://127.0.0.1/", "once": once()})
    assert bad.status_code == 422 and len(endpoints(by=OWNER)) == 1
    owner.post(f"{address}remove/")
    assert not endpoints(by=OWNER)


def test_the_ledger_balances_and_narrows_to_an_account(owner: Client) -> None:
    member, variant = make_member(), make_product()
    order_id = buy(member, variant)
    pay(member, order_id)
    page = owner.get("/console/ledger/").content.decode()
    assert "借贷相等" in page and "不平" not in page and f"/console/orders/{order_id}/" in page
    fees = owner.get("/console/ledger/?account=payment_fees").content.decode()
    assert "支付手续费" in fees
    text = b"".join(owner.get("/console/ledger/journal.csv?kind=payment").streaming_content).decode(
        "utf-8-sig"
    )
    assert len(text.strip().splitlines()) == 2 and "clearing:fake" in text


def test_members_are_found_and_the_pages_say_who_brought_them(owner: Client) -> None:
    make_member(nickname="果农老林")
    found = owner.get("/console/members/?q=老林").content.decode()
    assert "果农老林" in found
    assert "没有找到会员" in owner.get("/console/members/?q=zzz").content.decode()


def test_a_day_is_reconciled_and_a_silent_provider_is_said_not_hidden(owner: Client, settings: Any) -> None:
    member, variant = make_member(), make_product()
    pay(member, buy(member, variant))
    today = f"{clock.now():%Y-%m-%d}"
    address = f"/console/ledger/reconciliation/?day={today}"
    assert "一分不差" in owner.get(address).content.decode()
    unknown = uuid.uuid4()  # the provider moved money that we do not know of
    fake_provider.book.payments[unknown], fake_provider.book.amounts[unknown] = "paid", 1234
    found = owner.get(address).content.decode()
    assert "渠道有，我们没有" in found and "1 处不同" in found and "¥12.34" in found
    settings.JISHI_PAYMENT_PROVIDERS = {"sandbox": "jishi.modules.payments.providers.sandbox.SandboxProvider"}
    settings.JISHI_SANDBOX_URL = "http://127.0.0.1:9"
    page = owner.get(address).content.decode()
    assert "拿不到渠道的账单" in page and "一分不差" not in page
