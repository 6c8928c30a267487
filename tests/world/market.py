"""The real thing: front door, worker and sandbox gateway as processes on free ports, over a database of their own.

Its parts can be killed without a word and started again. What a test needs to prepare is done by `tests.world.stage`
in a process of its own, because this one's Django looks at another database.
"""

import contextlib
import hashlib
import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg

import jishi
from jishi.runtime.lifeline import PARENT_VARIABLE, signal_group

ROOT = Path(jishi.__file__).parents[2]
READY_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 8.0
TASTE_SECONDS = 0.05
SECRET = "a-key-of-the-tests-that-signs-nothing-real"
COMMANDS = {"web": ["serve"], "worker": ["worker"], "cashier": ["sandbox"]}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Market:
    """`home` holds its files and logs; `parts` are the processes that should be running."""

    home: Path
    database_url: str
    port: int = field(default_factory=free_port)
    sandbox_port: int = field(default_factory=free_port)
    web_workers: int = 1
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def variables(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "DJANGO_SETTINGS_MODULE": "jishi.runtime.settings",
            "DATABASE_URL": self.database_url,
            "JISHI_HOME": str(self.home),
            "JISHI_PORT": str(self.port),
            "JISHI_BASE_URL": self.url,
            "JISHI_SANDBOX_URL": self.sandbox_url,
            "JISHI_SECRET_KEY": SECRET,
            "JISHI_DEMO": "1",
            "JISHI_WEB_WORKERS": str(self.web_workers),
            "JISHI_RATE_FACTOR": "1000",
            "JISHI_LOG_FORMAT": "console",
            "JISHI_LOG_LEVEL": "warning",
            PARENT_VARIABLE: str(os.getpid()),
        }

    # ---- its parts ------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Migrate and collect static files."""
        self.run("-m", "jishi", "migrate")

    def start(self, *names: str) -> None:
        """Start parts and wait until they answer."""
        for name in names:
            log = (self.home / f"{name}.log").open("ab")
            self.parts[name] = subprocess.Popen(
                [sys.executable, "-m", "jishi", *COMMANDS[name]],
                env=self.variables,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            log.close()
        if "web" in names:
            self.await_answer(f"{self.url}/readyz", "web")
        if "cashier" in names:
            self.await_answer(f"{self.sandbox_url}/healthz", "cashier")

    def kill(self, name: str) -> None:
        """kill -9 of the whole group: no handler, no farewell."""
        process = self.parts.pop(name)
        signal_group(process.pid, signal.SIGKILL)
        process.wait(STOP_SECONDS_MAX)

    def stop(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            for process in self.parts.values():
                if process.poll() is None:
                    signal_group(process.pid, number)
            deadline = time.monotonic() + STOP_SECONDS_MAX
            while time.monotonic() < deadline and any(p.poll() is None for p in self.parts.values()):
                time.sleep(TASTE_SECONDS)
        self.parts.clear()

    def await_answer(self, url: str, name: str) -> None:
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline:
            assert self.parts[name].poll() is None, f"{name} ended:\n{self.log(name)}"
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(url, timeout=2).status_code == 200:
                    return
            time.sleep(TASTE_SECONDS)
        raise AssertionError(f"{name} does not answer at {url}:\n{self.log(name)}")

    def log(self, name: str) -> str:
        path = self.home / f"{name}.log"
        return path.read_text(errors="replace")[-6000:] if path.exists() else ""

    # ---- preparing and looking ------------------------------------------------------------------------

    def run(self, *arguments: str) -> str:
        """A Python command in the market's environment; what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.variables,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, f"{arguments}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def stage(self, act: str, **values: Any) -> Any:
        """One act of tests.world.stage; its answer."""
        script = "import sys, django; django.setup(); from tests.world.stage import main; main(sys.argv[1:])"
        return json.loads(self.run("-c", script, act, json.dumps(values)).splitlines()[-1])

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.database_url, autocommit=True)

    def rows(self, query: str, *values: Any) -> list[Any]:
        with self.connect() as connection:
            return connection.execute(query, values).fetchall()

    def value(self, query: str, *values: Any) -> Any:
        return self.rows(query, *values)[0][0]

    def change(self, query: str, *values: Any) -> int:
        with self.connect() as connection:
            return connection.execute(query, values).rowcount

    def eventually(self, query: str, wanted: Any, *values: Any, seconds: float = 30) -> None:
        """Wait until a query's first value is what it should become."""
        deadline = time.monotonic() + seconds
        while (found := self.value(query, *values)) != wanted:
            assert time.monotonic() < deadline, (
                f"{found!r} instead of {wanted!r} after {seconds} s: {query}\n"
                + "\n".join(f"--- {name}\n{self.log(name)}" for name in self.parts)
            )
            time.sleep(TASTE_SECONDS)

    # ---- the gateway's own books ----------------------------------------------------------------------

    @property
    def gateway_secret(self) -> str:
        return hashlib.sha256(f"sandbox:{SECRET}".encode()).hexdigest()

    def signed(self, body: bytes) -> dict[str, str]:
        at = int(time.time())
        digest = hmac.new(self.gateway_secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return {"x-sandbox-signature": f"t={at},v1={digest}", "content-type": "application/json"}

    def statement(self) -> list[dict[str, Any]]:
        """Everything that moved at the gateway, yesterday and today (a run may pass midnight)."""
        today = datetime.now(UTC).date()
        lines: list[dict[str, Any]] = []
        for day in (today - timedelta(days=1), today):
            answer = httpx.get(
                f"{self.sandbox_url}/v1/statements/{day}", headers=self.signed(b""), timeout=10
            )
            lines += answer.raise_for_status().json()["lines"]
        return lines


@contextlib.contextmanager
def open_market(
    home: Path, *, database_url: str = "", parts: tuple[str, ...] = tuple(COMMANDS)
) -> Iterator[Market]:
    """A prepared market that runs inside the block. Without an address it gets a fresh database beside the tests' own."""
    with contextlib.ExitStack() as ends:
        market = Market(home, database_url or ends.enter_context(fresh_database()))
        market.prepare()
        ends.callback(market.stop)
        market.start(*parts)
        yield market


@contextlib.contextmanager
def fresh_database() -> Iterator[str]:
    """A database of its own on the server of DATABASE_URL; gone afterwards."""
    base = os.environ["DATABASE_URL"]
    name = f"market_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(base)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(base, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
