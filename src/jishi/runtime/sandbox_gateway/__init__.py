"""The sandbox gateway: a small payment company of its own for demo, tests and development.

It keeps its own books in SQLite, shows payers a cashier page with switches for everything that goes wrong in the world
(delay, duplicate, out of order, lost callback, failure, unknown result) and calls the shop back with signed messages.
It shares nothing with the shop but the secret. Protocol: docs/guides/sandbox.md.
"""

from jishi.runtime.environment import Environment


def run(env: Environment) -> None:
    """Serve until stopped, on the port of JISHI_SANDBOX_URL."""
    from urllib.parse import urlparse

    from granian import Granian
    from granian.constants import Interfaces

    address = urlparse(env.sandbox_url)
    Granian(
        "jishi.runtime.sandbox_gateway.app:app",
        address=address.hostname or "127.0.0.1",
        port=address.port or 8001,
        interface=Interfaces.ASGI,
        workers=1,
        log_access=False,
    ).serve()
