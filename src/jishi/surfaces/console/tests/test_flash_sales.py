"""The monitor and the editor of flash sales: who came and why not, units for new members."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from jishi.kernel.actor import Actor
from jishi.kernel.errors import Refusal
from jishi.modules.plays.flash_sale.public import sales_table
from jishi.platform import rush
from tests.world import makers
from tests.world.web import ask, token_for

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_monitor_says_how_many_came_and_why_they_got_nothing(
    browser_of: Callable[[Actor], Client],
) -> None:
    sale = makers.make_sale(makers.make_product(), units=1)
    item, first = sale.items[0], makers.make_member()
    makers.tap(first, item.id)
    for actor in (first, makers.make_member(), makers.make_member()):
        with pytest.raises(Refusal):
            makers.tap(actor, item.id)
    rush.write_tally()
    staff = makers.make_member(role="owner")

    page = browser_of(staff).get(reverse("console:flash_sale_live", args=[sale.id]))
    text = page.content.decode()
    assert page.context["totals"]["asked"] == 4
    assert [(one["label"], one["count"], one["percent"]) for one in page.context["refused"]] == [
        ("抢完了", 2, 66),
        ("超过限购", 1, 33),
    ]
    assert "没抢到的，因为" in text and "来抢（次）" in text

    answer = ask("GET", f"/staff/flash-sales/{sale.id}/balances", token=token_for(staff))
    assert answer.json()[0]["answers"] == {"granted": 1, "limit_reached": 1, "sold_out": 2}


def test_before_anybody_came_the_monitor_says_nothing_of_refusals(
    browser_of: Callable[[Actor], Client],
) -> None:
    sale = makers.make_sale(makers.make_product())
    page = browser_of(makers.make_member(role="owner")).get(
        reverse("console:flash_sale_live", args=[sale.id])
    )
    assert page.context["totals"]["asked"] == 0 and "没抢到的" not in page.content.decode()


@pytest.mark.parametrize(
    ("units", "minutes", "words"),
    [("3", "20", ""), ("", "", ""), ("6", "20", "不能超过"), ("3", "0", "1 到 1440"), ("x", "1", "请填整数")],
)
def test_units_for_new_members_are_written_in_the_editor(
    browser_of: Callable[[Actor], Client], units: str, minutes: str, words: str
) -> None:
    variant = makers.make_product(price_minor=4200, stock=9)
    sent = {
        "name": "晚八点",
        "opens_at": "2030-01-01T20:00",
        "closes_at": "2030-01-01T22:00",
        "variant": str(variant),
        "price": "29.90",
        "units": "5",
        "limit": "1",
        "new_units": units,
        "new_minutes": minutes,
        "then": "save",
        "once": "5a0c2e0e-58f5-4c37-9c5f-0d4f0e7f8d11",
    }
    browser = browser_of(makers.make_member(role="owner"))

    answer = browser.post(reverse("console:flash_sale_choose"), sent)

    if words:
        assert answer.status_code == 422 and words in answer.content.decode()
        assert sales_table() == []
        return
    [sale] = sales_table()
    wanted = (int(units or 0), int(minutes or 0))
    assert (sale.items[0].new_member_units, sale.items[0].new_member_minutes) == wanted
    editor = browser.get(reverse("console:flash_sale_edit", args=[sale.id]))
    assert f'name="new_units" value="{wanted[0]}"' in editor.content.decode()


def test_the_api_splits_big_items_and_keeps_units_for_new_members() -> None:
    token = token_for(makers.make_member(role="owner"))
    item = {"variant_id": str(makers.make_product(price_minor=4200)), "price_minor": 2990, "units": 8}
    item |= {"new_member_units": 3, "new_member_minutes": 10}
    body = {"name": "秒杀", "opens_at": "2030-01-01T12:00:00Z", "closes_at": "2030-01-01T13:00:00Z"}
    made = ask("POST", "/staff/flash-sales", body | {"items": [item]}, token=token)
    assert made.status_code == 201, made.json()

    answer = ask(
        "POST", f"/staff/flash-sales/{made.json()['id']}/publish", {"split_from_units": 8}, token=token
    )

    assert answer.status_code == 200, answer.json()
    [found] = answer.json()["items"]
    assert (found["free"], found["reserved"], found["reserved_until"]) == (8, 3, "2030-01-01T12:10:00Z")
