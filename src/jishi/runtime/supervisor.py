"""Several processes as one command: started, watched, their lines gathered, and stopped together."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from jishi.runtime.lifeline import PARENT_VARIABLE, signal_group

STOP_SECONDS_MAX = 6.5
RESTARTS_MAX = 5
RESTART_WAIT_SECONDS = 1.0
RESTART_WINDOW_SECONDS = 60.0
NAME_WIDTH = 7
_COLOURS = {"web": "\033[36m", "worker": "\033[35m", "cashier": "\033[33m", "jishi": "\033[32m"}
_print_lock = threading.Lock()


def tell(name: str, line: str) -> None:
    """One line of one process on our output."""
    mark = f"{name:<{NAME_WIDTH}} │"
    if sys.stdout.isatty():
        mark = f"{_COLOURS.get(name, '')}{mark}\033[0m"
    with _print_lock, contextlib.suppress(BrokenPipeError, OSError):
        sys.stdout.write(f"{mark} {line}\n")
        sys.stdout.flush()


@dataclass(slots=True)
class Child:
    """`process` is the present incarnation; a child that dies unasked is started again, within reason."""

    name: str
    arguments: list[str]
    variables: Mapping[str, str]
    process: subprocess.Popen[str] | None = None
    restarts: list[float] = field(default_factory=list)
    due_at: float = 0.0

    def start(self) -> None:
        """In a session of its own, so that a Ctrl-C at the terminal reaches only us and we stop it in order."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jishi", *self.arguments],
            env={**os.environ, **self.variables, PARENT_VARIABLE: str(os.getpid()), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._relay, args=(self.process,), daemon=True).start()

    def _relay(self, process: subprocess.Popen[str]) -> None:
        if process.stdout is None:
            return
        for line in process.stdout:
            tell(self.name, line.rstrip())

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Family:
    """The children of one command."""

    def __init__(self, children: list[Child]) -> None:
        self.children = children
        self.wants_stop = threading.Event()

    def heed_signals(self) -> None:
        """Set even where the shell made us ignore SIGINT, as it does for commands in the background."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.wants_stop.set())

    def add(self, child: Child) -> None:
        self.children.append(child)
        child.start()

    def tend(self) -> bool:
        """Restart who has died. False when somebody keeps dying and all should stop."""
        for child in self.children:
            if child.is_running:
                continue
            if not child.due_at:
                if not _may_restart(child):
                    tell(
                        "jishi", f"{child.name} 一再退出，停止全部 · {child.name} keeps ending: stopping all"
                    )
                    return False
                code = child.process.returncode if child.process else "?"
                tell(
                    "jishi",
                    f"{child.name} 退出（{code}），重新启动 · {child.name} ended ({code}): starting it again",
                )
                child.due_at = time.monotonic() + RESTART_WAIT_SECONDS
            elif time.monotonic() >= child.due_at:
                child.due_at = 0.0
                child.start()
        return True

    def stop(self) -> None:
        """Ask all at once, wait, then insist."""
        for number, seconds in ((signal.SIGTERM, STOP_SECONDS_MAX), (signal.SIGKILL, 1.0)):
            for child in self.children:
                if child.is_running and child.process is not None:
                    signal_group(child.process.pid, number)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline and any(child.is_running for child in self.children):
                time.sleep(0.02)


def _may_restart(child: Child) -> bool:
    now = time.monotonic()
    child.restarts = [at for at in child.restarts if now - at < RESTART_WINDOW_SECONDS]
    child.restarts.append(now)
    return len(child.restarts) <= RESTARTS_MAX
