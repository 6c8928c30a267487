"""Where a request comes from, for guards against abuse: a keyed mark of its network, the same one the hot lane uses."""

from django.http import HttpRequest

from jishi.platform.rush.passes import address_mark


def mark_of(request: HttpRequest) -> str:
    """The same text for the same network (an IPv4 address, an IPv6 /64); nothing leads back. Empty without one."""
    address = request.META.get("REMOTE_ADDR", "")
    return f"{address_mark(address) & 0xFFFF_FFFF_FFFF_FFFF:016x}" if address else ""
