"""`jishi doctor`: what is wrong on this machine, and how to mend it. Looks only; changes nothing."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jishi.runtime import cluster, embedded, static_files
from jishi.runtime.environment import Environment, environment

DISK_FREE_MIB_MIN = 300
HEARTBEAT_SECONDS_MAX = 60
NODE_MIN = (20, 19)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Finding:
    """`is_needed` is False for what only some work needs; `mend` says what to do."""

    name: str
    is_well: bool
    words: str
    mend: str = ""
    is_needed: bool = True


def run_doctor() -> int:
    """Prints one line per finding. Returns 1 when something needed is not well."""
    env = environment()
    findings = [finding for check in CHECKS for finding in check(env)]
    for finding in findings:
        mark = "✓" if finding.is_well else ("✗" if finding.is_needed else "–")
        sys.stdout.write(f"{mark} {finding.name:<22} {finding.words}\n")
        if not finding.is_well and finding.mend:
            sys.stdout.write(f"  {'':<22} → {finding.mend}\n")
    return int(any(not f.is_well and f.is_needed for f in findings))


def _python(_env: Environment) -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding(
        "Python",
        sys.version_info >= (3, 11),
        version,
        "安装 Python 3.11 或更新 · install Python 3.11 or newer",
    )


def _node(_env: Environment) -> Iterator[Finding]:
    node = shutil.which("node")
    told = _output([node, "--version"]) if node else ""
    numbers = tuple(int(part) for part in told.lstrip("v").split(".")[:2] if part.isdigit())
    yield Finding(
        "Node", numbers >= NODE_MIN, told or "没有 · none", "make setup 会从 wheel 安装 · make setup installs one from a wheel",
        is_needed=False,
    )  # fmt: skip


def _front_end(_env: Environment) -> Iterator[Finding]:
    build = static_files.SOURCE / "surfaces" / "static" / "build"
    missing = [
        name for name in ("shop.css", "shop.js", "console.css", "console.js") if not (build / name).exists()
    ]
    words = "已构建 · built" if not missing else f"缺 missing: {', '.join(missing)}"
    yield Finding("前端 front end", not missing, words, "make setup")


def _home(env: Environment) -> Iterator[Finding]:
    existing = next(path for path in (env.home, *env.home.parents) if path.exists())
    free_mib = shutil.disk_usage(existing).free // (1024 * 1024)
    yield Finding(
        "数据目录 data folder", os.access(existing, os.W_OK), str(env.home),
        "检查权限，或设置 JISHI_HOME · check its permissions, or set JISHI_HOME",
    )  # fmt: skip
    yield Finding(
        "磁盘 disk", free_mib >= DISK_FREE_MIB_MIN, f"{free_mib} MiB 空闲 free", "清出空间 · make room",
    )  # fmt: skip


def _port(env: Environment) -> Iterator[Finding]:
    with socket.socket() as probe:
        probe.settimeout(1)
        is_taken = probe.connect_ex(("127.0.0.1" if env.host == "0.0.0.0" else env.host, env.port)) == 0
    words = (
        "有程序在监听（也许就是集市） · somebody listens (perhaps the shop itself)"
        if is_taken
        else "空闲 free"
    )
    yield Finding(
        f"端口 port {env.port}", not is_taken, words, f"JISHI_PORT={env.port + 10} make demo", is_needed=False
    )


def _database(env: Environment) -> Iterator[Finding]:
    if env.uses_embedded_database:
        where = cluster.cluster_of(env.home)
        is_up = embedded.is_answering(where)
        yield Finding(
            "内置数据库 embedded",
            is_up,
            str(where.base),
            "由 make demo 启动 · make demo starts it",
            is_needed=False,
        )
        if not is_up:
            return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.runtime.settings")
    import django

    django.setup()
    from django.db import DatabaseError, connection

    from jishi.runtime.readiness import missing_migrations

    try:
        missing = missing_migrations()
    except DatabaseError as error:
        yield Finding(
            "数据库 database", False, str(error).splitlines()[0], "检查 DATABASE_URL · check DATABASE_URL"
        )
        return
    version = connection.pg_version  # type: ignore[attr-defined]
    yield Finding(
        "数据库 database",
        version >= 150000,
        f"PostgreSQL {version // 10000}",
        "需要 15 或更新 · 15 or newer is needed",
    )
    yield Finding(
        "迁移 migrations",
        not missing,
        f"{len(missing)} 未应用 missing" if missing else "齐全 complete",
        "jishi migrate",
    )
    if not missing:
        yield _heartbeat()


def _heartbeat() -> Finding:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - %s * interval '1 second'",
                       [HEARTBEAT_SECONDS_MAX])  # fmt: skip
        alive = int(cursor.fetchone()[0])
    return Finding(
        "后台 worker",
        alive > 0,
        f"{alive} 在运行 running",
        "jishi worker（make demo 会启动 · make demo starts one）",
    )


def _browser(_env: Environment) -> Iterator[Finding]:
    found = next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)
    yield Finding(
        "Chromium", found is not None, found or "没有 · none", "浏览器测试需要 · browser tests need it: apt install chromium",
        is_needed=False,
    )  # fmt: skip
    fonts = _output(["fc-list", ":lang=zh", "family"]) if shutil.which("fc-list") else ""
    fallback = Path("/usr/share/fonts/opentype/noto").exists()
    yield Finding(
        "中文字体 fonts", bool(fonts) or fallback, "有 · found" if fonts or fallback else "没有 · none",
        "海报和截图需要 · posters and screenshots need one: apt install fonts-noto-cjk", is_needed=False,
    )  # fmt: skip


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return done.stdout.strip()


CHECKS: tuple[Callable[[Environment], Iterator[Finding]], ...] = (
    _python, _node, _front_end, _home, _port, _database, _browser,
)  # fmt: skip
