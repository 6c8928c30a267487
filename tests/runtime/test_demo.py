"""`jishi demo` as a newcomer runs it: in the background, without a terminal, stopped by a signal to its group."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

import jishi
from jishi.runtime import embedded
from jishi.runtime.cluster import cluster_of

pytestmark = pytest.mark.slow
START_SECONDS_MAX = 120
STOP_SECONDS_MAX = 10


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("demo")
    yield folder
    embedded.forget(folder)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Demo:
    """One run of the command, in a session of its own with SIGINT ignored, as a shell's `&` leaves it."""

    def __init__(self, home: Path, *arguments: str, port: int | None = None) -> None:
        self.port = port or free_port()
        self.log = home / f"log-{time.monotonic_ns()}.txt"
        variables = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        variables |= {"JISHI_HOME": str(home / "data"), "JISHI_PORT": str(self.port)}
        variables["PYTHONPATH"] = str(Path(jishi.__file__).parents[1])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jishi", "demo", "--empty", *arguments],
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),  # noqa: PLW1509
        )

    def await_ready(self) -> float:
        start = time.monotonic()
        while time.monotonic() - start < START_SECONDS_MAX:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/readyz", timeout=2).status_code == 200:
                    return time.monotonic() - start
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"not ready:\n{self.log.read_text()}")

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number: int = signal.SIGINT) -> float:
        start = time.monotonic()
        os.killpg(self.process.pid, number)
        self.process.wait(STOP_SECONDS_MAX + 5)
        return time.monotonic() - start


def test_it_opens_answers_and_closes_without_leaving_anyone(home: Path) -> None:
    demo = Demo(home)
    demo.await_ready()
    family = demo.family()

    health = httpx.get(f"http://127.0.0.1:{demo.port}/healthz")
    seconds = demo.stop()

    assert health.status_code == 200
    assert len(family) >= 4  # database, web and its process, worker
    assert (demo.process.returncode, seconds < STOP_SECONDS_MAX) == (0, True), demo.log.read_text()
    assert psutil.wait_procs(family, timeout=2)[1] == []
    told = demo.log.read_text()
    assert f"http://127.0.0.1:{demo.port}/" in told
    assert "Traceback" not in told


def test_a_second_start_skips_the_preparations(home: Path) -> None:
    demo = Demo(home)
    demo.await_ready()
    demo.stop(signal.SIGTERM)

    told = demo.log.read_text()
    assert demo.process.returncode == 0, told
    assert "准备数据库" not in told


def test_nobody_outlives_a_killed_supervisor(home: Path) -> None:
    demo = Demo(home)
    demo.await_ready()
    family = demo.family()

    demo.stop(signal.SIGKILL)

    alive = psutil.wait_procs(family, timeout=STOP_SECONDS_MAX)[1]
    assert alive == [], [process.cmdline() for process in alive]


def the_part(demo: Demo, part: str) -> psutil.Process:
    """A child of the supervisor; on a busy machine it may come to its own name after the shop is ready."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        for child in demo.family():
            if part in " ".join(child.cmdline()[:4]) and child.ppid() == demo.process.pid:
                return child
        time.sleep(0.1)
    raise AssertionError(f"no {part} among {[child.cmdline()[:4] for child in demo.family()]}")


@pytest.mark.parametrize("part", ["serve", "worker", "postgres"])
def test_a_killed_part_is_started_again(home: Path, part: str) -> None:
    demo = Demo(home)
    demo.await_ready()
    try:
        victim = the_part(demo, part)
        victim.kill()
        victim.wait(5)
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and not any(
            part in " ".join(p.cmdline()[:4]) for p in psutil.Process(demo.process.pid).children()
        ):
            time.sleep(0.1)
        time.sleep(1.1)  # the last answer about readiness is kept for a second
        demo.await_ready()
    finally:
        demo.stop()

    assert demo.process.returncode == 0, demo.log.read_text()


def test_a_busy_port_is_told_in_both_languages(home: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        demo = Demo(home, port=busy.getsockname()[1])
        code = demo.process.wait(20)

    told = demo.log.read_text()
    assert code == 1
    assert "端口" in told
    assert "JISHI_PORT=" in told
    assert "Traceback" not in told


def test_fresh_starts_over(home: Path) -> None:
    mark = home / "data" / "prepared.json"
    made_before = (cluster_of(home / "data").base / "database-made").stat().st_mtime_ns
    assert mark.exists()

    demo = Demo(home, "--fresh")
    demo.await_ready()
    demo.stop()

    assert "准备数据库" in demo.log.read_text()
    assert (cluster_of(home / "data").base / "database-made").stat().st_mtime_ns > made_before
    embedded.forget(home / "data")
