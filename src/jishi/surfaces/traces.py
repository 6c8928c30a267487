"""Where a request comes from, for guards against abuse: the browser, and a keyed hash of its network."""

import hashlib
import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest

_MARK_CHARACTERS = 24
_IPV6_NETWORK_BITS = 64


def address_mark(address: str) -> str:
    """The same mark for the same network (an IPv4 address, an IPv6 /64); nothing leads back. Empty for no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.version == 6:
        network = ipaddress.ip_network((found, _IPV6_NETWORK_BITS), strict=False)
        address = str(network.network_address)
    key = f"address:{settings.SECRET_KEY}".encode()
    return hmac.digest(key, address.encode(), hashlib.sha256).hex()[:_MARK_CHARACTERS]


def mark_of(request: HttpRequest) -> str:
    return address_mark(request.META.get("REMOTE_ADDR", ""))
