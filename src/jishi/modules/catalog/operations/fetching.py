"""Bringing a picture from an address that a file named, without lending it the server's network.

Every step, redirects included, goes through `platform.outbound`.
"""

from typing import Final
from urllib.parse import urljoin

import httpx

from jishi.kernel import clock
from jishi.platform.files import IMAGE_BYTES_MAX
from jishi.platform.outbound import AddressRefused, Resolve, pin_address, resolve_host

REDIRECTS_MAX: Final = 3
CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 10.0
WHOLE_SECONDS: Final = 30.0
_AGENT: Final = "Jishi picture fetcher"
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class FetchFailed(Exception):
    """`may_pass`: trying again later may help."""

    def __init__(self, code: str, *, may_pass: bool) -> None:
        super().__init__(code)
        self.code = code
        self.may_pass = may_pass


def fetch_picture(
    address: str, *, resolve: Resolve = resolve_host, transport: httpx.BaseTransport | None = None
) -> bytes:
    """The bytes behind an address, at most IMAGE_BYTES_MAX, unchecked. Raises FetchFailed."""
    deadline = clock.monotonic_seconds() + WHOLE_SECONDS
    timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    with httpx.Client(
        transport=transport, timeout=timeout, trust_env=False, follow_redirects=False
    ) as client:
        for _ in range(REDIRECTS_MAX + 1):
            answer = _ask(client, address, resolve, deadline)
            if isinstance(answer, bytes):
                return answer
            address = urljoin(address, answer)
    raise FetchFailed("too_many_redirects", may_pass=False)


def _ask(client: httpx.Client, address: str, resolve: Resolve, deadline: float) -> bytes | str:
    """The body, or where to look instead."""
    try:
        pinned = pin_address(address, resolve=resolve)
    except AddressRefused as refused:
        raise FetchFailed(refused.code, may_pass=False) from refused
    except (OSError, UnicodeError) as error:
        raise FetchFailed("host_unknown", may_pass=True) from error
    headers = {"Host": pinned.host_header, "User-Agent": _AGENT, "Accept": "image/*"}
    try:
        with client.stream("GET", pinned.address, headers=headers, extensions=pinned.extensions) as response:
            if response.status_code in _REDIRECTS:
                return str(response.headers.get("location", ""))
            return _body(response, deadline)
    except (httpx.TimeoutException, httpx.TransportError, httpx.InvalidURL) as error:
        raise FetchFailed("unreachable", may_pass=True) from error


def _body(response: httpx.Response, deadline: float) -> bytes:
    status = response.status_code
    if status != 200:
        raise FetchFailed(f"status_{status}", may_pass=status >= 500 or status in (408, 429))
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > IMAGE_BYTES_MAX:
        raise FetchFailed("too_large", may_pass=False)
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > IMAGE_BYTES_MAX:
            raise FetchFailed("too_large", may_pass=False)
        if clock.monotonic_seconds() > deadline:
            raise FetchFailed("too_slow", may_pass=True)
    return bytes(content)
