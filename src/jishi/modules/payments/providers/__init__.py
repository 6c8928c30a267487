"""The providers we can take money with; settings say which are switched on."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from jishi.modules.payments.errors import UnknownProvider
from jishi.modules.payments.types import Provider


def provider_named(name: str) -> Provider:
    """Raises UnknownProvider unless settings.JISHI_PAYMENT_PROVIDERS names it."""
    address = settings.JISHI_PAYMENT_PROVIDERS.get(name)
    if address is None:
        raise UnknownProvider(provider=name)
    return _build(address)


def provider_names() -> list[str]:
    return list(settings.JISHI_PAYMENT_PROVIDERS)


def providers_for(currency: str) -> list[str]:
    """The names of those that take a currency, in the order of the settings."""
    return [name for name in provider_names() if takes(provider_named(name), currency)]


def takes(provider: Provider, currency: str) -> bool:
    return not provider.currencies or currency in provider.currencies


@cache
def _build(address: str) -> Provider:
    provider: Provider = import_string(address)()
    return provider
