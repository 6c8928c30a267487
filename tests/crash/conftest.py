"""Markets whose parts are killed without a word."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jishi.runtime import embedded
from jishi.runtime.cluster import database_url
from tests.world.market import Market, open_market


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """Two web processes, as a shop in production would have."""
    with open_market(tmp_path_factory.mktemp("market")) as opened:
        yield opened


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[tuple[Market, embedded.Server]]:
    """A market over a PostgreSQL of its own, durable as shipped, so that the server can be killed too."""
    home = tmp_path / "home"
    home.mkdir()
    server = embedded.start(home)
    try:
        with open_market(home, database_url=database_url(home), parts=("web",)) as opened:
            yield opened, server
    finally:
        server.stop()
        embedded.forget(home)
