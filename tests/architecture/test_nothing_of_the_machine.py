"""Tracked files speak of the project only: no paths of a machine, no addresses of package registries."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REGISTRIES = ("registry." + "npmjs", "files." + "pythonhosted", "pypi." + "org", "deb." + "debian")
PATTERN = re.compile(
    "|".join([*map(re.escape, REGISTRIES), r"(?<![\w.])/(?:work|root|home/\w+|opt/wheels|opt/pypi)/"])
)
SKIPPED_ENDINGS = {".png", ".jpg", ".webp", ".woff2", ".mo", ".ico", ".gz"}


def tracked_files() -> list[Path]:
    told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if told.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in told.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match.group()}"
        for path in tracked_files()
        if path.suffix not in SKIPPED_ENDINGS
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if (match := PATTERN.search(line))
    ]

    assert found == []


@pytest.mark.parametrize(
    "line", ["see /work" + "/main", "https://" + "pypi" + ".org/simple", "/home" + "/ann/jishi"]
)
def test_the_pattern_bites(line: str) -> None:
    assert PATTERN.search(line)


def test_locks_hold_hashes_and_nothing_of_where_they_came_from() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        lines = path.read_text().splitlines()
        pins = [line for line in lines if "==" in line]

        assert pins
        assert not [line for line in lines if line.startswith("--") or "://" in line], path
        assert all(line.endswith("\\") for line in pins), f"{path}: a pin without a hash"


def test_the_front_end_lock_holds_no_addresses() -> None:
    assert '"resolved"' not in (ROOT / "frontend" / "package-lock.json").read_text()
