"""What the shop has agreed with a provider (docs/guides/payments.md), and who pays just now."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings

from jishi.modules.payments.types import Payer

CALL_SECONDS = 8.0
CONNECT_SECONDS = 3.0
CALLBACK_BYTES_MAX = 256 * 1024

_payer: ContextVar[Payer | None] = ContextVar("payer", default=None)


def account_of(provider: str) -> dict[str, str]:
    """The settings of one provider; its name is only known when there are some."""
    account: dict[str, str] = settings.JISHI_PAYMENT_ACCOUNTS[provider]
    return account


def payer() -> Payer:
    """Who pays, as the surface said; nothing is known in a job."""
    return _payer.get() or Payer()


@contextmanager
def payer_known(*, address: str = "", open_id: str = "") -> Iterator[None]:
    """For the block: where the payer's browser is, and who they are at the provider. WeChat asks for both."""
    token = _payer.set(Payer(address=address, open_id=open_id))
    try:
        yield
    finally:
        _payer.reset(token)
