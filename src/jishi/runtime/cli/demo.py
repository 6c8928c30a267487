"""`jishi demo`: embedded PostgreSQL, web, worker and sandbox cashier as one foreground command.

This process stays small (no Django): it starts the others, waits until the shop is ready, prints where to go,
and stops everything in order. A second start skips what has been prepared and starts all at once.
"""

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from jishi.runtime import embedded, server_user
from jishi.runtime.cli.processes import has_sandbox
from jishi.runtime.demo.accounts import kept_accounts
from jishi.runtime.environment import Environment, environment
from jishi.runtime.prepare import MARK_FILE, ensure_secret, is_prepared
from jishi.runtime.supervisor import Child, Family, tell
from jishi.runtime.trouble import Trouble

READY_SECONDS_MAX = 120.0
TEND_SECONDS = 0.2
DISK_FREE_MIB_MIN = 300
SANDBOX_PORTS_TRIED = 50


def run_demo(*, fresh: bool, with_seed: bool = True) -> int:
    """Runs until Ctrl-C. Returns 0 after an orderly stop, 1 when a part would not stay up."""
    env = environment()
    family = Family([])
    family.heed_signals()
    _check_port(env)
    _check_disk(env)
    if fresh:
        _start_over(env)
    ensure_secret(env)
    variables = _variables(env)
    server = embedded.start(env.home) if env.uses_embedded_database else None
    try:
        if not is_prepared(env, with_seed=with_seed) or _is_emptied(env):
            _prepare(family, variables, with_seed=with_seed)
        return 0 if family.wants_stop.is_set() else _run(env, family, variables, server)
    finally:
        family.stop()
        if server is not None:
            server.stop()
        tell("jishi", "已停止 · stopped")


def _run(env: Environment, family: Family, variables: dict[str, str], server: embedded.Server | None) -> int:
    """The site first, alone with the processor; the others while the first page is being read."""
    family.children = []
    family.add(Child("web", ["serve"], variables))
    _await_ready(env, family)
    if not family.wants_stop.is_set():
        family.add(Child("worker", ["worker"], variables))
        if has_sandbox():
            family.add(Child("cashier", ["sandbox"], variables))
        _welcome(env, variables)
    while not family.wants_stop.wait(TEND_SECONDS):
        if server is not None and not server.is_running:
            tell("jishi", "数据库意外停止，重新启动 · the database ended: starting it again")
            server.restart()
        if not family.tend():
            return 1
    tell("jishi", "正在停止 · stopping")
    return 0


def _variables(env: Environment) -> dict[str, str]:
    """What the children see: the same database, demo mode, readable logs, a free port for the cashier."""
    sandbox_url = env.sandbox_url
    if not os.environ.get("JISHI_SANDBOX_URL"):
        sandbox_url = f"http://127.0.0.1:{_free_port(env.port + 1)}"
    return {
        "DJANGO_SETTINGS_MODULE": "jishi.runtime.settings",
        "DATABASE_URL": env.database_url,
        "JISHI_HOME": str(env.home),
        "JISHI_DEMO": "1",
        "JISHI_SANDBOX_URL": sandbox_url,
        "JISHI_LOG_FORMAT": os.environ.get("JISHI_LOG_FORMAT", "console"),
    }


def _prepare(family: Family, variables: dict[str, str], *, with_seed: bool) -> None:
    """In a process of its own, so that Django's memory goes when it is done."""
    tell(
        "jishi",
        "准备数据库和演示数据（首次约一分钟）· preparing the database and the demo shop (a minute at first)",
    )
    child = Child("jishi", ["migrate", "--seed"] if with_seed else ["migrate"], variables)
    family.children = [child]
    child.start()
    process = child.process
    while process is not None and process.poll() is None and not family.wants_stop.wait(TEND_SECONDS):
        pass
    if process is not None and process.poll() not in (None, 0):
        raise Trouble("准备没有完成，原因见上。", "preparing did not finish; the reason is above.")


def _await_ready(env: Environment, family: Family) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < deadline and not family.wants_stop.wait(0.05):
        if _status(env, "/readyz") == 200:
            return
        if not family.tend():
            raise Trouble("网站没有启动，原因见上。", "the site did not start; the reason is above.")
    if not family.wants_stop.is_set():
        raise Trouble(
            f"等了 {READY_SECONDS_MAX:.0f} 秒网站仍未就绪。",
            f"not ready after {READY_SECONDS_MAX:.0f} seconds.",
        )


