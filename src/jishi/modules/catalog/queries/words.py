"""Chinese words for other rooms' search: the same dictionary and the same rules as for goods."""

from typing import Any

from jishi.modules.catalog.queries import segmenter
from jishi.modules.catalog.queries.listing import search_clause
from jishi.modules.catalog.rules.search_words import index_text


def indexed_words(text: str) -> str:
    """What `to_tsvector('simple', …)` is given for a text; empty for an empty one, without loading the dictionary."""
    return index_text(text, cut=segmenter.cut) if text.strip() else ""


def asked_words(text: str) -> tuple[str, list[Any]]:
    """A FROM item `, (SELECT … AS query) AS q` with its values for what somebody asks; empty for nothing."""
    return search_clause(text)
