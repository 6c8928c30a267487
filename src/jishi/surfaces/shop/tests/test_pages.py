"""Every page for a visitor and for a member: the right status, the right words, a constant number of queries."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.campaigns.public import (
    Block,
    BlockKind,
    CampaignForm,
    CampaignView,
    Theme,
    create_campaign,
    publish_campaign,
    sight_counts,
)
from jishi.modules.catalog.public import variants_by_ids
from jishi.surfaces.shop.bargains import bargain_floor_of
from jishi.surfaces.shop.flash import forget_sessions
from jishi.surfaces.shop.urls import urlpatterns
from tests.world.makers import OWNER, make_member, make_offer, make_product, make_sale, take_seat

pytestmark = pytest.mark.django_db
NOWHERE = uuid.UUID(int=404)
BrowserOf = Callable[[Actor], Client]

OPEN = (
    "coupons",
    *("feed", "events", "board"),
    "home",
    "communities",
    "bargains",
    "live",
    "promises",
    "search",
    "suggest",
    "cart",
    "flash",
    "packets",
    "draws",
    "rewards",
    "me",
    "log_in",
    "robots",
    "sitemap",
)
MEMBERS_ONLY = (
    "checkout",
    "orders",
    "my_teams",
    "my_cases",
    "my_reviews",
    *("my_notes", "new_note", "goods_to_tag", "my_reports", "my_decisions"),
    "bookmarks",
    *("notices", "notice_settings"),
    "my_shares",
    "my_wallet",
    "my_coupons",
    *("points", "missions", "badges", "tier", "membership", "my_rewards"),
    "my_packets",
    "new_packet",
    "addresses",
    "new_address",
    "region_fields",
)


def handle_of(variant_id: uuid.UUID) -> str:
    return variants_by_ids([variant_id])[variant_id].product_handle


def settle(browser: Client) -> None:
    """Aisles, sessions, campaigns and bargains are read now and then, a visit is noted once a day: no page's own."""
    bargain_floor_of(NOWHERE)
    browser.get("/flash/")
    browser.get("/")
    browser.get("/search/")


@pytest.mark.parametrize("name", OPEN)
def test_a_visitor_sees_the_open_pages(browser: Client, name: str) -> None:
    make_product()
    assert browser.get(reverse(f"shop:{name}")).status_code == 200


@pytest.mark.parametrize("name", [name for name in MEMBERS_ONLY if name != "region_fields"])
def test_a_visitor_is_sent_to_the_log_in_and_back(browser: Client, name: str) -> None:
    answer = browser.get(reverse(f"shop:{name}"))
    assert answer.status_code == 303
    assert answer["Location"] == f"/login/?next={reverse(f'shop:{name}').replace('/', '%2F')}"


@pytest.mark.parametrize("name", [*OPEN, *MEMBERS_ONLY])
def test_a_member_sees_their_pages(browser_of: BrowserOf, name: str) -> None:
    answer = browser_of(make_member()).get(reverse(f"shop:{name}"))
    # nothing to check out leads to the cart, a log-in that is not needed leads home
    assert answer.status_code == (303 if name in ("checkout", "log_in") else 200)


def test_every_route_without_parts_is_covered_above() -> None:
    plain = {str(route.name) for route in urlpatterns if "<" not in str(route.pattern)}
    posts = {
        *("agree_to_feed", "birthday", "check_in", "join", "change_line", "checkout_address", "rename"),
        *("log_out", "language", "rush_pass", "redeem_code"),
    }
    assert plain - posts == {*OPEN, *MEMBERS_ONLY}


