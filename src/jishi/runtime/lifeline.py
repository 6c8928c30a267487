"""Children that do not outlive their parent, even when it is killed without a word (Linux)."""

import contextlib
import ctypes
import os
import signal
import sys

PARENT_VARIABLE = "JISHI_PARENT_PID"
_PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask the kernel to send this process a signal when the thread that started it ends."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def follow_parent() -> None:
    """Called first thing in a supervised child; closes the gap in which the parent may have died already."""
    expected = os.environ.get(PARENT_VARIABLE, "")
    if not expected:
        return
    end_with_parent()
    if os.getppid() != int(expected):
        raise SystemExit(1)


def is_supervised() -> bool:
    """A supervised child leaves the database to the process that started it."""
    return PARENT_VARIABLE in os.environ


def signal_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)
