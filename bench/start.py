"""The price of a second `jishi demo`: seconds to the first 200, and the resident memory of all its processes.

The first start seeds the shop and is timed too. The reference is importing Django alone in a fresh interpreter.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import psutil

from bench import stage

ROUNDS = 3


def main() -> None:
    home = tempfile.mkdtemp(prefix="jishi-start-")
    try:
        first, _ = _start(home)
        rounds = [_start(home) for _ in range(ROUNDS)]
    finally:
        shutil.rmtree(home, ignore_errors=True)
    seconds = sorted(second for second, _ in rounds)[ROUNDS // 2]
    memory = max(mib for _, mib in rounds)
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", "import django, psycopg"], check=True)
    bare = time.monotonic() - started
    print(
        f"first start with seeding: {first:.1f} s; second start: {seconds:.2f} s to the first 200; {memory:.0f} MiB"
    )
    stage.report(
        name="start",
        figure=seconds,
        unit="s to the first 200, second `jishi demo`",
        reference=bare,
        reference_name="importing Django in a fresh interpreter",
        first_start_s=round(first, 1),
        resident_mib=round(memory),
    )


def _start(home: str) -> tuple[float, float]:
    """(seconds to 200 on /readyz, MiB of the whole tree) of one demo, stopped again."""
    port = stage.free_port()
    variables = {**os.environ, "JISHI_HOME": home, "JISHI_PORT": str(port)}
    variables.pop("DATABASE_URL", None)
    started = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-m", "jishi", "demo"],
        env=variables,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await_ready(port)
        seconds = time.monotonic() - started
        time.sleep(2)
        family = [psutil.Process(child.pid), *psutil.Process(child.pid).children(recursive=True)]
        mib = sum(_resident(process) for process in family) / 2**20
    finally:
        os.killpg(child.pid, signal.SIGINT)
        child.wait(30)
    return seconds, mib


def _await_ready(port: int) -> None:
    import urllib.request

    for _ in range(30_000):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("the demo never became ready")


def _resident(process: psutil.Process) -> int:
    """The proportional share where the kernel tells it, so that shared pages count once."""
    try:
        return int(process.memory_full_info().pss)
    except (psutil.Error, AttributeError):
        return 0
