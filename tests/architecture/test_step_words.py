"""Every step that a timeline of the console may show has words; none is read as a code."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from jishi.surfaces.console import step_words

SOURCE = Path(step_words.__file__).parents[2]
LIFECYCLES = {
    "order": "orders.rules:LIFECYCLE",
    "product": "catalog.rules.lifecycle:LIFECYCLE",
    "note": "notes.rules.lifecycle:LIFECYCLE",
    "play": "plays.life.rules:LIFECYCLE",
    "campaign": "campaigns.rules:LIFECYCLE",
    "group_offer": "plays.group_buy.rules:OFFER_LIFECYCLE",
    "team": "plays.group_buy.rules:TEAM_LIFECYCLE",
}


def shown_kinds() -> set[str]:
    pages = (SOURCE / "surfaces/console").glob("*.py")
    return {kind for page in pages for kind in re.findall(r'timeline\("(\w+)"', page.read_text())}


def steps_in_code() -> Iterator[tuple[str, str]]:
    """(kind, verb) of every recorded step that names both."""
    for path in [*SOURCE.glob("modules/**/*.py"), *SOURCE.glob("flows/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            said = {keyword.arg: keyword.value for keyword in node.keywords}
            subject, verb = said.get("subject"), said.get("verb")
            if isinstance(subject, ast.Tuple) and isinstance(verb, ast.Constant):
                kind = subject.elts[0]
                if isinstance(kind, ast.Constant):
                    yield str(kind.value), str(verb.value)


def steps_of_lifecycles() -> Iterator[tuple[str, str]]:
    for kind, where in LIFECYCLES.items():
        module, name = where.split(":")
        for _, verb in getattr(importlib.import_module(f"jishi.modules.{module}"), name):
            yield kind, verb


def test_the_pages_show_what_is_looked_at_here() -> None:
    assert set(LIFECYCLES) <= shown_kinds()
    assert len(set(steps_in_code())) > 50


@pytest.mark.parametrize("kind", sorted(shown_kinds()))
def test_every_step_of_a_timeline_has_words(kind: str) -> None:
    told = {verb for of, verb in (*steps_in_code(), *steps_of_lifecycles()) if of == kind}
    assert told
    assert [verb for verb in sorted(told) if not step_words.is_known(verb, of=kind)] == []
