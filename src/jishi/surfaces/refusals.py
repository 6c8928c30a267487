"""The edge: turns a refusal into a status and into words in the reader's language."""

from django.utils.translation import gettext

from jishi.kernel.errors import Kind, Refusal

STATUS_OF_KIND = {
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.MISSING: 404,
    Kind.CONFLICT: 409,
    Kind.LIMITED: 429,
    Kind.BUSY: 503,
    Kind.UNAVAILABLE: 503,
}
RETRY_AFTER_SECONDS = {Kind.LIMITED: 60, Kind.BUSY: 2, Kind.UNAVAILABLE: 10}


class _Facts(dict[str, object]):
    """Missing facts show as nothing rather than as an error."""

    def __missing__(self, key: str) -> str:
        return ""


def status_of(refusal: Refusal) -> int:
    return STATUS_OF_KIND[refusal.kind]


def words_of(refusal: Refusal) -> str:
    """The refusal's message, translated and filled in. Facts that are Chinese source texts are translated too."""
    facts = {name: _said(value) for name, value in refusal.facts.items()}
    return gettext(refusal.message).format_map(_Facts(facts))


def _said(fact: object) -> object:
    if isinstance(fact, tuple):  # several reasons, each a source text
        return gettext("；").join(gettext(part) for part in fact)
    return gettext(fact) if isinstance(fact, str) and fact else fact
