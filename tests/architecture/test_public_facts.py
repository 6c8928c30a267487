"""Every fact either leaves the house or stays inside, and what leaves is in the guide with its fields."""

import dataclasses
import importlib
import re
from pathlib import Path

import jishi
from jishi.modules.webhooks.rules import PRIVATE_FACTS, PUBLIC_FACTS

SRC = Path(jishi.__file__).parent
GUIDE = SRC.parents[1] / "docs" / "guides" / "webhooks.md"


def fact_classes() -> dict[str, type]:
    found: dict[str, type] = {}
    for path in SRC.glob("modules/**/facts.py"):
        parts = path.relative_to(SRC).with_suffix("").parts
        module = importlib.import_module(".".join(("jishi", *parts)))
        for value in vars(module).values():
            if dataclasses.is_dataclass(value) and isinstance(value, type) and "name" in vars(value):
                found[value.name] = value  # type: ignore[attr-defined]
    return found


def test_every_fact_is_public_or_private_and_not_both() -> None:
    assert len(fact_classes()) > 20
    assert sorted([*PUBLIC_FACTS, *PRIVATE_FACTS]) == sorted(fact_classes())


def test_the_guide_has_every_public_fact_with_its_fields() -> None:
    rows = dict(re.findall(r"^\| `([a-z_.]+\.v\d+)` \| (.+) \|$", GUIDE.read_text(), re.MULTILINE))

    assert sorted(rows) == sorted(PUBLIC_FACTS)
    for name, text in rows.items():
        fields = [field.name for field in dataclasses.fields(fact_classes()[name])]
        assert re.findall(r"`(\w+)`", text) == fields, name
