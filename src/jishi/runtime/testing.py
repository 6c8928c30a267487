"""A pytest plugin: tests get a home of their own and, without DATABASE_URL, an embedded PostgreSQL.

Loaded with `-p`, before settings are read. Only the main process of a parallel run does anything; its workers
inherit the environment. Durability is off here: the server is thrown away with the tests.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from jishi.runtime import embedded
from jishi.runtime.cluster import database_url

TEST_HOME = Path(__file__).resolve().parents[3] / ".data" / "tests"
SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}

_server: embedded.Server | None = None
_home: Path | None = None


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    global _home, _server  # noqa: PLW0603 - one per run
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    _home = Path(tempfile.mkdtemp(prefix="jishi-tests-"))
    os.environ["JISHI_HOME"] = str(_home)
    os.environ["JISHI_LOG_FORMAT"] = "console"
    if not os.environ.get("DATABASE_URL"):
        _server = embedded.start(TEST_HOME, settings=SETTINGS)
        os.environ["DATABASE_URL"] = database_url(TEST_HOME)


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """A slow password hash protects nobody in a test."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_unconfigure() -> None:
    if _server is not None:
        _server.stop()
    if _home is not None:
        shutil.rmtree(_home, ignore_errors=True)


@pytest.fixture(autouse=True)
def empty_queue(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests that commit find and leave no jobs; the flush between tests leaves the queue alone."""
    marker = request.node.get_closest_marker("django_db")
    if marker is None or not marker.kwargs.get("transaction"):
        yield
        return
    request.getfixturevalue("transactional_db")
    _drop_jobs()
    yield
    _drop_jobs()


def _drop_jobs() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.fixture
def own_folders(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Stored files in folders of this test alone: equal pictures share a file, and files outlive a rolled-back test."""
    settings = request.getfixturevalue("settings")
    settings.MEDIA_ROOT = tmp_path / "media"
    private = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "private"},
    }
    settings.STORAGES = {**settings.STORAGES, "private": private}
    return tmp_path
