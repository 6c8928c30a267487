"""The gateway's own side of the signature; it shares the scheme with merchants, not their code."""

import hashlib
import hmac
import time

TOLERANCE_SECONDS = 300


def signature(*, body: bytes, secret: str) -> str:
    at = int(time.time())
    return f"t={at},v1={_digest(at, body=body, secret=secret)}"


def check(header: str, *, body: bytes, secret: str) -> bool:
    """True for a fresh signature over this very body."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    at = parts.get("t", "")
    if not at.isdigit() or abs(time.time() - int(at)) > TOLERANCE_SECONDS:
        return False
    return hmac.compare_digest(parts.get("v1", ""), _digest(int(at), body=body, secret=secret))


def _digest(at: int, *, body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
