"""A payment provider as a real HTTP server on a loopback port: its own books, and switches to misbehave."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Faults:
    """`silent`: the next calls have their effect and no answer. `down`: they have neither."""

    silent: int = 0
    down: int = 0
    bad_signature: bool = False
    wrong_amount: int = 0
    damaged_statement: bool = False


@dataclass
class Trade:
    """A payment in the provider's books."""

    number: str
    ours: str
    amount: int
    currency: str
    state: str = "open"
    notify_url: str = ""
    title: str = ""
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    paid_at: datetime | None = None
    fee: int = 0


@dataclass
class Back:
    """A refund in the provider's books."""

    number: str
    ours: str
    of: str
    amount: int
    state: str = "done"
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    fee_back: int = 0


@dataclass
class Books:
    trades: dict[str, Trade] = field(default_factory=dict)
    refunds: dict[str, Back] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    url: str = ""

    @property
    def kept(self) -> int:
        paid = sum(trade.amount for trade in self.trades.values() if trade.paid_at)
        return paid - sum(back.amount for back in self.refunds.values())

    def pay(self, ours: str, *, fee: int = 0) -> None:
        """The payer taps pay at the cashier; a closed trade cannot be paid."""
        trade = self.trades[ours]
        if trade.state == "open":
            trade.state, trade.paid_at, trade.fee = "paid", datetime.now(UTC), fee

    def counted(self, prefix: str) -> int:
        return sum(1 for call in self.calls if call.startswith(prefix))


class Desk(Protocol):
    books: Books

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer: ...


@contextmanager
def serving(desk: Desk) -> Iterator[Books]:
    """The desk behind a port of its own until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            faults = desk.books.faults
            if faults.down:
                faults.down -= 1
                self._hang_up()
                return
            told = desk.answer(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            if faults.silent:
                faults.silent -= 1
                self._hang_up()
                return
            status, headers, content = told
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def _hang_up(self) -> None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        do_GET = do_POST = do_DELETE = _take  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    desk.books.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield desk.books
    finally:
        server.shutdown()
        server.server_close()


def key_pair() -> tuple[rsa.RSAPrivateKey, str, str]:
    """A key, its private PEM (PKCS 8) and its public PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return key, private, public
