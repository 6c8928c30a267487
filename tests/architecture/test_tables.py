"""What an import graph cannot see: how the tables point at one another."""

import re
from pathlib import Path

from django.apps import apps
from django.db import models

import jishi

ROOMS = Path(jishi.__file__).parent / "modules"
STRATA = {
    name: height
    for height, names in enumerate(
        [
            ["people"],
            ["catalog", "ledger", "messaging", "webhooks", "approvals", "finance"],
            ["payments", "inventory", "sharing", "wallet"],
            ["orders"],
            ["plays"],
        ],
        start=1,
    )
    for name in names
}


def house_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("jishi.")]


def relations() -> list[tuple[type[models.Model], "models.ForeignKey[models.Model, models.Model]"]]:
    return [
        (model, field)
        for model in house_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
    ]


def room_of(model: type[models.Model]) -> str:
    parts = model.__module__.split(".")
    return parts[2] if parts[1] == "modules" else ""


def height_of(model: type[models.Model]) -> int:
    """Platform and libraries lie beneath every room."""
    return STRATA[room_of(model)] if room_of(model) else 0


def test_there_are_tables_and_relations_to_judge() -> None:
    assert len(house_models()) > 20
    assert len(relations()) > 10


def test_foreign_keys_point_down_or_stay_in_their_room() -> None:
    wrong = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model, field in relations()
        if room_of(model) != room_of(field.related_model)
        and height_of(model) <= height_of(field.related_model)
    ]

    assert wrong == []


def test_foreign_keys_protect_what_they_point_at() -> None:
    wrong = [
        f"{model._meta.label}.{field.name} {field.remote_field.on_delete.__name__}"
        for model, field in relations()
        if field.remote_field.on_delete is not models.PROTECT
    ]

    assert wrong == []


def test_foreign_keys_have_no_reverse_names() -> None:
    wrong = [
        f"{model._meta.label}.{field.name}" for model, field in relations() if not field.remote_field.hidden
    ]

    assert wrong == []


def test_many_to_many_tables_are_written_out() -> None:
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model in house_models()
        for field in model._meta.local_many_to_many
        if field.model.__module__.startswith("jishi.")
        and field.remote_field.model.__module__.startswith("jishi.")
    ]

    assert wrong == []


def test_rooms_do_not_find_one_another_by_name() -> None:
    """What a setting names (a provider, a sender) may be loaded by name; a name written in code is an import."""
    pattern = re.compile(r"""get_model\(|ContentType\.objects|import_(?:string|module)\(\s*f?["']""")
    wrong = [
        f"{path.relative_to(ROOMS)}:{number}"
        for path in ROOMS.rglob("*.py")
        if not {"tests", "migrations"} & set(path.parts)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if pattern.search(line)
    ]

    assert wrong == []


def test_templates_of_a_room_include_only_their_own() -> None:
    pattern = re.compile(r"""\{%\s*(?:include|extends)\s+["']([^"']+)["']""")
    wrong = [
        f"{path.relative_to(ROOMS)} → {name}"
        for path in ROOMS.rglob("templates/**/*.html")
        for name in pattern.findall(path.read_text())
        if name.split("/")[0]
        not in (path.relative_to(ROOMS).parts[0], path.relative_to(ROOMS).parts[1], "parts")
    ]

    assert wrong == []
