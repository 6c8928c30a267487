"""Bring database and static files up to date, and remember that it was done.

The mark lets a second start skip all of it without importing Django: it is made of every migration's content
and the versions of the libraries that bring their own.
"""

import hashlib
import json
import os
from importlib import metadata, util
from pathlib import Path
from typing import Any

from jishi.runtime import static_files
from jishi.runtime.environment import SECRET_FILE, Environment
from jishi.runtime.trouble import Trouble

LIBRARIES_WITH_TABLES = ("django", "django-allauth", "procrastinate")
MARK_FILE = "prepared.json"
ADVISORY_LOCK = 0x6A69736869  # "jishi": two processes never migrate at once


def is_prepared(env: Environment, *, with_seed: bool = False) -> bool:
    mark = _read_mark(env)
    return (
        mark.get("migrations") == migrations_fingerprint()
        and static_files.is_collected(env.home)
        and (not with_seed or bool(mark.get("seeded")) or not _has_seed())
    )


def prepare(env: Environment, *, with_seed: bool = False) -> None:
    """Migrate, collect static files, seed an empty shop. Safe to repeat and to run from several hosts.

    A seeding that was interrupted has left half a shop, which only it can have made: that one is emptied first.
    A shop with members of its own is never seeded.
    """
    _set_up_django()
    if _read_mark(env).get("seeding"):
        _empty_database()
    migrate()
    static_files.collect(env.home)
    is_seeded = _has_members()
    if with_seed and not is_seeded and _has_seed():
        _write_mark(env, seeding=True)
        seed(env.home)
        is_seeded = True
    _write_mark(env, migrations=migrations_fingerprint(), seeded=is_seeded)


def migrate() -> None:
    from django.core.management import call_command
    from django.db import OperationalError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
            try:
                call_command("migrate", interactive=False, verbosity=0)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])
    except OperationalError as error:
        raise Trouble(
            "连不上数据库，请检查 DATABASE_URL 以及数据库是否在运行。",
            "the database does not answer: check DATABASE_URL and whether the server runs.",
            detail=str(error),
        ) from error


def seed(home: Path) -> None:
    """Fill the demo shop and keep its log-ins."""
    from jishi.runtime.demo.accounts import keep_accounts
    from jishi.runtime.demo.seed import seed_demo

    keep_accounts(home, seed_demo())


def ensure_secret(env: Environment) -> None:
    """A signing key of this home's own, readable only to its owner, unless the environment gives one."""
    path = env.home / SECRET_FILE
    if os.environ.get("JISHI_SECRET_KEY") or path.exists():
        return
    import secrets

    try:
        env.home.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        raise Trouble(
            f"数据目录 {env.home} 不可写：{error.strerror}。请检查权限和磁盘空间，或用 JISHI_HOME 换一个目录。",
            f"the data folder {env.home} cannot be written: {error.strerror}. Check permissions and disk space, "
            "or choose another with JISHI_HOME.",
        ) from error
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))


def migrations_fingerprint() -> str:
    total = hashlib.sha256()
    for library in LIBRARIES_WITH_TABLES:
        total.update(f"{library} {metadata.version(library)}\n".encode())
    for path in sorted(static_files.SOURCE.glob("**/migrations/[0-9]*.py")):
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()


def _has_seed() -> bool:
    return util.find_spec("jishi.runtime.demo.seed") is not None


def _set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.runtime.settings")
    import django

    django.setup()


def _name_of_database(env: Environment) -> str:
    """Not the address itself: it may hold a password. The embedded cluster is named by when it was made."""
    if env.uses_embedded_database:
        from jishi.runtime.cluster import cluster_of

        made = cluster_of(env.home).base / "database-made"
        return f"embedded {made.stat().st_mtime_ns if made.exists() else 0}"
    return hashlib.sha256(env.database_url.encode()).hexdigest()


def _has_members() -> bool:
    from django.contrib.auth import get_user_model

    return bool(get_user_model().objects.exists())


def _empty_database() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def _read_mark(env: Environment) -> dict[str, Any]:
    """What was done to this very database; nothing when the mark speaks of another."""
    try:
        mark = dict(json.loads((env.home / MARK_FILE).read_text()))
    except (OSError, ValueError):
        return {}
    return mark if mark.get("database") == _name_of_database(env) else {}


def _write_mark(env: Environment, **words: Any) -> None:
    text = json.dumps({"database": _name_of_database(env), **words})
    (env.home / MARK_FILE).write_text(text)
