"""A real PostgreSQL from a wheel, run as a child of whoever needs it.

Whoever holds the cluster's lock owns its server; everybody else only connects. The server listens on a socket
in a private folder and on no port, so it never meets a machine's own PostgreSQL. It runs as the user who
started it; for root, who may not, as a user of its own, with the programs copied to where that user can read.
"""

import contextlib
import fcntl
import functools
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from jishi.runtime.cluster import DATABASE, SUPERUSER, Cluster, cluster_of
from jishi.runtime.lifeline import end_with_parent
from jishi.runtime.server_user import Person, make_folder, make_folders, person_for, programs_for
from jishi.runtime.trouble import Trouble

START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 4.0
LOCK_SECONDS_MAX = 10.0
LOG_BYTES_MAX = 10 * 1024 * 1024
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "fsync": "on",
    "full_page_writes": "on",
    "wal_compression": "pglz",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_lock_waits": "on",
}


@dataclass(slots=True)
class Server:
    """A server that we own: as long as `lock` is open, nobody else starts one on this cluster."""

    cluster: Cluster
    process: subprocess.Popen[bytes]
    lock: IO[str]
    launch: Callable[[], subprocess.Popen[bytes]]

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def restart(self) -> None:
        """After a crash: the server recovers from its log by itself."""
        _clear_the_way(self.cluster)
        self.process = self.launch()
        _await_ready(self)

    def stop(self) -> None:
        """Fast shutdown (sessions are ended, data is flushed); immediate if that takes too long."""
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.process.poll() is not None:
                break
            self.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS_MAX)
        self.lock.close()


@contextlib.contextmanager
def running(home: Path, *, settings: dict[str, str] | None = None) -> Iterator[None]:
    """The server is up inside the block: ours, or the one somebody already owns."""
    if is_answering(cluster_of(home)):
        yield
        return
    server = start(home, settings=settings)
    try:
        yield
    finally:
        server.stop()


def is_answering(cluster: Cluster) -> bool:
    return (state := _postmaster(cluster)) is not None and state[1] == "ready"


def start(home: Path, *, settings: dict[str, str] | None = None) -> Server:
    """Take the lock, make the cluster on the first run, start the server and wait until it answers."""
    cluster = cluster_of(home)
    make_folder(home)
    person = person_for(cluster)
    make_folders(cluster, person)
    lock = _take_lock(cluster)
    try:
        programs = programs_for(person)
        if not (cluster.data / "PG_VERSION").exists():
            _init(cluster, person, programs)
        _clear_the_way(cluster)
        launch = functools.partial(_launch, cluster, person, programs, {**SETTINGS, **(settings or {})})
        server = Server(cluster=cluster, process=launch(), lock=lock, launch=launch)
        _await_ready(server)
        _create_database(cluster)
    except BaseException:
        lock.close()
        raise
    return server


def forget(home: Path) -> None:
    """Remove the cluster and all its data. Refuses while somebody runs it."""
    cluster = cluster_of(home)
    if not cluster.base.exists():
        return
    with _take_lock(cluster):
        _clear_the_way(cluster)
        shutil.rmtree(cluster.run, ignore_errors=True)
        shutil.rmtree(cluster.base)


# ---- the lock and what a crash may have left -------------------------------------------------------------


def _take_lock(cluster: Cluster) -> IO[str]:
    lock = open(cluster.lock, "a+")  # noqa: SIM115 - kept open as long as the server lives
    deadline = time.monotonic() + LOCK_SECONDS_MAX
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > deadline:
                lock.seek(0)
                owner = lock.read().strip() or "?"
                lock.close()
                raise Trouble(
                    f"这个数据目录的内置数据库正被另一个 jishi（进程 {owner}）使用；请先停止它，或换一个 JISHI_HOME。",
                    f"another jishi (process {owner}) is using this home's embedded database; stop it first, "
                    "or choose another JISHI_HOME.",
                ) from None
            time.sleep(0.1)
    lock.seek(0)
    lock.truncate()
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _clear_the_way(cluster: Cluster) -> None:
    """We hold the lock, so a server that still runs is an orphan: end it. A stale pid file is removed."""
    state = _postmaster(cluster)
    if state is None:
        return
    process, _ = state
    if process is not None:
        for number in (signal.SIGINT, signal.SIGQUIT):
            with contextlib.suppress(psutil.Error):
                process.send_signal(number)
                process.wait(STOP_SECONDS_MAX)
    if _postmaster_process(cluster, _pid_lines(cluster)) is None:
        (cluster.data / "postmaster.pid").unlink(missing_ok=True)


