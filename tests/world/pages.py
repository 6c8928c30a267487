"""Every page of shop and console by the resolver's own list, and its address in the town."""

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.world.township import Town

OTHERS = ("accounts/", "hooks/", "api/v1/", "styleguide/")
# pages of one's own: the parameter says whose
OWN_PARAMETERS = {
    "order_id": "paid",
    "payment_id": "payment",
    "address_id": "address",
    "claim_id": "claim",
    "voucher_id": "voucher",
    "case_id": "case",
    "evidence_id": "evidence",
}


@dataclass(frozen=True)
class Page:
    route: str
    name: str
    parameters: dict[str, Any]

    @property
    def is_of_console(self) -> bool:
        return self.route.startswith("console/")


def pages() -> list[Page]:
    return [page for page in _walk(get_resolver().url_patterns, "") if not page.route.startswith(OTHERS)]


def _walk(patterns: list[Any], prefix: str) -> Iterator[Page]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern).lstrip("^")
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield Page(route, pattern.name or "", dict(pattern.pattern.converters))


def address_of(page: Page, town: Town) -> str:
    """The address with real ids where the town has them, else with some that exist nowhere."""
    path = "/" + page.route
    for name, converter in page.parameters.items():
        wanted = OWN_PARAMETERS.get(name, name.removesuffix("_id"))
        if wanted == "play" and page.name.startswith("flash"):
            wanted = "flash_play"
        known = town.names.get(wanted)
        kind = type(converter).__name__.removesuffix("Converter").lower()
        spare = {"uuid": str(uuid.UUID(int=5)), "int": "1"}.get(kind, "x")
        part = next(p for p in _placeholders(path) if p.split(":")[-1].rstrip(">") == name)
        path = path.replace(part, known or spare)
    return path


def _placeholders(path: str) -> list[str]:
    return [f"<{piece.split('>')[0]}>" for piece in itertools.islice(path.split("<"), 1, None)]
