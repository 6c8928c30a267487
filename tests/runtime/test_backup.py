import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import jishi
from jishi.runtime import embedded
from jishi.runtime.cluster import database_url

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "home"
    with embedded.running(folder, settings={"shared_buffers": "16MB", "max_connections": "20"}):
        yield folder
    embedded.forget(folder)


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    variables |= {"JISHI_HOME": str(home), "PYTHONPATH": str(Path(jishi.__file__).parents[1])}
    return subprocess.run(
        [sys.executable, "-m", "jishi", *arguments],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


def ask(home: Path, query: str) -> None:
    with psycopg.connect(database_url(home)) as connection:
        connection.execute(query)


def test_what_was_backed_up_comes_back(home: Path, tmp_path: Path) -> None:
    ask(home, "CREATE TABLE kept AS SELECT 42 AS answer")
    for name in ("media", "private"):
        (home / name).mkdir()
        (home / name / "picture.webp").write_bytes(b"picture")
    made = run(home, "backup", str(tmp_path / "backup"))
    ask(home, "UPDATE kept SET answer = 0")
    for name in ("media", "private"):
        (home / name / "picture.webp").unlink()

    restored = run(home, "restore", str(tmp_path / "backup"))

    assert (made.returncode, restored.returncode) == (0, 0), made.stderr + restored.stderr
    with psycopg.connect(database_url(home)) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    for name in ("media", "private"):
        assert (home / name / "picture.webp").read_bytes() == b"picture"
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0


def test_a_folder_that_is_no_backup_is_refused_and_changes_nothing(home: Path, tmp_path: Path) -> None:
    ask(home, "CREATE TABLE kept AS SELECT 42 AS answer")
    (home / "media").mkdir()

    done = run(home, "restore", str(tmp_path))

    assert done.returncode == 1
    assert "备份" in done.stderr
    ask(home, "SELECT answer FROM kept")
    assert (home / "media").exists()
