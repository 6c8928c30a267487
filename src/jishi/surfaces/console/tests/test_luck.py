"""Red packets and draws in the console: made, seen beforehand, published, watched, ended."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.ledger.public import available_in
from jishi.modules.plays.life.public import PlayKind, PlayState, play_view, plays_table
from jishi.modules.plays.lucky_draw.public import PrizeKind, draw_view, spin_ticket, sweep_draws
from jishi.modules.plays.red_packet.public import open_packet, packets_of_play, purse_of, sweep_packets
from jishi.platform.rush import TooLate
from tests.world.luck import earn, make_draw, make_packet
from tests.world.makers import make_member, make_product

pytestmark = pytest.mark.django_db(transaction=True)
BrowserOf = Callable[[Actor], Client]


@pytest.fixture
def owner(browser_of: BrowserOf) -> Client:
    return browser_of(make_member(role="owner"))


def once_in(page: str) -> str:
    return re.search(r'name="once" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]


def hours() -> dict[str, str]:
    from zoneinfo import ZoneInfo

    from django.conf import settings

    opens = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)) - timedelta(minutes=5)
    return {
        "opens_at": f"{opens:%Y-%m-%dT%H:%M}",
        "closes_at": f"{opens + timedelta(days=2):%Y-%m-%dT%H:%M}",
    }


def packet_form(**more: str) -> dict[str, str]:
    return {
        "name": "周末红包",
        "greeting": "周末快乐",
        "kind": "random",
        "total_minor": "100",
        "share_count": "20",
        "audience": "everyone",
        "new_within_days": "0",
        "password": "",
        "drops": "2",
        "drop_seconds": "60",
        "budget_minor": "300",
        **hours(),
        **more,
    }


def draw_form(**more: str) -> dict[str, str]:
    return {
        "name": "周末抽奖",
        "mode": "instant",
        "order_daily": "3",
        "order_min_minor": "0",
        "share_daily": "0",
        "check_in_daily": "1",
        "consolation": "再接再厉",
        "budget_minor": "",
        "p0_name": "现金",
        "p0_kind": "money",
        "p0_stock": "10",
        "p0_odds": "12.50",
        "p0_amount": "8.80",
        **hours(),
        **more,
    }


def test_an_operator_makes_a_rain_sees_it_beforehand_publishes_and_ends_it(owner: Client) -> None:
    page = owner.get("/console/packets/new/").content.decode()
    assert "手机上的样子" in page and "最多花" in page
    seen = owner.post("/console/packets/preview/", packet_form()).content.decode()
    assert "¥200.00" in seen and "周末快乐" in seen
    form = packet_form(once=once_in(page), then="publish")
    sent = [owner.post("/console/packets/new/", form) for _ in range(2)]
    [play] = plays_table(kinds=[PlayKind.RED_PACKET])
    assert sent[0]["Location"] == f"/console/packets/{play.id}/" and play.state is PlayState.OPEN
    assert available_in(code=purse_of(play.id).code, unit="CNY") == 20_000
    open_packet(packets_of_play(play.id)[0].id, by=make_member(nickname="阿苏"))

    monitor = owner.get(f"/console/packets/{play.id}/").content.decode()
    assert "1 / 40" in monitor and "阿苏" in monitor and f"/console/plays/{play.id}/roi/" in monitor
    assert "周末红包" in owner.get("/console/packets/").content.decode()
    assert "周末红包" in owner.get("/console/plays/").content.decode()
    owner.post(f"/console/plays/{play.id}/close/")
    with pytest.raises(TooLate):
        open_packet(packets_of_play(play.id)[0].id, by=make_member())
    sweep_packets()
    assert play_view(play.id).state is PlayState.SETTLED


def test_a_wrong_packet_stays_in_the_form_with_its_reason(owner: Client) -> None:
    page = owner.get("/console/packets/new/").content.decode()
    form = packet_form(once=once_in(page), budget_minor="199.99")
    refused = owner.post("/console/packets/new/", form)
    assert refused.status_code == 422 and "预算不够发这些红包" in refused.content.decode()
    assert plays_table(kinds=[PlayKind.RED_PACKET]) == []


def test_a_draft_is_changed_and_published_from_the_monitor(owner: Client) -> None:
    page = owner.get("/console/packets/new/").content.decode()
    owner.post("/console/packets/new/", packet_form(once=once_in(page), then="save"))
    [play] = plays_table(kinds=[PlayKind.RED_PACKET])
    assert play.state is PlayState.DRAFT
    assert 'value="周末快乐"' in owner.get(f"/console/packets/{play.id}/edit/").content.decode()
    owner.post(f"/console/packets/{play.id}/edit/", packet_form(name="改名", once="x", then="save"))
    assert play_view(play.id).name == "改名"
    owner.post(f"/console/plays/{play.id}/publish/")
    assert len(packets_of_play(play.id)) == 2


def test_an_operator_makes_a_draw_with_odds_and_a_product_and_watches_it(owner: Client) -> None:
    variant = make_product(price_minor=4_200)
    from jishi.modules.catalog.public import variants_by_ids

    product = {
        "p1_name": "脐橙",
        "p1_kind": "product",
        "p1_stock": "2",
        "p1_odds": "1",
        "p1_amount": "42",
        "p1_sku": variants_by_ids([variant])[variant].sku,
    }
    page = owner.get("/console/draws/new/").content.decode()
    seen = owner.post("/console/draws/preview/", draw_form(**product)).content.decode()
    assert "86.50%" in seen and "再接再厉" in seen and "¥172.00" in seen
    owner.post("/console/draws/new/", draw_form(**product, once=once_in(page), then="publish"))
    [play] = plays_table(kinds=[PlayKind.LUCKY_DRAW])
    draw = draw_view(play.id)
    assert [(prize.kind, prize.odds_bp) for prize in draw.prizes] == [
        (PrizeKind.MONEY, 1_250),
        (PrizeKind.PRODUCT, 100),
        (PrizeKind.NOTHING, 8_650),
    ]
    assert draw.prizes[1].variant_id == variant
    member = make_member(nickname="阿苏")
    spin_ticket(earn(play.id, member).id, by=member, client_seed="x")
    monitor = owner.get(f"/console/draws/{play.id}/").content.decode()
    assert draw.commitment in monitor and f"/console/plays/{play.id}/roi/" in monitor
    assert owner.get(f"/console/plays/{play.id}/roi/").status_code == 200
    assert "周末抽奖" in owner.get("/console/draws/").content.decode()
    owner.post(f"/console/plays/{play.id}/close/")
    assert sweep_draws() == 1
    assert draw_view(play.id).is_revealed


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"p0_odds": "100.01"}, "aria-invalid"),
        (
            {"p1_name": "x", "p1_kind": "money", "p1_stock": "1", "p1_odds": "90", "p1_amount": "1"},
            "不能超过 100%",
        ),
        ({"p0_amount": "50000.01"}, "有奖销售的法定上限"),
        ({"p0_kind": "product", "p0_sku": ""}, "实物奖品要选规格"),
        ({"p0_kind": "product", "p0_sku": "NOWHERE"}, "NOWHERE"),
        ({"order_daily": "0", "check_in_daily": "0"}, "至少打开一种得券方式"),
    ],
)
def test_a_wrong_draw_stays_in_the_form_with_its_reason(
    owner: Client, more: dict[str, str], words: str
) -> None:
    page = owner.get("/console/draws/new/").content.decode()
    refused = owner.post("/console/draws/new/", draw_form(**more, once=once_in(page)))
    assert refused.status_code == 422 and words in refused.content.decode()
    assert plays_table(kinds=[PlayKind.LUCKY_DRAW]) == []


def test_a_draft_draw_is_read_back_into_the_form(owner: Client) -> None:
    page = owner.get("/console/draws/new/").content.decode()
    owner.post("/console/draws/new/", draw_form(once=once_in(page), then="save"))
    [play] = plays_table(kinds=[PlayKind.LUCKY_DRAW])
    form = owner.get(f"/console/draws/{play.id}/edit/").content.decode()
    assert 'value="12.50"' in form and 'value="8.80"' in form
    owner.post(f"/console/draws/{play.id}/edit/", draw_form(name="改名", once="x", then="publish"))
    assert (play_view(play.id).name, play_view(play.id).state) == ("改名", PlayState.OPEN)


def test_monitors_and_tables_cost_no_more_queries_with_twenty(owner: Client) -> None:
    packet, draw = make_packet(total_minor=5_000, share_count=40), make_draw(order_daily=50)
    pages = [
        "/console/packets/",
        f"/console/packets/{packet.play_id}/",
        "/console/draws/",
        f"/console/draws/{draw.id}/",
    ]

    def act() -> None:
        member = make_member()
        open_packet(packet.id, by=member)
        spin_ticket(earn(draw.id, member).id, by=member, client_seed=str(uuid.uuid4()))

    def count() -> list[int]:
        counts = []
        for page in pages:
            owner.get(page)
            with CaptureQueriesContext(connection) as found:
                assert owner.get(page).status_code == 200
            counts.append(len(found))
        return counts

    for _ in range(3):
        act()
    before = count()
    for _ in range(19):
        act()
    make_packet()
    make_draw()
    after = count()
    assert all(many <= one + 1 for one, many in zip(before, after, strict=True)), (before, after)