def _postmaster(cluster: Cluster) -> tuple[psutil.Process | None, str] | None:
    lines = _pid_lines(cluster)
    if not lines:
        return None
    process = _postmaster_process(cluster, lines)
    status = lines[7].strip() if process is not None and len(lines) > 7 else ""
    return process, status


def _pid_lines(cluster: Cluster) -> list[str]:
    try:
        return (cluster.data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _postmaster_process(cluster: Cluster, lines: list[str]) -> psutil.Process | None:
    """A number in a file may by now belong to any program; a postmaster works inside its data folder."""
    try:
        process = psutil.Process(int(lines[0]))
        if process.name().startswith("postgres") and Path(process.cwd()) == cluster.data.resolve():
            return process
    except (psutil.Error, ValueError, IndexError):
        return None
    return None


# ---- making, starting -------------------------------------------------------------------------------------


def _init(cluster: Cluster, person: Person, programs: Path) -> None:
    """Make the data beside its final name and rename it, so that an interrupted first run leaves no half."""
    draft = cluster.base / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    command = [
        str(programs / "bin" / "initdb"), "-D", str(draft), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8",
        "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums",
    ]  # fmt: skip
    done = subprocess.run(  # type: ignore[call-overload]
        command,
        cwd=cluster.base,
        env=_plain_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **person.popen_options(),
    )
    if done.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise _cannot_start(cluster, done.stdout)
    (cluster.base / "database-made").unlink(missing_ok=True)
    draft.rename(cluster.data)


def _launch(
    cluster: Cluster, person: Person, programs: Path, settings: dict[str, str]
) -> subprocess.Popen[bytes]:
    command = [str(programs / "bin" / "postgres"), "-D", str(cluster.data)]
    for name, value in {**settings, "unix_socket_directories": str(cluster.run)}.items():
        command += ["-c", f"{name}={value}"]
    if cluster.log.exists() and cluster.log.stat().st_size > LOG_BYTES_MAX:
        cluster.log.replace(cluster.log.with_suffix(".log.1"))
    with open(cluster.log, "ab") as log:
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
            command,
            cwd=cluster.base,
            env=_plain_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=functools.partial(end_with_parent, signal.SIGINT),  # noqa: PLW1509 - one system call
            **person.popen_options(),
        )


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _await_ready(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise _cannot_start(server.cluster, _tail(server.cluster.log))
        lines = _pid_lines(server.cluster)
        if len(lines) > 7 and lines[0] == str(server.process.pid) and lines[7].strip() == "ready":
            return
        time.sleep(0.02)
    server.stop()
    raise _cannot_start(server.cluster, _tail(server.cluster.log))


def _create_database(cluster: Cluster) -> None:
    made = cluster.base / "database-made"
    if made.exists():
        return
    import psycopg  # only the first start pays for it

    with psycopg.connect(
        host=str(cluster.run), user=SUPERUSER, dbname="postgres", autocommit=True
    ) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if known is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")
    made.touch()


def _cannot_start(cluster: Cluster, detail: str) -> Trouble:
    if "No space left on device" in detail:
        return Trouble(
            f"磁盘已满，数据库无法启动（{cluster.base}）。请清出空间后再试。",
            f"the disk is full: the database cannot start ({cluster.base}). Make room and try again.",
            detail=detail,
        )
    return Trouble(
        f"内置数据库没有启动，日志在 {cluster.log}。",
        f"the embedded database did not start; its log is {cluster.log}.",
        detail=detail,
    )


def _tail(path: Path, *, lines: int = 12) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
