"""Which fact goes to which reaction, and which routes are served without Django.

`REACTIONS` maps a fact's name to its readers by reader name; `*` is every fact. `NATIVE_ROUTES` are Starlette
routes answered on the event loop, for the few paths where thousands arrive at once; `NATIVE_LIFESPANS` are
opened with the front door and closed with it.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from starlette.routing import BaseRoute

from jishi.platform.facts import Reader, connect_reader

REACTIONS: dict[str, dict[str, Reader]] = {}
NATIVE_ROUTES: list[BaseRoute] = []
NATIVE_LIFESPANS: list[Callable[[], AbstractAsyncContextManager[None]]] = []


def connect_readers() -> None:
    for fact_name, readers in REACTIONS.items():
        for reader_name, reader in readers.items():
            connect_reader(fact_name=fact_name, reader_name=reader_name, reader=reader)
