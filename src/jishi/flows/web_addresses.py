"""Where providers find us from outside; the surfaces serve these paths."""

import uuid

from django.conf import settings


def notify_url(provider: str) -> str:
    """Where a provider sends its callbacks."""
    return f"{settings.JISHI_BASE_URL}/hooks/payments/{provider}/"


def return_url(payment_id: uuid.UUID) -> str:
    """Where a payer's browser comes back to."""
    return f"{settings.JISHI_BASE_URL}/pay/{payment_id}/return/"
