"""Whether this process can do its work: the database answers and no migration is missing."""

import time
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Lock

from django.apps import apps
from django.db import DatabaseError, connection

CACHED_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Readiness:
    database: str
    migrations: str

    @property
    def is_ready(self) -> bool:
        return self.database == "ok" and self.migrations == "ok"


_lock = Lock()
_last: tuple[float, Readiness] | None = None


def readiness() -> Readiness:
    """Looked up at most once a second per process, however many ask."""
    global _last  # noqa: PLW0603 - one answer per process
    with _lock:
        if _last is None or time.monotonic() - _last[0] > CACHED_SECONDS:
            _last = (time.monotonic(), _look())
        return _last[1]


def missing_migrations() -> list[str]:
    """Migrations on disk that the database has not recorded. Raises DatabaseError when it cannot be asked."""
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return sorted(f"{app}.{name}" for app, name in _on_disk())
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    return sorted(f"{app}.{name}" for app, name in _on_disk() - applied)


def _look() -> Readiness:
    try:
        missing = missing_migrations()
    except DatabaseError:
        connection.close()
        return Readiness(database="unreachable", migrations="unknown")
    return Readiness(database="ok", migrations="ok" if not missing else f"{len(missing)} missing")


@cache
def _on_disk() -> frozenset[tuple[str, str]]:
    found = set()
    for config in apps.get_app_configs():
        try:
            package = import_module(f"{config.name}.migrations")
        except ModuleNotFoundError:
            continue
        for folder in package.__path__:
            found |= {(config.label, path.stem) for path in Path(folder).glob("[0-9]*.py")}
    return frozenset(found)
