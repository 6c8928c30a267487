"""The rival, when there is one on this machine: a minimal django-oscar shop, prepared as bench/README.md says.

JISHI_BENCH_OSCAR is the folder with `oscarshop/` and its client; JISHI_BENCH_OSCAR_PYTHON the interpreter that has Oscar.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import load, stage

PORT = 14000


def is_there() -> bool:
    return bool(os.environ.get("JISHI_BENCH_OSCAR") and os.environ.get("JISHI_BENCH_OSCAR_PYTHON"))


@contextmanager
def serving() -> Iterator[str]:
    folder, python = Path(os.environ["JISHI_BENCH_OSCAR"]), os.environ["JISHI_BENCH_OSCAR_PYTHON"]
    command = [
        *(python, "-m", "gunicorn", "-w", "2", "--threads", "4", "-k", "gthread", "-b", f"127.0.0.1:{PORT}"),
        *("--chdir", str(folder), "oscarshop.wsgi:application"),
    ]
    url = f"http://127.0.0.1:{PORT}"
    with stage.served(
        command,
        url=f"{url}/api/products/1/",
        PYTHONPATH=str(folder),
        DJANGO_SETTINGS_MODULE="oscarshop.settings",
    ):
        yield url


def reads() -> dict[str, float]:
    """Requests a second of Oscar's API: its list (without prices) and its detail. Empty when Oscar is not here."""
    if not is_there():
        return {}
    with serving() as url:
        listed = load.wrk(f"{url}/api/products/?page_size=24", connections=32, seconds=6)
        detail = load.wrk(f"{url}/api/products/500/", connections=32, seconds=6)
    return {"list": listed.requests_per_second, "product": detail.requests_per_second}


def checkouts(count: int = 300) -> float | None:
    """Orders a second over 1,000 SKUs with 32 shoppers, without payment; None when Oscar is not here."""
    if not is_there():
        return None
    folder, python = Path(os.environ["JISHI_BENCH_OSCAR"]), os.environ["JISHI_BENCH_OSCAR_PYTHON"]
    with serving():
        out = subprocess.run(
            [python, str(folder / "oscar_client.py"), "checkout", str(count), "32"],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(folder), "DJANGO_SETTINGS_MODULE": "oscarshop.settings"},
        ).stdout
    return float(json.loads(out.splitlines()[-1])["checkout"]["orders_s"])
