"""The gateway's own books, in SQLite. Ids come from the shop and make every call repeatable."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FEE_BASIS_POINTS = 60
CALLBACK_DELAYS_SECONDS = (0, 2, 5, 15, 60, 300, 900, 3600)
STATEMENT_LINES_MAX = 100_000

_TABLES = """
CREATE TABLE IF NOT EXISTS payment (
    id TEXT PRIMARY KEY, reference TEXT UNIQUE, amount_minor INTEGER, currency TEXT, title TEXT, return_url TEXT,
    notify_url TEXT, state TEXT, fee_minor INTEGER DEFAULT 0, created_at REAL, settled_at REAL, switches TEXT DEFAULT '{}'
);
CREATE TABLE IF NOT EXISTS refund (
    id TEXT PRIMARY KEY, payment_id TEXT, reference TEXT, amount_minor INTEGER, currency TEXT, notify_url TEXT, state TEXT,
    failure TEXT DEFAULT '', created_at REAL, settled_at REAL
);
CREATE TABLE IF NOT EXISTS callback (
    event_id TEXT, url TEXT, body TEXT, due_at REAL, attempts INTEGER DEFAULT 0, done INTEGER DEFAULT 0
);
CREATE INDEX IF NOT EXISTS callback_due ON callback (done, due_at);
"""


class Books:
    """One connection behind one lock: a company small enough for that."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_TABLES)

    def open_payment(self, asked: dict[str, Any], *, cashier: str) -> dict[str, Any]:
        """The payment, new or as it stands. `cashier` is the address that pay pages live under."""
        with self._lock:
            reference = "S" + asked["payment_id"].replace("-", "")
            self._db.execute(
                "INSERT OR IGNORE INTO payment (id, reference, amount_minor, currency, title, return_url, notify_url,"
                " state, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?)",
                (
                    asked["payment_id"],
                    reference,
                    int(asked["amount_minor"]),
                    asked["currency"],
                    asked["title"][:120],
                    asked["return_url"],
                    asked["notify_url"],
                    time.time(),
                ),
            )
            return {**self._payment(asked["payment_id"]), "pay_url": f"{cashier}/pay/{reference}"}

    def payment(self, payment_id: str) -> dict[str, Any] | None:
        with self._lock:
            row = self._db.execute("SELECT * FROM payment WHERE id = ?", (payment_id,)).fetchone()
            return dict(row) if row else None

    def payment_of_reference(self, reference: str) -> dict[str, Any] | None:
        with self._lock:
            row = self._db.execute("SELECT * FROM payment WHERE reference = ?", (reference,)).fetchone()
            return dict(row) if row else None

    def settle(self, payment_id: str, *, state: str, switches: dict[str, Any]) -> dict[str, Any] | None:
        """The payer paid or failed at the cashier; what is settled or closed stays so."""
        with self._lock:
            row = self._db.execute("SELECT * FROM payment WHERE id = ?", (payment_id,)).fetchone()
            if row is None or row["state"] not in ("pending",):
                return dict(row) if row else None
            fee = row["amount_minor"] * FEE_BASIS_POINTS // 10_000 if state == "succeeded" else 0
            self._db.execute(
                "UPDATE payment SET state = ?, fee_minor = ?, settled_at = ?, switches = ? WHERE id = ?",
                (state, fee, time.time(), json.dumps(switches), payment_id),
            )
            return self._payment(payment_id)

    def close(self, payment_id: str) -> dict[str, Any] | None:
        with self._lock:
            self._db.execute(
                "UPDATE payment SET state = 'closed', settled_at = ? WHERE id = ? AND state = 'pending'",
                (time.time(), payment_id),
            )
            row = self._db.execute("SELECT * FROM payment WHERE id = ?", (payment_id,)).fetchone()
            return dict(row) if row else None

    def open_refund(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        """The refund, new or as it stands; it fails when it would exceed the payment. None: no such payment."""
        with self._lock:
            known = self._db.execute("SELECT * FROM refund WHERE id = ?", (asked["refund_id"],)).fetchone()
            if known:
                return dict(known)
            payment = self._db.execute(
                "SELECT * FROM payment WHERE id = ?", (asked["payment_id"],)
            ).fetchone()
            if payment is None:
                return None
            given = self._db.execute(
                "SELECT coalesce(sum(amount_minor), 0) FROM refund WHERE payment_id = ? AND state = 'succeeded'",
                (asked["payment_id"],),
            ).fetchone()[0]
            fits = (
                payment["state"] == "succeeded"
                and given + int(asked["amount_minor"]) <= payment["amount_minor"]
            )
            self._db.execute(
                "INSERT INTO refund VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    asked["refund_id"],
                    asked["payment_id"],
                    "R" + asked["refund_id"].replace("-", ""),
                    int(asked["amount_minor"]),
                    payment["currency"],
                    asked["notify_url"],
                    "succeeded" if fits else "failed",
                    "" if fits else "exceeds_payment",
                    time.time(),
                    time.time(),
                ),
            )
            return self._refund(asked["refund_id"])

    def refund(self, refund_id: str) -> dict[str, Any] | None:
        with self._lock:
            row = self._db.execute("SELECT * FROM refund WHERE id = ?", (refund_id,)).fetchone()
            return dict(row) if row else None

    def queue_callback(self, *, event_id: str, url: str, body: dict[str, Any], due_at: float) -> None:
        with self._lock:
            self._db.execute(
                "INSERT INTO callback (event_id, url, body, due_at) VALUES (?, ?, ?, ?)",
                (event_id, url, json.dumps(body), due_at),
            )

    def due_callbacks(self, limit: int = 50) -> list[dict[str, Any]]:
        with self._lock:
            rows = self._db.execute(
                "SELECT rowid, * FROM callback WHERE done = 0 AND due_at <= ? ORDER BY due_at LIMIT ?",
                (time.time(), limit),
            ).fetchall()
            return [dict(row) for row in rows]

    def note_callback(self, rowid: int, *, delivered: bool, attempts: int) -> None:
        """Done when it was taken; otherwise later again, until we give up."""
        with self._lock:
            if delivered or attempts >= len(CALLBACK_DELAYS_SECONDS):
                self._db.execute(
                    "UPDATE callback SET done = 1, attempts = ? WHERE rowid = ?", (attempts, rowid)
                )
                return
            due = time.time() + CALLBACK_DELAYS_SECONDS[attempts]
            self._db.execute(
                "UPDATE callback SET attempts = ?, due_at = ? WHERE rowid = ?", (attempts, due, rowid)
            )

    def statement(self, since: float, until: float) -> list[dict[str, Any]]:
        """Everything that moved in a period, oldest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT id, 'payment' AS about, reference, amount_minor, fee_minor, currency, settled_at AS at FROM payment"
                " WHERE state = 'succeeded' AND settled_at >= ?1 AND settled_at < ?2 UNION ALL"
                " SELECT id, 'refund', reference, amount_minor, 0, currency, settled_at FROM refund"
                " WHERE state = 'succeeded' AND settled_at >= ?1 AND settled_at < ?2 ORDER BY at LIMIT ?3",
                (since, until, STATEMENT_LINES_MAX),
            ).fetchall()
            return [dict(row) for row in rows]

    def adopt(self, payments: Iterable[tuple[str, str, int, int, str, float]]) -> None:
        """Take over settled payments (id, reference, amount, fee, currency, Unix time): the past of a demo shop."""
        with self._lock:
            self._db.execute("BEGIN")
            self._db.executemany(
                "INSERT OR IGNORE INTO payment (id, reference, amount_minor, fee_minor, currency, title, return_url,"
                " notify_url, state, created_at, settled_at) VALUES (?1, ?2, ?3, ?4, ?5, '', '', '', 'succeeded', ?6, ?6)",
                list(payments),
            )
            self._db.execute("COMMIT")

    def _payment(self, payment_id: str) -> dict[str, Any]:
        return dict(self._db.execute("SELECT * FROM payment WHERE id = ?", (payment_id,)).fetchone())

    def _refund(self, refund_id: str) -> dict[str, Any]:
        return dict(self._db.execute("SELECT * FROM refund WHERE id = ?", (refund_id,)).fetchone())
