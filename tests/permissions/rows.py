"""Kinds of callers, and a row of the table of routes."""

from dataclasses import dataclass
from typing import Any

from tests.world.township import KINDS

ALL = frozenset(KINDS)
PEOPLE = ALL - {"visitor"}  # everybody with a token that may read
WRITERS = PEOPLE - {"narrowed"}
VISITING = ALL - {"narrowed"}  # visitors write too, a token that may only read does not
SELF = frozenset({"member", "narrowed"})
OWNER = frozenset({"owner"})
EDITORS = frozenset({"owner", "operator"})
STAFF = frozenset({"owner", "operator", "finance", "service", "read_only"})
REPORTERS = STAFF - {"service"}
LEDGER = frozenset({"owner", "finance"})
SERVING = frozenset({"owner", "operator", "service"})
REFUNDING = SERVING | {"finance"}


@dataclass(frozen=True)
class Row:
    """`may`: who is let in, with an answer below 400 or one of `other_answers`; the rest get a no of `refusals`."""

    operation: str
    path: str
    may: frozenset[str]
    body: Any = None
    other_answers: tuple[int, ...] = ()
    refusals: tuple[int, ...] = (403, 404)
