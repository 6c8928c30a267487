"""One transaction per use case, however many operations it is made of.

`in_transaction` opens a transaction for the outermost operation and lets the operations it calls join, without a
savepoint for each: two round trips less per call. Therefore a refusal that a caller wants to survive must be caught
around an explicit `transaction.atomic()` block, which is a savepoint; anything else undoes the whole use case.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

P = ParamSpec("P")
R = TypeVar("R")

_inside: ContextVar[bool] = ContextVar("inside_transaction", default=False)


def in_transaction(operation: Callable[P, R]) -> Callable[P, R]:
    """Run in the caller's transaction, or in a new one."""

    @wraps(operation)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _inside.get() and connection.in_atomic_block:
            return operation(*args, **kwargs)
        token = _inside.set(True)
        try:
            with transaction.atomic():
                return operation(*args, **kwargs)
        finally:
            _inside.reset(token)

    return run
