"""A small memory of this process: what was made for a key is given again, the least used is forgotten.

Keys carry everything that the value depends on (a version stamp, a price, a language), so nothing is ever stale.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from django.conf import settings

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memo(Generic[K, V]):
    """At most `size` values; safe between threads."""

    def __init__(self, *, size: int) -> None:
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The remembered value, or a new one. Two threads may both make it; both get a right one.

        Nothing is remembered in development, so that an edited template shows at once.
        """
        if settings.DEBUG:
            return make()
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        return value

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