def _status(env: Environment, path: str) -> int:
    connection = http.client.HTTPConnection(
        "127.0.0.1" if env.host == "0.0.0.0" else env.host, env.port, timeout=2
    )
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _welcome(env: Environment, variables: dict[str, str]) -> None:
    lines = [
        "",
        "集市已开张 · the market is open",
        "",
        f"  商城 shop       {env.base_url}/",
        f"  后台 console    {env.base_url}/console/",
        f"  接口 API        {env.base_url}/api/v1/docs",
    ]
    if has_sandbox():
        lines.append(f"  收银台 cashier  {variables['JISHI_SANDBOX_URL']}/")
    accounts = kept_accounts(env.home)
    if accounts:
        lines += ["", "  登录 log-ins"]
    lines += [f"  {a.role_zh} {a.role_en}: {a.login} / {a.secret}" for a in accounts]
    lines += ["", f"  数据 data: {env.home}    停止 stop: Ctrl-C", ""]
    for line in lines:
        tell("jishi", line)


# ---- before anything starts -------------------------------------------------------------------------------


def _check_port(env: Environment) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((env.host, env.port))
        except OSError as error:
            raise Trouble(
                f"端口 {env.host}:{env.port} 用不了（{error.strerror}）。请换一个，例如：JISHI_PORT={env.port + 10} make demo",
                f"port {env.host}:{env.port} cannot be used ({error.strerror}). Choose another, for example: "
                f"JISHI_PORT={env.port + 10} make demo",
            ) from error


def _free_port(first: int) -> int:
    for port in range(first, first + SANDBOX_PORTS_TRIED):
        with socket.socket() as probe, contextlib.suppress(OSError, OverflowError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise Trouble(
        "找不到空闲端口给收银台，请设置 JISHI_SANDBOX_URL。",
        "no free port for the cashier: set JISHI_SANDBOX_URL.",
    )


def _check_disk(env: Environment) -> None:
    existing = next(path for path in (env.home, *env.home.parents) if path.exists())
    free_mib = shutil.disk_usage(existing).free // (1024 * 1024)
    if free_mib < DISK_FREE_MIB_MIN:
        raise Trouble(
            f"{existing} 所在磁盘只剩 {free_mib} MiB，至少需要 {DISK_FREE_MIB_MIN} MiB。",
            f"only {free_mib} MiB are free where {existing} lies; {DISK_FREE_MIB_MIN} MiB are needed.",
        )


def _start_over(env: Environment) -> None:
    """Forget the demo's data. A database of somebody else's making is never emptied."""
    if env.uses_embedded_database:
        embedded.forget(env.home)
    elif _tables(env):
        if not is_prepared(env):
            raise Trouble(
                "DATABASE_URL 指向的数据库不是这个演示建立的，不会清空它；请给演示一个空的数据库。",
                "the database of DATABASE_URL was not made by this demo and will not be emptied; give the demo an empty one.",
            )
        _empty_database(env)
    for name in (MARK_FILE, "demo-accounts.json"):
        (env.home / name).unlink(missing_ok=True)
    for name in ("media", "private", "static"):
        shutil.rmtree(Path(env.home) / name, ignore_errors=True)


def _is_emptied(env: Environment) -> bool:
    """The mark says prepared, but an external database may have been dropped and made again since."""
    return not env.uses_embedded_database and not _tables(env)


def _tables(env: Environment) -> int:
    return int(_ask(env, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") or 0)


def _empty_database(env: Environment) -> None:
    _ask(env, "DROP SCHEMA public CASCADE; CREATE SCHEMA public; SELECT 1")


def _ask(env: Environment, query: str) -> str:
    """Through the wheel's psql, so that this process need not carry a database driver."""
    command = [
        str(server_user.installed_programs() / "bin" / "psql"),
        "-XAtq",
        "-v",
        "ON_ERROR_STOP=1",
        "-d",
        env.database_url,
    ]
    done = subprocess.run(
        [*command, "-c", query], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode != 0:
        raise Trouble(
            "连不上 DATABASE_URL 指向的数据库。",
            "the database of DATABASE_URL does not answer.",
            detail=done.stderr,
        )
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""
