"""Going to an address that somebody else named (a picture in a file, a webhook) without lending them our network.

The host is resolved once, every answer must be public, and the connection goes to the very address that was
checked: a later answer of the name server (DNS rebinding) changes nothing.
"""

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

Resolve = Callable[[str, int], list[str]]

_PORTS: Final = frozenset({80, 443, 8080, 8443})
_SHARED_SPACE: Final = ipaddress.ip_network("100.64.0.0/10")
_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Pinned:
    """Where to connect, and what the host must still be called in the request and in TLS."""

    address: str
    host_header: str
    extensions: dict[str, Any]


def resolve_host(host: str, port: int) -> list[str]:
    """All addresses of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def pin_address(address: str, *, resolve: Resolve = resolve_host, may_be_private: bool = False) -> Pinned:
    """Check and fix the address to connect to. Raises AddressRefused, OSError or UnicodeError for an unknown host."""
    scheme, host, port = split_address(address)
    ips = resolve(host, port)
    ip = ips[0] if may_be_private and ips else pick_public(ips)
    parts = urlsplit(address)
    literal = f"[{ip}]" if ":" in ip else ip
    return Pinned(
        address=urlunsplit((scheme, f"{literal}:{port}", parts.path or "/", parts.query, "")),
        host_header=host if port in (80, 443) else f"{host}:{port}",
        extensions={"sni_hostname": host},
    )


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


def is_literal(host: str) -> bool:
    """Whether a host is an address itself, not a name. Names are judged when they are resolved."""
    try:
        ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return host in ("localhost", "localhost.localdomain")
    return True
