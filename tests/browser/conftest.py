"""A browser and a market for the whole session; people come and go."""

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.phone import Person
from tests.world.market import Market, open_market

EMAIL, PASSWORD = "boss@example.com", "open sesame 9"
FILES = Path(__file__).parent / "files"
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """JISHI_CHROMIUM, or what the machine has."""
    named = os.environ.get("JISHI_CHROMIUM", "")
    candidates = [named] if named else ["/usr/bin/chromium", "chromium", "google-chrome"]
    return next((found for name in candidates if (found := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser these tests prove nothing, and everybody should know."""
    own = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in own:
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.slow)
    if not own or chromium():
        return
    reason = (
        "no Chromium: set JISHI_CHROMIUM to its path. NOTHING that a person sees in a browser was tested."
    )
    warnings.warn(pytest.PytestWarning(reason), stacklevel=1)
    for item in own:
        item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
        found = playwright.chromium.launch(executable_path=chromium(), args=flags)
        yield found
        found.close()


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """A shop of its own for every file of stories: empty but for its owner."""
    with open_market(tmp_path_factory.mktemp("market")) as opened:
        opened.stage("staff", email=EMAIL, password=PASSWORD, role="owner")
        yield opened


@pytest.fixture(scope="module")
def stocked(market: Market) -> Market:
    """With the four products of files/shop.csv, whoever imported them."""
    if not market.value("SELECT count(*) FROM catalog_product WHERE handle = 'gannan-navel-orange'"):
        market.run("-m", "jishi", "import", "products", str(FILES / "shop.csv"))
    return market


@pytest.fixture
def person(browser: Browser, market: Market) -> Iterator[Callable[..., Person]]:
    """Make people; at the end none of their pages may have complained."""
    made: list[Person] = []

    def make(name: str, **options: object) -> Person:
        made.append(Person(browser, market, name, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    troubles = [trouble for one in made for trouble in one.troubles]
    for one in made:
        one.context.close()
    assert troubles == []
