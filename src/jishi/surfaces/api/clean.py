"""Text that nothing behind the edge can store or show is refused at the edge, wherever it stands."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from jishi.surfaces.api.problems import BadText


def refuse_bad_text(value: Any) -> None:
    """Raises BadText for a NUL or a lone surrogate in any string of a JSON-like value."""
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise BadText()
    elif isinstance(value, dict):
        for name, inner in value.items():
            refuse_bad_text(name)
            refuse_bad_text(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            refuse_bad_text(inner)


class CleanParser(Parser):
    """Reads JSON strictly: no NaN, no text that cannot be stored."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(request.body, parse_constant=_refuse_constant)
        refuse_bad_text(value)
        return value

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        for name, values in data.lists():
            refuse_bad_text([name, *values])
        return super().parse_querydict(data, list_fields, request)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
