"""Load by wrk: the same client for every figure and its reference. `apt-get install wrk` where it is missing."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    requests: int
    errors: int
    """Answers that were neither 2xx nor 3xx, and socket errors."""


def wrk(
    url: str, *, connections: int = 32, seconds: int = 6, script: str = "", folder: Path | None = None
) -> Measured:
    program = shutil.which("wrk")
    if program is None:
        sys.exit("测量需要 wrk：apt-get install wrk · these measurements need wrk: apt-get install wrk")
    command = [program, "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "30s"]
    if script:
        path = (folder or Path(".")) / "load.lua"
        path.write_text(script)
        command += ["-s", str(path)]
    out = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    return Measured(
        requests_per_second=float(_find(r"Requests/sec:\s+([\d.]+)", out)),
        p50_ms=_milliseconds(_find(r"(?m)^\s+50%\s+(\S+)", out)),
        p99_ms=_milliseconds(_find(r"(?m)^\s+99%\s+(\S+)", out)),
        requests=int(_find(r"(\d+) requests in", out)),
        errors=int(_find(r"Non-2xx or 3xx responses: (\d+)", out, "0")),
    )


def _find(pattern: str, text: str, default: str = "") -> str:
    found = re.search(pattern, text)
    return found.group(1) if found else default


def _milliseconds(text: str) -> float:
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()  # type: ignore[union-attr]
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]
