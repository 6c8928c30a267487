"""Where the embedded PostgreSQL keeps its things. Only paths: safe and quick to import anywhere."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

DATABASE = "jishi"
SUPERUSER = "postgres"
ROOT_BASES = (Path("/var/lib/jishi-postgres"), Path("/var/tmp/jishi-postgres"))
SOCKET_NAME_LENGTH_MAX = 107  # sockaddr_un.sun_path, less the closing zero
_SOCKET_FILE = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class Cluster:
    """`base` holds data/, run/ (the socket), log and lock."""

    base: Path

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def run(self) -> Path:
        """The socket's folder: beside the data, or in /tmp under a private name when that path is too long."""
        beside = self.base / "run"
        if len(os.fsencode(beside / _SOCKET_FILE)) <= SOCKET_NAME_LENGTH_MAX:
            return beside
        return Path("/tmp") / f"jishi-{key_of(self.base)}"

    @property
    def log(self) -> Path:
        return self.base / "postgres.log"

    @property
    def lock(self) -> Path:
        return self.base / "lock"


def cluster_of(home: Path) -> Cluster:
    """The cluster that belongs to a JISHI_HOME; the same answer in every process.

    PostgreSQL refuses to run as root. When root keeps its home where nobody else may enter, the cluster lives
    in a folder of its own instead, under a name made from the home's path.
    """
    inside = Cluster(home / "postgres")
    if os.geteuid() != 0 or _exists(inside.data):
        return inside
    outside = [Cluster(base / key_of(home)) for base in ROOT_BASES]
    for cluster in outside:
        if _exists(cluster.data):
            return cluster
    if _all_may_enter(home):
        return inside
    return next((c for c in outside if _may_be_made(c.base.parent)), outside[-1])


def database_url(home: Path, *, database: str = DATABASE) -> str:
    return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(cluster_of(home).run))}"


def key_of(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _exists(data: Path) -> bool:
    return (data / "PG_VERSION").exists()


def _all_may_enter(home: Path) -> bool:
    return all(path.stat().st_mode & 0o001 for path in (home, *home.parents) if path.exists())


def _may_be_made(path: Path) -> bool:
    return os.access(path if path.exists() else path.parent, os.W_OK)
