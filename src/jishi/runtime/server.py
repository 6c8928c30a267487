"""Granian around the front door."""

import os
import shutil
import tempfile
from pathlib import Path

from jishi.runtime import lifeline
from jishi.runtime.environment import Environment

SEVERAL_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
SHUTDOWN_SECONDS_MAX = 5
BACKLOG = 2048


def serve(env: Environment) -> None:
    """Blocks until SIGTERM or SIGINT."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    workers = env.web_workers or (1 if env.demo else os.cpu_count() or 1)
    folder = _metrics_folder(workers)
    server = Granian(
        "jishi.runtime.server:front_door",
        address=env.host,
        port=env.port,
        interface=Interfaces.ASGI,
        workers=workers,
        backlog=BACKLOG,
        factory=True,
        log_level=LogLevels.warning,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=SHUTDOWN_SECONDS_MAX,
    )
    try:
        server.serve()
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def front_door() -> object:
    """Runs in each web process: tie it to its parent before anything else, then build."""
    lifeline.end_with_parent()
    from jishi.runtime.front_door import build

    return build()


def _metrics_folder(workers: int) -> Path | None:
    """Several processes count into files of one folder, which must be empty at the start."""
    if workers == 1:
        os.environ.pop(SEVERAL_VARIABLE, None)
        return None
    folder = Path(tempfile.mkdtemp(prefix="jishi-metrics-"))
    os.environ[SEVERAL_VARIABLE] = str(folder)
    return folder
