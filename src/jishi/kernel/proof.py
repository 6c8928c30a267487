"""Chance that anyone can check afterwards: a commitment published before, numbers that follow from a secret seed.

All texts are UTF-8. `seed` is hexadecimal, 32 bytes. The same few lines stand in the page that verifies, in another language.
"""

import hashlib
import hmac

SEED_BYTES = 32
_SPAN = 2**64


def commitment_of(text: str) -> str:
    """SHA-256 in hexadecimal: whoever has it can later see that the text was not changed."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of(seed: str, label: str) -> str:
    """HMAC-SHA-256 of a label under the seed, in hexadecimal."""
    return hmac.new(bytes.fromhex(seed), label.encode(), hashlib.sha256).hexdigest()


def number_below(bound: int, *, seed: str, label: str) -> int:
    """A number from 0 to `bound` − 1, each equally likely.

    The first eight bytes of HMAC(seed, "label:0") are one of 2⁶⁴ numbers; those in the last, incomplete round of `bound`
    are thrown away and "label:1" is tried, so that no remainder is favoured.
    """
    if not 0 < bound <= _SPAN:
        raise ValueError("bound must be between 1 and 2**64")
    fair = _SPAN - _SPAN % bound
    attempt = 0
    while True:
        number = int(digest_of(seed, f"{label}:{attempt}")[:16], 16)
        if number < fair:
            return number % bound
        attempt += 1
