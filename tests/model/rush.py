"""A small pool as plain values, with every verb it knows: what docs/algorithms/claims.md promises, to be explored.

Two members with two claim ids each, a limit per member, one or two counting rows. A claim may be lost on its way (the
server died before its commit) or its answer may be (it died after): then the same id is asked for again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")

MEMBERS = (0, 1)
KEYS = ((0, 0), (0, 1), (1, 0), (1, 1))  # (member, number of the claim id)
SIZES = (0, 1, 2, 3)
ACTIVE = ("held", "kept")
LIMIT = 1


class Fault(StrEnum):
    """What the controls break, to see that the exploration notices."""

    NONE = ""
    ANSWER_BEFORE_COMMIT = "answer before commit"
    GIVE_BACK_TWICE = "give back twice"
    LOOK_AT_HOME_ONLY = "look at home only"
    FORGET_THE_KEY = "forget the key"
    SHRINK_BELOW_TAKEN = "shrink below taken"
    NO_LIMIT = "no limit"


@dataclass(frozen=True, slots=True)
class State:
    """`rows` are (capacity, taken); `claims` and `heard` run along KEYS: "" is no claim, "yes" was heard or not."""

    capacity: int
    rows: tuple[tuple[int, int], ...]
    claims: tuple[str, ...] = ("",) * len(KEYS)
    heard: tuple[str, ...] = ("",) * len(KEYS)


@dataclass(frozen=True, slots=True)
class Step:
    """What was done, what was answered, and how the world is now."""

    verb: str
    answer: str
    state: State
    key: int = -1


def opened(*, capacity: int, shards: int) -> State:
    share, more = divmod(capacity, shards)
    return State(capacity, tuple((share + (number < more), 0) for number in range(shards)))


def home_of(key: int, state: State) -> int:
    return KEYS[key][0] % len(state.rows)


def claim(state: State, key: int, *, fault: Fault = Fault.NONE) -> tuple[str, State]:
    """The answer of the claim function for one unit, and the state after its commit."""
    home = home_of(key, state)
    rows = state.rows
    if _free(rows[home]) < 1 and fault is not Fault.LOOK_AT_HOME_ONLY:
        rows = share_out(rows, home=home, wanted=1)  # for whatever is asked, before it is decided
        state = replace(state, rows=rows)
    if state.claims[key] and fault is not Fault.FORGET_THE_KEY:
        return "replayed", state
    member = KEYS[key][0]
    has = sum(
        known in ACTIVE for (owner, _), known in zip(KEYS, state.claims, strict=True) if owner == member
    )
    if has >= LIMIT and fault is not Fault.NO_LIMIT:
        return "limit_reached", state
    if _free(rows[home]) < 1:
        return "sold_out", state
    rows = _changed(rows, home, (rows[home][0], rows[home][1] + 1))
    return "granted", replace(state, rows=rows, claims=_changed(state.claims, key, "held"))


def share_out(rows: tuple[tuple[int, int], ...], *, home: int, wanted: int) -> tuple[tuple[int, int], ...]:
    """The home first gets what it wants, the rest goes evenly, one more for the lowest numbers."""
    free = sum(map(_free, rows))
    first = min(wanted, free)
    share, more = divmod(free - first, len(rows))
    return tuple(
        (taken + share + (number < more) + (first if number == home else 0), taken)
        for number, (_, taken) in enumerate(rows)
    )


def end(
    state: State, key: int, *, before: tuple[str, ...], after: str, fault: Fault = Fault.NONE
) -> tuple[bool, State]:
    """Expiry, release and refund: the unit goes back to the row it was counted in, once."""
    allowed = (*before, after) if fault is Fault.GIVE_BACK_TWICE else before
    if state.claims[key] not in allowed:
        return False, state
    home = home_of(key, state)
    capacity, taken = state.rows[home]
    rows = _changed(state.rows, home, (capacity, taken - 1))
    return True, replace(state, rows=rows, claims=_changed(state.claims, key, after))


def keep(state: State, key: int) -> tuple[bool, State]:
    if state.claims[key] != "held":
        return False, state
    return True, replace(state, claims=_changed(state.claims, key, "kept"))


def resize(state: State, capacity: int, *, fault: Fault = Fault.NONE) -> tuple[bool, State]:
    taken = sum(used for _, used in state.rows)
    if capacity < taken and fault is not Fault.SHRINK_BELOW_TAKEN:
        return False, state
    spread = (
        (capacity - taken + state.rows[0][1], state.rows[0][1]),
        *((used, used) for _, used in state.rows[1:]),
    )
    rows = spread if len(spread) == 1 else share_out(spread, home=-1, wanted=0)
    return True, replace(state, capacity=capacity, rows=rows)


def steps(state: State, *, fault: Fault = Fault.NONE) -> Iterator[Step]:
    """Everything that can happen next."""
    for key in range(len(KEYS)):
        answer, after = claim(state, key, fault=fault)
        told = _told(state, key, answer)
        yield Step(f"claim {KEYS[key]}", answer, replace(after, heard=told), key)
        yield Step(f"claim {KEYS[key]}, died after the commit", "", after)
        lost = replace(state, heard=told) if fault is Fault.ANSWER_BEFORE_COMMIT else state
        yield Step(f"claim {KEYS[key]}, died before the commit", "", lost)
        for verb, before, becomes in (
            ("expire", ("held",), "expired"),
            ("release", ("held",), "released"),
            ("refund", ("kept",), "released"),
        ):
            is_done, after = end(state, key, before=before, after=becomes, fault=fault)
            if is_done:
                yield Step(f"{verb} {KEYS[key]}", "", after)
        is_done, after = keep(state, key)
        if is_done:
            yield Step(f"keep {KEYS[key]}", "", after)
    for capacity in SIZES:
        is_done, after = resize(state, capacity, fault=fault)
        if is_done:
            yield Step(f"resize to {capacity}", "", after)


def broken(state: State) -> str:
    """The first invariant that does not hold; empty when all do."""
    if any(taken > capacity or taken < 0 for capacity, taken in state.rows):
        return "taken ≤ capacity"
    if sum(capacity for capacity, _ in state.rows) != state.capacity:
        return "sums are conserved"
    for number, (_, taken) in enumerate(state.rows):
        counted = sum(
            known in ACTIVE and home_of(key, state) == number for key, known in enumerate(state.claims)
        )
        if counted != taken:
            return "taken = held and kept"
    for member in MEMBERS:
        active = [
            known in ACTIVE for (owner, _), known in zip(KEYS, state.claims, strict=True) if owner == member
        ]
        if sum(active) > LIMIT:
            return "limit of a member"
    if any(heard == "yes" and not known for heard, known in zip(state.heard, state.claims, strict=True)):
        return "whoever heard yes has a row"
    return ""


def wrong(before: State, step: Step) -> str:
    """What must hold of an answer, whatever the state after it."""
    if step.answer == "sold_out" and before.capacity > sum(taken for _, taken in before.rows):
        return "sold_out only when nothing is left"
    if step.answer == "granted" and before.claims[step.key]:
        return "a claim id is granted once"
    return ""


def _told(state: State, key: int, answer: str) -> tuple[str, ...]:
    return _changed(state.heard, key, "yes") if answer in ("granted", "replayed") else state.heard


def _free(row: tuple[int, int]) -> int:
    return row[0] - row[1]


def _changed(values: tuple[T, ...], place: int, value: T) -> tuple[T, ...]:
    return (*values[:place], value, *values[place + 1 :])
