"""Values for the parts of the console: cells, tables, pagers, tabs. Data in, dictionaries for templates out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import QueryDict

Cell = dict[str, Any]


def text(value: object, *, note: str = "", image: str = "", mood: str = "") -> Cell:
    return {"text": value, "note": note, "image": image, "mood": mood}


def number(value: object, *, note: str = "", mood: str = "") -> Cell:
    return {"text": value, "is_number": True, "note": note, "mood": mood}


def tag(value: object, colour: str, *, note: str = "") -> Cell:
    return {"text": value, "tag": colour, "note": note}


def bar(percent: float) -> Cell:
    return {"bar": max(0, min(100, round(percent)))}


def column(label: str, *, is_number: bool = False, **more: Any) -> dict[str, Any]:
    return {"label": label, "is_number": is_number, **more}


def row(cells: Sequence[Cell], *, url: str = "", is_total: bool = False) -> dict[str, Any]:
    return {"url": url, "is_total": is_total, "cells": list(cells)}


def table(
    columns: Sequence[dict[str, Any]],
    rows: Iterable[dict[str, Any]],
    *,
    caption: str,
    empty: tuple[str, str] = ("", ""),
) -> dict[str, Any]:
    """What `console/parts/table.html` reads; `empty` is (title, words) when there are no rows."""
    return {
        "columns": list(columns),
        "rows": list(rows),
        "caption": caption,
        "empty_title": empty[0],
        "empty_text": empty[1],
    }


def sorted_column(
    label: str, *, name: str, sort: str, query: QueryDict, is_number: bool = False
) -> dict[str, Any]:
    """A column whose head sorts: first down for numbers, first up for words, then the other way."""
    down, up = f"-{name}", name
    is_now = sort in (down, up)
    following = up if sort == down else down if sort == up else (down if is_number else up)
    sorted_as = {down: "descending", up: "ascending"}.get(sort) if is_now else None
    return column(
        label, is_number=is_number, sort_url=with_query(query, sort=following, page=None), sorted=sorted_as
    )


def with_query(query: QueryDict, **changes: object) -> str:
    """The address of this page with some parameters changed; None takes one away."""
    changed = query.copy()
    for name, value in changes.items():
        if value is None or value == "":
            changed.pop(name, None)
        else:
            changed[name] = str(value)
    return f"?{changed.urlencode()}"


def pager(*, query: QueryDict, page: int, size: int, total: int) -> dict[str, Any]:
    """Pages by number; what `console/parts/pager.html` reads."""
    return {
        "total": total,
        "newer_url": with_query(query, page=page - 1 if page > 2 else None) if page > 1 else None,
        "older_url": with_query(query, page=page + 1) if page * size < total else None,
    }


def tabs(
    choices: Iterable[tuple[str, str]],
    *,
    name: str,
    query: QueryDict,
    counts: Mapping[str, int] | None = None,
) -> list[dict[str, Any]]:
    """(value, words) → tabs; the value in the query is lit."""
    return [
        {
            "label": label,
            "url": with_query(query, **{name: value, "page": None}),
            "is_on": query.get(name, "") == value,
            "count": counts.get(value, 0) if counts is not None else None,
        }
        for value, label in choices
    ]


def select(name: str, label: str, choices: Iterable[tuple[str, str]], *, query: QueryDict) -> dict[str, Any]:
    """A choice among the filters."""
    chosen = query.get(name, "")
    return {
        "name": name,
        "label": label,
        "choices": [{"value": value, "label": words, "is_on": value == chosen} for value, words in choices],
    }
