"""House limits that no linter knows: a file has at most 400 lines, a function at most 50, no leftover markers.

Exceptions stand in RATCHET with a reason and the present size; they may only shrink, and an exception that is
no longer needed fails too. Run alone it prints what is wrong; tests/architecture runs it as well.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("src", "tests", "tools", "bench")
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
MARKERS = ("FIX" + "ME", "XX" + "X", "HA" + "CK", "TO" + "DO")
BANNED_NAMES = ("utils.py", "helpers.py", "helper.py", "manager.py", "services.py", "service.py", "misc.py")

# path, or path::function → (lines allowed now, why)
RATCHET: dict[str, tuple[int, str]] = {}


def python_files(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            if "migrations" not in path.parts and "node_modules" not in path.parts:
                yield path


def sizes(path: Path, *, root: Path) -> Iterator[tuple[str, int, int]]:
    """(name, lines, limit) of the file and of every function in it."""
    name, text = path.relative_to(root).as_posix(), path.read_text()
    yield name, len(text.splitlines()), FILE_LINES_MAX
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (
                f"{name}::{node.name}",
                (node.end_lineno or node.lineno) - node.lineno + 1,
                FUNCTION_LINES_MAX,
            )


def complaints(root: Path, *, ratchet: dict[str, tuple[int, str]]) -> list[str]:
    found, used = [], set()
    for path in python_files(root):
        name = path.relative_to(root).as_posix()
        if path.name in BANNED_NAMES:
            found.append(f"{name}: name the act, not a drawer ({path.name})")
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            if any(f"# {marker}" in line for marker in MARKERS):
                found.append(f"{name}:{number}: leftover marker")
        for what, lines, limit in sizes(path, root=root):
            allowed = ratchet.get(what, (limit, ""))[0]
            if lines > allowed:
                found.append(f"{what}: {lines} lines, at most {allowed}")
            if what in ratchet and lines > limit:
                used.add(what)
    found += [f"{what}: no longer needs its exception, remove it" for what in ratchet if what not in used]
    return found


if __name__ == "__main__":
    found = complaints(ROOT, ratchet=RATCHET)
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.exit(bool(found))
