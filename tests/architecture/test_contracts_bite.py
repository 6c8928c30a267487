"""The import contracts are shown to bite: wrong imports are seeded into a copy of the house and must be caught."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = {
    "tiers": "Dependencies point down the tiers",
    "strata": "A room knows only rooms below it",
    "inside": "Inside a room: entries, operations, queries, models, rules, facts",
    "doors": "Enter a room by its public door",
    "rows": "Entries, flows, surfaces and insight never touch rows",
    "tables": "Tables and migrations know no verbs",
    "pure": "Kernel, rules, types, facts and errors are plain Python",
    "surfaces": "Surfaces do not know one another",
    "engines": "DuckDB and Ibis only in insight",
}
SEEDS = [
    ("tiers", "kernel/wrong.py", "import jishi.platform.facts", "jishi.kernel.wrong"),
    ("strata", "modules/people/errors.py", "import jishi.modules.orders.public", "jishi.modules.people.errors"),
    ("inside", "modules/orders/models.py", "import jishi.modules.orders.operations", "jishi.modules.orders.models"),
    ("inside", "modules/orders/helpers.py", "pass", "helpers"),
    ("doors", "modules/orders/queries/wrong.py", "import jishi.modules.people.models", "jishi.modules.orders.queries.wrong"),
    ("doors", "flows/wrong.py", "import jishi.modules.plays.group_buy.models", "jishi.flows.wrong"),
    ("rows", "surfaces/wrong.py", "import jishi.modules.people.models", "jishi.surfaces.wrong"),
    ("tables", "modules/ledger/models.py", "import jishi.modules.ledger.queries", "jishi.modules.ledger.models"),
    ("pure", "modules/orders/types.py", "import django.utils.text", "jishi.modules.orders.types"),
    ("surfaces", "surfaces/shop/wrong.py", "import jishi.surfaces.console.wrong", "jishi.surfaces.shop.wrong"),
    ("engines", "flows/engine.py", "import duckdb", "jishi.flows.engine"),
]  # fmt: skip


def lint(folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache",
         "--config", str(ROOT / "pyproject.toml")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def copy_of_the_house(folder: Path) -> None:
    left_out = shutil.ignore_patterns("static", "locale", "templates", "__pycache__")
    shutil.copytree(ROOT / "src" / "jishi", folder / "jishi", ignore=left_out)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("house")
    copy_of_the_house(folder)
    for _, path, line, _ in SEEDS:
        target = folder / "jishi" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        for parent in target.relative_to(folder).parents:
            if parent.parts:
                (folder / parent / "__init__.py").touch()
        target.write_text((target.read_text() if target.exists() else "") + f"\n{line}\n")
    for name in ("shop", "console"):
        package = folder / "jishi" / "surfaces" / name
        package.mkdir(exist_ok=True)
        (package / "__init__.py").touch()
        (package / "wrong.py").touch()
    return lint(folder)


@pytest.mark.parametrize(
    ("contract", "path", "line", "culprit"), SEEDS, ids=[f"{s[0]}-{s[1]}" for s in SEEDS]
)
def test_a_seeded_wrong_import_is_caught(
    told: str, contract: str, path: str, line: str, culprit: str
) -> None:
    summary, _, details = told.partition("Broken contracts")

    assert f"{CONTRACTS[contract]} BROKEN" in summary, f"{line} in {path} was not caught:\n{told}"
    assert culprit in section_of(details, CONTRACTS[contract])


def section_of(details: str, name: str) -> str:
    """What the report says about one contract: from its underlined heading to the next one."""
    starts = sorted(
        (details.index(f"\n{other}\n"), other) for other in CONTRACTS.values() if f"\n{other}\n" in details
    )
    for index, (start, other) in enumerate(starts):
        if other == name:
            return details[start : starts[index + 1][0] if index + 1 < len(starts) else len(details)]
    return ""


def test_the_house_as_it_stands_keeps_every_contract(tmp_path: Path) -> None:
    copy_of_the_house(tmp_path)

    told = lint(tmp_path)

    assert "0 broken" in told, told
    assert all(f"{name} KEPT" in told for name in CONTRACTS.values())


def test_every_room_is_named_in_the_contract_about_its_inside() -> None:
    modules = ROOT / "src" / "jishi" / "modules"
    rooms = {
        path.parent.relative_to(modules).as_posix().replace("/", ".") for path in modules.rglob("apps.py")
    }

    config = (ROOT / "pyproject.toml").read_text()

    assert rooms
    assert [room for room in sorted(rooms) if f'"jishi.modules.{room}",' not in config] == []
