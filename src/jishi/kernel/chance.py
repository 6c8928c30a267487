"""The only source of chance. Simulations seed it; secrets never come from a seeded source."""

import random
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
Dice = random.Random
_seeded: ContextVar[random.Random | None] = ContextVar("seeded_chance", default=None)
_system = random.SystemRandom()

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def source() -> random.Random:
    return _seeded.get() or _system


def random_bytes(count: int) -> bytes:
    seeded = _seeded.get()
    return seeded.randbytes(count) if seeded else secrets.token_bytes(count)


def pick(options: Sequence[T]) -> T:
    return source().choice(options)


def digits(count: int) -> str:
    return "".join(source().choice("0123456789") for _ in range(count))


def code(length: int) -> str:
    """A code that a person can read out: no 0/O, 1/I/L."""
    return "".join(source().choice(CODE_ALPHABET) for _ in range(length))


def secret_bytes(count: int) -> bytes:
    """Bytes nobody can foresee; always from the operating system, even in a seeded run."""
    return secrets.token_bytes(count)


def secret(length_bytes: int = 32) -> str:
    """A URL-safe secret; always from the operating system, even in a seeded run."""
    return secrets.token_urlsafe(length_bytes)


@contextmanager
def seeded(seed: int) -> Iterator[random.Random]:
    source_of_run = random.Random(seed)
    token = _seeded.set(source_of_run)
    try:
        yield source_of_run
    finally:
        _seeded.reset(token)
