"""Time-ordered identifiers (UUID version 7, RFC 9562 §5.7); a client may make them itself."""

import uuid

from jishi.kernel import chance, clock


def new_id() -> uuid.UUID:
    milliseconds = int(clock.now().timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    noise = int.from_bytes(chance.random_bytes(10), "big")
    value = milliseconds << 80
    value |= 0x7 << 76
    value |= (noise >> 68 & 0xFFF) << 64
    value |= 0b10 << 62
    value |= noise & 0x3FFF_FFFF_FFFF_FFFF
    return uuid.UUID(int=value)


def derived_id(parent: uuid.UUID, label: str) -> uuid.UUID:
    """The same id every time for the same parent and label (UUID version 5): an idempotency key for a consequence."""
    return uuid.uuid5(parent, label)
