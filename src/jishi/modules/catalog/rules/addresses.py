"""Which addresses a server may be asked to fetch from."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

_PORTS: Final = frozenset({80, 443, 8080, 8443})
_SHARED_SPACE: Final = ipaddress.ip_network("100.64.0.0/10")
_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def split_address(address: str) -> tuple[str, str, int]:
    """(scheme, host, port) of something that may be fetched. Raises AddressRefused."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressRefused("bad_address") from error
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise AddressRefused("bad_address")
    port = port or (443 if parts.scheme == "https" else 80)
    if port not in _PORTS:
        raise AddressRefused("bad_port")
    return parts.scheme, host, port


def is_public(ip_text: str) -> bool:
    """True for an address of the open internet; v4 inside v6 is judged as v4."""
    try:
        ip = ipaddress.ip_address(ip_text.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
    if ip.version == 4 and ip in _SHARED_SPACE:
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback)


def pick_public(ips: list[str]) -> str:
    """The address to connect to. One private answer spoils all of them: that is how rebinding looks."""
    if not ips:
        raise AddressRefused("host_unknown")
    if not all(is_public(ip) for ip in ips):
        raise AddressRefused("private_address")
    return ips[0]
