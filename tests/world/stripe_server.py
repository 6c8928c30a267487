"""Stripe's API as documented, as far as a shop needs it: idempotency keys, Checkout Sessions, refunds, balance rows."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.world.provider_server import Answer, Back, Books, Trade

SECRET_KEY, WEBHOOK_SECRET = "sk_test_local", "whsec_local"


def account(url: str) -> dict[str, str]:
    return {"secret_key": SECRET_KEY, "webhook_secret": WEBHOOK_SECRET, "base_url": url}


@dataclass
class StripeDesk:
    """A trade's number is its PaymentIntent; `sessions` maps a session's id to the trade."""

    books: Books = field(default_factory=Books)
    sessions: dict[str, str] = field(default_factory=dict)
    kept: dict[str, tuple[str, Answer]] = field(default_factory=dict)  # idempotency key → (body, answer)

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        place = urlsplit(path).path
        self.books.calls.append(f"{method} {place}")
        if headers.get("authorization") != f"Bearer {SECRET_KEY}":
            return _refuse(401, "authentication_required", "authentication_error")
        asked = dict(parse_qsl(urlsplit(path).query if method == "GET" else body.decode()))
        key = headers.get("idempotency-key", "")
        if method == "POST" and key in self.kept:
            before, told = self.kept[key]
            return told if before == body.decode() else _refuse(400, "idempotency", "idempotency_error")
        told = self._act(method, place.removeprefix("/v1/").split("/"), asked)
        if method == "POST" and key:
            self.kept[key] = (body.decode(), told)
        return told

    def notice(
        self, ours: str, *, kind: str = "", age_seconds: int = 0, event_id: str = ""
    ) -> tuple[dict[str, str], bytes]:
        """The signed event about a payment's session, or about a refund."""
        is_refund = ours in self.books.refunds
        thing = self._refund_words(self.books.refunds[ours]) if is_refund else self._session_words(ours)
        event = {
            "id": event_id or f"evt_{secrets.token_hex(12)}",
            "object": "event",
            "type": kind or ("refund.updated" if is_refund else "checkout.session.completed"),
            "data": {"object": thing},
        }
        body = json.dumps(event).encode()
        at = int(datetime.now(UTC).timestamp()) - age_seconds
        secret = "whsec_other" if self.books.faults.bad_signature else WEBHOOK_SECRET
        digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return {"Stripe-Signature": f"t={at},v1={digest}", "Content-Type": "application/json"}, body

    def _act(self, method: str, parts: list[str], asked: dict[str, str]) -> Answer:
        acts: dict[tuple[str, ...], Callable[[], Answer]] = {
            ("POST", "checkout", "sessions"): lambda: self._open(asked),
            ("GET", "checkout", "sessions"): lambda: _list(
                [self._session_words(one) for one in self.books.trades]
            ),
            ("POST", "refunds"): lambda: self._refund(asked),
            ("GET", "refunds"): lambda: self._refunds_of(asked["payment_intent"]),
            ("GET", "balance_transactions"): lambda: _list(self._balance_rows()),
        }
        if (method, *parts) in acts:
            return acts[(method, *parts)]()
        if parts[:2] == ["checkout", "sessions"] and parts[2] in self.sessions:
            ours = self.sessions[parts[2]]
            if parts[-1] == "expire":
                trade = self.books.trades[ours]
                if trade.state != "open":
                    return _refuse(400, "", "invalid_request_error")
                trade.state = "closed"
            return _say(200, self._session_words(ours))
        for trade in self.books.trades.values():
            if parts == ["payment_intents", trade.number]:
                return _say(200, self._intent_words(trade))
        return _refuse(404, "resource_missing", "invalid_request_error")

    def _open(self, asked: dict[str, str]) -> Answer:
        ours = asked["client_reference_id"]
        price = "line_items[0][price_data]"
        assert asked["metadata[jishi_intent]"] == asked["payment_intent_data[metadata][jishi_intent]"] == ours
        session = f"cs_test_{secrets.token_hex(24)}"
        self.sessions[session] = ours
        self.books.trades[ours] = Trade(
            f"pi_{secrets.token_hex(12)}",
            ours,
            int(asked[f"{price}[unit_amount]"]),
            asked[f"{price}[currency]"],
            title=asked[f"{price}[product_data][name]"],
        )
        return _say(200, self._session_words(ours))

    def _refund(self, asked: dict[str, str]) -> Answer:
        trade = next(
            (one for one in self.books.trades.values() if one.number == asked["payment_intent"]), None
        )
        if trade is None or not trade.paid_at:
            return _refuse(404, "resource_missing", "invalid_request_error")
        amount = int(asked["amount"])
        back = sum(one.amount for one in self.books.refunds.values() if one.of == trade.ours)
        if back + amount > trade.amount:
            return _refuse(400, "charge_already_refunded", "invalid_request_error")
        ours = asked["metadata[jishi_intent]"]
        found = Back(f"re_{secrets.token_hex(12)}", ours, trade.ours, amount)
        self.books.refunds[ours] = found
        return _say(200, self._refund_words(found))

    def _refunds_of(self, intent: str) -> Answer:
        found = [
            self._refund_words(one)
            for one in self.books.refunds.values()
            if self.books.trades[one.of].number == intent
        ]
        return _list(found)

    def _session_words(self, ours: str) -> dict[str, Any]:
        trade = self.books.trades[ours]
        session = next(name for name, known in self.sessions.items() if known == ours)
        is_paid = trade.paid_at is not None
        return {
            "id": session,
            "object": "checkout.session",
            "status": {"open": "open", "closed": "expired", "paid": "complete"}[trade.state],
            "payment_status": "paid" if is_paid else "unpaid",
            "amount_total": trade.amount + self.books.faults.wrong_amount,
            "currency": trade.currency,
            "client_reference_id": ours,
            "metadata": {"jishi_intent": ours},
            "payment_intent": trade.number if is_paid else None,
            "url": f"{self.books.url}/c/pay/{session}#{'x' * 600}",
        }

    def _intent_words(self, trade: Trade) -> dict[str, Any]:
        row = {"object": "balance_transaction", "fee": trade.fee, "currency": trade.currency}
        return {
            "id": trade.number,
            "object": "payment_intent",
            "status": "succeeded" if trade.paid_at else "requires_payment_method",
            "amount_received": trade.amount + self.books.faults.wrong_amount if trade.paid_at else 0,
            "currency": trade.currency,
            "metadata": {"jishi_intent": trade.ours},
            "latest_charge": {"object": "charge", "balance_transaction": row},
        }

    def _refund_words(self, back: Back) -> dict[str, Any]:
        return {
            "id": back.number,
            "object": "refund",
            "status": {"done": "succeeded", "processing": "pending", "abnormal": "failed"}[back.state],
            "amount": back.amount,
            "currency": self.books.trades[back.of].currency,
            "metadata": {"jishi_intent": back.ours},
            "payment_intent": self.books.trades[back.of].number,
        }

    def _balance_rows(self) -> list[dict[str, Any]]:
        rows = [
            {
                "id": f"txn_{trade.number}",
                "object": "balance_transaction",
                "type": "charge",
                "amount": trade.amount,
                "fee": trade.fee,
                "currency": trade.currency,
                "created": int(trade.paid_at.timestamp()),
                "source": {
                    "id": f"ch_{trade.number}",
                    "object": "charge",
                    "payment_intent": trade.number,
                    "metadata": {"jishi_intent": trade.ours},
                },
            }
            for trade in self.books.trades.values()
            if trade.paid_at
        ]
        rows += [
            {
                "id": f"txn_{back.number}",
                "object": "balance_transaction",
                "type": "refund",
                "amount": -back.amount,
                "fee": 0,
                "currency": self.books.trades[back.of].currency,
                "created": int(back.at.timestamp()),
                "source": self._refund_words(back),
            }
            for back in self.books.refunds.values()
        ]
        if rows:
            payout = {
                "id": "txn_po",
                "type": "payout",
                "amount": -100,
                "fee": 0,
                "currency": "usd",
                "source": "po_1",
            }
            rows.append({**payout, "object": "balance_transaction", "created": rows[0]["created"]})
        return rows


def _say(status: int, words: dict[str, Any]) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(words).encode()


def _list(rows: list[dict[str, Any]]) -> Answer:
    return _say(200, {"object": "list", "data": rows, "has_more": False, "url": "/v1/x"})


def _refuse(status: int, code: str, kind: str) -> Answer:
    return _say(status, {"error": {"type": kind, "code": code, "message": code}})
