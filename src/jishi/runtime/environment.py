"""The one place that reads the process environment."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

_DEV_SECRET = "not-a-secret-set-JISHI_SECRET_KEY-in-production"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Environment:
    home: Path
    database_url: str
    secret_key: str
    debug: bool
    demo: bool
    port: int
    base_url: str
    currency: str
    allowed_hosts: list[str]
    trusted_origins: list[str]

    def database(self) -> dict[str, Any]:
        """Django's connection settings. Raises ValueError for anything but a PostgreSQL address."""
        parts = urlparse(self.database_url)
        if parts.scheme not in ("postgres", "postgresql"):
            raise ValueError("DATABASE_URL must look like postgresql://user:password@host:5432/name")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or 5432),
            "CONN_MAX_AGE": 600,
        }


@cache
def environment() -> Environment:
    port = int(os.environ.get("JISHI_PORT", "8000"))
    return Environment(
        home=Path(os.environ.get("JISHI_HOME", ".data")).resolve(),
        database_url=os.environ.get("DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/jishi"),
        secret_key=os.environ.get("JISHI_SECRET_KEY", _DEV_SECRET),
        debug=os.environ.get("JISHI_DEBUG") == "1",
        demo=os.environ.get("JISHI_DEMO") == "1",
        port=port,
        base_url=os.environ.get("JISHI_BASE_URL", f"http://127.0.0.1:{port}"),
        currency=os.environ.get("JISHI_CURRENCY", "CNY"),
        allowed_hosts=os.environ.get("JISHI_ALLOWED_HOSTS", "*").split(","),
        trusted_origins=[o for o in os.environ.get("JISHI_TRUSTED_ORIGINS", "").split(",") if o],
    )
