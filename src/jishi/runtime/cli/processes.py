"""The long-running processes of a deployment, one command each."""

import contextlib
from collections.abc import Iterator
from importlib import import_module, util

from jishi.runtime.environment import Environment, environment
from jishi.runtime.lifeline import is_supervised
from jishi.runtime.prepare import ensure_secret
from jishi.runtime.trouble import Trouble


def run_server() -> int:
    from jishi.runtime import server

    env = _ready_environment()
    with database(env):
        server.serve(env)
    return 0


def run_worker() -> int:
    from jishi.runtime import worker

    with database(_ready_environment()):
        worker.run()
    return 0


def run_sandbox() -> int:
    """The gateway's own small application on its own port; it shares nothing with the shop but HTTP."""
    if not has_sandbox():
        raise Trouble("这个版本没有收银台沙盒。", "this version has no sandbox cashier.")
    import_module("jishi.runtime.sandbox_gateway").run(_ready_environment())
    return 0


def has_sandbox() -> bool:
    return util.find_spec("jishi.runtime.sandbox_gateway") is not None


def _ready_environment() -> Environment:
    env = environment()
    ensure_secret(env)
    environment.cache_clear()
    return environment()


@contextlib.contextmanager
def database(env: Environment) -> Iterator[None]:
    """The database that the environment names, with the embedded one running inside the block."""
    if not env.uses_embedded_database or is_supervised():
        yield
        return
    from jishi.runtime import embedded

    with embedded.running(env.home):
        yield
