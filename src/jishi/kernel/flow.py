"""State tables: a lifecycle is data, `(state, verb) → state`."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from jishi.kernel.errors import IllegalStep

S = TypeVar("S", bound=StrEnum)


def advance(table: Mapping[tuple[S, str], S], state: S, verb: str) -> S:
    """The state after the verb. Raises IllegalStep when the table has no such step."""
    try:
        return table[state, verb]
    except KeyError:
        raise IllegalStep(state=str(state), verb=verb) from None


def can(table: Mapping[tuple[S, str], S], state: S, verb: str) -> bool:
    return (state, verb) in table
