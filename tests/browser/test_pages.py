"""Every main page at 390 and at 1280: it answers, does not complain, and is no wider than its screen."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import EMAIL, PASSWORD
from tests.browser.phone import DESK, PHONE, Person
from tests.world.market import Market

FOR_EVERYBODY = ["/", "/search/?q=脐橙", "/p/gannan-navel-orange/", "/cart/", "/communities/", "/live/", "/promises/", "/login/",
                 "/me/", "/board/", "/events/", "/search/?q=脐橙&tab=notes",
                 "/search/?q=脐橙&tab=posts", "/search/?q=老&tab=people"]  # fmt: skip
FOR_MEMBERS = ["/me/", "/orders/", "/me/teams/", "/me/notices/", "/me/shares/", "/me/addresses/", "/me/addresses/new/",
               "/share/shop/"]  # fmt: skip
FOR_STAFF = ["/console/", "/console/products/", "/console/products/imports/", "/console/inventory/", "/console/orders/",
             "/console/group-buys/", "/console/members/", "/console/shares/", "/console/ledger/", "/console/staff/",
             "/console/settings/shipping/", "/console/webhooks/", "/console/incentives/", "/console/moderation/",
             "/console/lexicons/", "/console/sanctions/"]  # fmt: skip
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1280"])


@SIZES
def test_pages_of_the_shop(
    stocked: Market, person: Callable[..., Person], tmp_path: Path, size: tuple[int, int]
) -> None:
    one = person("看看", size=size)
    _look_at(one, FOR_EVERYBODY, tmp_path)
    one.go("/login/?next=/me/")
    one.register("13800000031" if size == PHONE else "13800000032")
    one.page.wait_for_url("**/me/")
    _look_at(one, FOR_MEMBERS, tmp_path)


@SIZES
def test_pages_of_the_console(
    stocked: Market, person: Callable[..., Person], tmp_path: Path, size: tuple[int, int]
) -> None:
    one = person("店主", size=size)
    one.go("/console/login/")
    one.page.locator("input[name=email]").fill(EMAIL)
    one.page.locator("input[name=password]").fill(PASSWORD)
    one.page.get_by_role("button", name="登录", exact=True).click()
    one.page.wait_for_url("**/console/")
    _look_at(one, FOR_STAFF, tmp_path)


def _look_at(one: Person, addresses: list[str], folder: Path) -> None:
    for place, address in enumerate(addresses):
        answer = one.page.goto(address)
        assert answer is not None
        assert answer.status == 200, f"{address}: {answer.status}"
        one.page.wait_for_load_state("load")
        one.picture(folder / f"{place}.png")
        assert one.overflow() <= 0, f"{address} is {one.overflow()} px wider than the screen"
        assert one.page.locator("h1").count() >= 1 or one.page.locator("main").count() == 1, address
        assert one.troubles == []