@pytest.mark.parametrize(
    "path",
    [
        "/p/nothing/",
        "/c/nothing/",
        f"/t/{NOWHERE}/",
        "/s/NOTHING1/",
        "/s/NOTHING1/poster.png",
        f"/og/t/{NOWHERE}.png",
        "/og/p/nothing.png",
        "/nowhere/",
    ],
)
def test_what_is_not_there_is_a_page_of_its_own(browser: Client, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "art/lost" in answer.content.decode()


@pytest.mark.parametrize("count", [1, 20])
def test_a_list_is_three_queries_however_long(
    browser: Client, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        variant_id = make_product(title=f"橙 {number}")
        if number % 3 == 0:
            make_offer(variant_id)
    settle(browser)
    with django_assert_num_queries(3):
        answer = browser.get("/search/")
    assert answer.content.decode().count("goods-card") == count


@pytest.mark.parametrize("count", [1, 20])
def test_the_front_page_is_seven_queries_however_much_is_on(
    browser: Client, count: int, django_assert_num_queries: Any
) -> None:
    offer = None
    for number in range(count):
        variant_id = make_product(title=f"橙 {number}")
        if number % 5 == 0:
            offer = make_offer(variant_id)
            seat_in(offer)
    settle(browser)
    with django_assert_num_queries(7):
        browser.get("/")


def test_a_campaign_costs_the_front_page_nothing_and_a_running_sale_its_true_stock(
    browser: Client, django_assert_num_queries: Any
) -> None:
    variant_id = make_product()
    seat_in(make_offer(variant_id))
    campaign = run_campaign()
    address = reverse("shop:product", args=[handle_of(variant_id)])
    settle(browser)
    with django_assert_num_queries(7):
        text = browser.get("/").content.decode()
    assert reverse("shop:campaign", args=[campaign.slug]) in text
    assert sight_counts(campaign.id)[0] == 1
    sale = make_sale(variant_id, make_product(title="围巾"))
    forget_sessions()
    settle(browser)
    with django_assert_num_queries(8):  # what is left of a sale is never remembered, not even for two seconds
        assert str(sale.id) in browser.get("/").content.decode()
    browser.get(address)  # which products can be bargained for is read every few seconds
    with django_assert_num_queries(9):  # the same, for one item, on top of the eight of a product
        browser.get(address)


@pytest.mark.parametrize("count", [1, 4])
def test_a_product_is_eight_queries_however_many_teams_wait(
    browser: Client, count: int, django_assert_num_queries: Any
) -> None:
    variant_id = make_product()
    offer = make_offer(variant_id, team_size=4)
    for _ in range(count):
        seat_in(offer)
    address = reverse("shop:product", args=[handle_of(variant_id)])
    settle(browser)
    with django_assert_num_queries(8):
        answer = browser.get(address)
    assert answer.content.decode().count("参团") == count


def run_campaign() -> CampaignView:
    """A campaign that is on and holds nobody out."""
    now = clock.now()
    form = CampaignForm(
        name="冬至年货",
        slug="winter",
        headline="和邻居一起备年货",
        theme=next(iter(Theme)),
        opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=1),
        blocks=(Block(kind=BlockKind.BANNER, title="备年货", text="今天开始"),),
    )
    return publish_campaign(create_campaign(form, by=OWNER).id, by=OWNER)


def seat_in(offer: Any) -> None:
    """A forming team: its first member has paid (recorded without asking the cashier)."""
    from jishi.flows.payment import take_outcome
    from jishi.modules.orders.public import order_view
    from jishi.modules.payments.public import Outcome, OutcomeKind, open_payment

    member = make_member()
    order_id = take_seat(member, offer)
    order = order_view(order_id, by=member)
    payment = open_payment(
        order_id=order_id,
        member_id=order.member_id,
        provider="fake",
        amount_minor=order.total_minor,
        currency="CNY",
        title="x",
    )
    outcome = Outcome(
        kind=OutcomeKind.SUCCEEDED,
        reference=str(payment.id),
        amount_minor=order.total_minor,
        currency="CNY",
    )
    assert take_outcome(payment.id, outcome)


def test_a_list_page_sets_no_token_and_opens_no_session(browser: Client) -> None:
    make_product()
    answer = browser.get("/search/")
    assert set(answer.cookies) == {"jv"}


def test_a_changed_price_shows_at_once(browser: Client) -> None:
    from jishi.modules.catalog.public import set_variant_price

    variant_id = make_product(price_minor=4200)
    assert "42" in browser.get("/search/").content.decode()
    set_variant_price(by=OWNER, variant_id=variant_id, price_minor=3750)
    text = browser.get("/search/").content.decode()
    assert "</i>37<small>.50" in text and "</i>42<small>" not in text


def test_sold_out_shows_at_once(browser: Client) -> None:
    variant_id = make_product(stock=1)
    address = reverse("shop:product", args=[handle_of(variant_id)])
    assert "仅余 1 份" in browser.get(address).content.decode()
    from tests.world.makers import buy

    buy(make_member(), variant_id)
    assert "已售完" in browser.get("/search/").content.decode()
    text = browser.get(address).content.decode()
    assert "卖完了" in text and 'name="action"' not in text


def test_filters_and_sorting_narrow_the_list(browser: Client) -> None:
    make_product(price_minor=1000, title="便宜的橙")
    make_product(price_minor=9000, title="贵的橙")
    cheap = browser.get("/search/?to=50").content.decode()
    assert "便宜的橙" in cheap and "贵的橙" not in cheap
    text = browser.get("/search/?sort=-price").content.decode()
    assert text.index("贵的橙") < text.index("便宜的橙")
    assert browser.get("/search/?from=abc&to=&cursor=nonsense").status_code == 200


def test_more_is_loaded_by_cursor_as_a_fragment(browser: Client) -> None:
    for number in range(26):
        make_product(title=f"橙 {number}")
    text = browser.get("/search/").content.decode()
    address = re.search(r'hx-get="(/search/\?[^"]*cursor[^"]+)"', text)
    assert address is not None
    rest = browser.get(address.group(1).replace("&amp;", "&"), headers={"HX-Request": "true"})
    body = rest.content.decode()
    assert body.count("goods-card") == 2 and "<html" not in body


def test_the_language_follows_the_choice(browser: Client) -> None:
    assert "邻居们在买" in browser.get("/").content.decode()
    answer = browser.post("/language/", {"language": "en", "next": "/search/"})
    assert answer.status_code == 303 and answer["Location"] == "/search/"
    text = browser.get("/").content.decode()
    assert "Neighbours are buying" in text and "邻居们在买" not in text


def test_nobody_is_sent_to_another_site(browser: Client) -> None:
    for trick in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert browser.post("/language/", {"language": "en", "next": trick})["Location"] == "/"


def test_cards_that_unfurl_have_absolute_addresses(browser: Client) -> None:
    variant_id = make_product()
    handle = handle_of(variant_id)
    text = browser.get(f"/p/{handle}/").content.decode()
    assert f'property="og:url" content="http://testserver/p/{handle}/"' in text
    assert f'property="og:image" content="http://testserver/og/p/{handle}.png"' in text
    assert f'rel="canonical" href="http://testserver/p/{handle}/"' in text
    picture = browser.get(f"/og/p/{handle}.png")
    assert picture.status_code == 200 and picture.content.startswith(b"\x89PNG")


def test_a_title_cannot_break_out_of_the_structured_data(browser: Client) -> None:
    variant_id = make_product(title="</script><script>alert(1)</script>")
    text = browser.get(f"/p/{handle_of(variant_id)}/").content.decode()
    assert "<script>alert(1)" not in text


def test_a_broken_page_says_so_without_the_database(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("jishi.surfaces.shop.home.list_products", fail)
    browser.raise_request_exception = False
    answer = browser.get("/")
    assert answer.status_code == 500 and "art/oops" in answer.content.decode()


def test_a_choice_without_a_script_puts_no_token_into_an_address(browser: Client) -> None:
    variant_id = make_product()
    handle = handle_of(variant_id)
    answer = browser.post(f"/p/{handle}/buy/", {"variant": str(variant_id), "action": "look"})
    assert answer["Location"] == f"/p/{handle}/?variant={variant_id}"
    assert 'formmethod="get"' not in browser.get(f"/p/{handle}/").content.decode()


def test_a_remembered_form_carries_the_token_of_its_visitor(browser: Client) -> None:
    handle = handle_of(make_product())
    first = browser.get(f"/p/{handle}/").content.decode()
    assert "token-of-this-visitor" not in first
    other = Client(headers={"accept-language": "zh-CN"}, enforce_csrf_checks=True)
    token = re.search(
        r'name="csrfmiddlewaretoken" value="([^"]+)"', other.get(f"/p/{handle}/").content.decode()
    )
    assert token is not None and token.group(1) not in first
    sent = {"action": "cart", "quantity": "1"}
    assert other.post(f"/p/{handle}/buy/", sent).status_code == 403
    assert other.post(f"/p/{handle}/buy/", {**sent, "csrfmiddlewaretoken": token.group(1)}).status_code == 303


@pytest.mark.parametrize("count", [1, 6])
def test_a_flash_sale_is_four_queries_however_many_items(
    browser: Client, count: int, django_assert_num_queries: Any
) -> None:
    sale = make_sale(*[make_product(title=f"秒杀 {number}") for number in range(count)])
    settle(browser)
    with django_assert_num_queries(4):
        answer = browser.get(reverse("shop:flash_session", args=[sale.id]))
    text = answer.content.decode()
    assert text.count("data-flash-item=") == count and "剩 5 件" in text
    with django_assert_num_queries(3):
        left = browser.get(reverse("shop:flash_state", args=[sale.id])).json()
    assert [row["free"] for row in left["items"]] == [5] * count


def test_front_page_and_product_say_what_is_on_and_an_unborn_session_is_nobodys(browser: Client) -> None:
    from jishi.modules.plays.flash_sale.public import ItemForm, create_sale
    from tests.world.makers import OWNER, make_sale

    variant_id = make_product(title="羊毛围巾")
    sale = make_sale(variant_id, price_minor=1990)
    for address in ("/", reverse("shop:product", args=[handle_of(variant_id)])):
        text = browser.get(address).content.decode()
        assert str(sale.id) in text and "19.90" in text
    draft = create_sale(sale.play, [ItemForm(variant_id, 1990, 1)], by=OWNER)  # type: ignore[arg-type]
    assert browser.get(reverse("shop:flash_session", args=[draft.id])).status_code == 404
    assert browser.get(reverse("shop:flash_session", args=[NOWHERE])).status_code == 404


def test_a_reminder_is_asked_and_dropped(browser_of: BrowserOf) -> None:
    sale = make_sale(make_product(), opens_in=timedelta(hours=1))
    browser = browser_of(make_member())
    address, page = (reverse(f"shop:{name}", args=[sale.id]) for name in ("flash_remind", "flash_session"))
    assert "提醒我" in browser.get(page).content.decode()
    assert browser.post(address).status_code == 303
    assert "取消提醒" in browser.get(page).content.decode()
    browser.post(address, {"drop": "1"})
    assert "提醒我" in browser.get(page).content.decode()
